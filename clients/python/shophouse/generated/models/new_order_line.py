from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from uuid import UUID






T = TypeVar("T", bound="NewOrderLine")



@_attrs_define
class NewOrderLine:
    """ One line of an order.

        Attributes:
            quantity (int): How many.
            variant_id (UUID): What is bought.
     """

    quantity: int
    variant_id: UUID





    def to_dict(self) -> dict[str, Any]:
        quantity = self.quantity

        variant_id = str(self.variant_id)


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "quantity": quantity,
            "variant_id": variant_id,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        quantity = d.pop("quantity")

        variant_id = UUID(d.pop("variant_id"))




        new_order_line = cls(
            quantity=quantity,
            variant_id=variant_id,
        )

        return new_order_line

