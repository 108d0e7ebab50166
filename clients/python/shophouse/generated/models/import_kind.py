from enum import StrEnum

class ImportKind(StrEnum):
    PRODUCTS = "products"
    STOCK = "stock"

    def __str__(self) -> str:
        return str(self.value)
