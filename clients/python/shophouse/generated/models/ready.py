from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.ready_status import ReadyStatus
from typing import cast






T = TypeVar("T", bound="Ready")



@_attrs_define
class Ready:
    """ 
        Attributes:
            failed (int): Shops whose last migration failed.
            lagging (int): Shops whose schema is older than this server's.
            silent_nodes (list[str]): Servers of Citus that did not answer within the last seconds: requests in their shops
                get 503. Empty without Citus.
            status (ReadyStatus): A server that is not ready answers with a problem.
     """

    failed: int
    lagging: int
    silent_nodes: list[str]
    status: ReadyStatus
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        failed = self.failed

        lagging = self.lagging

        silent_nodes = self.silent_nodes



        status = self.status.value


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "failed": failed,
            "lagging": lagging,
            "silent_nodes": silent_nodes,
            "status": status,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        failed = d.pop("failed")

        lagging = d.pop("lagging")

        silent_nodes = cast(list[str], d.pop("silent_nodes"))


        status = ReadyStatus(d.pop("status"))




        ready = cls(
            failed=failed,
            lagging=lagging,
            silent_nodes=silent_nodes,
            status=status,
        )


        ready.additional_properties = d
        return ready

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
