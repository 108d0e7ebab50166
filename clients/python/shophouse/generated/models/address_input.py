from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset






T = TypeVar("T", bound="AddressInput")



@_attrs_define
class AddressInput:
    """ Where an order is sent.

        Attributes:
            address1 (str | Unset):
            address2 (str | Unset):
            city (str | Unset):
            company (str | Unset):
            country (str | Unset):
            name (str | Unset):
            phone (str | Unset):
            province (str | Unset):
            zip_ (str | Unset):
     """

    address1: str | Unset = UNSET
    address2: str | Unset = UNSET
    city: str | Unset = UNSET
    company: str | Unset = UNSET
    country: str | Unset = UNSET
    name: str | Unset = UNSET
    phone: str | Unset = UNSET
    province: str | Unset = UNSET
    zip_: str | Unset = UNSET





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

        field_dict.update({
        })
        if address1 is not UNSET:
            field_dict["address1"] = address1
        if address2 is not UNSET:
            field_dict["address2"] = address2
        if city is not UNSET:
            field_dict["city"] = city
        if company is not UNSET:
            field_dict["company"] = company
        if country is not UNSET:
            field_dict["country"] = country
        if name is not UNSET:
            field_dict["name"] = name
        if phone is not UNSET:
            field_dict["phone"] = phone
        if province is not UNSET:
            field_dict["province"] = province
        if zip_ is not UNSET:
            field_dict["zip"] = zip_

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        address1 = d.pop("address1", UNSET)

        address2 = d.pop("address2", UNSET)

        city = d.pop("city", UNSET)

        company = d.pop("company", UNSET)

        country = d.pop("country", UNSET)

        name = d.pop("name", UNSET)

        phone = d.pop("phone", UNSET)

        province = d.pop("province", UNSET)

        zip_ = d.pop("zip", UNSET)

        address_input = cls(
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

        return address_input

