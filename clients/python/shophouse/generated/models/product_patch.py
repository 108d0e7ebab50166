from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.product_patch_status import ProductPatchStatus
from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
  from ..models.new_image import NewImage
  from ..models.new_variant import NewVariant





T = TypeVar("T", bound="ProductPatch")



@_attrs_define
class ProductPatch:
    """ Changes of a product. `variants`, if given, replaces all variants; one with the `id` of an existing variant updates
    that variant.

        Attributes:
            description (str | Unset):
            handle (str | Unset): The part of an address that names the product: lower-case letters and digits of any
                script, '-' and '_'.
            images (list[NewImage] | Unset):
            options (list[str] | Unset):
            product_type (str | Unset):
            status (ProductPatchStatus | Unset): Who sees a product: everybody, or only the shop's staff.
            tags (list[str] | Unset):
            title (str | Unset):
            variants (list[NewVariant] | Unset):
            vendor (str | Unset):
     """

    description: str | Unset = UNSET
    handle: str | Unset = UNSET
    images: list[NewImage] | Unset = UNSET
    options: list[str] | Unset = UNSET
    product_type: str | Unset = UNSET
    status: ProductPatchStatus | Unset = UNSET
    tags: list[str] | Unset = UNSET
    title: str | Unset = UNSET
    variants: list[NewVariant] | Unset = UNSET
    vendor: str | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        from ..models.new_image import NewImage # noqa: PLC0415
        from ..models.new_variant import NewVariant # noqa: PLC0415
        description = self.description

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



        product_type = self.product_type

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value


        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags



        title = self.title

        variants: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.variants, Unset):
            variants = []
            for variants_item_data in self.variants:
                variants_item = variants_item_data.to_dict()
                variants.append(variants_item)



        vendor = self.vendor


        field_dict: dict[str, Any] = {}

        field_dict.update({
        })
        if description is not UNSET:
            field_dict["description"] = description
        if handle is not UNSET:
            field_dict["handle"] = handle
        if images is not UNSET:
            field_dict["images"] = images
        if options is not UNSET:
            field_dict["options"] = options
        if product_type is not UNSET:
            field_dict["product_type"] = product_type
        if status is not UNSET:
            field_dict["status"] = status
        if tags is not UNSET:
            field_dict["tags"] = tags
        if title is not UNSET:
            field_dict["title"] = title
        if variants is not UNSET:
            field_dict["variants"] = variants
        if vendor is not UNSET:
            field_dict["vendor"] = vendor

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_image import NewImage # noqa: PLC0415
        from ..models.new_variant import NewVariant # noqa: PLC0415
        d = dict(src_dict)
        description = d.pop("description", UNSET)

        handle = d.pop("handle", UNSET)

        _images = d.pop("images", UNSET)
        images: list[NewImage] | Unset = UNSET
        if _images is not UNSET:
            images = []
            for images_item_data in _images:
                images_item = NewImage.from_dict(images_item_data)



                images.append(images_item)


        options = cast(list[str], d.pop("options", UNSET))


        product_type = d.pop("product_type", UNSET)

        _status = d.pop("status", UNSET)
        status: ProductPatchStatus | Unset
        if isinstance(_status,  Unset):
            status = UNSET
        else:
            status = ProductPatchStatus(_status)




        tags = cast(list[str], d.pop("tags", UNSET))


        title = d.pop("title", UNSET)

        _variants = d.pop("variants", UNSET)
        variants: list[NewVariant] | Unset = UNSET
        if _variants is not UNSET:
            variants = []
            for variants_item_data in _variants:
                variants_item = NewVariant.from_dict(variants_item_data)



                variants.append(variants_item)


        vendor = d.pop("vendor", UNSET)

        product_patch = cls(
            description=description,
            handle=handle,
            images=images,
            options=options,
            product_type=product_type,
            status=status,
            tags=tags,
            title=title,
            variants=variants,
            vendor=vendor,
        )

        return product_patch

