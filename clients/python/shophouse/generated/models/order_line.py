from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID

if TYPE_CHECKING:
  from ..models.money import Money
  from ..models.order_line_options import OrderLineOptions





T = TypeVar("T", bound="OrderLine")



@_attrs_define
class OrderLine:
    """ A line of an order: what was bought, as it was then.

        Attributes:
            id (UUID):
            options (OrderLineOptions):
            quantity (int):
            sku (None | str):
            title (str):
            total (Money): An amount of money.
            unit_price (Money): An amount of money.
            variant_id (None | UUID): Null when the variant has been deleted since.
            variant_title (str):
     """

    id: UUID
    options: OrderLineOptions
    quantity: int
    sku: None | str
    title: str
    total: Money
    unit_price: Money
    variant_id: None | UUID
    variant_title: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.money import Money # noqa: PLC0415
        from ..models.order_line_options import OrderLineOptions # noqa: PLC0415
        id = str(self.id)

        options = self.options.to_dict()

        quantity = self.quantity

        sku: None | str
        sku = self.sku

        title = self.title

        total = self.total.to_dict()

        unit_price = self.unit_price.to_dict()

        variant_id: None | str
        if isinstance(self.variant_id, UUID):
            variant_id = str(self.variant_id)
        else:
            variant_id = self.variant_id

        variant_title = self.variant_title


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "id": id,
            "options": options,
            "quantity": quantity,
            "sku": sku,
            "title": title,
            "total": total,
            "unit_price": unit_price,
            "variant_id": variant_id,
            "variant_title": variant_title,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money # noqa: PLC0415
        from ..models.order_line_options import OrderLineOptions # noqa: PLC0415
        d = dict(src_dict)
        id = UUID(d.pop("id"))




        options = OrderLineOptions.from_dict(d.pop("options"))




        quantity = d.pop("quantity")

        def _parse_sku(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        sku = _parse_sku(d.pop("sku"))


        title = d.pop("title")

        total = Money.from_dict(d.pop("total"))




        unit_price = Money.from_dict(d.pop("unit_price"))




        def _parse_variant_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                variant_id_type_0 = UUID(data)



                return variant_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        variant_id = _parse_variant_id(d.pop("variant_id"))


        variant_title = d.pop("variant_title")

        order_line = cls(
            id=id,
            options=options,
            quantity=quantity,
            sku=sku,
            title=title,
            total=total,
            unit_price=unit_price,
            variant_id=variant_id,
            variant_title=variant_title,
        )


        order_line.additional_properties = d
        return order_line

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
