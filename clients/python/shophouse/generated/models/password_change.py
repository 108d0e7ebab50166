from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset






T = TypeVar("T", bound="PasswordChange")



@_attrs_define
class PasswordChange:
    """ 
        Attributes:
            current_password (str):
            password (str):
            keep_keys (bool | Unset): Whether my API keys stay.
     """

    current_password: str
    password: str
    keep_keys: bool | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        current_password = self.current_password

        password = self.password

        keep_keys = self.keep_keys


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "current_password": current_password,
            "password": password,
        })
        if keep_keys is not UNSET:
            field_dict["keep_keys"] = keep_keys

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        current_password = d.pop("current_password")

        password = d.pop("password")

        keep_keys = d.pop("keep_keys", UNSET)

        password_change = cls(
            current_password=current_password,
            password=password,
            keep_keys=keep_keys,
        )

        return password_change

