from enum import StrEnum

class Actor(StrEnum):
    OPERATOR = "operator"
    SYSTEM = "system"
    UNKNOWN = "unknown"
    USER = "user"

    def __str__(self) -> str:
        return str(self.value)
