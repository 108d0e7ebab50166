from enum import StrEnum

class Role(StrEnum):
    CUSTOMER = "customer"
    OWNER = "owner"
    STAFF = "staff"

    def __str__(self) -> str:
        return str(self.value)
