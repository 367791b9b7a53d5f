"""Tables of lines, pasted or uploaded: read as CSV, every fault reported with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from hutan.kernel.refusals import Refusal, refuse
from hutan.parties import queries as parties
from hutan.registry import overviews, queries
from hutan.web.bureau.refusals import LineWrong, TableUnreadable
from hutan.web.language import Bilingual

LARGEST = 4_000_000
"""Bytes of an uploaded table: some 60,000 lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table by the names of its columns; ``number`` counts from 1."""

    number: int
    cells: Mapping[str, str]
    text: str

    def wrong(self, reason: str) -> LineWrong:
        """Return what is refused of this line."""
        return LineWrong(line=self.number, value=self.text[:60], reason=reason)


def decoded(name: str, content: bytes) -> str:
    """Return an uploaded table as text; refuse with ``TableUnreadable``."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableUnreadable(name=name[:80])


def lines_of(
    text: str,
    columns: Sequence[str],
    *,
    optional: int = 0,
    named: Mapping[str, Mapping[str, Bilingual]] | None = None,
) -> list[Line]:
    """Return the lines of a CSV table with these columns; commas, tabs or semicolons part cells.

    Blank lines and lines that begin with ``#`` are passed over. The last ``optional`` columns may
    be left out. ``named``: columns in which a code may be written by its name in either language.
    Raises a ``LineWrong`` for every line with too few or too many cells.
    """
    faults: list[Refusal] = []
    found: list[Line] = []
    for number, row in enumerate(text.splitlines(), start=1):
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        cells = [cell.strip() for cell in next(csv.reader(io.StringIO(row), delimiter=_mark(row)))]
        by_name = dict(zip(columns, cells, strict=False))
        for column, names in (named or {}).items():
            by_name[column] = code_of(by_name.get(column, ""), names)
        line = Line(number, by_name, row.strip())
        if not len(columns) - optional <= len(cells) <= len(columns):
            wanted = f"{len(columns) - optional}–{len(columns)}" if optional else len(columns)
            faults.append(line.wrong(f"有 {len(cells)} 列，应有 {wanted} 列 (columns)"))
        found.append(line)
    refuse(faults)
    return found


def code_of(written: str, names: Mapping[str, Bilingual]) -> str:
    """Return the code that a word stands for; what is no such word comes back as it is."""
    for code, name in names.items():
        if written.lower() in (name.zh, name.en.lower()):
            return code
    return written


def units_of(lines: Sequence[Line]) -> tuple[dict[int, UUID], list[Refusal]]:
    """Return the unit that each line names by credit code or unit account; and what is wrong."""
    codes = {line.cells["unit"].upper() for line in lines}
    by_code = parties.organisations_by_codes(codes)
    by_account = overviews.account_lines(codes)
    found: dict[int, UUID] = {}
    faults: list[Refusal] = []
    for line in lines:
        code = line.cells["unit"].upper()
        account = by_account.get(code)
        if code in by_code and by_code[code].kind == "unit":
            found[line.number] = by_code[code].id
        elif account is not None and account.kind == "unit" and account.holder:
            found[line.number] = account.holder
        else:
            faults.append(line.wrong("没有此信用代码或账户号的排放单位 (no such unit)"))
    return found, faults


def accounts_of(lines: Sequence[Line]) -> tuple[dict[int, str], list[Refusal]]:
    """Return the unit account of the unit that each line names; and what is wrong."""
    named = [line for line in lines if line.cells.get("unit")]
    units, faults = units_of(named)
    numbers = queries.unit_accounts(set(units.values()))
    found: dict[int, str] = {}
    for line in named:
        unit = units.get(line.number)
        if unit is not None and unit in numbers:
            found[line.number] = numbers[unit]
        elif unit is not None:
            faults.append(line.wrong("该单位没有开立的配额账户 (it has no open unit account)"))
    return found, faults


def read_cells(lines: Sequence[Line], read: Callable[[Line], object], reason: str) -> list[Refusal]:
    """Return what is wrong with a cell of each line: ``read`` raises ``ValueError`` for it."""
    faults: list[Refusal] = []
    for line in lines:
        try:
            read(line)
        except ValueError:
            faults.append(line.wrong(reason))
    return faults


def in_order(faults: Sequence[Refusal]) -> list[Refusal]:
    """Return faults in the order of their lines."""
    return sorted(faults, key=lambda fault: int(str(fault.facts.get("line", 0))))


def _mark(row: str) -> str:
    return max("\t;,", key=lambda mark: (row.count(mark), mark == ","))
