from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.order_status import OrderStatus
from typing import cast
from uuid import UUID
import datetime






T = TypeVar("T", bound="OrderEvent")



@_attrs_define
class OrderEvent:
    """ A state that an order entered, and when.

        Attributes:
            actor_id (UUID):
            created_at (datetime.datetime):
            status (OrderStatus): The state of an order.
     """

    actor_id: UUID
    created_at: datetime.datetime
    status: OrderStatus
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        actor_id = str(self.actor_id)

        created_at = self.created_at.isoformat()

        status = self.status.value


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "actor_id": actor_id,
            "created_at": created_at,
            "status": status,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        actor_id = UUID(d.pop("actor_id"))




        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        status = OrderStatus(d.pop("status"))




        order_event = cls(
            actor_id=actor_id,
            created_at=created_at,
            status=status,
        )


        order_event.additional_properties = d
        return order_event

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
