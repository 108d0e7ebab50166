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
  from ..models.variant_options import VariantOptions





T = TypeVar("T", bound="Variant")



@_attrs_define
class Variant:
    """ A variant of a product.

        Attributes:
            allow_oversell (bool):
            barcode (None | str):
            compare_at_price (Money | None):
            grams (int):
            id (UUID):
            options (VariantOptions):
            position (int):
            price (Money): An amount of money.
            sku (None | str):
            stock (int):
            title (str): Its option values, as people read them.
            track_stock (bool):
     """

    allow_oversell: bool
    barcode: None | str
    compare_at_price: Money | None
    grams: int
    id: UUID
    options: VariantOptions
    position: int
    price: Money
    sku: None | str
    stock: int
    title: str
    track_stock: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.money import Money # noqa: PLC0415
        from ..models.variant_options import VariantOptions # noqa: PLC0415
        allow_oversell = self.allow_oversell

        barcode: None | str
        barcode = self.barcode

        compare_at_price: dict[str, Any] | None
        if isinstance(self.compare_at_price, Money):
            compare_at_price = self.compare_at_price.to_dict()
        else:
            compare_at_price = self.compare_at_price

        grams = self.grams

        id = str(self.id)

        options = self.options.to_dict()

        position = self.position

        price = self.price.to_dict()

        sku: None | str
        sku = self.sku

        stock = self.stock

        title = self.title

        track_stock = self.track_stock


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "allow_oversell": allow_oversell,
            "barcode": barcode,
            "compare_at_price": compare_at_price,
            "grams": grams,
            "id": id,
            "options": options,
            "position": position,
            "price": price,
            "sku": sku,
            "stock": stock,
            "title": title,
            "track_stock": track_stock,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money # noqa: PLC0415
        from ..models.variant_options import VariantOptions # noqa: PLC0415
        d = dict(src_dict)
        allow_oversell = d.pop("allow_oversell")

        def _parse_barcode(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        barcode = _parse_barcode(d.pop("barcode"))


        def _parse_compare_at_price(data: object) -> Money | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                compare_at_price_type_0 = Money.from_dict(data)



                return compare_at_price_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None, data)

        compare_at_price = _parse_compare_at_price(d.pop("compare_at_price"))


        grams = d.pop("grams")

        id = UUID(d.pop("id"))




        options = VariantOptions.from_dict(d.pop("options"))




        position = d.pop("position")

        price = Money.from_dict(d.pop("price"))




        def _parse_sku(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        sku = _parse_sku(d.pop("sku"))


        stock = d.pop("stock")

        title = d.pop("title")

        track_stock = d.pop("track_stock")

        variant = cls(
            allow_oversell=allow_oversell,
            barcode=barcode,
            compare_at_price=compare_at_price,
            grams=grams,
            id=id,
            options=options,
            position=position,
            price=price,
            sku=sku,
            stock=stock,
            title=title,
            track_stock=track_stock,
        )


        variant.additional_properties = d
        return variant

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
