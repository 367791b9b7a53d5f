"""Reads of the compliance context: where units stand, at any moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from hutan.compliance.models import Closing, Determination, YearOpening
from hutan.kernel.quantities import Tonnes
from hutan.rules.compliance_status import Assessment, Listing, Position, assess
from hutan.rules.deadlines import Deadline
from hutan.rules.eligibility import AllowanceUse, ReductionUse, Use
from hutan.rules.parameters import Rulebook, rulebook

_NEWEST = datetime.max.replace(tzinfo=UTC)
"""Later than everything: what is known now."""


@dataclass(frozen=True, slots=True)
class OpenYear:
    """A compliance year that was opened, with the rules it runs by."""

    year: int
    profile: str
    surrender_closes: datetime
    opened_at: datetime
    closed_at: datetime | None

    @property
    def book(self) -> Rulebook:
        """Return the rulebook of the year's profile."""
        return rulebook(self.profile)


@dataclass(frozen=True, slots=True)
class UnitYear:
    """A unit's year: its position in the law's terms."""

    unit: UUID
    name: str
    position: Position


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A closed year that a unit has still not met: its position, and what is missing."""

    position: Position
    missing: Tonnes
    book: Rulebook


@dataclass(frozen=True, slots=True)
class ClosingRecord:
    """How a unit stood when its year was closed."""

    unit: UUID
    year: int
    status: str
    due: int
    counted: int
    missing: int
    excess: int
    at: datetime


def year_opening(year: int) -> OpenYear | None:
    """Return a year's opening, or nothing if it has not been opened."""
    row = YearOpening.objects.filter(year=year).first()
    return None if row is None else _open_year(row)


def years() -> list[OpenYear]:
    """Return all years ever opened, newest first."""
    return [_open_year(row) for row in YearOpening.objects.order_by("-year")]


def positions(
    year: int, units: Collection[UUID] | None = None, *, at: datetime | None = None
) -> list[UnitYear]:
    """Return where units stand on the year's list with what they were determined and used.

    ``units``: only those; else all on the list. ``at``: as it was known at that moment; else as it
    is known now. Two queries, whatever their number.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT l.unit_id, o.name, l.listing, d.tonnes, d.at, d.surrender_by
            FROM compliance_listing l
            JOIN parties_organisation o ON o.id = l.unit_id
            LEFT JOIN compliance_determination d
              ON d.unit_id = l.unit_id AND d.year = l.year
              AND d.at <= %(at)s AND coalesce(d.superseded_at > %(at)s, true)
            WHERE l.year = %(year)s AND l.at <= %(at)s AND coalesce(l.superseded_at > %(at)s, true)
              AND (%(all)s OR l.unit_id = ANY(%(units)s))
            ORDER BY o.name COLLATE "C", l.unit_id
            """,
            {
                "year": year,
                "at": at or _NEWEST,
                "all": units is None,
                "units": list(units or ()),
            },
        )
        listed = cursor.fetchall()
    uses = _uses(year, [row[0] for row in listed], at or _NEWEST)
    return [_unit_year(year, row, uses.get(row[0], ())) for row in listed]


def listings(year: int, units: Collection[UUID]) -> dict[UUID, Listing]:
    """Return how these units stand on the year's list; those that are not on it are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id, listing FROM compliance_listing"
            " WHERE year = %s AND unit_id = ANY(%s) AND superseded_at IS NULL",
            [year, list(units)],
        )
        return dict(cursor.fetchall())


def latest_versions(year: int, units: Collection[UUID]) -> dict[UUID, int]:
    """Return the number of the latest determination of each unit that has one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id, max(version) FROM compliance_determination"
            " WHERE year = %s AND unit_id = ANY(%s) GROUP BY unit_id",
            [year, list(units)],
        )
        return dict(cursor.fetchall())


def position(unit: UUID, year: int) -> UnitYear | None:
    """Return a unit's year, or nothing where it is not on the list."""
    return next(iter(positions(year, [unit])), None)


def assessment(unit: UUID, year: int, at: datetime) -> Assessment | None:
    """Return where a unit stands at a moment, with the working; nothing if it is not listed."""
    opening = year_opening(year)
    found = positions(year, [unit], at=at)
    if not found or opening is None:
        return None
    return assess(found[0].position, at, book=opening.book)


