"""What must come out of a history, worked out plainly: whole numbers, one installation at a time.

The rules in words. A surrender takes the oldest allowances that may serve; those of 2005 to 2007
serve no later year and lapse when 2007 is closed. What is lacking was bought. A surrender counts
for its own year up to what was verified, then for earlier years that are still short, the oldest
first; the rest is beyond every duty. What a year lacks when it is closed is its shortfall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.history.files import Row

LAST_OF_FIRST_PERIOD = 2007


@dataclass
class Expected:
    """One installation-year, in tonnes."""

    bought: int = 0
    made_good: dict[int, int] = field(default_factory=dict)
    beyond: int = 0
    short: int = 0
    short_made_good: int = 0


@dataclass
class Whole:
    """One installation: its years, what lapsed, and what it holds in the end."""

    years: dict[int, Expected] = field(default_factory=dict)
    lapsed: int = 0
    held: int = 0


def expect(rows: Sequence[Row], *, ends: Sequence[int]) -> dict[str, Whole]:
    """Work out every installation; ``ends`` are the years that were closed at all."""
    names = dict.fromkeys(row.installation for row in rows)
    return {name: _one([row for row in rows if row.installation == name], ends) for name in names}


def _one(rows: Sequence[Row], ends: Sequence[int]) -> Whole:
    whole, bank, owed = Whole(), dict[int, int](), dict[int, int]()
    by_year = {row.year: row for row in rows}
    for year in sorted(ends):
        row = by_year.get(year)
        if row is not None:
            whole.years[year] = _year(row, bank, owed, whole)
        if year == LAST_OF_FIRST_PERIOD:
            whole.lapsed += sum(bank.values())
            bank.clear()
    whole.held = sum(bank.values())
    return whole


def _year(row: Row, bank: dict[int, int], owed: dict[int, int], whole: Whole) -> Expected:
    one = Expected()
    if row.allocated:
        bank[row.year] = row.allocated
    left = row.surrendered or 0
    for vintage in sorted(bank):
        if row.year > LAST_OF_FIRST_PERIOD >= vintage:
            continue
        taken = min(left, bank[vintage])
        bank[vintage] -= taken
        left -= taken
    one.bought = left
    due = row.verified or 0
    spare = max((row.surrendered or 0) - due, 0)
    for earlier in sorted(owed):
        part = min(spare, owed[earlier])
        if part:
            one.made_good[earlier] = part
            whole.years[earlier].short_made_good += part
            owed[earlier] -= part
            spare -= part
    one.beyond = spare
    one.short = max(due - (row.surrendered or 0), 0)
    if one.short:
        owed[row.year] = one.short
    return one
