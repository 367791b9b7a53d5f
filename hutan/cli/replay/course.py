"""What happens in each year, worked out from the file alone: pure, and the same every time.

An installation surrenders the oldest vintages it may use. What it then lacks it has bought, the
file does not say from whom: such units are of the year itself and come from the outside market.
The services check all of it again; a course that did not fit would be refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hutan.cli.replay.reading import History, InstallationYear
from hutan.kernel.quantities import Tonnes
from hutan.rules.eligibility import oldest_first
from hutan.rules.parameters import Rulebook


@dataclass(frozen=True)
class Course:
    """One year: who is new, what is issued, bought and handed in; tonnes by installation.

    ``handed_in`` is by vintage.
    """

    year: int
    rows: Sequence[InstallationYear]
    new: Sequence[str]
    issued: Mapping[str, int]
    bought: Mapping[str, int]
    handed_in: Mapping[str, Mapping[int, int]]

    @property
    def determined(self) -> list[InstallationYear]:
        """Return the rows with verified emissions."""
        return [row for row in self.rows if row.verified is not None]


def courses(history: History, book: Rulebook) -> Iterator[Course]:
    """Yield what happens in each year of the file, in order."""
    held: dict[str, dict[int, Tonnes]] = {}
    for year, rows in history.by_year.items():
        new = [row.installation for row in rows if row.installation not in held]
        issued = {row.installation: row.allocated for row in rows if row.allocated}
        held |= {installation: {} for installation in new}
        for installation, amount in issued.items():
            held[installation][year] = Tonnes(amount)
        bought: dict[str, int] = {}
        handed_in: dict[str, dict[int, int]] = {}
        for row in rows:
            if row.surrendered:
                wanted = Tonnes(row.surrendered)
                lacking, drawn = _draw(held[row.installation], wanted, year, book)
                handed_in[row.installation] = drawn
                if lacking:
                    bought[row.installation] = lacking
        if book.by_year("compliance.carry_over", year).word != "all":
            _lapse(held.values(), year)
        yield Course(year, rows, new, issued, bought, handed_in)


def _draw(
    held: dict[int, Tonnes], wanted: Tonnes, year: int, book: Rulebook
) -> tuple[int, dict[int, int]]:
    """Take what is wanted out of ``held``; return what must be bought, and all by vintage."""
    drawn = oldest_first(held, wanted, year, book=book)
    for vintage, amount in drawn.items():
        held[vintage] = held[vintage] - amount
        if not held[vintage]:
            del held[vintage]
    found = {vintage: int(amount) for vintage, amount in drawn.items()}
    lacking = int(wanted) - sum(found.values())
    if lacking:
        found[year] = found.get(year, 0) + lacking
    return lacking, found


def _lapse(holdings: Iterable[dict[int, Tonnes]], year: int) -> None:
    for held in holdings:
        for vintage in [one for one in held if one <= year]:
            del held[vintage]
