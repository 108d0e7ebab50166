from enum import StrEnum

class ImportProductsStock(StrEnum):
    KEEP = "keep"
    SET = "set"

    def __str__(self) -> str:
        return str(self.value)
