from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset







T = TypeVar("T", bound="NewMovementBy")



@_attrs_define
class NewMovementBy:
    """ Either `delta` or `set`.

        Attributes:
            delta (int): So many pieces more, or less.
            reason (str): Why, for those who read the history.
     """

    delta: int
    reason: str





    def to_dict(self) -> dict[str, Any]:
        delta = self.delta

        reason = self.reason


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "delta": delta,
            "reason": reason,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        delta = d.pop("delta")

        reason = d.pop("reason")

        new_movement_by = cls(
            delta=delta,
            reason=reason,
        )

        return new_movement_by

