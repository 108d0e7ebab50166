from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.role import Role
from ..models.shop_state import ShopState
from typing import cast
from uuid import UUID
import datetime






T = TypeVar("T", bound="Shop")



@_attrs_define
class Shop:
    """ A shop, as shown to one of its members.

        Attributes:
            created_at (datetime.datetime):
            currency (str):
            description (str):
            erase_after (datetime.datetime | None): Until then a shop that is being deleted can be restored.
            id (UUID):
            name (str):
            order_hold_minutes (int): How long a customer's order waits for its payment; 0 means for ever.
            require_second_factor (bool): Whether staff and owners must have a second factor.
            role (Role): The role of a member in a shop. Each role may do all that the roles before it may do.
            slug (str):
            state (ShopState): The state of a shop in the ledger.
            updated_at (datetime.datetime):
     """

    created_at: datetime.datetime
    currency: str
    description: str
    erase_after: datetime.datetime | None
    id: UUID
    name: str
    order_hold_minutes: int
    require_second_factor: bool
    role: Role
    slug: str
    state: ShopState
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        currency = self.currency

        description = self.description

        erase_after: None | str
        if isinstance(self.erase_after, datetime.datetime):
            erase_after = self.erase_after.isoformat()
        else:
            erase_after = self.erase_after

        id = str(self.id)

        name = self.name

        order_hold_minutes = self.order_hold_minutes

        require_second_factor = self.require_second_factor

        role = self.role.value

        slug = self.slug

        state = self.state.value

        updated_at = self.updated_at.isoformat()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "created_at": created_at,
            "currency": currency,
            "description": description,
            "erase_after": erase_after,
            "id": id,
            "name": name,
            "order_hold_minutes": order_hold_minutes,
            "require_second_factor": require_second_factor,
            "role": role,
            "slug": slug,
            "state": state,
            "updated_at": updated_at,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        currency = d.pop("currency")

        description = d.pop("description")

        def _parse_erase_after(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                erase_after_type_0 = datetime.datetime.fromisoformat(data)



                return erase_after_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        erase_after = _parse_erase_after(d.pop("erase_after"))


        id = UUID(d.pop("id"))




        name = d.pop("name")

        order_hold_minutes = d.pop("order_hold_minutes")

        require_second_factor = d.pop("require_second_factor")

        role = Role(d.pop("role"))




        slug = d.pop("slug")

        state = ShopState(d.pop("state"))




        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))




        shop = cls(
            created_at=created_at,
            currency=currency,
            description=description,
            erase_after=erase_after,
            id=id,
            name=name,
            order_hold_minutes=order_hold_minutes,
            require_second_factor=require_second_factor,
            role=role,
            slug=slug,
            state=state,
            updated_at=updated_at,
        )


        shop.additional_properties = d
        return shop

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
