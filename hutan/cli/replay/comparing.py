"""A replay held against its file, by year and by installation: every difference with its causes.

Europe cumulates over a phase what Shanghai clears year by year: sums are compared by year, the
file's compliance code only with what was handed in and determined since the phase began.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hutan.cli.replay.causes import Cause, of_balance
from hutan.cli.replay.outcomes import Outcome, Outcomes, YearOutcome
from hutan.cli.replay.phases import codes
from hutan.cli.replay.reading import History, InstallationYear, Remark
from hutan.cli.replay.steps import Script
from hutan.cli.replay.sums import InstallationSums, Sums, YearSums


@dataclass(frozen=True, slots=True)
class Difference:
    """Two values that differ, as text, and why; ``tonnes`` is the first less the second.

    A compliance code is no figure: there ``tonnes`` is ``None``. ``line`` is 0 for a sum.
    """

    line: int
    installation: str
    year: str
    what: str
    value: str
    other: str
    tonnes: int | None
    causes: tuple[Cause, ...]

    @property
    def explained(self) -> bool:
        """Tell whether there are causes and their parts add up to the difference."""
        if self.tonnes is None:
            return bool(self.causes)
        return bool(self.causes) and sum(one.tonnes for one in self.causes) == self.tonnes


@dataclass(frozen=True)
class Comparison:
    """The whole outcome. ``codes`` counts rows by the file's code and the replay's."""

    history: History
    rules: str
    years: Sequence[YearSums]
    installations: Sequence[InstallationSums]
    differences: Sequence[Difference]
    codes: Mapping[tuple[str, str], int]

    @property
    def unexplained(self) -> list[Difference]:
        """Return the differences that nothing accounts for: a fault of the replay."""
        return [one for one in self.differences if not one.explained]


def compare(script: Script) -> Comparison:
    """Hold what the services say against the file."""
    history, outcomes = script.history, Outcomes(script)
    found = {year: outcomes.of_year(year) for year in history.by_year}
    years = _years(history, found)
    installations = _installations(history, found, outcomes.held())
    differences = [one for remark in history.bad for one in _of_bad_line(remark)]
    for year, rows in history.by_year.items():
        for row in rows:
            differences.extend(_of_row(row, found[year].by_installation[row.installation]))
    counted: Counter[tuple[str, str]] = Counter()
    for name, rows in _by_installation(history).items():
        for one in codes(rows, {row.year: found[row.year].by_installation[name] for row in rows}):
            counted[one.row.code, one.code] += 1
            if one.cause:
                differences.append(
                    _difference(one.row, "compliance_code", one.row.code, one.code, [one.cause])
                )
    differences.sort(key=lambda one: one.line)
    for year_sums in years:
        differences.extend(_faults(year_sums, "", year_sums.year))
    for sums in installations:
        differences.extend(_faults(sums, sums.installation, ""))
    differences.extend(_made_good(years))
    return Comparison(
        history, script.book.version, years, installations, differences, dict(counted)
    )


def _years(history: History, found: Mapping[int, YearOutcome]) -> list[YearSums]:
    """Add up the years of the file; a bad line's year may be none of them, or no year at all."""
    sums: dict[str, YearSums] = {}
    for year, rows in history.by_year.items():
        outcome = found[year]
        one = sums[str(year)] = YearSums(
            year=str(year), cancelled=outcome.cancelled, lapsed=outcome.lapsed
        )
        for row in rows:
            one.add(row, outcome.by_installation[row.installation])
    for remark in history.bad:
        sums.setdefault(remark.year, YearSums(year=remark.year)).add_refused(remark)
    return [sums[year] for year in sorted(sums)]


def _installations(
    history: History, found: Mapping[int, YearOutcome], held: Mapping[str, int]
) -> list[InstallationSums]:
    sums: dict[str, InstallationSums] = {}
    for row in history.rows:
        one = sums.setdefault(row.installation, InstallationSums(installation=row.installation))
        one.add(row, found[row.year].by_installation[row.installation])
    for outcome in found.values():
        for name, tonnes in outcome.lapsed_of.items():
            sums[name].lapsed += tonnes
    for name, tonnes in held.items():
        sums[name].held = tonnes
    for remark in history.bad:
        name = remark.installation
        sums.setdefault(name, InstallationSums(installation=name)).add_refused(remark)
    return list(sums.values())


def _of_bad_line(remark: Remark) -> Iterator[Difference]:
    """Yield what the sums of the file have and the replay has not, or that the line is lost."""
    figures = [(what, tonnes) for what, tonnes in remark.figures if tonnes]
    for what, tonnes in figures or [("line", 0)]:
        yield Difference(
            line=remark.line,
            installation=remark.installation,
            year=remark.year,
            what=what,
            value=str(tonnes),
            other="",
            tonnes=tonnes,
            causes=(Cause("line_refused", tonnes),),
        )


def _of_row(row: InstallationYear, found: Outcome) -> Iterator[Difference]:
    for what, given, replayed in (
        ("allocation", row.allocated or 0, found.issued),
        ("verified_emissions", row.verified, found.determined),
        ("units_surrendered", row.surrendered or 0, found.handed_in),
    ):
        if given != replayed:
            # Nothing in the rules accounts for this; it would be a fault of the replay.
            yield _difference(row, what, given, replayed, [])
    if found.bought:
        causes = [Cause("bought_elsewhere", found.bought)]
        held = found.handed_in - found.bought
        yield _difference(row, "surrendered and held", found.handed_in, held, causes)
    if (found.determined or 0) != found.handed_in:
        causes = list(of_balance(row, found))
        yield _difference(
            row, "surrendered and verified", found.handed_in, found.determined or 0, causes
        )


def _by_installation(history: History) -> Mapping[str, list[InstallationYear]]:
    found: dict[str, list[InstallationYear]] = {}
    for row in history.rows:
        found.setdefault(row.installation, []).append(row)
    return {name: sorted(rows, key=lambda row: row.year) for name, rows in found.items()}


def _faults(sums: Sums, installation: str, year: str) -> Iterator[Difference]:
    for what, left, right in sums.faults():
        yield Difference(
            0, installation, year, f"sum: {what}", str(left), str(right), left - right, ()
        )


def _made_good(years: Sequence[YearSums]) -> Iterator[Difference]:
    """Yield a fault unless what made good earlier years is what those years have been made good."""
    given, taken = sum(one.made_good for one in years), sum(one.short_made_good for one in years)
    if given != taken:
        yield Difference(0, "", "", "sum: made good", str(given), str(taken), given - taken, ())


def _difference(
    row: InstallationYear,
    what: str,
    value: int | str | None,
    other: int | str | None,
    causes: Sequence[Cause],
) -> Difference:
    figures = isinstance(value, int) and isinstance(other, int)
    return Difference(
        line=row.line,
        installation=row.installation,
        year=str(row.year),
        what=what,
        value="" if value is None else str(value),
        other="" if other is None else str(other),
        tonnes=value - other if figures else None,  # type: ignore[operator]  # both are figures
        causes=tuple(causes),
    )
