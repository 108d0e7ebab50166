from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.image import Image
  from ..models.storefront_variant import StorefrontVariant





T = TypeVar("T", bound="StorefrontProduct")



@_attrs_define
class StorefrontProduct:
    """ A product of a storefront.

        Attributes:
            created_at (datetime.datetime):
            description (str):
            handle (str):
            id (UUID):
            images (list[Image]):
            options (list[str]):
            product_type (str):
            tags (list[str]):
            title (str):
            updated_at (datetime.datetime):
            variants (list[StorefrontVariant]):
            vendor (str):
     """

    created_at: datetime.datetime
    description: str
    handle: str
    id: UUID
    images: list[Image]
    options: list[str]
    product_type: str
    tags: list[str]
    title: str
    updated_at: datetime.datetime
    variants: list[StorefrontVariant]
    vendor: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.image import Image # noqa: PLC0415
        from ..models.storefront_variant import StorefrontVariant # noqa: PLC0415
        created_at = self.created_at.isoformat()

        description = self.description

        handle = self.handle

        id = str(self.id)

        images = []
        for images_item_data in self.images:
            images_item = images_item_data.to_dict()
            images.append(images_item)



        options = self.options



        product_type = self.product_type

        tags = self.tags



        title = self.title

        updated_at = self.updated_at.isoformat()

        variants = []
        for variants_item_data in self.variants:
            variants_item = variants_item_data.to_dict()
            variants.append(variants_item)



        vendor = self.vendor


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "created_at": created_at,
            "description": description,
            "handle": handle,
            "id": id,
            "images": images,
            "options": options,
            "product_type": product_type,
            "tags": tags,
            "title": title,
            "updated_at": updated_at,
            "variants": variants,
            "vendor": vendor,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.image import Image # noqa: PLC0415
        from ..models.storefront_variant import StorefrontVariant # noqa: PLC0415
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        description = d.pop("description")

        handle = d.pop("handle")

        id = UUID(d.pop("id"))




        images = []
        _images = d.pop("images")
        for images_item_data in (_images):
            images_item = Image.from_dict(images_item_data)



            images.append(images_item)


        options = cast(list[str], d.pop("options"))


        product_type = d.pop("product_type")

        tags = cast(list[str], d.pop("tags"))


        title = d.pop("title")

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))




        variants = []
        _variants = d.pop("variants")
        for variants_item_data in (_variants):
            variants_item = StorefrontVariant.from_dict(variants_item_data)



            variants.append(variants_item)


        vendor = d.pop("vendor")

        storefront_product = cls(
            created_at=created_at,
            description=description,
            handle=handle,
            id=id,
            images=images,
            options=options,
            product_type=product_type,
            tags=tags,
            title=title,
            updated_at=updated_at,
            variants=variants,
            vendor=vendor,
        )


        storefront_product.additional_properties = d
        return storefront_product

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
