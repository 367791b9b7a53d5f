"""Deadlines: the one place that says what is in time.

A text gives a deadline in one of two ways, and each has one reading here:

- with a time of day, "于 2025 年 6 月 30 日 17:00 点前": 前 is before, so what is received at
  16:59:59.999999 is in time and what is received at 17:00:00 is late;
- as a day, "于 2025 年 6 月 25 日前": the day counts in full, so what is received before midnight
  at its end is in time (the reading of offices, and the one that favours who must act).

Both come down to one moment, ``closes``: the first that is late. All of it on Shanghai's clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hutan.kernel.moments import SHANGHAI, aware, canonical, in_shanghai

_WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d))?")
_NOTHING = timedelta(0)


@dataclass(frozen=True)
class Deadline:
    """A limit in time. ``closes`` is the first late moment; ``by_day`` tells how it was given."""

    closes: datetime
    by_day: bool

    @classmethod
    def before(cls, moment: datetime) -> Deadline:
        """Return the deadline "before ``moment``": at ``moment`` it is too late."""
        return cls(in_shanghai(moment), by_day=False)

    @classmethod
    def end_of(cls, day: date) -> Deadline:
        """Return the deadline "by ``day``": to the end of that day in Shanghai."""
        return cls(datetime.combine(day + timedelta(days=1), time(), SHANGHAI), by_day=True)

    @classmethod
    def read(cls, text: str) -> Deadline:
        """Read ``2025-06-30T17:00:00`` (Shanghai time) or ``2025-06-25``; else ``ValueError``."""
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise ValueError(f"{text!r} is neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ss")
        day = date.fromisoformat(written[1])
        if written[2] is None:
            return cls.end_of(day)
        return cls.before(datetime.combine(day, time.fromisoformat(written[2]), SHANGHAI))

    @property
    def day(self) -> date:
        """Return the last day, in Shanghai, on which something can be in time."""
        return (self.closes - timedelta(microseconds=1)).date()

    def in_time(self, at: datetime) -> bool:
        """Tell whether what is received ``at`` is in time."""
        return aware(at) < self.closes

    def left(self, at: datetime) -> timedelta:
        """Return the time that is left ``at``, or nothing once it is too late."""
        return max(self.closes - aware(at), _NOTHING)

    def sentence(self, language: str = "zh") -> str:
        """Say when it is too late: for a screen, beside the countdown."""
        if self.by_day:
            return f"{self.day} 当日有效" if language == "zh" else f"to the end of {self.day}"
        shown = f"{self.closes:%Y-%m-%d %H:%M:%S}"
        if language == "zh":
            return f"{shown} 前（该时刻起为逾期）"
        return f"before {shown} (from that second on it is late)"

    def __str__(self) -> str:
        return self.day.isoformat() if self.by_day else canonical(self.closes)
