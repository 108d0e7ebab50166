from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
  from ..models.variant_patch_compare_at_price_type_0 import VariantPatchCompareAtPriceType0
  from ..models.variant_patch_options import VariantPatchOptions
  from ..models.variant_patch_price import VariantPatchPrice





T = TypeVar("T", bound="VariantPatch")



@_attrs_define
class VariantPatch:
    """ Changes of a variant. Stock has its own route, which requires a reason.

        Attributes:
            allow_oversell (bool | Unset):
            barcode (None | str | Unset):
            compare_at_price (None | Unset | VariantPatchCompareAtPriceType0):
            grams (int | Unset):
            options (VariantPatchOptions | Unset):
            price (VariantPatchPrice | Unset): A price in a request body. The currency may be left out; it is the shop's.
            sku (None | str | Unset):
            track_stock (bool | Unset):
     """

    allow_oversell: bool | Unset = UNSET
    barcode: None | str | Unset = UNSET
    compare_at_price: None | Unset | VariantPatchCompareAtPriceType0 = UNSET
    grams: int | Unset = UNSET
    options: VariantPatchOptions | Unset = UNSET
    price: VariantPatchPrice | Unset = UNSET
    sku: None | str | Unset = UNSET
    track_stock: bool | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        from ..models.variant_patch_compare_at_price_type_0 import VariantPatchCompareAtPriceType0 # noqa: PLC0415
        from ..models.variant_patch_options import VariantPatchOptions # noqa: PLC0415
        from ..models.variant_patch_price import VariantPatchPrice # noqa: PLC0415
        allow_oversell = self.allow_oversell

        barcode: None | str | Unset
        if isinstance(self.barcode, Unset):
            barcode = UNSET
        else:
            barcode = self.barcode

        compare_at_price: dict[str, Any] | None | Unset
        if isinstance(self.compare_at_price, Unset):
            compare_at_price = UNSET
        elif isinstance(self.compare_at_price, VariantPatchCompareAtPriceType0):
            compare_at_price = self.compare_at_price.to_dict()
        else:
            compare_at_price = self.compare_at_price

        grams = self.grams

        options: dict[str, Any] | Unset = UNSET
        if not isinstance(self.options, Unset):
            options = self.options.to_dict()

        price: dict[str, Any] | Unset = UNSET
        if not isinstance(self.price, Unset):
            price = self.price.to_dict()

        sku: None | str | Unset
        if isinstance(self.sku, Unset):
            sku = UNSET
        else:
            sku = self.sku

        track_stock = self.track_stock


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if allow_oversell is not UNSET:
            field_dict["allow_oversell"] = allow_oversell
        if barcode is not UNSET:
            field_dict["barcode"] = barcode
        if compare_at_price is not UNSET:
            field_dict["compare_at_price"] = compare_at_price
        if grams is not UNSET:
            field_dict["grams"] = grams
        if options is not UNSET:
            field_dict["options"] = options
        if price is not UNSET:
            field_dict["price"] = price
        if sku is not UNSET:
            field_dict["sku"] = sku
        if track_stock is not UNSET:
            field_dict["track_stock"] = track_stock

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.variant_patch_compare_at_price_type_0 import VariantPatchCompareAtPriceType0 # noqa: PLC0415
        from ..models.variant_patch_options import VariantPatchOptions # noqa: PLC0415
        from ..models.variant_patch_price import VariantPatchPrice # noqa: PLC0415
        d = dict(src_dict)
        allow_oversell = d.pop("allow_oversell", UNSET)

        def _parse_barcode(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        barcode = _parse_barcode(d.pop("barcode", UNSET))


        def _parse_compare_at_price(data: object) -> None | Unset | VariantPatchCompareAtPriceType0:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                compare_at_price_type_0 = VariantPatchCompareAtPriceType0.from_dict(data)



                return compare_at_price_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | VariantPatchCompareAtPriceType0, data)

        compare_at_price = _parse_compare_at_price(d.pop("compare_at_price", UNSET))


        grams = d.pop("grams", UNSET)

        _options = d.pop("options", UNSET)
        options: VariantPatchOptions | Unset
        if isinstance(_options,  Unset):
            options = UNSET
        else:
            options = VariantPatchOptions.from_dict(_options)




        _price = d.pop("price", UNSET)
        price: VariantPatchPrice | Unset
        if isinstance(_price,  Unset):
            price = UNSET
        else:
            price = VariantPatchPrice.from_dict(_price)




        def _parse_sku(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sku = _parse_sku(d.pop("sku", UNSET))


        track_stock = d.pop("track_stock", UNSET)

        variant_patch = cls(
            allow_oversell=allow_oversell,
            barcode=barcode,
            compare_at_price=compare_at_price,
            grams=grams,
            options=options,
            price=price,
            sku=sku,
            track_stock=track_stock,
        )

        return variant_patch

