from enum import StrEnum

class ImportProductsVariants(StrEnum):
    KEEP = "keep"
    REPLACE = "replace"

    def __str__(self) -> str:
        return str(self.value)
