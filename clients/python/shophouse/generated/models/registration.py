from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="Registration")



@_attrs_define
class Registration:
    """ 
        Attributes:
            email (str): An email address; case does not matter.
            password (str):
            invitation (None | str | Unset): The token of an invitation, for any address.
            name (str | Unset):
            shop (None | str | Unset):
     """

    email: str
    password: str
    invitation: None | str | Unset = UNSET
    name: str | Unset = UNSET
    shop: None | str | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        email = self.email

        password = self.password

        invitation: None | str | Unset
        if isinstance(self.invitation, Unset):
            invitation = UNSET
        else:
            invitation = self.invitation

        name = self.name

        shop: None | str | Unset
        if isinstance(self.shop, Unset):
            shop = UNSET
        else:
            shop = self.shop


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "email": email,
            "password": password,
        })
        if invitation is not UNSET:
            field_dict["invitation"] = invitation
        if name is not UNSET:
            field_dict["name"] = name
        if shop is not UNSET:
            field_dict["shop"] = shop

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        email = d.pop("email")

        password = d.pop("password")

        def _parse_invitation(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        invitation = _parse_invitation(d.pop("invitation", UNSET))


        name = d.pop("name", UNSET)

        def _parse_shop(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        shop = _parse_shop(d.pop("shop", UNSET))


        registration = cls(
            email=email,
            password=password,
            invitation=invitation,
            name=name,
            shop=shop,
        )

        return registration