def assessments(year: int, at: datetime) -> list[tuple[UnitYear, Assessment]]:
    """Return where all units of a year stand at a moment: the bureau's board."""
    opening = year_opening(year)
    if opening is None:
        return []
    return [(one, assess(one.position, at, book=opening.book)) for one in positions(year, at=at)]


def still_short(
    units: Collection[UUID], *, before: int, at: datetime
) -> dict[UUID, dict[int, Shortfall]]:
    """Return the years before ``before`` that closed on these units short and still are, by unit.

    A few queries for each such year.
    """
    years: dict[int, list[UUID]] = {}
    for year, unit in Closing.objects.filter(
        unit__in=units, year__lt=before, missing__gt=0
    ).values_list("year", "unit_id"):
        years.setdefault(year, []).append(unit)
    found: dict[UUID, dict[int, Shortfall]] = {}
    for year, concerned in sorted(years.items()):
        opening = year_opening(year)
        assert opening is not None  # it was closed
        for one in positions(year, concerned, at=at):
            missing = assess(one.position, at, book=opening.book).missing
            if missing:
                short = Shortfall(one.position, missing, opening.book)
                found.setdefault(one.unit, {})[year] = short
    return found


def closings(year: int) -> list[ClosingRecord]:
    """Return how all units stood when the year was closed."""
    return [
        ClosingRecord(*row)
        for row in Closing.objects.filter(year=year)
        .order_by("unit_id")
        .values_list("unit_id", "year", "status", "due", "counted", "missing", "excess", "at")
    ]


def counted_by(act: UUID) -> dict[UUID, dict[int, int]]:
    """Return for which years what one act handed in counts, in tonnes by unit. One query."""
    found: dict[UUID, dict[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id, year, sum(quantity)::bigint FROM compliance_use"
            " WHERE act = %s AND undone_at IS NULL GROUP BY unit_id, year ORDER BY unit_id, year",
            [act],
        )
        for unit, year, quantity in cursor.fetchall():
            found.setdefault(unit, {})[year] = quantity
    return found


def determinations(unit: UUID, year: int) -> list[tuple[int, Decimal, datetime, str]]:
    """Return every version of a determination: version, tonnes, moment, document. Oldest first."""
    return list(
        Determination.objects.filter(unit=unit, year=year)
        .order_by("version")
        .values_list("version", "tonnes", "at", "document")
    )


def _open_year(row: YearOpening) -> OpenYear:
    return OpenYear(
        year=row.year,
        profile=row.profile,
        surrender_closes=row.surrender_closes,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )


def _uses(year: int, units: Sequence[UUID], at: datetime) -> dict[UUID, list[Use]]:
    found: dict[UUID, list[Use]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT u.unit_id, u.quantity, u.received_at, u.vintage, p.kind, p.number,
              p.reduction_class, p.inside_own_boundary, p.certified_at
            FROM compliance_use u LEFT JOIN compliance_proof p ON p.id = u.proof_id
            WHERE u.year = %s AND u.unit_id = ANY(%s)
              AND u.entered_at <= %s AND coalesce(u.undone_at > %s, true)
            ORDER BY u.received_at, u.id
            """,
            [year, list(units), at, at],
        )
        for unit, quantity, received_at, vintage, *proof in cursor.fetchall():
            found.setdefault(unit, []).append(_use(quantity, received_at, vintage, proof))
    return found


def _use(quantity: int, received_at: datetime, vintage: int | None, proof: list[Any]) -> Use:
    if vintage is not None:
        return AllowanceUse(quantity=Tonnes(quantity), vintage=vintage, received_at=received_at)
    kind, number, reduction_class, inside, certified_at = proof
    return ReductionUse(
        quantity=Tonnes(quantity),
        kind=kind,
        received_at=received_at,
        inside_own_boundary=inside,
        reduction_class=reduction_class,
        proof=number,
        certified_at=certified_at,
    )


def _unit_year(year: int, row: tuple[Any, ...], uses: Sequence[Use]) -> UnitYear:
    unit, name, listing, tonnes, at, surrender_by = row
    known: Listing = listing
    return UnitYear(
        unit=unit,
        name=name,
        position=Position(
            year=year,
            listing=known,
            determined=tonnes,
            determined_at=at,
            uses=tuple(uses),
            surrender_by=Deadline.before(surrender_by) if surrender_by else None,
        ),
    )
