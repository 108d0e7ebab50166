from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset







T = TypeVar("T", bound="NewMovementTo")



@_attrs_define
class NewMovementTo:
    """ Either `delta` or `set`.

        Attributes:
            reason (str): Why, for those who read the history.
            set_ (int): So many pieces.
     """

    reason: str
    set_: int





    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        set_ = self.set_


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "reason": reason,
            "set": set_,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        set_ = d.pop("set")

        new_movement_to = cls(
            reason=reason,
            set_=set_,
        )

        return new_movement_to

