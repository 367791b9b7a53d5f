"""Units that dissolve, deregister, stop production or move out of the city (M22)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hutan.compliance import refusals as no
from hutan.compliance.models import Departure
from hutan.compliance.queries import positions, years
from hutan.kernel.canonical import Json, Record
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Fact, Refusal, refuse, said
from hutan.parties.acts import ApprovedAct
from hutan.parties.queries import organisation
from hutan.rules.compliance_status import Status, assess
from hutan.transparency.services import record

REASONS = frozenset({"dissolved", "deregistered", "stopped", "moved_out"})
"""解散, 注销, 停止生产经营, 迁出本市."""

_SETTLED = {Status.EXCLUDED, Status.MET, Status.MET_LATE}


@dataclass(frozen=True, slots=True)
class Leaving:
    """A unit that leaves, why, and on which day."""

    unit: UUID
    reason: str
    on: date


def leaving_from(content: Mapping[str, Json]) -> Leaving:
    """Read ``{"unit", "reason", "on"}``; raise every fault of it."""
    fields = Fields(content)
    found = Leaving(fields.uuid("unit"), fields.choice("reason", REASONS), fields.day("on"))
    fields.done()
    return found


def check(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return what stands against recording this departure."""
    leaving = leaving_from(content)
    unit = organisation(leaving.unit)
    if Departure.objects.filter(unit=leaving.unit).exists():
        return [no.AlreadyDeparted(name=unit.name)]
    return []


def execute(act: ApprovedAct) -> Record:
    """Record the departure: its year will be determined out of season and must be surrendered."""
    leaving = leaving_from(act.content)
    refuse(check(act.id, act.content, act.at))
    Departure.objects.create(
        id=act.id,
        unit_id=leaving.unit,
        year=leaving.on.year,
        reason=leaving.reason,
        on=leaving.on,
        at=act.at,
    )
    record(
        act=act.id,
        kind="compliance.departure",
        at=act.at,
        body={
            "unit": str(leaving.unit),
            "reason": leaving.reason,
            "on": leaving.on.isoformat(),
            **act.people(),
        },
        subjects=[str(leaving.unit)],
    )
    return {"unit": str(leaving.unit), "year": leaving.on.year}


def duties(unit: UUID, at: datetime) -> list[Fact]:
    """Return what keeps a unit's account from closing: years not yet surrendered in full (M22.2).

    A unit that leaves must have been determined for the year in which it leaves.
    """
    found: list[Fact] = []
    departed = Departure.objects.filter(unit=unit).first()
    seen = set()
    for opening in years():
        for one in positions(opening.year, [unit], at=at):
            seen.add(opening.year)
            status = assess(one.position, at, book=opening.book).status
            if status not in _SETTLED:
                found.append(
                    said(
                        f"{opening.year} 年度清缴义务未了结：{status.value}",
                        f"its duty for {opening.year} is not settled: {status.value}",
                    )
                )
    if departed is not None and departed.year not in seen:
        found.append(
            said(
                f"{departed.year} 年度排放尚待审定",
                f"its emissions of {departed.year} are still to be determined",
            )
        )
    return found
