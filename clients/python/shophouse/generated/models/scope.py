from enum import StrEnum

class Scope(StrEnum):
    CUSTOMERSREAD = "customers:read"
    ORDERSREAD = "orders:read"
    ORDERSWRITE = "orders:write"
    PRODUCTSREAD = "products:read"
    PRODUCTSWRITE = "products:write"
    STOCKREAD = "stock:read"
    STOCKWRITE = "stock:write"

    def __str__(self) -> str:
        return str(self.value)
