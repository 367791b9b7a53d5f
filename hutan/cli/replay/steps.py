"""The steps of a replay in the order of their moments, with ids that follow from the file.

A step is one act in one database transaction. Its id is derived from the replay's root, the year
and its name, so a step that was done is found done, whatever interrupted it. The root follows from
the file and the rules: another file or other rules make another replay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from hutan.cli.replay.course import Course, courses
from hutan.cli.replay.reading import History
from hutan.kernel.ids import derive_id
from hutan.kernel.moments import SHANGHAI
from hutan.rules.parameters import Rulebook

_FAMILY = UUID("0d6f7a55-40a1-5d0c-8a5e-5f7d5c3c9b10")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a year. ``size`` is the number of rows it works on, for the progress bar."""

    id: UUID
    year: int
    name: str
    at: datetime
    size: int


@dataclass(frozen=True)
class Script:
    """Everything that a replay of ``history`` by ``book`` will do."""

    history: History
    book: Rulebook

    @cached_property
    def root(self) -> UUID:
        """Return the id from which all others are derived."""
        return derive_id(_FAMILY, self.history.sha256, self.book.version)

    @cached_property
    def courses(self) -> Mapping[int, Course]:
        """Return what happens, by year."""
        return {course.year: course for course in courses(self.history, self.book)}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Return the place of each installation in the file, from 1."""
        first = dict.fromkeys(row.installation for row in self.history.rows)
        return {installation: place for place, installation in enumerate(first, start=1)}

    @property
    def begins(self) -> datetime:
        """Return the moment at which everything begins: the first day of the first year."""
        return self._moment(self.book.by_year("history.year", min(self.courses)).period.first)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Return all steps in the order of their moments."""
        found = [step for course in self.courses.values() for step in self._of_year(course)]
        # The sort is stable: on one day the steps keep the order in which they are made.
        return tuple(sorted(found, key=lambda step: step.at))

    def step_id(self, year: int, name: str) -> UUID:
        """Return the id of the act of a step."""
        return derive_id(self.root, year, name)

    def unit(self, installation: str) -> UUID:
        """Return the id of the unit that an installation is."""
        return derive_id(self.root, "unit", installation)

    def _of_year(self, course: Course) -> Iterator[Step]:
        year, by_year = course.year, self.book.by_year
        due = by_year("compliance.surrender_deadline", year).deadline.day
        days = {
            "register": by_year("history.year", year).period.first,
            "issue": by_year("history.issue", year).deadline.day,
            "determine": by_year("verification.window", year).period.last,
            "buy": due,
            "close": due + timedelta(days=1),
        }
        sizes = {
            "register": len(course.new),
            "accounts": len(course.new),
            "open": 1,
            "list": len(course.rows),
            "plan": len(course.issued) + len(course.bought),
            "issue": len(course.issued),
            "determine": len(course.determined),
            "buy": len(course.bought),
            "surrender": len(course.handed_in),
            "close": len(course.rows),
        }
        at = self.begins
        for name, size in sizes.items():
            # A step without a day of its own follows on the day of the one before it.
            at = self._moment(days[name]) if name in days else at
            if size:
                yield Step(self.step_id(year, name), year, name, at, size)

    def _moment(self, day: date) -> datetime:
        hour = self.book.on_day("history.hour", day).clock
        return datetime.combine(day, hour, SHANGHAI)
