from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="Rotation")



@_attrs_define
class Rotation:
    """ 
        Attributes:
            overlap_minutes (int | Unset): For how long the present secret is accepted too: an hour when this is left out,
                at most a week.
            password (None | str | Unset):
     """

    overlap_minutes: int | Unset = UNSET
    password: None | str | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        overlap_minutes = self.overlap_minutes

        password: None | str | Unset
        if isinstance(self.password, Unset):
            password = UNSET
        else:
            password = self.password


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if overlap_minutes is not UNSET:
            field_dict["overlap_minutes"] = overlap_minutes
        if password is not UNSET:
            field_dict["password"] = password

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        overlap_minutes = d.pop("overlap_minutes", UNSET)

        def _parse_password(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        password = _parse_password(d.pop("password", UNSET))


        rotation = cls(
            overlap_minutes=overlap_minutes,
            password=password,
        )

        return rotation

