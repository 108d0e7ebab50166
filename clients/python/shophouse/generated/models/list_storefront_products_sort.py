from enum import StrEnum

class ListStorefrontProductsSort(StrEnum):
    CREATED_AT = "created_at"
    TITLE = "title"
    VALUE_0 = "-created_at"
    VALUE_3 = "-title"

    def __str__(self) -> str:
        return str(self.value)
