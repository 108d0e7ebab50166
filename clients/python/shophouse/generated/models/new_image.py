from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset






T = TypeVar("T", bound="NewImage")



@_attrs_define
class NewImage:
    """ An image, by its address.

        Attributes:
            url (str): An absolute http or https address.
            alt (str | Unset): What it shows, for those who do not see it.
     """

    url: str
    alt: str | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        url = self.url

        alt = self.alt


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "url": url,
        })
        if alt is not UNSET:
            field_dict["alt"] = alt

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        url = d.pop("url")

        alt = d.pop("alt", UNSET)

        new_image = cls(
            url=url,
            alt=alt,
        )

        return new_image

