from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="Refresh")



@_attrs_define
class Refresh:
    """ 
        Attributes:
            refresh_token (str):
            shop (None | str | Unset):
     """

    refresh_token: str
    shop: None | str | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        refresh_token = self.refresh_token

        shop: None | str | Unset
        if isinstance(self.shop, Unset):
            shop = UNSET
        else:
            shop = self.shop


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "refresh_token": refresh_token,
        })
        if shop is not UNSET:
            field_dict["shop"] = shop

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        refresh_token = d.pop("refresh_token")

        def _parse_shop(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        shop = _parse_shop(d.pop("shop", UNSET))


        refresh = cls(
            refresh_token=refresh_token,
            shop=shop,
        )

        return refresh

