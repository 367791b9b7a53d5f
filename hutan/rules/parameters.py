"""The book: every number, date and choice that has a legal source, dated and cited.

``rulebook()`` is the book of the law; ``rulebook("eutl")`` is a rule profile laid over it. A
look-up costs a dictionary access; what it returns is immutable and made once, when the book loads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path

from hutan.kernel.canonical import digest
from hutan.rules import reading
from hutan.rules.calendar import Calendar
from hutan.rules.clauses import Clauses
from hutan.rules.documents import Documents
from hutan.rules.refusals import (
    DayNotEntered,
    NotInProfile,
    UnknownParameter,
    UnknownProfile,
    YearNotEntered,
)
from hutan.rules.series import Parameter, Series
from hutan.rules.terms import Terms

__all__ = ["LAW", "PROFILES", "Parameter", "Rulebook", "Series", "rulebook"]

LAW = Path(__file__).parent / "law"
PROFILES = Path(__file__).parent / "profiles"


@dataclass(frozen=True, eq=False)
class Rulebook:
    """A loaded book: a value that tests and profiles replace. ``base`` is what it is laid over."""

    name: str
    content: reading.Content
    series: Mapping[str, Series]
    base: Rulebook | None = None

    @classmethod
    def load(cls, folder: Path, *, over: Rulebook | None = None) -> Rulebook:
        """Read a folder of TOML; with ``over``, as the profile laid over that book.

        Raises ``BadRulebook`` with every fault of every file.
        """
        content = reading.read_folder(folder, None if over is None else over.content)
        return cls(name=folder.name, content=content, series=content.series, base=over)

    def by_year(self, key: str, year: int) -> Parameter:
        """Return the value for a compliance year, or refuse: ``YearNotEntered``."""
        try:
            return self.series[key].years[year]
        except KeyError:
            raise self._missing_year(key, year) from None

    def on_day(self, key: str, day: date) -> Parameter:
        """Return the value in force on a day, or refuse: ``DayNotEntered``."""
        series = self.series.get(key)
        found = series.on(day) if series is not None else None
        if found is None:
            raise self._missing_day(key, day)
        return found

    def find(self, key: str) -> Series:
        """Return all values of a parameter, or refuse an unknown key."""
        if key not in self.series:
            raise self._unknown(key)
        return self.series[key]

    @property
    def documents(self) -> Documents:
        """Return the texts the book cites, and which of them governs what on which day."""
        return self.content.documents

    @property
    def calendar(self) -> Calendar:
        """Return the working days by which this book counts."""
        return self.content.calendar

    @property
    def clauses(self) -> Clauses:
        """Return the register of clauses; a profile quotes the law's."""
        return self.content.clauses

    @property
    def terms(self) -> Terms:
        """Return the words the law defines."""
        return self.content.terms

    @cached_property
    def version(self) -> str:
        """Return the SHA-256 of all that the book says, for workings and the log."""
        return digest(
            {
                "name": self.name,
                "series": [self.series[key].to_record() for key in sorted(self.series)],
                "documents": self.documents.to_record(),
                "calendar": self.calendar.to_record(),
                "clauses": self.clauses.to_record(),
            }
        )

    def assumed(self, year: int) -> tuple[Parameter, ...]:
        """Return what is merely assumed for a year: two people confirm it before it opens.

        Values by day count if they hold on any day of the calendar year.
        """
        first, last = date(year, 1, 1), date(year, 12, 31)
        return tuple(
            parameter
            for series in self.series.values()
            for parameter in (
                [series.years[year]]
                if year in series.years
                else [
                    span.parameter
                    for span in series.spans
                    if span.first <= last and (span.last is None or span.last >= first)
                ]
            )
            if parameter.status == "assumed"
        )

    def _missing_year(self, key: str, year: int) -> Exception:
        series = self.find(key)
        if series.dated != "year":
            return TypeError(f"{key} is dated by day: use on_day")
        line = f'{year} = {{ value = "...", clause = "...", document = "...", status = "..." }}'
        return YearNotEntered(key=key, year=str(year), file=series.file, example=line)

    def _missing_day(self, key: str, day: date) -> Exception:
        series = self.find(key)
        if series.dated != "day":
            return TypeError(f"{key} is dated by year: use by_year")
        lines = f'[[{key}.from]] day = "{day}", value = "...", clause = "...", status = "..."'
        return DayNotEntered(key=key, day=day.isoformat(), file=series.file, example=lines)

    def _unknown(self, key: str) -> Exception:
        if self.base is not None and key in self.base.series:
            return NotInProfile(profile=self.name, key=key)
        near = get_close_matches(key, self.series, n=3)
        return UnknownParameter(key=key, near=", ".join(near) or "-")


@cache
def rulebook(profile: str = "law") -> Rulebook:
    """Return the book of the law, or a rule profile laid over it; loaded once a process."""
    if profile == "law":
        return Rulebook.load(LAW)
    known = sorted(path.parent.name for path in PROFILES.glob("*/profile.toml"))
    if profile not in known:
        raise UnknownProfile(profile=profile, known=", ".join(["law", *known]))
    return Rulebook.load(PROFILES / profile, over=rulebook())
