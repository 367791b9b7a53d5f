"""Working days of Shanghai: weekdays, less holidays, plus make-up days.

A year nobody entered is refused, also where only the result of an addition would fall into it.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from hutan.kernel.canonical import Json
from hutan.rules.refusals import CalendarYearNotEntered, PeriodReversed

FILE = Path(__file__).parent / "law" / "calendar.toml"
_SHOWN = "hutan/rules/law/calendar.toml"
_SATURDAY = 5


@dataclass(frozen=True)
class Holiday:
    """Days off from ``first`` to ``last``, both off."""

    zh: str
    en: str
    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        """Return each day off."""
        count = (self.last - self.first).days + 1
        return tuple(self.first + timedelta(days=number) for number in range(count))


@dataclass(frozen=True)
class CalendarYear:
    """A year's holidays and the weekend days on which work is done, with the notice's number."""

    year: int
    holidays: tuple[Holiday, ...]
    make_up: tuple[date, ...]
    document: str

    def working_days(self) -> list[int]:
        """Return the ordinals of the year's working days, ascending."""
        off = {day for holiday in self.holidays for day in holiday.days}
        on = set(self.make_up)
        first, last = date(self.year, 1, 1).toordinal(), date(self.year, 12, 31).toordinal()
        return [
            number
            for number in range(first, last + 1)
            if (day := date.fromordinal(number)) in on
            or (day.weekday() < _SATURDAY and day not in off)
        ]


@dataclass(frozen=True)
class _Run:
    """Entered years without a gap between them, and all their working days as ordinals."""

    first: int
    last: int
    working: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Calendar:
    """The working days of the years that were entered; ``file`` is where further years go."""

    years: Mapping[int, CalendarYear]
    file: str = _SHOWN

    @classmethod
    def of(
        cls, years: Iterable[int], holidays: Iterable[date], make_up: Iterable[date]
    ) -> Calendar:
        """Return the calendar of plain lists of days, as a question may bring its own."""
        off, on = set(holidays), set(make_up)
        return cls(
            {
                year: CalendarYear(
                    year,
                    tuple(Holiday("", "", day, day) for day in sorted(off) if day.year == year),
                    tuple(day for day in sorted(on) if day.year == year),
                    "",
                )
                for year in sorted(years)
            },
            file="the question's calendar",
        )

    def is_working_day(self, day: date) -> bool:
        """Tell whether work is done on ``day``; refuse a year that is not entered."""
        working = self._run(day.year).working
        place = bisect_left(working, day.toordinal())
        return place < len(working) and working[place] == day.toordinal()

    def working_days_between(self, first: date, last: date) -> int:
        """Count the working days from ``first`` to ``last``, both included."""
        if first > last:
            raise PeriodReversed(first=first.isoformat(), last=last.isoformat())
        run = self._run(first.year)
        if last.year > run.last:
            raise self._missing(run.last + 1)
        return bisect_right(run.working, last.toordinal()) - bisect_left(
            run.working, first.toordinal()
        )

    def add_working_days(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day``, or before it if ``count`` is negative.

        ``day`` itself is not counted, whether or not work is done on it. With 0 the result is the
        first working day that is not before ``day``.
        """
        run = self._run(day.year)
        if count > 0:
            place = bisect_right(run.working, day.toordinal()) + count - 1
        else:
            place = bisect_left(run.working, day.toordinal()) + count
        if place < 0:
            raise self._missing(run.first - 1)
        if place >= len(run.working):
            raise self._missing(run.last + 1)
        return date.fromordinal(run.working[place])

    def next_working_day(self, day: date) -> date:
        """Return the first working day after ``day``."""
        return self.add_working_days(day, 1)

    def first_working_day(self, day: date) -> date:
        """Return ``day`` if work is done on it, else the next working day."""
        return self.add_working_days(day, 0)

    def previous_working_day(self, day: date) -> date:
        """Return the last working day before ``day``."""
        return self.add_working_days(day, -1)

    def to_record(self) -> Json:
        """Return the calendar as plain JSON."""
        return {
            str(year): {
                "document": table.document,
                "holidays": [day.isoformat() for one in table.holidays for day in one.days],
                "make_up": [day.isoformat() for day in table.make_up],
            }
            for year, table in self.years.items()
        }

    @cached_property
    def _runs(self) -> Mapping[int, _Run]:
        runs: dict[int, _Run] = {}
        start = 0
        ordered = sorted(self.years)
        breaks = [place + 1 for place, (a, b) in enumerate(pairwise(ordered)) if b != a + 1]
        for stop in [*breaks, len(ordered)]:
            years = ordered[start:stop]
            working = tuple(day for year in years for day in self.years[year].working_days())
            runs.update(dict.fromkeys(years, _Run(years[0], years[-1], working)) if years else {})
            start = stop
        return runs

    def _run(self, year: int) -> _Run:
        if year not in self._runs:
            raise self._missing(year)
        return self._runs[year]

    def _missing(self, year: int) -> CalendarYearNotEntered:
        return CalendarYearNotEntered(year=str(year), file=self.file)


@cache
def shanghai() -> Calendar:
    """Return the calendar of the law, read once a process."""
    faults: list[str] = []
    calendar = read_calendar(tomllib.loads(FILE.read_text(encoding="utf-8")), _SHOWN, faults)
    if faults:
        raise ValueError("; ".join(faults))
    return calendar


def read_calendar(content: Mapping[str, Any], file: str, faults: list[str]) -> Calendar:
    """Read the years; add a sentence to ``faults`` for everything that is wrong in them."""
    years = {}
    for key, entry in content.items():
        try:
            years[int(key)] = _year(int(key), entry)
        except (ValueError, KeyError, TypeError) as error:
            faults.append(f"{file}, [{key}]: {error!r}")
    return Calendar(years, file)


def _year(year: int, entry: Mapping[str, Any]) -> CalendarYear:
    if sorted(entry) != ["document", "holidays", "make_up"]:
        raise ValueError("a year has exactly document, holidays and make_up")
    read = date.fromisoformat
    holidays = tuple(
        Holiday(one["zh"], one["en"], read(one["from"]), read(one["to"]))
        for one in entry["holidays"]
    )
    make_up = tuple(date.fromisoformat(day) for day in entry["make_up"])
    off = [day for holiday in holidays for day in holiday.days]
    if any(not holiday.days for holiday in holidays):
        raise ValueError("a holiday ends before it begins")
    if any(day.year != year for day in (*off, *make_up)):
        raise ValueError("a day lies in another year")
    if len(set(off)) != len(off) or set(off) & set(make_up) or len(set(make_up)) != len(make_up):
        raise ValueError("a day is named twice")
    if any(day.weekday() < _SATURDAY for day in make_up):
        raise ValueError("a make-up day is a weekday already")
    return CalendarYear(year, holidays, make_up, entry["document"])
