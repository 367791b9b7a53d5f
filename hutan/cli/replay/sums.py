"""Sums over rows, in tonnes: what the file says, what is in lines not replayed, what services have.

By year and by installation alike. ``faults`` is what does not balance; it must be empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from hutan.cli.replay.causes import of_balance
from hutan.cli.replay.outcomes import Outcome
from hutan.cli.replay.reading import InstallationYear, Remark


@dataclass(slots=True)
class Sums:
    """Lines, then each figure of the file with its part in refused lines and the services' own.

    ``issued``, ``determined`` and ``handed_in`` are what the services have of ``allocation``,
    ``verified`` and ``surrendered``. From ``bought`` on: the parts that the causes of that name
    account for, as positive numbers.
    """

    lines: int = 0
    refused: int = 0
    allocation: int = 0
    allocation_refused: int = 0
    issued: int = 0
    verified: int = 0
    verified_refused: int = 0
    determined: int = 0
    surrendered: int = 0
    surrendered_refused: int = 0
    handed_in: int = 0
    bought: int = 0
    made_good: int = 0
    no_emissions: int = 0
    beyond_duty: int = 0
    short_made_good: int = 0
    short_still: int = 0

    def add(self, row: InstallationYear, found: Outcome) -> None:
        """Add a row that was replayed."""
        self.lines += 1
        self.allocation += row.allocated or 0
        self.issued += found.issued
        self.verified += row.verified or 0
        self.determined += found.determined or 0
        self.surrendered += row.surrendered or 0
        self.handed_in += found.handed_in
        self.bought += found.bought
        for cause in of_balance(row, found):
            setattr(self, cause.code, getattr(self, cause.code) + abs(cause.tonnes))

    def add_refused(self, remark: Remark) -> None:
        """Add a line that was not replayed, as far as it can be read."""
        self.lines += 1
        self.refused += 1
        figures = dict(remark.figures)
        for name, column in _COLUMNS.items():
            tonnes = figures.get(column, 0)
            setattr(self, name, getattr(self, name) + tonnes)
            setattr(self, f"{name}_refused", getattr(self, f"{name}_refused") + tonnes)

    def faults(self) -> Iterator[tuple[str, int, int]]:
        """Yield what does not balance: its name, one side and the other."""
        short = self.short_made_good + self.short_still
        beyond = self.made_good + self.no_emissions + self.beyond_duty
        for what, left, right in (
            ("allocation", self.allocation - self.allocation_refused, self.issued),
            ("verified", self.verified - self.verified_refused, self.determined),
            ("surrendered", self.surrendered - self.surrendered_refused, self.handed_in),
            ("surrendered and verified", self.handed_in - self.determined, beyond - short),
        ):
            if left != right:
                yield what, left, right


_COLUMNS = {
    "allocation": "allocation",
    "verified": "verified_emissions",
    "surrendered": "units_surrendered",
}
"""The column of the file that a sum is taken over."""


@dataclass(slots=True)
class YearSums(Sums):
    """A year. What was surrendered was cancelled when it was closed; some holdings lapsed then."""

    year: str = ""
    cancelled: int = 0
    lapsed: int = 0

    def faults(self) -> Iterator[tuple[str, int, int]]:
        """Yield what does not balance."""
        yield from Sums.faults(self)
        if self.cancelled != self.handed_in:
            yield "handed in and cancelled", self.handed_in, self.cancelled


@dataclass(slots=True)
class InstallationSums(Sums):
    """An installation, over all its years; ``held`` is what its account holds in the end."""

    installation: str = ""
    lapsed: int = 0
    held: int = 0

    def faults(self) -> Iterator[tuple[str, int, int]]:
        """Yield what does not balance: no unit comes from nowhere, none is lost."""
        yield from Sums.faults(self)
        came, went = self.issued + self.bought, self.handed_in + self.lapsed + self.held
        if came != went:
            yield "units come and gone", came, went


def columns(kind: type[Sums], first: str) -> list[str]:
    """Return the names of the fields for a table, what it is about first."""
    names = [one.name for one in fields(kind)]
    return [first, *(name for name in names if name != first)]


def cells(sums: Sums, names: Iterable[str]) -> list[object]:
    """Return the fields in the order of ``names``."""
    return [getattr(sums, name) for name in names]
