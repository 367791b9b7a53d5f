"""What compliance tells the contexts above it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hutan.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ObligationMet(Event):
    """A unit has surrendered in full for a year; ``late`` if not in time."""

    unit: UUID
    year: int
    late: bool


@dataclass(frozen=True, kw_only=True)
class ObligationShort(Event):
    """A year was closed on a unit that is short: a breach of M21.1."""

    unit: UUID
    year: int
    missing: int
