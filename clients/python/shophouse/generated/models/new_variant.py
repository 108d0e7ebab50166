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
  from ..models.new_variant_options import NewVariantOptions
  from ..models.price import Price





T = TypeVar("T", bound="NewVariant")



@_attrs_define
class NewVariant:
    """ A complete variant.

        Attributes:
            price (Price): A price in a request body. The currency may be left out; it is the shop's.
            allow_oversell (bool | Unset): Whether it may be sold when there is not enough in stock.
            barcode (None | str | Unset):
            compare_at_price (None | Price | Unset):
            grams (int | Unset): The weight, in grams.
            id (None | Unset | UUID): The existing variant to update; only where a product's variants are replaced.
            options (NewVariantOptions | Unset): A value for each of the product's options.
            sku (None | str | Unset):
            stock (int | None | Unset):
            track_stock (bool | None | Unset): True if left out and `stock` is given.
     """

    price: Price
    allow_oversell: bool | Unset = UNSET
    barcode: None | str | Unset = UNSET
    compare_at_price: None | Price | Unset = UNSET
    grams: int | Unset = UNSET
    id: None | Unset | UUID = UNSET
    options: NewVariantOptions | Unset = UNSET
    sku: None | str | Unset = UNSET
    stock: int | None | Unset = UNSET
    track_stock: bool | None | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        from ..models.new_variant_options import NewVariantOptions # noqa: PLC0415
        from ..models.price import Price # noqa: PLC0415
        price = self.price.to_dict()

        allow_oversell = self.allow_oversell

        barcode: None | str | Unset
        if isinstance(self.barcode, Unset):
            barcode = UNSET
        else:
            barcode = self.barcode

        compare_at_price: dict[str, Any] | None | Unset
        if isinstance(self.compare_at_price, Unset):
            compare_at_price = UNSET
        elif isinstance(self.compare_at_price, Price):
            compare_at_price = self.compare_at_price.to_dict()
        else:
            compare_at_price = self.compare_at_price

        grams = self.grams

        id: None | str | Unset
        if isinstance(self.id, Unset):
            id = UNSET
        elif isinstance(self.id, UUID):
            id = str(self.id)
        else:
            id = self.id

        options: dict[str, Any] | Unset = UNSET
        if not isinstance(self.options, Unset):
            options = self.options.to_dict()

        sku: None | str | Unset
        if isinstance(self.sku, Unset):
            sku = UNSET
        else:
            sku = self.sku

        stock: int | None | Unset
        if isinstance(self.stock, Unset):
            stock = UNSET
        else:
            stock = self.stock

        track_stock: bool | None | Unset
        if isinstance(self.track_stock, Unset):
            track_stock = UNSET
        else:
            track_stock = self.track_stock


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "price": price,
        })
        if allow_oversell is not UNSET:
            field_dict["allow_oversell"] = allow_oversell
        if barcode is not UNSET:
            field_dict["barcode"] = barcode
        if compare_at_price is not UNSET:
            field_dict["compare_at_price"] = compare_at_price
        if grams is not UNSET:
            field_dict["grams"] = grams
        if id is not UNSET:
            field_dict["id"] = id
        if options is not UNSET:
            field_dict["options"] = options
        if sku is not UNSET:
            field_dict["sku"] = sku
        if stock is not UNSET:
            field_dict["stock"] = stock
        if track_stock is not UNSET:
            field_dict["track_stock"] = track_stock

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_variant_options import NewVariantOptions # noqa: PLC0415
        from ..models.price import Price # noqa: PLC0415
        d = dict(src_dict)
        price = Price.from_dict(d.pop("price"))




        allow_oversell = d.pop("allow_oversell", UNSET)

        def _parse_barcode(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        barcode = _parse_barcode(d.pop("barcode", UNSET))


        def _parse_compare_at_price(data: object) -> None | Price | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                compare_at_price_type_0 = Price.from_dict(data)



                return compare_at_price_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Price | Unset, data)

        compare_at_price = _parse_compare_at_price(d.pop("compare_at_price", UNSET))


        grams = d.pop("grams", UNSET)

        def _parse_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                id_type_0 = UUID(data)



                return id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        id = _parse_id(d.pop("id", UNSET))


        _options = d.pop("options", UNSET)
        options: NewVariantOptions | Unset
        if isinstance(_options,  Unset):
            options = UNSET
        else:
            options = NewVariantOptions.from_dict(_options)




        def _parse_sku(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sku = _parse_sku(d.pop("sku", UNSET))


        def _parse_stock(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        stock = _parse_stock(d.pop("stock", UNSET))


        def _parse_track_stock(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        track_stock = _parse_track_stock(d.pop("track_stock", UNSET))


        new_variant = cls(
            price=price,
            allow_oversell=allow_oversell,
            barcode=barcode,
            compare_at_price=compare_at_price,
            grams=grams,
            id=id,
            options=options,
            sku=sku,
            stock=stock,
            track_stock=track_stock,
        )

        return new_variant

