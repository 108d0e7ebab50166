from enum import StrEnum

class ShopState(StrEnum):
    ACTIVE = "active"
    DELETING = "deleting"
    FAILED = "failed"
    SUSPENDED = "suspended"

    def __str__(self) -> str:
        return str(self.value)
