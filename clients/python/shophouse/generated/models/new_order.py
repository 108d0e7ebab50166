from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
from uuid import UUID

if TYPE_CHECKING:
  from ..models.address_input import AddressInput
  from ..models.new_order_line import NewOrderLine





T = TypeVar("T", bound="NewOrder")



@_attrs_define
class NewOrder:
    """ An order to be placed.

        Attributes:
            lines (list[NewOrderLine]): What is bought.
            customer_id (None | Unset | UUID): Whom it is for, when staff order for one of the shop's customers; the caller
                if left out.
            email (None | str | Unset):
            note (str | Unset): A note from the customer.
            shipping_address (AddressInput | None | Unset):
     """

    lines: list[NewOrderLine]
    customer_id: None | Unset | UUID = UNSET
    email: None | str | Unset = UNSET
    note: str | Unset = UNSET
    shipping_address: AddressInput | None | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        from ..models.address_input import AddressInput # noqa: PLC0415
        from ..models.new_order_line import NewOrderLine # noqa: PLC0415
        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)



        customer_id: None | str | Unset
        if isinstance(self.customer_id, Unset):
            customer_id = UNSET
        elif isinstance(self.customer_id, UUID):
            customer_id = str(self.customer_id)
        else:
            customer_id = self.customer_id

        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        note = self.note

        shipping_address: dict[str, Any] | None | Unset
        if isinstance(self.shipping_address, Unset):
            shipping_address = UNSET
        elif isinstance(self.shipping_address, AddressInput):
            shipping_address = self.shipping_address.to_dict()
        else:
            shipping_address = self.shipping_address


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "lines": lines,
        })
        if customer_id is not UNSET:
            field_dict["customer_id"] = customer_id
        if email is not UNSET:
            field_dict["email"] = email
        if note is not UNSET:
            field_dict["note"] = note
        if shipping_address is not UNSET:
            field_dict["shipping_address"] = shipping_address

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.address_input import AddressInput # noqa: PLC0415
        from ..models.new_order_line import NewOrderLine # noqa: PLC0415
        d = dict(src_dict)
        lines = []
        _lines = d.pop("lines")
        for lines_item_data in (_lines):
            lines_item = NewOrderLine.from_dict(lines_item_data)



            lines.append(lines_item)


        def _parse_customer_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                customer_id_type_0 = UUID(data)



                return customer_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        customer_id = _parse_customer_id(d.pop("customer_id", UNSET))


        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))


        note = d.pop("note", UNSET)

        def _parse_shipping_address(data: object) -> AddressInput | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                shipping_address_type_0 = AddressInput.from_dict(data)



                return shipping_address_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AddressInput | None | Unset, data)

        shipping_address = _parse_shipping_address(d.pop("shipping_address", UNSET))


        new_order = cls(
            lines=lines,
            customer_id=customer_id,
            email=email,
            note=note,
            shipping_address=shipping_address,
        )

        return new_order

