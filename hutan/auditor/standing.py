"""Where a unit stands with a year's surrender, computed anew from what the log says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import TypeVar

from hutan.auditor import rules
from hutan.auditor.books import Books
from hutan.auditor.records import Use, Version, Year
from hutan.auditor.rules import RuleMissing
from hutan.auditor.texts import day_of

V = TypeVar("V", bound=Version)

MET = frozenset({"met", "met_late"})
_SETTLED = MET | {"excluded"}


@dataclass(frozen=True, slots=True)
class Position:
    """A unit's year: its listing, determined emissions (tCO2e), and what it has used."""

    listing: str
    tonnes: Fraction | None = None
    determined_at: datetime | None = None
    surrender_by: datetime | None = None
    uses: tuple[Use, ...] = ()


@dataclass(slots=True)
class Standing:
    """The answer, in whole tonnes. ``short_of`` lists the uses that do not count in full."""

    status: str
    due: int = 0
    counted: int = 0
    missing: int = 0
    excess: int = 0
    reductions: int = 0
    cap: int = 0
    short_of: list[Use] = field(default_factory=list)

    def figures(self) -> dict[str, str | int]:
        """Return what the log and the claims state of it."""
        return {
            "status": self.status,
            "due": self.due,
            "counted": self.counted,
            "missing": self.missing,
            "excess": self.excess,
            "reductions": self.reductions,
        }


def position(books: Books, unit: str, year: int, at: datetime | None = None) -> Position | None:
    """Return a unit's year as it is known now, or was known ``at`` a moment; or nothing."""
    place = (unit, year)

    listing = _known(books.listings.get(place, ()), at)
    if not listing:
        return None
    determined = next(iter(_known(books.determinations.get(place, ()), at)), None)
    uses = _known(books.uses.get(place, ()), at)
    return Position(
        listing=listing[0].listing,
        tonnes=None if determined is None else determined.tonnes,
        determined_at=None if determined is None else determined.at,
        surrender_by=None if determined is None else determined.surrender_by,
        uses=tuple(sorted(uses, key=_receipt)),
    )


def assess(where: Position, year: Year, at: datetime) -> Standing:
    """Return where a unit stands at a moment; raise ``RuleMissing``.

    due = ceiling(determined / tonnes an allowance covers); cap = floor(share * determined). Uses
    count in the order of their receipt, reductions up to the cap. Received before the deadline is
    in time. Source: M21.1, M21.2, N4.1 to N4.3.
    """
    if where.listing != "regulated":
        return Standing("excluded")
    closes = where.surrender_by or rules.closes(year, "compliance.surrender_deadline")
    if where.tonnes is None or where.determined_at is None or where.determined_at > at:
        limit = where.surrender_by or rules.period_closes(year, "verification.window")
        return Standing("not_yet_obliged" if at < limit else "emissions_missing")
    covers = rules.number(year, "compliance.allowance_tonnes")
    found = Standing("short", due=rules.ceiling(where.tonnes / covers))
    found.cap = _cap(where.tonnes, year)
    met_at = _count(where, year, at, found)
    found.missing = max(found.due - found.counted, 0)
    found.excess = max(found.counted - found.due, 0)
    if not found.missing:
        found.status = "met" if met_at is None or met_at < closes else "met_late"
    return found


def refusals(use: Use, year: Year) -> list[str]:
    """Return why a use cannot serve a year, by rule; raise ``RuleMissing``."""
    if use.kind == "allowance":
        return _of_allowance(use, year)
    day = day_of(use.received_at)
    found = []
    if use.kind not in rules.words(year, "compliance.offset_instruments"):
        found.append("kind not accepted")
    if use.kind == "reduction":
        if use.class_ not in rules.words_on_day(year, "compliance.reduction_classes", day):
            found.append("class not accepted")
        late = rules.closes(year, "compliance.certificate_due")
        if use.certified_at is None or use.certified_at >= late:
            found.append("certificate late")
    excluded = rules.on_day(year, "compliance.own_boundary_excluded", day)
    if use.inside and excluded == "yes":
        found.append("inside the unit's own boundary")
    if not use.proof:
        found.append("no proof")
    return found


def duties_left(books: Books, unit: str) -> list[str]:
    """Return the years that keep a unit's account open: not settled, or still to be determined."""
    left, seen = [], set()
    for year in books.years.values():
        where = position(books, unit, year.year, books.now.at)
        if where is None:
            continue
        seen.add(year.year)
        found = stands(books, where, year)
        if found is not None and found.status not in _SETTLED:
            left.append(f"{year.year}: {found.status}")
    departed = books.departures.get(unit)
    if departed is not None and departed.year not in seen:
        left.append(f"{departed.year}: to be determined")
    return left


def stands(
    books: Books, where: Position, year: Year, at: datetime | None = None
) -> Standing | None:
    """Return where a unit stands now or ``at`` a moment; a missing rule is a finding."""
    try:
        return assess(where, year, at or books.now.at)
    except RuleMissing as missing:
        books.fault("AUD-401", f"year {year.year}", str(missing))
        return None


def _count(where: Position, year: Year, at: datetime, found: Standing) -> datetime | None:
    """Count the uses into ``found``; return the receipt that met what is due, if one did."""
    met_at = None
    proofs: set[tuple[str, str]] = set()
    for use in where.uses:
        if use.received_at > at:
            continue
        counted = 0
        if not refusals(use, year):
            counted = use.quantity
            if use.kind != "allowance":
                fresh = (use.kind, use.proof) not in proofs
                counted = min(counted, found.cap - found.reductions) if fresh else 0
                proofs.add((use.kind, use.proof))
                found.reductions += counted
        if found.counted < found.due <= found.counted + counted:
            met_at = use.received_at
        found.counted += counted
        if counted < use.quantity:
            found.short_of.append(use)
    return met_at


def _receipt(use: Use) -> datetime:
    return use.received_at


def _cap(tonnes: Fraction, year: Year) -> int:
    if rules.word(year, "compliance.offset_base") != "determined":
        raise RuleMissing("compliance.offset_base: the log has no allocated allowances")
    return rules.floor(rules.number(year, "compliance.offset_share_max") * tonnes)


def _of_allowance(use: Use, year: Year) -> list[str]:
    """Judge a vintage: a later one serves only what is short, where the year's rule lets it."""
    if use.vintage > year.year:
        late = use.received_at >= rules.closes(year, "compliance.surrender_deadline")
        serves = late and rules.word(year, "compliance.vintages") == "later_for_shortfalls"
        return [] if serves else ["future vintage"]
    for between in range(use.vintage, year.year):
        if rules.word(year, "compliance.carry_over", between) != "all":
            return [f"surplus of {between} is not carried over"]
    return []


def _known(versions: Iterable[V], at: datetime | None) -> list[V]:
    return [one for one in versions if (one.ended_at is None if at is None else one.counted(at))]
