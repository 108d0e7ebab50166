from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.role import Role
from typing import cast
from uuid import UUID
import datetime






T = TypeVar("T", bound="Member")



@_attrs_define
class Member:
    """ A member of a shop.

        Attributes:
            created_at (datetime.datetime): Since when.
            email (str):
            name (str):
            offered_role (None | Role):
            role (Role): The role of a member in a shop. Each role may do all that the roles before it may do.
            user_id (UUID):
     """

    created_at: datetime.datetime
    email: str
    name: str
    offered_role: None | Role
    role: Role
    user_id: UUID
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        email = self.email

        name = self.name

        offered_role: None | str
        if isinstance(self.offered_role, Role):
            offered_role = self.offered_role.value
        else:
            offered_role = self.offered_role

        role = self.role.value

        user_id = str(self.user_id)


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "created_at": created_at,
            "email": email,
            "name": name,
            "offered_role": offered_role,
            "role": role,
            "user_id": user_id,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        email = d.pop("email")

        name = d.pop("name")

        def _parse_offered_role(data: object) -> None | Role:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                offered_role_type_0 = Role(data)



                return offered_role_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Role, data)

        offered_role = _parse_offered_role(d.pop("offered_role"))


        role = Role(d.pop("role"))




        user_id = UUID(d.pop("user_id"))




        member = cls(
            created_at=created_at,
            email=email,
            name=name,
            offered_role=offered_role,
            role=role,
            user_id=user_id,
        )


        member.additional_properties = d
        return member

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
