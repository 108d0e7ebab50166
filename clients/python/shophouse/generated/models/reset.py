from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset






T = TypeVar("T", bound="Reset")



@_attrs_define
class Reset:
    """ 
        Attributes:
            password (str):
            token (str):
            keep_keys (bool | Unset): Whether the user's API keys stay.
     """

    password: str
    token: str
    keep_keys: bool | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        password = self.password

        token = self.token

        keep_keys = self.keep_keys


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "password": password,
            "token": token,
        })
        if keep_keys is not UNSET:
            field_dict["keep_keys"] = keep_keys

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        password = d.pop("password")

        token = d.pop("token")

        keep_keys = d.pop("keep_keys", UNSET)

        reset = cls(
            password=password,
            token=token,
            keep_keys=keep_keys,
        )

        return reset

