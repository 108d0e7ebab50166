from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset






T = TypeVar("T", bound="ShopPatch")



@_attrs_define
class ShopPatch:
    """ Part of a shop. The currency is not among it: prices are amounts of it.

        Attributes:
            description (str | Unset):
            name (str | Unset):
            order_hold_minutes (int | Unset):
            require_second_factor (bool | Unset):
            slug (str | Unset): The human handle of a shop. An id is none.
     """

    description: str | Unset = UNSET
    name: str | Unset = UNSET
    order_hold_minutes: int | Unset = UNSET
    require_second_factor: bool | Unset = UNSET
    slug: str | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        description = self.description

        name = self.name

        order_hold_minutes = self.order_hold_minutes

        require_second_factor = self.require_second_factor

        slug = self.slug


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if description is not UNSET:
            field_dict["description"] = description
        if name is not UNSET:
            field_dict["name"] = name
        if order_hold_minutes is not UNSET:
            field_dict["order_hold_minutes"] = order_hold_minutes
        if require_second_factor is not UNSET:
            field_dict["require_second_factor"] = require_second_factor
        if slug is not UNSET:
            field_dict["slug"] = slug

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        description = d.pop("description", UNSET)

        name = d.pop("name", UNSET)

        order_hold_minutes = d.pop("order_hold_minutes", UNSET)

        require_second_factor = d.pop("require_second_factor", UNSET)

        slug = d.pop("slug", UNSET)

        shop_patch = cls(
            description=description,
            name=name,
            order_hold_minutes=order_hold_minutes,
            require_second_factor=require_second_factor,
            slug=slug,
        )

        return shop_patch

