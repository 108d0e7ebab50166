from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
  from ..models.import_fault import ImportFault





T = TypeVar("T", bound="ImportReport")



@_attrs_define
class ImportReport:
    """ What an import did; for a dry run, what it would do. Each product of the file is counted once: as created, updated,
    unchanged, skipped or failed.

        Attributes:
            created (int):
            errors (list[ImportFault]): The first 100 errors.
            errors_total (int):
            failed (int): Those with errors.
            ignored_columns (list[str]): The columns with content that is lost, those that matter most first.
            images_removed (int): Images of updated products that are gone.
            products_total (int): The products of the file.
            skipped (int): Those that existed already, and were left alone.
            unchanged (int): Those that were as in the file already.
            updated (int): Those of which something changed.
            variants_removed (int): Variants of updated products that are gone.
            warnings (list[ImportFault]): The first 100 warnings: what was not taken as it stands.
            warnings_total (int):
     """

    created: int
    errors: list[ImportFault]
    errors_total: int
    failed: int
    ignored_columns: list[str]
    images_removed: int
    products_total: int
    skipped: int
    unchanged: int
    updated: int
    variants_removed: int
    warnings: list[ImportFault]
    warnings_total: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.import_fault import ImportFault # noqa: PLC0415
        created = self.created

        errors = []
        for errors_item_data in self.errors:
            errors_item = errors_item_data.to_dict()
            errors.append(errors_item)



        errors_total = self.errors_total

        failed = self.failed

        ignored_columns = self.ignored_columns



        images_removed = self.images_removed

        products_total = self.products_total

        skipped = self.skipped

        unchanged = self.unchanged

        updated = self.updated

        variants_removed = self.variants_removed

        warnings = []
        for warnings_item_data in self.warnings:
            warnings_item = warnings_item_data.to_dict()
            warnings.append(warnings_item)



        warnings_total = self.warnings_total


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "created": created,
            "errors": errors,
            "errors_total": errors_total,
            "failed": failed,
            "ignored_columns": ignored_columns,
            "images_removed": images_removed,
            "products_total": products_total,
            "skipped": skipped,
            "unchanged": unchanged,
            "updated": updated,
            "variants_removed": variants_removed,
            "warnings": warnings,
            "warnings_total": warnings_total,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.import_fault import ImportFault # noqa: PLC0415
        d = dict(src_dict)
        created = d.pop("created")

        errors = []
        _errors = d.pop("errors")
        for errors_item_data in (_errors):
            errors_item = ImportFault.from_dict(errors_item_data)



            errors.append(errors_item)


        errors_total = d.pop("errors_total")

        failed = d.pop("failed")

        ignored_columns = cast(list[str], d.pop("ignored_columns"))


        images_removed = d.pop("images_removed")

        products_total = d.pop("products_total")

        skipped = d.pop("skipped")

        unchanged = d.pop("unchanged")

        updated = d.pop("updated")

        variants_removed = d.pop("variants_removed")

        warnings = []
        _warnings = d.pop("warnings")
        for warnings_item_data in (_warnings):
            warnings_item = ImportFault.from_dict(warnings_item_data)



            warnings.append(warnings_item)


        warnings_total = d.pop("warnings_total")

        import_report = cls(
            created=created,
            errors=errors,
            errors_total=errors_total,
            failed=failed,
            ignored_columns=ignored_columns,
            images_removed=images_removed,
            products_total=products_total,
            skipped=skipped,
            unchanged=unchanged,
            updated=updated,
            variants_removed=variants_removed,
            warnings=warnings,
            warnings_total=warnings_total,
        )


        import_report.additional_properties = d
        return import_report

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
