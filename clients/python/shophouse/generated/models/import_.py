from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.import_kind import ImportKind
from ..models.import_state import ImportState
from typing import cast
from uuid import UUID
import datetime

if TYPE_CHECKING:
  from ..models.import_problem_type_0 import ImportProblemType0
  from ..models.import_report import ImportReport





T = TypeVar("T", bound="Import")



@_attrs_define
class Import:
    """ An import, and how far it is.

        Attributes:
            created_at (datetime.datetime):
            ended_at (datetime.datetime | None): Null while it goes on.
            id (UUID):
            kind (ImportKind): What a file is of.
            problem (ImportProblemType0 | None): Why it failed: `code` and `detail` of the problem.
            report (ImportReport | None):
            rows_done (int): Those that were looked at so far.
            rows_total (int): The rows of the file.
            state (ImportState): How far an import is.
            user_id (UUID): Who sent the file.
     """

    created_at: datetime.datetime
    ended_at: datetime.datetime | None
    id: UUID
    kind: ImportKind
    problem: ImportProblemType0 | None
    report: ImportReport | None
    rows_done: int
    rows_total: int
    state: ImportState
    user_id: UUID
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        from ..models.import_problem_type_0 import ImportProblemType0 # noqa: PLC0415
        from ..models.import_report import ImportReport # noqa: PLC0415
        created_at = self.created_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        id = str(self.id)

        kind = self.kind.value

        problem: dict[str, Any] | None
        if isinstance(self.problem, ImportProblemType0):
            problem = self.problem.to_dict()
        else:
            problem = self.problem

        report: dict[str, Any] | None
        if isinstance(self.report, ImportReport):
            report = self.report.to_dict()
        else:
            report = self.report

        rows_done = self.rows_done

        rows_total = self.rows_total

        state = self.state.value

        user_id = str(self.user_id)


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "created_at": created_at,
            "ended_at": ended_at,
            "id": id,
            "kind": kind,
            "problem": problem,
            "report": report,
            "rows_done": rows_done,
            "rows_total": rows_total,
            "state": state,
            "user_id": user_id,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.import_problem_type_0 import ImportProblemType0 # noqa: PLC0415
        from ..models.import_report import ImportReport # noqa: PLC0415
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))




        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)



                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))


        id = UUID(d.pop("id"))




        kind = ImportKind(d.pop("kind"))




        def _parse_problem(data: object) -> ImportProblemType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                problem_type_0 = ImportProblemType0.from_dict(data)



                return problem_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ImportProblemType0 | None, data)

        problem = _parse_problem(d.pop("problem"))


        def _parse_report(data: object) -> ImportReport | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                report_type_0 = ImportReport.from_dict(data)



                return report_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ImportReport | None, data)

        report = _parse_report(d.pop("report"))


        rows_done = d.pop("rows_done")

        rows_total = d.pop("rows_total")

        state = ImportState(d.pop("state"))




        user_id = UUID(d.pop("user_id"))




        import_ = cls(
            created_at=created_at,
            ended_at=ended_at,
            id=id,
            kind=kind,
            problem=problem,
            report=report,
            rows_done=rows_done,
            rows_total=rows_total,
            state=state,
            user_id=user_id,
        )


        import_.additional_properties = d
        return import_

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
