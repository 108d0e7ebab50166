from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.money import Money





T = TypeVar("T", bound="CustomerWithOrders")



@_attrs_define
class CustomerWithOrders:
    """ A person of the shop, with the number and the total of their orders.

        Attributes:
            created_at (datetime.datetime): When they first joined the shop.
            email (str):
            id (UUID):
            name (str):
            order_count (int): The number of their orders, without cancelled, refunded and expired ones.
            total (Money): An amount of money.
     """

    created_at: datetime.datetime
    email: str
    id: UUID
    name: str
    order_count: int
    total: Money
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.money import Money # noqa: PLC0415
        created_at = self.created_at.isoformat()

        email = self.email

        id = str(self.id)

        name = self.name

        order_count = self.order_count

        total = self.total.to_dict()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "created_at": created_at,
            "email": email,
            "id": id,
            "name": name,
            "order_count": order_count,
            "total": total,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money # noqa: PLC0415
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        email = d.pop("email")

        id = UUID(d.pop("id"))




        name = d.pop("name")

        order_count = d.pop("order_count")

        total = Money.from_dict(d.pop("total"))




        customer_with_orders = cls(
            created_at=created_at,
            email=email,
            id=id,
            name=name,
            order_count=order_count,
            total=total,
        )


        customer_with_orders.additional_properties = d
        return customer_with_orders

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
