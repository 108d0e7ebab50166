from enum import StrEnum

class LogoutScope(StrEnum):
    GLOBAL = "global"
    LOCAL = "local"
    OTHERS = "others"

    def __str__(self) -> str:
        return str(self.value)
