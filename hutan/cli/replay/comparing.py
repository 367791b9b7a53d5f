"""A replay held against its file: sums by year, and every difference with its cause.

Europe cumulates over a phase what Shanghai clears year by year: sums are compared by year, the
file's compliance code only with what was handed in and determined since the phase began.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hutan.cli.replay.outcomes import Outcome, Outcomes, YearOutcome
from hutan.cli.replay.reading import History, InstallationYear
from hutan.cli.replay.steps import Script

_COMPARED = ("A", "B", "C", "E")
"""The codes that say something; ``-`` and none are not applicable."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the report. ``file`` and ``replayed`` are what was compared, as text."""

    line: int
    installation: str
    year: str
    what: str
    file: str
    replayed: str
    cause: str


@dataclass(frozen=True, slots=True)
class YearTotals:
    """Sums of a year in tonnes: the usable rows of the file, then what the services have."""

    year: int
    rows: int
    allocation: int
    issued: int
    verified: int
    determined: int
    surrendered: int
    handed_in: int
    cancelled: int
    bought: int
    short: int
    lapsed: int


@dataclass(frozen=True)
class Comparison:
    """The whole outcome. ``codes`` counts rows by the file's code and the replay's."""

    history: History
    totals: Sequence[YearTotals]
    differences: Sequence[Difference]
    codes: Mapping[tuple[str, str], int]

    @property
    def unexplained(self) -> list[Difference]:
        """Return the differences that nothing accounts for: a fault of the replay."""
        return [one for one in self.differences if not one.cause]


def compare(script: Script) -> Comparison:
    """Hold what the services say against the file."""
    outcomes = Outcomes(script)
    years = {year: outcomes.of_year(year) for year in script.history.by_year}
    totals, differences = [], list(_of_bad_lines(script.history))
    for year, rows in script.history.by_year.items():
        totals.append(sums := _totals(rows, years[year]))
        if sums.cancelled != sums.handed_in:
            handed_in, cancelled = str(sums.handed_in), str(sums.cancelled)
            differences.append(Difference(0, "", str(year), "cancelled", handed_in, cancelled, ""))
        for row in rows:
            differences.extend(_of_row(row, years[year].by_installation[row.installation]))
    codes: Counter[tuple[str, str]] = Counter()
    for rows in _by_installation(script.history).values():
        found = {row.year: years[row.year].by_installation[row.installation] for row in rows}
        for row, code, cause in _codes(rows, found):
            codes[row.code, code] += 1
            if cause:
                differences.append(_difference(row, "compliance_code", row.code, code, cause))
    return Comparison(
        script.history, totals, sorted(differences, key=lambda one: one.line), dict(codes)
    )


def _totals(rows: Sequence[InstallationYear], found: YearOutcome) -> YearTotals:
    every = found.by_installation.values()
    return YearTotals(
        year=found.year,
        rows=len(rows),
        allocation=sum(row.allocated or 0 for row in rows),
        issued=sum(one.issued for one in every),
        verified=sum(row.verified or 0 for row in rows),
        determined=sum(one.determined or 0 for one in every),
        surrendered=sum(row.surrendered or 0 for row in rows),
        handed_in=sum(one.handed_in for one in every),
        cancelled=found.cancelled,
        bought=sum(one.bought for one in every),
        short=sum(one.missing for one in every),
        lapsed=found.lapsed,
    )


def _of_bad_lines(history: History) -> Iterator[Difference]:
    for remark in history.bad:
        shown = ", ".join(f"{name} {figure}" for name, figure in remark.figures)
        yield Difference(
            remark.line, remark.installation, remark.year, "line", shown, "", remark.reason
        )


def _of_row(row: InstallationYear, found: Outcome) -> Iterator[Difference]:
    for what, given, replayed in (
        ("allocation", row.allocated or 0, found.issued),
        ("verified_emissions", row.verified, found.determined),
        ("units_surrendered", row.surrendered or 0, found.handed_in),
    ):
        if given != replayed:
            # Nothing in the rules accounts for this; it would be a fault of the replay.
            yield _difference(row, what, str(given), str(replayed), "")
    if found.bought:
        held = str(found.handed_in - found.bought)
        cause = f"bought elsewhere: {found.bought} t"
        yield _difference(row, "surrendered and held", str(found.handed_in), held, cause)
    if (found.determined or 0) != found.handed_in:
        verified, counts = str(found.determined or 0), str(found.counts)
        yield _difference(row, "verified and counted", verified, counts, _balance(row, found))


def _balance(row: InstallationYear, found: Outcome) -> str:
    """Say what became of a surrender that is not what was verified."""
    determined = found.determined or 0
    own = found.counted.get(row.year, 0)
    said = [
        f"made good {amount} t of {year}"
        for year, amount in found.counted.items()
        if year != row.year
    ]
    if own > determined:
        said.append(f"{own - determined} t beyond every duty")
    if found.missing:
        made_good = found.counts - own
        late = f", {made_good} t of it made good later" if made_good else ""
        said.append(f"short by {found.missing} t{late}")
    return "; ".join(said)


def _by_installation(history: History) -> Mapping[str, list[InstallationYear]]:
    found: dict[str, list[InstallationYear]] = {}
    for row in history.rows:
        found.setdefault(row.installation, []).append(row)
    return {name: sorted(rows, key=lambda row: row.year) for name, rows in found.items()}


def _codes(
    rows: Sequence[InstallationYear], found: Mapping[int, Outcome]
) -> Iterator[tuple[InstallationYear, str, str]]:
    """Yield each row with the code of the phase so far, and why the file's differs if it does."""
    balance, before, phase = 0, 0, ""
    for row in rows:
        if row.phase != phase:
            balance, before, phase = 0, before + balance, row.phase
        one = found[row.year]
        balance += one.handed_in - (one.determined or 0)
        code = "C" if one.determined is None else "A" if balance >= 0 else "B"
        if not row.regulated or row.code not in _COMPARED or row.code == code:
            yield row, code if row.regulated else "-", ""
        else:
            later = [found[other.year] for other in rows if other.year > row.year]
            ahead = sum(other.handed_in - (other.determined or 0) for other in later)
            yield row, code, _code_cause(row, code, balance, before, ahead)


def _code_cause(row: InstallationYear, code: str, balance: int, before: int, ahead: int) -> str:
    """Say why the file's code is not that of its figures.

    ``balance``: surrendered less verified, in this phase so far; ``before``: in earlier phases;
    ``ahead``: in later years.
    """
    if row.code == "E":
        return "the register decided for another reason"
    if code == "C":
        return "the file has no emissions; its code speaks of the years before"
    if row.code == "C":
        return "the file has emissions that were missing when the code was set"
    if code == "A":
        if before + balance < 0:
            return f"earlier phases are short by {-before} t, which this phase does not cumulate"
        return "the code was set before all of the surrender that the file has"
    if row.surrendered is None:
        return "the file has no surrender for the year"
    if before + balance >= 0:
        return f"a surplus of {before} t of earlier phases, which this phase does not cumulate"
    if balance + ahead >= 0:
        return f"{-balance} t short here are made good in later years"
    return f"by the file's own figures the phase is short by {-balance} t"


def _difference(
    row: InstallationYear, what: str, file: str, replayed: str, cause: str
) -> Difference:
    return Difference(row.line, row.installation, str(row.year), what, file, replayed, cause)
