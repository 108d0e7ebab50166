from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast






T = TypeVar("T", bound="ImportFault")



@_attrs_define
class ImportFault:
    """ One fault in a file: an error, for which a product is refused, or a warning.

        Attributes:
            code (str): A stable name, such as `invalid_price`.
            column (None | str): The column, named as the file names it, when it lies in one.
            detail (str): What is wrong.
            handle (None | str): The handle of the product.
            line (int): The line of the file, the first being 1, on which the row begins.
            row (int): The row of a spreadsheet; the header is row 1.
            value (None | str): The beginning of the cell.
     """

    code: str
    column: None | str
    detail: str
    handle: None | str
    line: int
    row: int
    value: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        code = self.code

        column: None | str
        column = self.column

        detail = self.detail

        handle: None | str
        handle = self.handle

        line = self.line

        row = self.row

        value: None | str
        value = self.value


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "code": code,
            "column": column,
            "detail": detail,
            "handle": handle,
            "line": line,
            "row": row,
            "value": value,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code")

        def _parse_column(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        column = _parse_column(d.pop("column"))


        detail = d.pop("detail")

        def _parse_handle(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        handle = _parse_handle(d.pop("handle"))


        line = d.pop("line")

        row = d.pop("row")

        def _parse_value(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        value = _parse_value(d.pop("value"))


        import_fault = cls(
            code=code,
            column=column,
            detail=detail,
            handle=handle,
            line=line,
            row=row,
            value=value,
        )


        import_fault.additional_properties = d
        return import_fault

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
