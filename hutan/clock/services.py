"""Creating the city's clock and moving it forward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from hutan.clock import queries
from hutan.clock.domain.reading import END, START
from hutan.clock.models import City, Kind, Move
from hutan.clock.refusals import (
    CityNotCreated,
    ClockIsReal,
    ClockOnlyForward,
    ClockTooFar,
    MoveRepeatedDifferently,
    OtherKindOfPlace,
)
from hutan.kernel.moments import aware, canonical, in_shanghai


def create(*, real: datetime) -> None:
    """Write down what kind of place this database is, and start its clock. Safe to repeat.

    ``real`` is the real moment. Raises ``OtherKindOfPlace`` if the database is of another kind
    than the settings: demonstration data never enters a market that counts, nor the reverse.
    """
    production = settings.ENVIRONMENT == "production"
    wanted = Kind.PRODUCTION if production else Kind.DEMO
    with transaction.atomic():
        City.objects.bulk_create(
            [City(kind=wanted, real=aware(real), city=real if production else START)],
            ignore_conflicts=True,
        )
        found = queries.kind()
        if found != wanted:
            raise OtherKindOfPlace(kind=found, asked=str(wanted))


def set_to(*, act: UUID, who: str, to: datetime, real: datetime) -> datetime:
    """Set the demonstration clock to the later moment ``to``; return what it shows now.

    ``act`` is the caller's id: the same move again changes nothing. ``real`` is the real moment.
    Raises ``ClockIsReal``, ``CityNotCreated``, ``ClockOnlyForward``, ``ClockTooFar`` or
    ``MoveRepeatedDifferently``.
    """
    aware(to)
    return _move(act, who, real, lambda shown: to)


def advance(*, act: UUID, who: str, by: timedelta, real: datetime) -> datetime:
    """Move the demonstration clock on from what it shows; as ``set_to`` in all else."""
    # A longer one would lead past the end from anywhere, and perhaps past what a date can hold.
    return _move(act, who, real, lambda shown: shown + min(by, END - START))


def _move(act: UUID, who: str, real: datetime, target: Callable[[datetime], datetime]) -> datetime:
    if settings.ENVIRONMENT == "production":
        raise ClockIsReal
    with transaction.atomic(), connection.cursor() as cursor:
        # Two moves at once: the second is measured against the first. The trigger locks too.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_MOVE_LOCK])
        setting = queries.setting()
        if setting is None:
            raise CityNotCreated(now=canonical(START))
        # A real clock put back since: this one stood still, so the move is of the same moment.
        real = max(aware(real), setting.real)
        shown = setting.read(real)
        if earlier := Move.objects.filter(act=act).first():
            to = target(in_shanghai(earlier.moved_from))
            if to != earlier.moved_to:
                raise MoveRepeatedDifferently(
                    act=str(act), earlier=canonical(earlier.moved_to), to=canonical(to)
                )
            return shown
        to = target(shown)
        if to <= shown:
            raise ClockOnlyForward(now=canonical(shown), to=canonical(to))
        if to >= END:
            raise ClockTooFar(end=canonical(END))
        Move.objects.create(act=act, who=who, real=real, moved_from=shown, moved_to=to)
    return in_shanghai(to)


# The trigger in the migration takes the same advisory lock.
_MOVE_LOCK = 7_211
