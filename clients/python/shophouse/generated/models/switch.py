from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast






T = TypeVar("T", bound="Switch")



@_attrs_define
class Switch:
    """ 
        Attributes:
            shop (None | str):
     """

    shop: None | str





    def to_dict(self) -> dict[str, Any]:
        shop: None | str
        shop = self.shop


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "shop": shop,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        def _parse_shop(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        shop = _parse_shop(d.pop("shop"))


        switch = cls(
            shop=shop,
        )

        return switch

