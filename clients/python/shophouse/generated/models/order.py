from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.order_status import OrderStatus
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.address import Address
  from ..models.customer import Customer
  from ..models.money import Money
  from ..models.order_event import OrderEvent
  from ..models.order_line import OrderLine





T = TypeVar("T", bound="Order")



@_attrs_define
class Order:
    """ An order with its lines and events.

        Attributes:
            created_at (datetime.datetime):
            customer (Customer | None):
            email (str):
            events (list[OrderEvent]):
            expires_at (datetime.datetime | None): When it expires if it is still pending then; null means never. Of an
                expired order, when its time was over.
            id (UUID):
            lines (list[OrderLine]):
            note (str):
            number (int): Counts up within the shop.
            shipping_address (Address | None):
            status (OrderStatus): The state of an order.
            total (Money): An amount of money.
            updated_at (datetime.datetime):
     """

    created_at: datetime.datetime
    customer: Customer | None
    email: str
    events: list[OrderEvent]
    expires_at: datetime.datetime | None
    id: UUID
    lines: list[OrderLine]
    note: str
    number: int
    shipping_address: Address | None
    status: OrderStatus
    total: Money
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.address import Address # noqa: PLC0415
        from ..models.customer import Customer # noqa: PLC0415
        from ..models.money import Money # noqa: PLC0415
        from ..models.order_event import OrderEvent # noqa: PLC0415
        from ..models.order_line import OrderLine # noqa: PLC0415
        created_at = self.created_at.isoformat()

        customer: dict[str, Any] | None
        if isinstance(self.customer, Customer):
            customer = self.customer.to_dict()
        else:
            customer = self.customer

        email = self.email

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.to_dict()
            events.append(events_item)



        expires_at: None | str
        if isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        id = str(self.id)

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)



        note = self.note

        number = self.number

        shipping_address: dict[str, Any] | None
        if isinstance(self.shipping_address, Address):
            shipping_address = self.shipping_address.to_dict()
        else:
            shipping_address = self.shipping_address

        status = self.status.value

        total = self.total.to_dict()

        updated_at = self.updated_at.isoformat()


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "created_at": created_at,
            "customer": customer,
            "email": email,
            "events": events,
            "expires_at": expires_at,
            "id": id,
            "lines": lines,
            "note": note,
            "number": number,
            "shipping_address": shipping_address,
            "status": status,
            "total": total,
            "updated_at": updated_at,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.address import Address # noqa: PLC0415
        from ..models.customer import Customer # noqa: PLC0415
        from ..models.money import Money # noqa: PLC0415
        from ..models.order_event import OrderEvent # noqa: PLC0415
        from ..models.order_line import OrderLine # noqa: PLC0415
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        def _parse_customer(data: object) -> Customer | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                customer_type_0 = Customer.from_dict(data)



                return customer_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Customer | None, data)

        customer = _parse_customer(d.pop("customer"))


        email = d.pop("email")

        events = []
        _events = d.pop("events")
        for events_item_data in (_events):
            events_item = OrderEvent.from_dict(events_item_data)



            events.append(events_item)


        def _parse_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_at_type_0 = datetime.datetime.fromisoformat(data)



                return expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))


        id = UUID(d.pop("id"))




        lines = []
        _lines = d.pop("lines")
        for lines_item_data in (_lines):
            lines_item = OrderLine.from_dict(lines_item_data)



            lines.append(lines_item)


        note = d.pop("note")

        number = d.pop("number")

        def _parse_shipping_address(data: object) -> Address | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                shipping_address_type_0 = Address.from_dict(data)



                return shipping_address_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Address | None, data)

        shipping_address = _parse_shipping_address(d.pop("shipping_address"))


        status = OrderStatus(d.pop("status"))




        total = Money.from_dict(d.pop("total"))




        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))




        order = cls(
            created_at=created_at,
            customer=customer,
            email=email,
            events=events,
            expires_at=expires_at,
            id=id,
            lines=lines,
            note=note,
            number=number,
            shipping_address=shipping_address,
            status=status,
            total=total,
            updated_at=updated_at,
        )


        order.additional_properties = d
        return order

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
