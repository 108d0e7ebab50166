from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime






T = TypeVar("T", bound="NewStock")



@_attrs_define
class NewStock:
    """ A movement that was just made, and the stock after it.

        Attributes:
            actor_id (UUID):
            created_at (datetime.datetime):
            delta (int):
            id (UUID):
            order_id (None | UUID): The order that took the pieces or returned them.
            reason (str):
            variant_id (UUID):
            stock (int): Pieces in stock after the movement.
     """

    actor_id: UUID
    created_at: datetime.datetime
    delta: int
    id: UUID
    order_id: None | UUID
    reason: str
    variant_id: UUID
    stock: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        actor_id = str(self.actor_id)

        created_at = self.created_at.isoformat()

        delta = self.delta

        id = str(self.id)

        order_id: None | str
        if isinstance(self.order_id, UUID):
            order_id = str(self.order_id)
        else:
            order_id = self.order_id

        reason = self.reason

        variant_id = str(self.variant_id)

        stock = self.stock


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "actor_id": actor_id,
            "created_at": created_at,
            "delta": delta,
            "id": id,
            "order_id": order_id,
            "reason": reason,
            "variant_id": variant_id,
            "stock": stock,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        actor_id = UUID(d.pop("actor_id"))




        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        delta = d.pop("delta")

        id = UUID(d.pop("id"))




        def _parse_order_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                order_id_type_0 = UUID(data)



                return order_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        order_id = _parse_order_id(d.pop("order_id"))


        reason = d.pop("reason")

        variant_id = UUID(d.pop("variant_id"))




        stock = d.pop("stock")

        new_stock = cls(
            actor_id=actor_id,
            created_at=created_at,
            delta=delta,
            id=id,
            order_id=order_id,
            reason=reason,
            variant_id=variant_id,
            stock=stock,
        )


        new_stock.additional_properties = d
        return new_stock

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
