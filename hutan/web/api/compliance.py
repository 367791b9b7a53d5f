"""Operations on compliance: where a unit stands with a year, and the board of a year."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from hutan.compliance import queries
from hutan.parties.queries import seen_by
from hutan.rules.compliance_status import assess
from hutan.web.api.asking import ASKER, asker
from hutan.web.api.forms import Year
from hutan.web.api.frame import RefusalRecord, answers, summary, viewer_in
from hutan.web.moments import moment_of
from hutan.web.permissions import require
from hutan.web.refusals import NotFound
from hutan.web.rights import OBLIGATIONS, SEE_BOARD, SEE_UNIT_YEAR, Belongs, sees

router = Router(auth=ASKER)


class RefusedUse(Schema):
    """A use, by its place in the order of receipt, that does not count in full, and why."""

    use: int
    counted: int
    reasons: list[RefusalRecord]


class UnitYear(Schema):
    """Where a unit stands with its surrender; tonnes, fen, seconds."""

    unit: UUID
    name: str
    year: int
    at: str
    listing: str
    status: str
    deadline: str | None
    seconds_left: int
    overdue: bool
    due: int
    counted: int
    allowances: dict[str, int]
    reductions: int
    missing: int
    excess: int
    cap: int
    cap_left: int
    met_at: str | None
    refused: list[RefusedUse]
    later: int
    fine: dict[str, Any] | None
    assumed: bool = Field(description="The figure rests on a parameter that no text gives.")
    working: dict[str, Any] = Field(description="Inputs, parameters with clauses, and each step.")


class BoardLine(Schema):
    """One unit on the board of a year."""

    unit: UUID
    name: str
    listing: str
    status: str
    due: int
    counted: int
    missing: int
    reductions: int
    overdue: bool
    seconds_left: int


@router.get(
    "/units/{unit}/years/{year}",
    response=answers(UnitYear, 404),
    **summary("单位的年度清缴情况及算式", "A unit's year, with its working"),
)
def unit_year(request: HttpRequest, unit: UUID, year: Year) -> dict[str, object]:
    """Return where a unit stands at this moment, and how that came about."""
    viewer = viewer_in(request)
    if not sees(viewer, unit, OBLIGATIONS):
        raise NotFound(what=str(unit))
    require(viewer, SEE_UNIT_YEAR, Belongs(unit, OBLIGATIONS))
    at = moment_of(request)
    opening = queries.year_opening(year)
    found = next(iter(queries.positions(year, [unit], at=at)), None)
    if opening is None or found is None:
        raise NotFound(what=f"{unit} {year}")
    return {
        "unit": found.unit,
        "name": found.name,
        "listing": found.position.listing,
        **assess(found.position, at, book=opening.book).to_record(),
    }


@router.get(
    "/years/{year}/board",
    response=answers(list[BoardLine], 404),
    **summary("年度清缴总览", "The board of a year"),
)
def board(request: HttpRequest, year: Year) -> list[dict[str, object]]:
    """Return where the units you see stand: all of them, or those of your district or area."""
    viewer, actor = asker(request)
    require(viewer, SEE_BOARD)
    opening = queries.year_opening(year)
    if opening is None:
        raise NotFound(what=str(year))
    at = moment_of(request)
    lines = []
    for one in queries.positions(year, seen_by(actor, OBLIGATIONS), at=at):
        found = assess(one.position, at, book=opening.book)
        lines.append(
            {
                "unit": one.unit,
                "name": one.name,
                "listing": one.position.listing,
                "status": found.status.value,
                "due": int(found.due),
                "counted": int(found.counted),
                "missing": int(found.missing),
                "reductions": int(found.reductions),
                "overdue": found.overdue,
                "seconds_left": int(found.left.total_seconds()),
            }
        )
    return lines
