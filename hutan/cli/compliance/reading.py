"""Where units stand with a year, read from the platform's own database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from hutan.cli.compliance.group import app
from hutan.cli.printing import AsJson, Figure, print_facts, print_rows
from hutan.cli.reach import needs_database

if TYPE_CHECKING:
    # What follows needs Django set up, which reaching the database does.
    from hutan.kernel.working import Working
    from hutan.rules.position import Assessment

Year = Annotated[int, typer.Argument(help="The compliance year: the year of the emissions.")]
At = Annotated[str, typer.Option(help="A moment, Shanghai time; now if left out.")]


@app.command("board")
@needs_database
def board(year: Year, at: At = "", as_json: AsJson = False) -> None:
    """List where all units of a year stand at a moment (履约看板)."""
    from hutan.compliance.queries import assessments, year_opening
    from hutan.compliance.refusals import YearNotOpen
    from hutan.kernel.refusals import said

    if year_opening(year) is None:
        raise YearNotOpen(year=year, state=said("尚未开启", "not open"))
    found = assessments(year, _moment(at))
    print_rows(
        ({"unit": unit.name, **_standing(standing)} for unit, standing in found), as_json=as_json
    )
    if not as_json:
        counts = Counter(standing.status.value for _, standing in found)
        print("  ".join(f"{status} {count:,}" for status, count in sorted(counts.items())))


@app.command("status")
@needs_database
def status(
    credit_code: Annotated[str, typer.Argument(help="The unit's unified social credit code.")],
    year: Year,
    at: At = "",
    as_json: AsJson = False,
) -> None:
    """Show where one unit stands at a moment, with the working (单位履约状态)."""
    from hutan.compliance.queries import assessment
    from hutan.compliance.refusals import NotRegulated
    from hutan.parties.queries import organisation_by_credit_code
    from hutan.parties.refusals import UnknownOrganisation

    unit = organisation_by_credit_code(credit_code.strip().upper())
    if unit is None:
        raise UnknownOrganisation(organisation=credit_code)
    standing = assessment(unit.id, year, _moment(at))
    if standing is None:
        raise NotRegulated(name=unit.name, year=year, listing="not_listed")
    print_facts({"unit": unit.name, "year": str(year), **_standing(standing)}, as_json=as_json)
    if not as_json:
        _print_working(standing.working)


def _print_working(working: Working) -> None:
    steps: Iterator[dict[str, Figure]] = (
        {
            "step": f"{one.name} {one.zh}",
            "formula": one.formula,
            "value": f"{one.value} {one.unit}".strip(),
            "rounding": one.rounding,
            "clause": one.clause,
        }
        for one in working.steps
    )
    print_rows(steps, as_json=False, title="\n计算过程 Working")
    used: Iterator[dict[str, Figure]] = (
        {
            "parameter": one.key,
            "for": one.basis,
            "value": f"{one.value} {one.unit}".strip(),
            "source": f"{one.clause} {one.document}".strip(),
            "status": one.status,
        }
        for one in working.parameters
    )
    print_rows(used, as_json=False, title="\n所用参数 Parameters")


def _standing(one: Assessment) -> dict[str, Figure]:
    return {
        "status": one.status.value,
        "due": one.due,
        "counted": one.counted,
        "missing": one.missing,
        "deadline": one.deadline.closes if one.deadline else None,
        "at": one.at,
    }


def _moment(text: str) -> datetime:
    from hutan import clock
    from hutan.kernel.moments import SHANGHAI, canonical

    if not text:
        return clock.now()
    try:
        found = datetime.fromisoformat(text)
        at = found if found.tzinfo else found.replace(tzinfo=SHANGHAI)
        canonical(at)
    except ValueError as error:
        raise typer.BadParameter(
            "a moment such as 2025-06-30T16:59:59", param_hint="--at"
        ) from error
    return at
