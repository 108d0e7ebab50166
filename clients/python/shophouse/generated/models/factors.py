from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
  from ..models.totp_factor import TotpFactor





T = TypeVar("T", bound="Factors")



@_attrs_define
class Factors:
    """ My second factors.

        Attributes:
            totp (None | TotpFactor):
     """

    totp: None | TotpFactor
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.totp_factor import TotpFactor # noqa: PLC0415
        totp: dict[str, Any] | None
        if isinstance(self.totp, TotpFactor):
            totp = self.totp.to_dict()
        else:
            totp = self.totp


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "totp": totp,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.totp_factor import TotpFactor # noqa: PLC0415
        d = dict(src_dict)
        def _parse_totp(data: object) -> None | TotpFactor:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                totp_type_0 = TotpFactor.from_dict(data)



                return totp_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TotpFactor, data)

        totp = _parse_totp(d.pop("totp"))


        factors = cls(
            totp=totp,
        )


        factors.additional_properties = d
        return factors

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
