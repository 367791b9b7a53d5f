"""Reading the clock and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from hutan.clock.domain.reading import START, Setting
from hutan.clock.models import City, Move
from hutan.kernel.moments import in_shanghai


@dataclass(frozen=True)
class MoveRecord:
    """One move of the clock; all moments in Shanghai time."""

    act: UUID
    who: str
    real: datetime
    moved_from: datetime
    moved_to: datetime


def now() -> datetime:
    """Return what the clock shows, in Shanghai time (see ``hutan.clock.now``)."""
    real = datetime.now(UTC)
    if settings.ENVIRONMENT == "production":
        return in_shanghai(real)
    set_last = setting()
    # Before the city is created its clock stands at the start: tests see a fixed moment.
    return START if set_last is None else set_last.read(real)


def setting() -> Setting | None:
    """Return when and to what the clock was set last, or ``None`` before the city is created."""
    # Plain SQL, since every request asks: the last move, or where the city began.
    with connection.cursor() as cursor:
        cursor.execute(
            "(SELECT id, real, moved_to FROM clock_move ORDER BY id DESC LIMIT 1)"
            " UNION ALL SELECT 0, real, city FROM clock_city ORDER BY 1 DESC LIMIT 1"
        )
        row = cursor.fetchone()
    return Setting(*row[1:]) if row else None


def kind() -> str | None:
    """Return what kind of place this database is, or ``None`` before that was decided."""
    return City.objects.values_list("kind", flat=True).first()


def history() -> list[MoveRecord]:
    """Return all moves, the first one first."""
    return [
        MoveRecord(
            row.act,
            row.who,
            in_shanghai(row.real),
            in_shanghai(row.moved_from),
            in_shanghai(row.moved_to),
        )
        for row in Move.objects.order_by("id")
    ]
