from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.product_status import ProductStatus
from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
  from ..models.new_image import NewImage
  from ..models.new_variant import NewVariant
  from ..models.price import Price





T = TypeVar("T", bound="NewProduct")



@_attrs_define
class NewProduct:
    """ A complete product. Without `variants` it has one variant, made from `price`, `sku` and `stock`; only a draft can
    leave out
    the price.

        Attributes:
            title (str):
            description (str | Unset): Text or HTML.
            handle (None | str | Unset):
            images (list[NewImage] | Unset):
            options (list[str] | Unset):
            price (None | Price | Unset):
            product_type (str | Unset):
            sku (None | str | Unset):
            status (ProductStatus | Unset): Who sees a product: everybody, or only the shop's staff.
            stock (int | None | Unset):
            tags (list[str] | Unset):
            variants (list[NewVariant] | None | Unset):
            vendor (str | Unset):
     """

    title: str
    description: str | Unset = UNSET
    handle: None | str | Unset = UNSET
    images: list[NewImage] | Unset = UNSET
    options: list[str] | Unset = UNSET
    price: None | Price | Unset = UNSET
    product_type: str | Unset = UNSET
    sku: None | str | Unset = UNSET
    status: ProductStatus | Unset = UNSET
    stock: int | None | Unset = UNSET
    tags: list[str] | Unset = UNSET
    variants: list[NewVariant] | None | Unset = UNSET
    vendor: str | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        from ..models.new_image import NewImage # noqa: PLC0415
        from ..models.new_variant import NewVariant # noqa: PLC0415
        from ..models.price import Price # noqa: PLC0415
        title = self.title

        description = self.description

        handle: None | str | Unset
        if isinstance(self.handle, Unset):
            handle = UNSET
        else:
            handle = self.handle

        images: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.images, Unset):
            images = []
            for images_item_data in self.images:
                images_item = images_item_data.to_dict()
                images.append(images_item)



        options: list[str] | Unset = UNSET
        if not isinstance(self.options, Unset):
            options = self.options



        price: dict[str, Any] | None | Unset
        if isinstance(self.price, Unset):
            price = UNSET
        elif isinstance(self.price, Price):
            price = self.price.to_dict()
        else:
            price = self.price

        product_type = self.product_type

        sku: None | str | Unset
        if isinstance(self.sku, Unset):
            sku = UNSET
        else:
            sku = self.sku

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value


        stock: int | None | Unset
        if isinstance(self.stock, Unset):
            stock = UNSET
        else:
            stock = self.stock

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags



        variants: list[dict[str, Any]] | None | Unset
        if isinstance(self.variants, Unset):
            variants = UNSET
        elif isinstance(self.variants, list):
            variants = []
            for variants_type_0_item_data in self.variants:
                variants_type_0_item = variants_type_0_item_data.to_dict()
                variants.append(variants_type_0_item)


        else:
            variants = self.variants

        vendor = self.vendor


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "title": title,
        })
        if description is not UNSET:
            field_dict["description"] = description
        if handle is not UNSET:
            field_dict["handle"] = handle
        if images is not UNSET:
            field_dict["images"] = images
        if options is not UNSET:
            field_dict["options"] = options
        if price is not UNSET:
            field_dict["price"] = price
        if product_type is not UNSET:
            field_dict["product_type"] = product_type
        if sku is not UNSET:
            field_dict["sku"] = sku
        if status is not UNSET:
            field_dict["status"] = status
        if stock is not UNSET:
            field_dict["stock"] = stock
        if tags is not UNSET:
            field_dict["tags"] = tags
        if variants is not UNSET:
            field_dict["variants"] = variants
        if vendor is not UNSET:
            field_dict["vendor"] = vendor

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_image import NewImage # noqa: PLC0415
        from ..models.new_variant import NewVariant # noqa: PLC0415
        from ..models.price import Price # noqa: PLC0415
        d = dict(src_dict)
        title = d.pop("title")

        description = d.pop("description", UNSET)

        def _parse_handle(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        handle = _parse_handle(d.pop("handle", UNSET))


        _images = d.pop("images", UNSET)
        images: list[NewImage] | Unset = UNSET
        if _images is not UNSET:
            images = []
            for images_item_data in _images:
                images_item = NewImage.from_dict(images_item_data)



                images.append(images_item)


        options = cast(list[str], d.pop("options", UNSET))


        def _parse_price(data: object) -> None | Price | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                price_type_0 = Price.from_dict(data)



                return price_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Price | Unset, data)

        price = _parse_price(d.pop("price", UNSET))


        product_type = d.pop("product_type", UNSET)

        def _parse_sku(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sku = _parse_sku(d.pop("sku", UNSET))


        _status = d.pop("status", UNSET)
        status: ProductStatus | Unset
        if isinstance(_status,  Unset):
            status = UNSET
        else:
            status = ProductStatus(_status)




        def _parse_stock(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        stock = _parse_stock(d.pop("stock", UNSET))


        tags = cast(list[str], d.pop("tags", UNSET))


        def _parse_variants(data: object) -> list[NewVariant] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                variants_type_0 = []
                _variants_type_0 = data
                for variants_type_0_item_data in (_variants_type_0):
                    variants_type_0_item = NewVariant.from_dict(variants_type_0_item_data)



                    variants_type_0.append(variants_type_0_item)

                return variants_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[NewVariant] | None | Unset, data)

        variants = _parse_variants(d.pop("variants", UNSET))


        vendor = d.pop("vendor", UNSET)

        new_product = cls(
            title=title,
            description=description,
            handle=handle,
            images=images,
            options=options,
            price=price,
            product_type=product_type,
            sku=sku,
            status=status,
            stock=stock,
            tags=tags,
            variants=variants,
            vendor=vendor,
        )

        return new_product

