"""The year's list and the bureau's determinations, entered by acts of two people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from hutan.compliance import refusals as no
from hutan.compliance.models import Departure
from hutan.compliance.queries import latest_versions, listings
from hutan.compliance.services.rows import supersede, write_determinations, write_listings
from hutan.compliance.services.years import hold_year, open_year
from hutan.kernel.canonical import Json, Record
from hutan.kernel.moments import canonical
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Fact, Refusal, refuse, said
from hutan.parties.acts import ApprovedAct
from hutan.parties.bulk import with_rows
from hutan.parties.queries import OrganisationRecord, organisations
from hutan.parties.services import CoSigner, co_signer_refusals, co_signers
from hutan.rules.compliance_status import LISTINGS
from hutan.transparency.services import record

FEW = 16
"""Up to this many entries stand in the leaf itself; more are its movements, each provable."""


@dataclass(frozen=True, slots=True)
class ListEntry:
    """How one unit stands on the list, and why."""

    unit: UUID
    listing: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeterminationEntry:
    """One unit's determined emissions in tCO2e; ``surrender_by`` where it is out of season."""

    unit: UUID
    tonnes: Decimal
    surrender_by: datetime | None


@dataclass(frozen=True, slots=True)
class ListDraft:
    """A year's list as proposed, and who decided it together with the bureau."""

    year: int
    document: str
    entries: tuple[ListEntry, ...]
    co_signed: tuple[CoSigner, ...]


def list_from(content: Mapping[str, Json]) -> ListDraft:
    """Read ``{"year", "document", "entries": [{"unit", "listing", "reason"}], "co_signed"?}``.

    ``"file"`` may stand in place of the entries.
    """
    fields = Fields(with_rows(content, into="entries"))
    draft = ListDraft(
        year=fields.integer("year", least=1990, most=2100),
        document=fields.text("document"),
        entries=tuple(
            ListEntry(one.uuid("unit"), one.choice("listing", set(LISTINGS)), one.text("reason"))
            for one in fields.objects("entries")
        ),
        co_signed=co_signers(fields),
    )
    fields.done()
    return draft


