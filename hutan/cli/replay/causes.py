"""Why a figure of the file and a figure of the replay differ: each cause has a code and a sentence.

The parts that causes name add up to the difference, tonne for tonne. A difference that they do not
account for is unexplained, and that is a fault of the replay; there is no cause for "unknown".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hutan.cli.replay.outcomes import Outcome
from hutan.cli.replay.reading import InstallationYear

CAUSES = {
    "line_refused": "the line is not replayed, lines.csv says why",
    "bought_elsewhere": "{tonnes} t more than the installation held were bought elsewhere",
    "made_good": "{tonnes} t made good the shortfall of {year}",
    "no_emissions": "{tonnes} t were surrendered for a year without verified emissions",
    "beyond_duty": "{tonnes} t are beyond every duty",
    "short_made_good": "{tonnes} t were short at closing and made good later",
    "short_still": "{tonnes} t were short at closing and still are",
    "code_other_ground": "E: the register decided on a ground that is no figure",
    "code_without_emissions": "the file has a code but no emissions for the year",
    "code_before_emissions": "the file has emissions that its code says are missing",
    "code_without_surrender": "the file has a code of full surrender but no surrender for the year",
    "code_earlier_shortfall": "{tonnes} t short in earlier phases, which this phase leaves out",
    "code_earlier_surplus": "{tonnes} t of surplus in earlier phases, which this phase leaves out",
    "code_made_good_later": "the phase is short by {tonnes} t that the file makes good later",
    "code_against_figures": "the file contradicts itself: its figures of the phase balance at "
    "{tonnes} t",
}
"""The sentence of each cause; ``tonnes`` and ``year`` are filled in."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause of a difference.

    ``tonnes`` is its part of the difference with its sign; of a compliance code, which is no
    figure, the balance that the sentence speaks of. ``year`` is another year it is about, or 0.
    """

    code: str
    tonnes: int = 0
    year: int = 0

    def __post_init__(self) -> None:
        assert self.code in CAUSES

    @property
    def sentence(self) -> str:
        """Say it, with its figures; a sentence has its own word for what the sign means."""
        shown = self.tonnes if self.code == "code_against_figures" else abs(self.tonnes)
        return CAUSES[self.code].format(tonnes=shown, year=self.year)


def of_balance(row: InstallationYear, found: Outcome) -> Iterator[Cause]:
    """Yield what became of a surrender that is not what was verified.

    All figures are the services' own: for which years the surrender counts, how the year stood
    when it was closed, and what has come to count for it since.
    """
    for year, tonnes in found.counted.items():
        if year != row.year:
            yield Cause("made_good", tonnes, year)
    own = found.counted.get(row.year, 0)
    if own > (found.determined or 0):
        code = "no_emissions" if found.determined is None else "beyond_duty"
        yield Cause(code, own - (found.determined or 0))
    later = found.counts - own
    if later:
        yield Cause("short_made_good", -later)
    if found.missing > later:
        yield Cause("short_still", later - found.missing)
