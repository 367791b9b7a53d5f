"""Reading the file: installation-years, and everything that is wrong or missing in it, by line.

A row whose figures cannot be understood is bad: it is not replayed, and it is reported. A row that
lacks a figure is replayed with what it has, and that is reported as well.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from hutan.cli.replay.refusals import NoHistoryFile
from hutan.kernel.reading import LARGEST_AMOUNT

COLUMNS = (
    "installation_id", "country", "activity_code", "year", "phase", "allocation",
    "verified_emissions", "units_surrendered", "compliance_code",
)  # fmt: skip
FIGURES = ("allocation", "verified_emissions", "units_surrendered")

_WHOLE = re.compile(r"\d{1,15}", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_PHASE = re.compile(r"(\d{4})-(\d{4})", re.ASCII)
_CODE = re.compile(r"[ABCE]\*?|-|", re.ASCII)
_NAME = re.compile(r"[!-~]{1,60}")


@dataclass(frozen=True, slots=True)
class InstallationYear:
    """One row: tonnes of CO2e, ``None`` where the file has nothing; ``code`` without its star."""

    line: int
    installation: str
    year: int
    phase: str
    allocated: int | None
    verified: int | None
    surrendered: int | None
    code: str

    @property
    def regulated(self) -> bool:
        """Tell whether the installation had a duty: it has emissions, a surrender or a code."""
        given = self.verified is not None or self.surrendered is not None
        return given or self.code in ("A", "B", "C", "E")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a line: ``bad`` ones are not replayed. ``figures`` are what is readable."""

    line: int
    installation: str
    year: str
    bad: bool
    reason: str
    figures: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class History:
    """A file, read. ``rows`` in the order of the file, ``sha256`` of its bytes."""

    name: str
    sha256: str
    rows: tuple[InstallationYear, ...]
    remarks: tuple[Remark, ...]
    by_year: dict[int, list[InstallationYear]] = field(default_factory=dict)

    @property
    def bad(self) -> list[Remark]:
        """Return the lines that are not replayed."""
        return [remark for remark in self.remarks if remark.bad]


def read_history(path: Path, years: Collection[int]) -> History:
    """Read a file of installation-years; ``years`` are those for which there are rules.

    Raises ``NoHistoryFile`` where it is no such file at all; everything else becomes a remark.
    """
    content = path.read_bytes()
    rows: list[InstallationYear] = []
    remarks: list[Remark] = []
    seen: dict[tuple[str, int], int] = {}
    for line, cells in _cells(path.name, content):
        row, reasons = _row(line, cells, years)
        if row is not None and (row.installation, row.year) in seen:
            first = seen[row.installation, row.year]
            reasons = [f"line {first} has this installation and year already"]
        if row is None or reasons:
            remarks.append(_bad(line, cells, reasons))
            continue
        seen[row.installation, row.year] = line
        rows.append(row)
        remarks.extend(_remarks(row))
    if not rows:
        raise NoHistoryFile(
            name=path.name, reason="no line of it can be used", columns=", ".join(COLUMNS)
        )
    remarks.extend(_gaps(rows))
    by_year: dict[int, list[InstallationYear]] = {}
    for row in rows:
        by_year.setdefault(row.year, []).append(row)
    return History(
        name=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        rows=tuple(rows),
        remarks=tuple(sorted(remarks, key=lambda remark: remark.line)),
        by_year=dict(sorted(by_year.items())),
    )


