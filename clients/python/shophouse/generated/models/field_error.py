from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset






T = TypeVar("T", bound="FieldError")



@_attrs_define
class FieldError:
    """ An error at one place of what was sent.

        Attributes:
            code (str): The kind of the error.
            detail (str): What is wrong, for people.
            column (str | Unset): The column's name.
            handle (str | Unset): The product's handle.
            line (int | Unset): The line of the file, from 1.
            pointer (str | Unset): Where, in a body of JSON (RFC 6901).
            row (int | Unset): Where, in a file: the row of a spreadsheet, from 1.
            value (str | Unset): The beginning of the cell.
     """

    code: str
    detail: str
    column: str | Unset = UNSET
    handle: str | Unset = UNSET
    line: int | Unset = UNSET
    pointer: str | Unset = UNSET
    row: int | Unset = UNSET
    value: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        code = self.code

        detail = self.detail

        column = self.column

        handle = self.handle

        line = self.line

        pointer = self.pointer

        row = self.row

        value = self.value


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "code": code,
            "detail": detail,
        })
        if column is not UNSET:
            field_dict["column"] = column
        if handle is not UNSET:
            field_dict["handle"] = handle
        if line is not UNSET:
            field_dict["line"] = line
        if pointer is not UNSET:
            field_dict["pointer"] = pointer
        if row is not UNSET:
            field_dict["row"] = row
        if value is not UNSET:
            field_dict["value"] = value

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code")

        detail = d.pop("detail")

        column = d.pop("column", UNSET)

        handle = d.pop("handle", UNSET)

        line = d.pop("line", UNSET)

        pointer = d.pop("pointer", UNSET)

        row = d.pop("row", UNSET)

        value = d.pop("value", UNSET)

        field_error = cls(
            code=code,
            detail=detail,
            column=column,
            handle=handle,
            line=line,
            pointer=pointer,
            row=row,
            value=value,
        )


        field_error.additional_properties = d
        return field_error

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
