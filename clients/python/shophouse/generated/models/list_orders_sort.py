from enum import StrEnum

class ListOrdersSort(StrEnum):
    VALUE_0 = "-created_at"

    def __str__(self) -> str:
        return str(self.value)