def _cells(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield each line's number and cells, after seeing that the header is as it should be."""
    # What is no UTF-8 becomes U+FFFD, which no cell may hold.
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    lines = text.split("\n")
    if tuple(lines[0].split(",")) != COLUMNS:
        raise NoHistoryFile(
            name=name, reason="its first line names other columns", columns=", ".join(COLUMNS)
        )
    for number, line in enumerate(lines[1:], start=2):
        if line.strip():
            # A line is a row: no figure of this file needs a quoted line end.
            yield number, next(csv.reader([line.replace("\0", "\ufffd")]), [])


def _row(
    line: int, cells: list[str], years: Collection[int]
) -> tuple[InstallationYear | None, list[str]]:
    """Return the row, or nothing and the reasons why it cannot be used."""
    if len(cells) != len(COLUMNS):
        return None, [f"it has {len(cells)} cells, not {len(COLUMNS)}"]
    cell = dict(zip(COLUMNS, (one.strip() for one in cells), strict=True))
    reasons = [f"{name} is {cell[name]!r}, no whole number" for name in FIGURES
               if cell[name] and not _WHOLE.fullmatch(cell[name])]  # fmt: skip
    figures = {name: int(cell[name]) for name in FIGURES if _WHOLE.fullmatch(cell[name])}
    reasons += [f"{name} is {found}, beyond {LARGEST_AMOUNT}"
                for name, found in figures.items() if found > LARGEST_AMOUNT]  # fmt: skip
    if not _NAME.fullmatch(cell["installation_id"]):
        reasons.append(f"installation_id is {cell['installation_id']!r}")
    year = int(cell["year"]) if _YEAR.fullmatch(cell["year"]) else 0
    if not year:
        reasons.append(f"year is {cell['year']!r}")
    elif year not in years:
        reasons.append(f"there are no rules for {year}")
    phase = _PHASE.fullmatch(cell["phase"])
    if phase is None or not int(phase[1]) <= (year or int(phase[1])) <= int(phase[2]):
        reasons.append(f"phase is {cell['phase']!r}")
    if not _CODE.fullmatch(cell["compliance_code"]):
        reasons.append(f"compliance_code is {cell['compliance_code']!r}")
    if reasons:
        return None, reasons
    return InstallationYear(
        line=line,
        installation=cell["installation_id"],
        year=year,
        phase=cell["phase"],
        allocated=figures.get("allocation"),
        verified=figures.get("verified_emissions"),
        surrendered=figures.get("units_surrendered"),
        code=cell["compliance_code"].rstrip("*"),
    ), []


def _bad(line: int, cells: list[str], reasons: Iterable[str]) -> Remark:
    """Keep what can be read of a bad line, so that totals can be told apart."""
    cell = dict(zip(COLUMNS, (one.strip() for one in cells), strict=False))
    return Remark(
        line=line,
        installation=cell.get("installation_id", ""),
        year=cell.get("year", ""),
        bad=True,
        reason="; ".join(reasons),
        figures=tuple(
            (name, int(cell[name])) for name in FIGURES if _WHOLE.fullmatch(cell.get(name, ""))
        ),
    )


def _remarks(row: InstallationYear) -> Iterator[Remark]:
    """Say what a row lacks and how it is taken."""

    def remark(reason: str) -> Remark:
        return Remark(row.line, row.installation, str(row.year), bad=False, reason=reason)

    if not row.regulated:
        yield remark("no emissions, no surrender, no code: excluded from this year's duty")
    if row.allocated is None:
        yield remark("allocation is missing: nothing is issued")
    if row.regulated and row.verified is None:
        yield remark("verified_emissions is missing: not determined, its emissions are missing")
    if row.verified and row.surrendered is None:
        yield remark("units_surrendered is missing: nothing is surrendered, the year is short")


def _gaps(rows: Iterable[InstallationYear]) -> Iterator[Remark]:
    """Say where an installation's years have a gap."""
    lines: dict[str, list[tuple[int, int]]] = {}
    for row in rows:
        lines.setdefault(row.installation, []).append((row.year, row.line))
    for installation, found in lines.items():
        for (before, _), (year, line) in pairwise(sorted(found)):
            if year > before + 1:
                reason = f"no line for {before + 1} to {year - 1}: not on the list of those years"
                yield Remark(line, installation, str(year), bad=False, reason=reason)
