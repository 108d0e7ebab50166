from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.actor import Actor
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.audit_event_details import AuditEventDetails





T = TypeVar("T", bound="AuditEvent")



@_attrs_define
class AuditEvent:
    """ Something that happened.

        Attributes:
            actor (Actor): Who did something; `unknown` is whoever did not prove to be anybody.
            actor_id (None | UUID): The user who did it.
            address (None | str): The client's.
            created_at (datetime.datetime):
            details (AuditEventDetails): What else is to be known, depending on the event.
            event (str):
            id (UUID):
            shop_id (None | UUID):
            subject_id (None | UUID): The user to whom it was done.
            user_agent (str): What the client calls itself.
     """

    actor: Actor
    actor_id: None | UUID
    address: None | str
    created_at: datetime.datetime
    details: AuditEventDetails
    event: str
    id: UUID
    shop_id: None | UUID
    subject_id: None | UUID
    user_agent: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.audit_event_details import AuditEventDetails # noqa: PLC0415
        actor = self.actor.value

        actor_id: None | str
        if isinstance(self.actor_id, UUID):
            actor_id = str(self.actor_id)
        else:
            actor_id = self.actor_id

        address: None | str
        address = self.address

        created_at = self.created_at.isoformat()

        details = self.details.to_dict()

        event = self.event

        id = str(self.id)

        shop_id: None | str
        if isinstance(self.shop_id, UUID):
            shop_id = str(self.shop_id)
        else:
            shop_id = self.shop_id

        subject_id: None | str
        if isinstance(self.subject_id, UUID):
            subject_id = str(self.subject_id)
        else:
            subject_id = self.subject_id

        user_agent = self.user_agent


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "actor": actor,
            "actor_id": actor_id,
            "address": address,
            "created_at": created_at,
            "details": details,
            "event": event,
            "id": id,
            "shop_id": shop_id,
            "subject_id": subject_id,
            "user_agent": user_agent,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.audit_event_details import AuditEventDetails # noqa: PLC0415
        d = dict(src_dict)
        actor = Actor(d.pop("actor"))




        def _parse_actor_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                actor_id_type_0 = UUID(data)



                return actor_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        actor_id = _parse_actor_id(d.pop("actor_id"))


        def _parse_address(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        address = _parse_address(d.pop("address"))


        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        details = AuditEventDetails.from_dict(d.pop("details"))




        event = d.pop("event")

        id = UUID(d.pop("id"))




        def _parse_shop_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                shop_id_type_0 = UUID(data)



                return shop_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        shop_id = _parse_shop_id(d.pop("shop_id"))


        def _parse_subject_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                subject_id_type_0 = UUID(data)



                return subject_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        subject_id = _parse_subject_id(d.pop("subject_id"))


        user_agent = d.pop("user_agent")

        audit_event = cls(
            actor=actor,
            actor_id=actor_id,
            address=address,
            created_at=created_at,
            details=details,
            event=event,
            id=id,
            shop_id=shop_id,
            subject_id=subject_id,
            user_agent=user_agent,
        )


        audit_event.additional_properties = d
        return audit_event

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
