"""Reading the file: installation-years, and everything that is wrong or missing in it, by line.

A line whose figures cannot be understood is bad: it is not replayed, and it is reported. A row that
lacks a figure is replayed with what it has, and that is reported as well. Every line of the file is
the header, a row, or bad; the three add up to the file.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from hutan.cli.replay.refusals import NoHistoryFile
from hutan.kernel.reading import LARGEST_AMOUNT

LARGEST_FILE = 64 * 2**20
"""Bytes. A file is read into memory as a whole; the eighteen years of three countries have 1 MB."""

COLUMNS = (
    "installation_id", "country", "activity_code", "year", "phase", "allocation",
    "verified_emissions", "units_surrendered", "compliance_code",
)  # fmt: skip
FIGURES = ("allocation", "verified_emissions", "units_surrendered")

_WHOLE = re.compile(r"\d{1,15}", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_PHASE = re.compile(r"(\d{4})-(\d{4})", re.ASCII)
_CODE = re.compile(r"[ABCE]\*?|-|", re.ASCII)
_LONGEST_NAME = 60
_NAME = re.compile(rf"[!-~]{{1,{_LONGEST_NAME}}}")
_SHOWN = 40
"""Characters of a wrong cell that a reason shows: a cell may have a million."""


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
    """A file, read. ``rows`` in the order of the file, ``sha256`` of its bytes.

    ``lines`` counts every line of it, the header and empty ones too.
    """

    name: str
    sha256: str
    lines: int
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
    name = _printable(path.name)
    content = _content(path, name)
    lines = _lines(name, content)
    rows: list[InstallationYear] = []
    remarks: list[Remark] = []
    seen: dict[tuple[str, int], int] = {}
    for line, text in enumerate(lines[1:], start=2):
        cells, reasons = _cells(text)
        row = None
        if not reasons:
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
        raise _no_history(name, "no line of it can be used")
    remarks.extend(_gaps(rows))
    assert len(lines) == 1 + len(rows) + sum(remark.bad for remark in remarks)
    by_year: dict[int, list[InstallationYear]] = {}
    for row in rows:
        by_year.setdefault(row.year, []).append(row)
    _refuse_beyond(name, by_year)
    return History(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        lines=len(lines),
        rows=tuple(rows),
        remarks=tuple(sorted(remarks, key=lambda remark: remark.line)),
        by_year=dict(sorted(by_year.items())),
    )


def _no_history(name: str, reason: str) -> NoHistoryFile:
    return NoHistoryFile(name=name, reason=reason, columns=", ".join(COLUMNS))


def _printable(name: str) -> str:
    """Return a file's name as it can be shown: it may hold line ends, or be no UTF-8."""
    return "".join(one if one.isprintable() else "\ufffd" for one in name)


def _content(path: Path, name: str) -> bytes:
    with path.open("rb") as file:
        # What calls itself empty may still never end (a device, a pipe).
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise _no_history(name, f"it is larger than {LARGEST_FILE} bytes")
    return content


def _lines(name: str, content: bytes) -> list[str]:
    """Return all lines, after seeing that the first is the header it should be."""
    # What is no UTF-8 becomes U+FFFD, which no cell may hold.
    lines = content.decode("utf-8-sig", "replace").split("\n")
    if not lines[-1]:
        lines.pop()
    if not lines or tuple(lines[0].removesuffix("\r").split(",")) != COLUMNS:
        raise _no_history(name, "its first line names other columns")
    return lines


def _cells(line: str) -> tuple[list[str], list[str]]:
    """Return a line's cells, and why it cannot be read as cells.

    A line is a row: no figure of this file needs a quoted line end.
    """
    text = line.removesuffix("\r")
    if not text.strip():
        return [], ["it is empty"]
    try:
        return next(csv.reader([text.replace("\0", "\ufffd")], strict=True)), []
    except csv.Error as error:
        return [], [f"it is no line of CSV: {error}"]


def _refuse_beyond(name: str, by_year: Mapping[int, Sequence[InstallationYear]]) -> None:
    """Refuse figures whose sums no plan and no act could state."""
    for year, rows in by_year.items():
        for what, total in (
            ("allocation", sum(row.allocated or 0 for row in rows)),
            ("verified_emissions", sum(row.verified or 0 for row in rows)),
            ("units_surrendered", sum(row.surrendered or 0 for row in rows)),
        ):
            if total > LARGEST_AMOUNT:
                raise _no_history(name, f"{what} of {year} is {total} t, beyond {LARGEST_AMOUNT}")


def _row(
    line: int, cells: list[str], years: Collection[int]
) -> tuple[InstallationYear | None, list[str]]:
    """Return the row, or nothing and the reasons why it cannot be used."""
    if len(cells) != len(COLUMNS):
        return None, [f"it has {len(cells)} cells, not {len(COLUMNS)}"]
    cell = dict(zip(COLUMNS, (one.strip(" \t") for one in cells), strict=True))
    reasons = [f"{name} is {_shown(cell[name])}, no whole number" for name in FIGURES
               if cell[name] and not _WHOLE.fullmatch(cell[name])]  # fmt: skip
    figures = {name: int(cell[name]) for name in FIGURES if _WHOLE.fullmatch(cell[name])}
    reasons += [f"{name} is {found}, beyond {LARGEST_AMOUNT}"
                for name, found in figures.items() if found > LARGEST_AMOUNT]  # fmt: skip
    if not _NAME.fullmatch(cell["installation_id"]):
        reasons.append(f"installation_id is {_shown(cell['installation_id'])}")
    year = int(cell["year"]) if _YEAR.fullmatch(cell["year"]) else 0
    if not year:
        reasons.append(f"year is {_shown(cell['year'])}")
    elif year not in years:
        reasons.append(f"there are no rules for {year}")
    phase = _PHASE.fullmatch(cell["phase"])
    if phase is None or not int(phase[1]) <= (year or int(phase[1])) <= int(phase[2]):
        reasons.append(f"phase is {_shown(cell['phase'])}")
    if not _CODE.fullmatch(cell["compliance_code"]):
        reasons.append(f"compliance_code is {_shown(cell['compliance_code'])}")
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


def _shown(cell: str) -> str:
    return repr(cell) if len(cell) <= _SHOWN else f"{cell[:_SHOWN]!r} and {len(cell)} characters"


def _bad(line: int, cells: list[str], reasons: Iterable[str]) -> Remark:
    """Keep what can be read of a bad line, so that totals can be told apart."""
    cell = dict(zip(COLUMNS, (one.strip(" \t") for one in cells), strict=False))
    return Remark(
        line=line,
        installation=cell.get("installation_id", "")[:_LONGEST_NAME],
        year=cell.get("year", "")[:_SHOWN],
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
