from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.logout_scope import LogoutScope
from ..types import UNSET, Unset






T = TypeVar("T", bound="Logout")



@_attrs_define
class Logout:
    """ 
        Attributes:
            keep_keys (bool | Unset): Whether my API keys stay when all my sessions end.
            scope (LogoutScope | Unset): Which sessions a sign-out ends.
     """

    keep_keys: bool | Unset = UNSET
    scope: LogoutScope | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        keep_keys = self.keep_keys

        scope: str | Unset = UNSET
        if not isinstance(self.scope, Unset):
            scope = self.scope.value



        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if keep_keys is not UNSET:
            field_dict["keep_keys"] = keep_keys
        if scope is not UNSET:
            field_dict["scope"] = scope

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        keep_keys = d.pop("keep_keys", UNSET)

        _scope = d.pop("scope", UNSET)
        scope: LogoutScope | Unset
        if isinstance(_scope,  Unset):
            scope = UNSET
        else:
            scope = LogoutScope(_scope)




        logout = cls(
            keep_keys=keep_keys,
            scope=scope,
        )

        return logout

