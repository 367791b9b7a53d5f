"""What of the registry is public: the plans as the law publishes them, never a single account.

A plan's total, parts and document are published (M10.1, A6.2); what a line gives to one unit is
that unit's own, so lines come as sums over their kind alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One version of a year's plan, in tonnes; ``superseded_at`` is when the next one came."""

    year: int
    version: int
    provisional: bool
    total: int
    direct: int
    reserve: int
    document: str
    approved_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class LineSums:
    """All open lines of a kind within a part of the total: how many, and tonnes over all."""

    part: str
    kind: str
    lines: int
    amount: int
    issued: int


def plan_years() -> list[int]:
    """Return the years that have a plan, newest first."""
    return [year for (year,) in _rows("SELECT DISTINCT year FROM registry_plan ORDER BY year DESC")]


def plan_versions(year: int) -> list[PlanVersion]:
    """Return every version of a year's plan, newest first."""
    rows = _rows(
        "SELECT year, version, provisional, total, direct, reserve, document, approved_at,"
        " superseded_at FROM registry_plan WHERE year = %s ORDER BY version DESC",
        [year],
    )
    return [PlanVersion(*row) for row in rows]


def line_sums(year: int) -> list[LineSums]:
    """Return the open lines of a year summed over part and kind, the direct part first."""
    rows = _rows(
        """
        SELECT part, kind, count(*), sum(amount)::bigint, sum(issued)::bigint
        FROM registry_planline WHERE year = %s AND closed_at IS NULL
        GROUP BY part, kind ORDER BY part, kind
        """,
        [year],
    )
    return [LineSums(*row) for row in rows]


def _rows(query: str, given: Sequence[Any] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())
