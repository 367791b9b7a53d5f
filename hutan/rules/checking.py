"""Holding the book against the program and its tests: ``rules check``.

A parameter is *used* where its key stands as a string in the product's code, or is marked with the
part that will use it; it is *tested* where a test names its key. Keys are never put together from
pieces, so looking for the whole string is enough.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hutan.kernel.canonical import Json
from hutan.rules.parameters import Rulebook
from hutan.rules.series import Parameter, Series

WAITING = (
    "allocation", "coverage", "crediting", "inclusive", "market", "mrv", "parties", "registry",
    "supervision",
)  # fmt: skip
"""Parts of the platform that a parameter may wait for."""


@dataclass(frozen=True)
class Findings:
    """What a check found. ``faults`` fail the build; the rest is to be known."""

    parameters: int
    values: int
    faults: tuple[str, ...]
    waiting: dict[str, str]
    assumed: tuple[Parameter, ...]
    gaps: dict[str, str]

    def to_record(self) -> dict[str, Json]:
        """Return the findings as plain JSON."""
        return {
            "parameters": self.parameters,
            "values": self.values,
            "faults": list(self.faults),
            "waiting": dict(self.waiting),
            "assumed": [f"{one.key} {one.basis}" for one in self.assumed],
            "gaps": dict(self.gaps),
        }


def check(
    book: Rulebook, *, code: Path, tests: Path | None, years: range = range(2023, 2029)
) -> Findings:
    """Hold a loaded book against the folders of the product's code and of its tests.

    That every value is cited by a known clause or document, loading has seen to already. Without
    ``tests`` (an installed platform has none) nothing is said about tests.
    """
    used = _strings(path for path in code.rglob("*.py"))
    tested = _strings(tests.rglob("*.py")) if tests is not None else set(book.series)
    faults: list[str] = []
    waiting: dict[str, str] = {}
    for series in book.series.values():
        if series.used_by and series.used_by not in WAITING:
            faults.append(f"[{series.key}] waits for {series.used_by}, which is no part we know")
        if series.key not in used:
            if series.used_by:
                waiting[series.key] = series.used_by
            else:
                faults.append(f"[{series.key}] is used by no code and waits for none")
        if series.key not in tested:
            faults.append(f"[{series.key}] is asserted by no test")
    every = [one for series in book.series.values() for one in series.parameters]
    return Findings(
        parameters=len(book.series),
        values=len(every),
        faults=tuple(faults),
        waiting=waiting,
        assumed=tuple(one for one in every if one.status == "assumed"),
        gaps={
            series.key: missing
            for series in book.series.values()
            if (missing := gaps(series, years))
        },
    )


def gaps(series: Series, years: range) -> str:
    """Return the years for which a parameter has no value: on none or only some of their days."""
    if series.dated == "year":
        return ", ".join(str(year) for year in years if year not in series.years)
    found = []
    for year in years:
        days = [date.fromordinal(number) for number in _days(year)]
        covered = sum(series.on(day) is not None for day in days)
        if covered < len(days):
            found.append(f"{year} (in part)" if covered else str(year))
    return ", ".join(found)


def _days(year: int) -> range:
    return range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())


def _strings(paths: Iterable[Path]) -> set[str]:
    """Return every string that stands in these modules, as code and not in a comment."""
    found: set[str] = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found
