"""Moments and days. Every moment is aware; every day is a day in Shanghai.

Contexts never read the clock: a moment comes in as ``at``, a day as ``on``.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def aware(at: datetime) -> datetime:
    """Return ``at`` unchanged if it carries a time zone; a naive moment is a bug and raises."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at


def in_shanghai(at: datetime) -> datetime:
    """Return the same moment on Shanghai's clock."""
    return aware(at).astimezone(SHANGHAI)


def day_of(at: datetime) -> date:
    """Return the Shanghai day on which ``at`` falls."""
    return in_shanghai(at).date()


def moment(text: str) -> datetime:
    """Read an ISO 8601 moment; one without an offset is read on Shanghai's clock.

    Raises ``ValueError`` if ``text`` is not ISO 8601.
    """
    read = datetime.fromisoformat(text)
    return read if read.tzinfo is not None else read.replace(tzinfo=SHANGHAI)


def canonical(at: datetime) -> str:
    """Write a moment as hashes and exports do: Shanghai time, microseconds only where non-zero."""
    return in_shanghai(at).isoformat()
