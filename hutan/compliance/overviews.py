"""Reads of the compliance context for desks and the public: uses, departures, totals of a year.

Like ``queries``: frozen records, a query or two each, whatever their number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class UseRecord:
    """What a unit used for a year: allowances of a vintage, or reductions by their proof."""

    quantity: int
    received_at: datetime
    vintage: int | None
    kind: str
    proof: str
    transaction: UUID | None
    act: UUID
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class DepartureRecord:
    """A unit that closes or leaves, why, and from which day on."""

    id: UUID
    unit: UUID
    name: str
    year: int
    reason: str
    on: date
    at: datetime


@dataclass(frozen=True, slots=True)
class PreAllocationRecord:
    """What a unit was given in advance for a year, in tonnes, with its working as recorded."""

    unit: UUID
    year: int
    amount: int
    working: Mapping[str, Any]
    act: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """A unit on a year's list as the public sees it."""

    unit: UUID
    name: str
    district: str
    listing: str
    reason: str


@dataclass(frozen=True, slots=True)
class YearTotals:
    """A year over all its regulated units: tCO2e determined, tonnes surrendered and used."""

    year: int
    regulated: int
    determined_units: int
    determined: Decimal
    allowances: int
    reductions: int


@dataclass(frozen=True, slots=True)
class CarriedRecord:
    """What of an account's surplus was carried over, or lapsed, when a year was closed."""

    year: int
    asset: str
    carried: int
    lapsed: int
    at: datetime


def uses(unit: UUID, year: int) -> list[UseRecord]:
    """Return what a unit has used for a year, in the order of receipt, undone uses included."""
    rows = _rows(
        """
        SELECT u.quantity, u.received_at, u.vintage, coalesce(p.kind, 'allowance'),
          coalesce(p.number, ''), u.transaction_id, u.act, u.undone_at
        FROM compliance_use u LEFT JOIN compliance_proof p ON p.id = u.proof_id
        WHERE u.unit_id = %s AND u.year = %s ORDER BY u.received_at, u.id
        """,
        [unit, year],
    )
    return [UseRecord(*row) for row in rows]


def departures(*, unit: UUID | None = None) -> list[DepartureRecord]:
    """Return the departures on record, newest first: of one unit, or all."""
    rows = _rows(
        """
        SELECT d.id, d.unit_id, o.name, d.year, d.reason, d."on", d.at
        FROM compliance_departure d JOIN parties_organisation o ON o.id = d.unit_id
        WHERE (%s::uuid IS NULL OR d.unit_id = %s) ORDER BY d.at DESC, d.id
        """,
        [unit, unit],
    )
    return [DepartureRecord(*row) for row in rows]


def pre_allocations(year: int, *, unit: UUID | None = None) -> list[PreAllocationRecord]:
    """Return what was given in advance for a year: to one unit, or all."""
    rows = _rows(
        "SELECT unit_id, year, amount, working, act, at FROM compliance_preallocation"
        " WHERE year = %s AND (%s::uuid IS NULL OR unit_id = %s) ORDER BY at, unit_id",
        [year, unit, unit],
    )
    return [
        PreAllocationRecord(unit, year, amount, json.loads(working), act, at)
        for unit, year, amount, working, act, at in rows
    ]


def carried_over(account: str) -> list[CarriedRecord]:
    """Return what of an account was carried over or lapsed, newest year first."""
    rows = _rows(
        "SELECT year, asset, carried, lapsed, at FROM compliance_carriedover WHERE account = %s"
        " ORDER BY year DESC, asset",
        [account],
    )
    return [CarriedRecord(*row) for row in rows]


def listed_units(year: int) -> list[ListedUnit]:
    """Return the year's list as it stands, by name."""
    rows = _rows(
        """
        SELECT l.unit_id, o.name, o.district, l.listing, l.reason
        FROM compliance_listing l JOIN parties_organisation o ON o.id = l.unit_id
        WHERE l.year = %s AND l.superseded_at IS NULL
        ORDER BY o.name COLLATE "C", l.unit_id
        """,
        [year],
    )
    return [ListedUnit(*row) for row in rows]


def year_totals() -> list[YearTotals]:
    """Return every year ever opened over all its regulated units, oldest first. One query."""
    rows = _rows(
        """
        WITH listed AS (
          SELECT l.year, count(*) AS regulated, count(d.id) AS determined_units,
            coalesce(sum(d.tonnes), 0) AS determined
          FROM compliance_listing l LEFT JOIN compliance_determination d
            ON d.unit_id = l.unit_id AND d.year = l.year AND d.superseded_at IS NULL
          WHERE l.superseded_at IS NULL AND l.listing = 'regulated' GROUP BY l.year),
        used AS (
          SELECT year,
            coalesce(sum(quantity) FILTER (WHERE vintage IS NOT NULL), 0)::bigint AS allowances,
            coalesce(sum(quantity) FILTER (WHERE vintage IS NULL), 0)::bigint AS reductions
          FROM compliance_use WHERE undone_at IS NULL GROUP BY year)
        SELECT y.year, coalesce(listed.regulated, 0), coalesce(listed.determined_units, 0),
          coalesce(listed.determined, 0), coalesce(used.allowances, 0),
          coalesce(used.reductions, 0)
        FROM compliance_yearopening y LEFT JOIN listed USING (year) LEFT JOIN used USING (year)
        ORDER BY y.year
        """
    )
    return [YearTotals(*row) for row in rows]


def opening_rules(year: int) -> list[Mapping[str, Any]]:
    """Return the rules by which a year was opened, as its leaf in the log has them."""
    rows = _rows("SELECT rules FROM compliance_yearopening WHERE year = %s", [year])
    return [one for (rules,) in rows for one in json.loads(rules)]


def _rows(query: str, given: Sequence[Any] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        rows: list[Any] = cursor.fetchall()
        return rows
