from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="NewShop")



@_attrs_define
class NewShop:
    """ 
        Attributes:
            name (str):
            slug (str): The human handle of a shop. An id is none.
            currency (None | str | Unset):
            description (str | Unset):
            order_hold_minutes (int | None | Unset): How long a customer's order waits for its payment, 60 if left out; 0
                means for ever.
     """

    name: str
    slug: str
    currency: None | str | Unset = UNSET
    description: str | Unset = UNSET
    order_hold_minutes: int | None | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        name = self.name

        slug = self.slug

        currency: None | str | Unset
        if isinstance(self.currency, Unset):
            currency = UNSET
        else:
            currency = self.currency

        description = self.description

        order_hold_minutes: int | None | Unset
        if isinstance(self.order_hold_minutes, Unset):
            order_hold_minutes = UNSET
        else:
            order_hold_minutes = self.order_hold_minutes


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "name": name,
            "slug": slug,
        })
        if currency is not UNSET:
            field_dict["currency"] = currency
        if description is not UNSET:
            field_dict["description"] = description
        if order_hold_minutes is not UNSET:
            field_dict["order_hold_minutes"] = order_hold_minutes

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        slug = d.pop("slug")

        def _parse_currency(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        currency = _parse_currency(d.pop("currency", UNSET))


        description = d.pop("description", UNSET)

        def _parse_order_hold_minutes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        order_hold_minutes = _parse_order_hold_minutes(d.pop("order_hold_minutes", UNSET))


        new_shop = cls(
            name=name,
            slug=slug,
            currency=currency,
            description=description,
            order_hold_minutes=order_hold_minutes,
        )

        return new_shop

