"""Acts in bulk: the rows stand in an attached file, which the act names by its hash.

A proposal then says ``{"file": {"sha256", "rows", "totals"}}`` where it would list its rows. The
second person approves it once; whoever carries it out reads the file by that hash, finds the same
number of rows and the same totals, or refuses. Any act that lists rows can take them so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from hutan.kernel.canonical import Json, Record
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import refuse
from hutan.parties.acts import Change
from hutan.parties.queries import attachment
from hutan.parties.refusals import BulkFileDiffers, BulkFileUnreadable, RowsTwice

FILE = "file"
"""The field of a proposal that names its file of rows."""


_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


@dataclass(frozen=True, slots=True)
class BulkFile:
    """A file of rows, a JSON object a line, and what a proposal says of it.

    ``totals`` are sums over the rows by the name of the field, written as decimal text.
    """

    content: bytes
    sha256: str
    rows: int
    totals: Mapping[str, str]

    def to_record(self) -> dict[str, Json]:
        """Return what stands in the proposal."""
        return {"sha256": self.sha256, "rows": self.rows, "totals": dict(self.totals)}


def write_rows(rows: Iterable[Record], *, sums: Collection[str] = ()) -> BulkFile:
    """Return the file of ``rows``; ``sums`` names the fields over which totals are taken."""
    written = list(rows)
    content = b"".join(_encode(row).encode() + b"\n" for row in written)
    return BulkFile(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        rows=len(written),
        totals={name: str(sum(Decimal(str(row[name])) for row in written)) for name in sums},
    )


def with_rows(
    content: Mapping[str, Json], *, into: str, sums: Collection[str] = ()
) -> Mapping[str, Json]:
    """Return ``content`` with the rows of its file in the field ``into``; without one, as it is.

    ``sums`` names the totals that a file must come with. Raises ``FieldWrong``, ``FileUnknown``,
    ``BulkFileUnreadable``, ``BulkFileDiffers``, and ``RowsTwice`` if ``into`` is there already.
    """
    if FILE not in content:
        return content
    if into in content:
        raise RowsTwice(field=into)
    whole = Fields({FILE: content[FILE]})
    named = whole.inner(FILE)
    sha256, count = named.text("sha256", longest=64), named.integer("rows", least=1)
    totals = named.inner("totals")
    stated = {name: totals.parsed(name, _decimal, Decimal(0), "a total") for name in sums}
    whole.done()
    rows = _rows(sha256)
    found = {"rows": Decimal(len(rows)), **{name: _total(rows, name, sha256) for name in sums}}
    refuse(
        BulkFileDiffers(sha256=sha256, what=name, found=str(found[name]), stated=str(value))
        for name, value in {"rows": Decimal(count), **stated}.items()
        if found[name] != value
    )
    others = {name: value for name, value in content.items() if name != FILE}
    return {**others, into: rows}


def changes(content: Mapping[str, Json]) -> list[Change]:
    """Return what an approver is shown of a file: its hash, its rows, its totals."""
    named = content.get(FILE)
    if not isinstance(named, Mapping):
        return []
    totals = named.get("totals")
    shown = dict(totals) if isinstance(totals, Mapping) else {}
    return [
        Change("批量文件 SHA-256", "file, SHA-256", "", str(named.get("sha256", ""))),
        Change("行数", "rows", "", str(named.get("rows", ""))),
        *(Change(f"合计 {name}", f"total of {name}", "", str(shown[name])) for name in shown),
    ]


def _rows(sha256: str) -> list[dict[str, Json]]:
    lines = attachment(sha256).split(b"\n")
    return [_row(line, place, sha256) for place, line in enumerate(lines, 1) if line.strip()]


def _row(line: bytes, place: int, sha256: str) -> dict[str, Json]:
    try:
        read = json.loads(line, parse_float=_no_number, parse_constant=_no_number)
        if not isinstance(read, dict):
            raise ValueError("no object")
    except (ValueError, RecursionError) as error:
        raise BulkFileUnreadable(sha256=sha256, line=place, reason=str(error)[:200]) from None
    return read


def _total(rows: Collection[Mapping[str, Any]], name: str, sha256: str) -> Decimal:
    total = Decimal(0)
    for place, row in enumerate(rows, 1):
        try:
            total += _decimal(str(row.get(name)))
        except ValueError:
            reason = f"{name}: {row.get(name)!r}"[:200]
            raise BulkFileUnreadable(sha256=sha256, line=place, reason=reason) from None
    return total


def _decimal(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not found.is_finite():
        raise ValueError(text)
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no whole number")
