from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset







T = TypeVar("T", bound="ShopConfirmation")



@_attrs_define
class ShopConfirmation:
    """ The slug, typed once more: nobody deletes a shop by a wrong id.

        Attributes:
            slug (str): The human handle of a shop. An id is none.
     """

    slug: str





    def to_dict(self) -> dict[str, Any]:
        slug = self.slug


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "slug": slug,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        slug = d.pop("slug")

        shop_confirmation = cls(
            slug=slug,
        )

        return shop_confirmation

