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
  from ..models.storefront_variant_options import StorefrontVariantOptions





T = TypeVar("T", bound="StorefrontVariant")



@_attrs_define
class StorefrontVariant:
    """ A variant of a storefront's product.

        Attributes:
            compare_at_price (Money | None):
            id (UUID):
            in_stock (bool): Whether it can be ordered now.
            options (StorefrontVariantOptions):
            price (Money): An amount of money.
            title (str): Its option values, as people read them.
     """

    compare_at_price: Money | None
    id: UUID
    in_stock: bool
    options: StorefrontVariantOptions
    price: Money
    title: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.money import Money # noqa: PLC0415
        from ..models.storefront_variant_options import StorefrontVariantOptions # noqa: PLC0415
        compare_at_price: dict[str, Any] | None
        if isinstance(self.compare_at_price, Money):
            compare_at_price = self.compare_at_price.to_dict()
        else:
            compare_at_price = self.compare_at_price

        id = str(self.id)

        in_stock = self.in_stock

        options = self.options.to_dict()

        price = self.price.to_dict()

        title = self.title


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "compare_at_price": compare_at_price,
            "id": id,
            "in_stock": in_stock,
            "options": options,
            "price": price,
            "title": title,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money # noqa: PLC0415
        from ..models.storefront_variant_options import StorefrontVariantOptions # noqa: PLC0415
        d = dict(src_dict)
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


        id = UUID(d.pop("id"))




        in_stock = d.pop("in_stock")

        options = StorefrontVariantOptions.from_dict(d.pop("options"))




        price = Money.from_dict(d.pop("price"))




        title = d.pop("title")

        storefront_variant = cls(
            compare_at_price=compare_at_price,
            id=id,
            in_stock=in_stock,
            options=options,
            price=price,
            title=title,
        )


        storefront_variant.additional_properties = d
        return storefront_variant

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
