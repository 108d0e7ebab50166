from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset







T = TypeVar("T", bound="Address")



@_attrs_define
class Address:
    """ Where an order is sent.

        Attributes:
            address1 (str):
            address2 (str):
            city (str):
            company (str):
            country (str):
            name (str):
            phone (str):
            province (str):
            zip_ (str):
     """

    address1: str
    address2: str
    city: str
    company: str
    country: str
    name: str
    phone: str
    province: str
    zip_: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        address1 = self.address1

        address2 = self.address2

        city = self.city

        company = self.company

        country = self.country

        name = self.name

        phone = self.phone

        province = self.province

        zip_ = self.zip_


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "address1": address1,
            "address2": address2,
            "city": city,
            "company": company,
            "country": country,
            "name": name,
            "phone": phone,
            "province": province,
            "zip": zip_,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        address1 = d.pop("address1")

        address2 = d.pop("address2")

        city = d.pop("city")

        company = d.pop("company")

        country = d.pop("country")

        name = d.pop("name")

        phone = d.pop("phone")

        province = d.pop("province")

        zip_ = d.pop("zip")

        address = cls(
            address1=address1,
            address2=address2,
            city=city,
            company=company,
            country=country,
            name=name,
            phone=phone,
            province=province,
            zip_=zip_,
        )


        address.additional_properties = d
        return address

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
