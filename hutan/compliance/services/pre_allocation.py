"""Pre-allocation after full surrender, against a provisional line that the final plan nets (N5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hutan.compliance import refusals as no
from hutan.compliance.models import PreAllocation
from hutan.compliance.queries import positions, year_opening
from hutan.kernel.canonical import Json, Record
from hutan.kernel.quantities import Tonnes
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Refusal, refuse
from hutan.kernel.working import Working
from hutan.parties.acts import ApprovedAct
from hutan.registry.domain.plans import LineDraft, PlanDraft
from hutan.registry.queries import open_lines, unit_accounts
from hutan.registry.services import plans
from hutan.registry.services.engine import carry_out
from hutan.rules.compliance_status import Status, assess
from hutan.rules.parameters import rulebook
from hutan.rules.pre_allocation import pre_allocation
from hutan.transparency.services import record


@dataclass(frozen=True, slots=True)
class Grant:
    """What one unit is given in advance, with the working."""

    unit: UUID
    account: str
    amount: int
    working: Working


def from_content(content: Mapping[str, Json]) -> tuple[int, str]:
    """Read ``{"year", "document"}``: the year fully surrendered, and the notice that grants."""
    fields = Fields(content)
    read = fields.integer("year", least=1990, most=2100), fields.text("document", longest=200)
    fields.done()
    return read


def grants(year: int, at: datetime) -> list[Grant]:
    """Return what units that surrendered in full for ``year`` get of the next, and have not had.

    What stands on a unit's provisional line came to it with units that merged or split: it counts
    against the share of the emissions that came with them.
    """
    opening = year_opening(year)
    if opening is None:
        return []
    had = set(PreAllocation.objects.filter(year=year + 1).values_list("unit_id", flat=True))
    met = [
        one
        for one in positions(year)
        if one.unit not in had
        and one.position.determined is not None
        and assess(one.position, at, book=opening.book).status in (Status.MET, Status.MET_LATE)
    ]
    numbers = unit_accounts([one.unit for one in met])
    standing = _standing(year + 1)
    found = []
    for one in met:
        assert one.position.determined is not None
        if one.unit not in numbers:
            continue
        number = numbers[one.unit]
        given = pre_allocation(
            one.position.determined,
            year + 1,
            full=True,
            book=rulebook(),
            had=Tonnes(standing.get(number, 0)),
        )
        if given.quantity:
            found.append(Grant(one.unit, number, int(given.quantity), given.working))
    return found


def check(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return what stands against granting now."""
    year, document = from_content(content)
    given = grants(year, at)
    if not given:
        return [no.NobodyToPreAllocate(year=year)]
    return plans.refusals_of(_draft(year + 1, document, given))


def execute(act: ApprovedAct) -> Record:
    """Open provisional lines for the units that have met their duty, and issue them, in one act."""
    year, document = from_content(act.content)
    given = grants(year, act.at)
    refuse([] if given else [no.NobodyToPreAllocate(year=year)])
    body, done = plans.put_into_force(_draft(year + 1, document, given), act)
    orders = plans.lines_to_issue(year + 1, ["provisional"], act.id)
    done += carry_out(orders, at=act.at, proposed_at=act.proposed_at, proposal=act.id)
    PreAllocation.objects.bulk_create(
        PreAllocation(
            unit_id=one.unit,
            year=year + 1,
            amount=one.amount,
            working=one.working.to_record(),
            act=act.id,
            at=act.at,
        )
        for one in given
    )
    transactions: list[Record] = [{"record": "transaction", **one.to_record()} for one in done]
    record(
        act=act.id,
        kind="compliance.pre_allocate",
        at=act.at,
        body={**body, "surrendered_year": year, **act.people()},
        movements=[*(_grant_record(one) for one in given), *transactions],
        subjects=[str(one.unit) for one in given],
    )
    return {"year": year + 1, "units": len(given), "amount": sum(one.amount for one in given)}


def _grant_record(one: Grant) -> Record:
    return {
        "id": str(one.unit),
        "record": "grant",
        "unit": str(one.unit),
        "amount": one.amount,
        "working": one.working.to_record(),
    }


def _standing(year: int) -> dict[str, int]:
    """Return the amounts of a year's open provisional lines, by account."""
    return {one.account: one.amount for one in open_lines(year) if one.kind == "provisional"}


def _draft(year: int, document: str, given: list[Grant]) -> PlanDraft:
    """Return the provisional plan: the lines that stand, and what is new added to them."""
    amounts = _standing(year)
    for one in given:
        amounts[one.account] = amounts.get(one.account, 0) + one.amount
    lines = tuple(LineDraft("provisional", *line) for line in amounts.items())
    total = sum(line.amount for line in lines)
    return PlanDraft(
        year=year,
        provisional=True,
        total=total,
        direct=total,
        reserve=0,
        outside=0,
        document=document,
        lines=lines,
    )