def check_list(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return what stands against entering this list."""
    return _list_refusals(list_from(content))


def _list_refusals(draft: ListDraft) -> list[Refusal]:
    open_year(draft.year)
    units = [entry.unit for entry in draft.entries]
    return [*_unit_refusals(units, organisations(units)), *co_signer_refusals(draft.co_signed)]


def enter_list(act: ApprovedAct) -> Record:
    """Enter how units stand on the year's list; what stood before is superseded, not rewritten."""
    draft = list_from(act.content)
    year, entries = draft.year, draft.entries
    hold_year(year)
    refuse(_list_refusals(draft))
    supersede("compliance_listing", year, [entry.unit for entry in entries], act.at)
    write_listings(
        (entry.unit, year, entry.listing, entry.reason, act.id, act.at) for entry in entries
    )
    rows: list[dict[str, Json]] = [
        {
            "id": str(entry.unit),
            "unit": str(entry.unit),
            "listing": entry.listing,
            "reason": entry.reason,
        }
        for entry in entries
    ]
    signed: list[Json] = [one.to_record() for one in draft.co_signed]
    _leaf(act, "compliance.list", year, draft.document, rows, {"co_signed": signed})
    return {"year": year, "entries": len(entries)}


def determinations_from(
    content: Mapping[str, Json],
) -> tuple[int, str, list[DeterminationEntry]]:
    """Read ``{"year", "document", "entries": [{"unit", "tonnes", "surrender_by"?}]}``.

    ``tonnes`` is a decimal written as text, with at most four digits after the point. ``"file"``
    may stand in place of the entries.
    """
    fields = Fields(with_rows(content, into="entries", sums=("tonnes",)))
    year, document = fields.integer("year", least=1990, most=2100), fields.text("document")
    entries = []
    for one in fields.objects("entries"):
        unit, tonnes = one.uuid("unit"), one.parsed("tonnes", _tonnes, Decimal(0), "tonnes")
        entries.append(DeterminationEntry(unit, tonnes, one.optional_moment("surrender_by")))
    fields.done()
    return year, document, entries


def check_determinations(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return what stands against these determinations."""
    year, _, entries = determinations_from(content)
    return _determination_refusals(year, entries, at)


def _determination_refusals(
    year: int, entries: Sequence[DeterminationEntry], at: datetime
) -> list[Refusal]:
    open_year(year)
    units = [entry.unit for entry in entries]
    bodies = organisations(units)
    if found := _unit_refusals(units, bodies):
        return found
    listed = listings(year, units)
    departed = dict(
        Departure.objects.filter(unit__in=out_of_season, year=year).values_list("unit_id", "at")
        if (out_of_season := [entry.unit for entry in entries if entry.surrender_by])
        else ()
    )
    refused: list[Refusal] = []
    for entry in entries:
        name, listing = bodies[entry.unit].name, listed.get(entry.unit, "not_listed")
        if listing != "regulated":
            refused.append(no.NotRegulated(name=name, year=year, listing=listing))
        reason: Fact = ""
        if entry.surrender_by is None:
            continue
        if entry.unit not in departed:
            reason = said("没有登记解散、注销、停产或迁出", "no departure is on record")
        elif entry.surrender_by <= at:
            reason = said("清缴期限已过", "its deadline has passed")
        if reason:
            refused.append(no.DeterminationOutOfOrder(name=name, reason=reason))
    return refused


def determine(act: ApprovedAct) -> Record:
    """Enter determined emissions: a new version for each unit, beside those before (M18.1)."""
    year, document, entries = determinations_from(act.content)
    hold_year(year)
    refuse(_determination_refusals(year, entries, act.at))
    enter_determinations(year, document, entries, act=act.id, at=act.at)
    rows = [_determination_record(entry) for entry in entries]
    _leaf(act, "compliance.determine", year, document, rows)
    return {"year": year, "entries": len(entries)}


def enter_determinations(
    year: int, document: str, entries: Iterable[DeterminationEntry], *, act: UUID, at: datetime
) -> None:
    """Write determinations as the next versions of their units."""
    entries = list(entries)
    units = [entry.unit for entry in entries]
    versions = latest_versions(year, units)
    supersede("compliance_determination", year, units, at)
    write_determinations(
        (
            entry.unit,
            year,
            versions.get(entry.unit, 0) + 1,
            entry.tonnes,
            entry.surrender_by,
            document,
            act,
            at,
        )
        for entry in entries
    )


def _unit_refusals(
    units: Sequence[UUID], known: Mapping[UUID, OrganisationRecord]
) -> list[Refusal]:
    found: list[Refusal] = [
        no.UnitUnknown(unit=str(unit))
        for unit in dict.fromkeys(units)
        if unit not in known or known[unit].kind != "unit"
    ]
    found += [no.ListedTwice(unit=str(unit)) for unit, n in Counter(units).items() if n > 1]
    return found


def _leaf(
    act: ApprovedAct,
    kind: str,
    year: int,
    document: str,
    rows: list[dict[str, Json]],
    more: Record | None = None,
) -> None:
    few = len(rows) <= FEW
    record(
        act=act.id,
        kind=kind,
        at=act.at,
        body={
            "year": year,
            "document": document,
            "entries": rows if few else [],
            **(more or {}),
            **act.people(),
        },
        movements=() if few else rows,
        subjects=[str(row["unit"]) for row in rows],
    )


def _determination_record(entry: DeterminationEntry) -> dict[str, Json]:
    return {
        "id": str(entry.unit),
        "unit": str(entry.unit),
        "tonnes": str(entry.tonnes),
        "surrender_by": canonical(entry.surrender_by) if entry.surrender_by else "",
    }


def _tonnes(text: str) -> Decimal:
    """Read tonnes with at most four decimal places, from 0 to 10^12."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    exponent = found.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -4 or not 0 <= found <= 10**12:
        raise ValueError(text)
    return found
