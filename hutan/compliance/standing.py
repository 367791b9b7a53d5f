"""Everything that stands in compliance, whole tables at a time: for whoever compares it.

Each function yields frozen records through a cursor on the server, so that no table has to fit into
memory; call them inside a transaction, all of them inside one to see one moment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from hutan.kernel.canonical import Json

R = TypeVar("R")

_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class YearRecord:
    """A compliance year that was opened, with the rules as its opening act states them."""

    year: int
    profile: str
    rules_version: str
    rules: Sequence[Json]
    surrender_closes: datetime
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListingRecord:
    """How a unit stands on a year's list, and why."""

    unit: UUID
    year: int
    listing: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DeterminationRecord:
    """A unit's determined emissions of a year, in tCO2e."""

    unit: UUID
    year: int
    version: int
    tonnes: Decimal
    surrender_by: datetime | None
    document: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ProofRecord:
    """A proof of cancellation that was used, as its register vouched for it."""

    kind: str
    number: str
    quantity: int
    reduction_class: str
    inside_own_boundary: bool
    certified_at: datetime


@dataclass(frozen=True, slots=True)
class UseRecord:
    """What a unit has used: allowances of a vintage (no proof), or reductions by their proof."""

    unit: UUID
    year: int
    kind: str
    vintage: int
    proof: str
    quantity: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ClosedUnitYear:
    """How a unit stood when its year was closed, in tonnes."""

    unit: UUID
    year: int
    status: str
    due: int
    counted: int
    missing: int
    excess: int
    reductions: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CarriedRecord:
    """What of an account's surplus was carried over or lapsed, in tonnes."""

    year: int
    account: str
    asset: str
    carried: int
    lapsed: int
    at: datetime


@dataclass(frozen=True, slots=True)
class InstalmentRecord:
    """A part of a mover's surplus that is, or was, set aside until its year."""

    id: UUID
    account: str
    asset: str
    amount: int
    year: int
    set_aside_at: datetime
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class GrantRecord:
    """What a unit was given of a year in advance, in tonnes."""

    unit: UUID
    year: int
    amount: int
    at: datetime


@dataclass(frozen=True, slots=True)
class DepartureRecord:
    """A unit that closed or left: in which year, why, on which day."""

    unit: UUID
    year: int
    reason: str
    on: date
    at: datetime


def years() -> Iterator[YearRecord]:
    """Yield every year that was opened."""
    for year, profile, version, rules, *moments in _rows(
        "SELECT year, profile, rules_version, rules, surrender_closes, opened_at, closed_at"
        " FROM compliance_yearopening ORDER BY year"
    ):
        yield YearRecord(year, profile, version, json.loads(rules), *moments)


def listings() -> Iterator[ListingRecord]:
    """Yield how units stand on every year's list."""
    return _records(
        ListingRecord,
        "SELECT unit_id, year, listing, reason, at FROM compliance_listing"
        " WHERE superseded_at IS NULL ORDER BY year, unit_id",
    )


def determinations() -> Iterator[DeterminationRecord]:
    """Yield the determinations that count."""
    return _records(
        DeterminationRecord,
        "SELECT unit_id, year, version, tonnes, surrender_by, document, at"
        " FROM compliance_determination WHERE superseded_at IS NULL ORDER BY year, unit_id",
    )


def proofs() -> Iterator[ProofRecord]:
    """Yield every proof that was ever used."""
    return _records(
        ProofRecord,
        "SELECT kind, number, quantity, reduction_class, inside_own_boundary, certified_at"
        " FROM compliance_proof ORDER BY kind, number",
    )


def uses() -> Iterator[UseRecord]:
    """Yield what counts as used, those of one unit and year together."""
    return _records(
        UseRecord,
        """
        SELECT u.unit_id, u.year, coalesce(p.kind, 'allowance'), coalesce(u.vintage, 0),
          coalesce(p.number, ''), u.quantity, u.received_at
        FROM compliance_use u LEFT JOIN compliance_proof p ON p.id = u.proof_id
        WHERE u.undone_at IS NULL ORDER BY u.year, u.unit_id, u.received_at, u.id
        """,
    )


def closings() -> Iterator[ClosedUnitYear]:
    """Yield how every unit stood at every close."""
    return _records(
        ClosedUnitYear,
        "SELECT unit_id, year, status, due, counted, missing, excess, reductions, at"
        " FROM compliance_closing ORDER BY year, unit_id",
    )


def carried_over() -> Iterator[CarriedRecord]:
    """Yield what became of every surplus."""
    return _records(
        CarriedRecord,
        "SELECT year, account, asset, carried, lapsed, at FROM compliance_carriedover"
        " ORDER BY year, account, asset",
    )


def instalments() -> Iterator[InstalmentRecord]:
    """Yield every instalment, released or not."""
    return _records(
        InstalmentRecord,
        "SELECT id, account, asset, amount, year, set_aside_at, released_at"
        " FROM compliance_instalment ORDER BY id",
    )


def grants() -> Iterator[GrantRecord]:
    """Yield every pre-allocation."""
    return _records(
        GrantRecord,
        "SELECT unit_id, year, amount, at FROM compliance_preallocation ORDER BY year, unit_id",
    )


def departures() -> Iterator[DepartureRecord]:
    """Yield every departure."""
    return _records(
        DepartureRecord,
        'SELECT unit_id, year, reason, "on", at FROM compliance_departure ORDER BY unit_id',
    )


def _records(kind: type[R], statement: str) -> Iterator[R]:
    for row in _rows(statement):
        yield kind(*row)


def _rows(statement: str) -> Iterator[Any]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while page := cursor.fetchmany(_PAGE):
            yield from page
