"""Writing rows of the compliance context: one COPY or one UPDATE, whatever their number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

Row = Sequence[object]


def supersede(table: str, year: int, units: Collection[UUID], at: datetime) -> None:
    """End what counts for a year's units, so that new versions can be written beside it."""
    assert table in ("compliance_listing", "compliance_determination")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET superseded_at = %s"  # noqa: S608 one of the two names above
            " WHERE year = %s AND unit_id = ANY(%s) AND superseded_at IS NULL",
            [at, year, list(units)],
        )


def write_listings(rows: Iterable[Row]) -> None:
    """Write rows of unit, year, listing, reason, act and moment."""
    _copy("compliance_listing (unit_id, year, listing, reason, act, at)", rows)


def write_determinations(rows: Iterable[Row]) -> None:
    """Write rows of unit, year, version, tonnes, surrender_by, document, act and moment."""
    _copy(
        "compliance_determination"
        " (unit_id, year, version, tonnes, surrender_by, document, act, at)",
        rows,
    )


def write_uses(rows: Iterable[Row]) -> None:
    """Write rows of unit, year, vintage, quantity, received_at, transaction, act and entered_at."""
    _copy(
        "compliance_use"
        " (unit_id, year, vintage, quantity, received_at, transaction_id, act, entered_at)",
        rows,
    )


def write_closings(rows: Iterable[Row]) -> None:
    """Write rows of unit, year, status, the five quantities, act and moment."""
    _copy(
        "compliance_closing (unit_id, year, status, due, counted, missing, excess, reductions,"
        " act, at)",
        rows,
    )


def write_carried_over(rows: Iterable[Row]) -> None:
    """Write rows of year, account, asset, carried, lapsed, act and moment."""
    _copy("compliance_carriedover (year, account, asset, carried, lapsed, act, at)", rows)


def _copy(target: str, rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
