from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset







T = TypeVar("T", bound="Links")



@_attrs_define
class Links:
    """ Where the parts of the server are.

        Attributes:
            api (str):
            docs (str):
            health (str):
            openapi (str):
     """

    api: str
    docs: str
    health: str
    openapi: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        api = self.api

        docs = self.docs

        health = self.health

        openapi = self.openapi


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "api": api,
            "docs": docs,
            "health": health,
            "openapi": openapi,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        api = d.pop("api")

        docs = d.pop("docs")

        health = d.pop("health")

        openapi = d.pop("openapi")

        links = cls(
            api=api,
            docs=docs,
            health=health,
            openapi=openapi,
        )


        links.additional_properties = d
        return links

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
