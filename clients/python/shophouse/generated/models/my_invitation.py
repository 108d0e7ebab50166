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

if TYPE_CHECKING:
  from ..models.inviting_shop import InvitingShop





T = TypeVar("T", bound="MyInvitation")



@_attrs_define
class MyInvitation:
    """ An invitation, as whoever is invited sees it.

        Attributes:
            created_at (datetime.datetime):
            expires_at (datetime.datetime):
            id (UUID):
            role (Role): The role of a member in a shop. Each role may do all that the roles before it may do.
            shop (InvitingShop): A shop that invites.
     """

    created_at: datetime.datetime
    expires_at: datetime.datetime
    id: UUID
    role: Role
    shop: InvitingShop
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.inviting_shop import InvitingShop # noqa: PLC0415
        created_at = self.created_at.isoformat()

        expires_at = self.expires_at.isoformat()

        id = str(self.id)

        role = self.role.value

        shop = self.shop.to_dict()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "created_at": created_at,
            "expires_at": expires_at,
            "id": id,
            "role": role,
            "shop": shop,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.inviting_shop import InvitingShop # noqa: PLC0415
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))




        id = UUID(d.pop("id"))




        role = Role(d.pop("role"))




        shop = InvitingShop.from_dict(d.pop("shop"))




        my_invitation = cls(
            created_at=created_at,
            expires_at=expires_at,
            id=id,
            role=role,
            shop=shop,
        )


        my_invitation.additional_properties = d
        return my_invitation

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
