"""Reading a folder of TOML into the content of a book; the faults of all its entries at once.

A parameter, by compliance year or by day:

.. code-block:: toml

    [compliance.offset_share_max]
    zh = "抵销比例上限"
    en = "Largest share of the base that reductions may cover"
    unit = "share"
    2024 = { value = "0.05", clause = "N4.2", status = "official" }
    "2025..2028" = { same_as = 2024, status = "assumed" }

    [verification.retention_years]
    zh = "原始记录保存年限"
    en = "Years for which original records are kept"
    unit = "years"
    [[verification.retention_years.from]]
    day = "2025-04-01"
    value = "5"
    clause = "M16.2"
    status = "official"

A value carries a clause id or a document number. Of a clause of the four texts the number follows.
A value that serves another year says so with ``same_as``; nothing is carried over silently.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from hutan.kernel.clauses import is_clause
from hutan.kernel.working import Status
from hutan.rules.calendar import Calendar, read_calendar
from hutan.rules.clauses import Clauses, read_clauses
from hutan.rules.documents import Documents, read_documents
from hutan.rules.series import Parameter, Series, Span
from hutan.rules.terms import Terms, read_terms
from hutan.rules.units import SCALARS, Unit, read_table
from hutan.rules.values import Value

STATUSES = get_args(Status)
REGISTERS = (
    "documents.toml",
    "clauses.toml",
    "calendar.toml",
    "terms.toml",
    "credit_codes.toml",
    "profile.toml",
)

_YEARS = re.compile(r"(\d{4})(?:\.\.(\d{4}))?")
_SEGMENT = re.compile(r"[a-z][a-z0-9_]*")
_SERIES = frozenset({"zh", "en", "unit", "note", "used_by", "options", "columns", "from"})
_ENTRY = frozenset({"value", "rows", "same_as", "clause", "document", "status", "note"})
_SPAN = frozenset({"day", "until"}) | (_ENTRY - {"same_as"})
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


class BadRulebook(ValueError):
    """The folder cannot be a rulebook: ``faults`` holds what is wrong, by file and key."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


@dataclass(frozen=True)
class Content:
    """What a folder holds, ready for a book."""

    series: Mapping[str, Series]
    documents: Documents
    calendar: Calendar
    clauses: Clauses
    terms: Terms


def read_folder(folder: Path, base: Content | None = None) -> Content:
    """Read a book's folder; a profile's is laid over ``base``. Raises ``BadRulebook``."""
    faults: list[str] = []
    place = _shown(folder)
    toml = {path.name: _toml(path, faults) for path in sorted(folder.glob("*.toml"))}
    documents = read_documents(toml.get("documents.toml", {}), faults)
    calendar = read_calendar(toml.get("calendar.toml", {}), f"{place}/calendar.toml", faults)
    clauses = read_clauses(toml.get("clauses.toml", {}), faults)
    terms = read_terms(toml.get("terms.toml", {}), faults)
    if base is not None:
        documents = Documents({**base.documents.by_number, **documents.by_number})
        clauses, terms = base.clauses, base.terms
    letters = {one.letter: one.number for one in documents if one.letter}
    series: dict[str, Series] = {}
    for name, content in toml.items():
        if name not in REGISTERS:
            reader = _Reader(f"{place}/{name}", letters, faults)
            for one in reader.series(content):
                if one.key in series:
                    faults.append(f"{one.file}, [{one.key}]: {series[one.key].file} has it too")
                series[one.key] = one
    if base is not None:
        manifest = toml.get("profile.toml", {})
        series |= _taken_over(manifest, series, base, faults)
        if manifest.get("calendar") == "law":
            calendar = base.calendar
    whole = Content(MappingProxyType(series), documents, calendar, clauses, terms)
    faults.extend(_wrong_sources(whole))
    if faults:
        raise BadRulebook(faults)
    return whole


class _Reader:
    """Reads the parameters of one file; what is wrong goes to ``faults`` and is left out."""

    def __init__(self, file: str, letters: Mapping[str, str], faults: list[str]) -> None:
        self.file = file
        self.letters = letters
        self.faults = faults

    def series(self, table: Mapping[str, Any], prefix: str = "") -> Iterator[Series]:
        """Yield each parameter; a table with a unit is one, any other a part of the keys."""
        for name, inner in table.items():
            key = f"{prefix}{name}"
            if not isinstance(inner, dict) or not _SEGMENT.fullmatch(name):
                self.faults.append(f"{self.file}: {key} is no parameter")
            elif "unit" in inner:
                try:
                    yield self._one(key, inner)
                except ValueError as error:
                    self.faults.append(f"{self.file}, [{key}]: {error}")
            else:
                yield from self.series(inner, f"{key}.")

    def _one(self, key: str, table: Mapping[str, Any]) -> Series:
        years = {name: entry for name, entry in table.items() if _YEARS.fullmatch(name)}
        if unknown := sorted(table.keys() - _SERIES - years.keys()):
            raise ValueError(f"unknown field {', '.join(unknown)}")
        if years and "from" in table:
            raise ValueError("is dated by year and by day; it can be only one")
        for name in ("zh", "en"):
            if not isinstance(table.get(name), str):
                raise ValueError(f"{name} is missing")
        if not (years or table.get("from") or "note" in table):
            raise ValueError("has no value, and no note that says why")
        series = Series(
            key=key,
            zh=table["zh"],
            en=table["en"],
            unit=Unit(table["unit"]),
            dated="day" if "from" in table else "year",
            file=self.file,
            note=table.get("note", ""),
            used_by=table.get("used_by", ""),
            options=tuple(table.get("options", ())),
            columns=_columns(table),
        )
        if bool(series.options) != (series.unit in (Unit.CHOICE, Unit.CHOICES)):
            raise ValueError("options belong to a choice, and a choice has them")
        return replace(
            series,
            years=MappingProxyType(self._years(series, years)),
            spans=self._spans(series, table.get("from", [])),
        )

    def _years(self, series: Series, entries: Mapping[str, Any]) -> dict[int, Parameter]:
        found: dict[int, Parameter] = {}
        carried: list[tuple[int, dict[str, Any]]] = []
        for name, entry in entries.items():
            if not isinstance(entry, dict):
                raise ValueError(f"{name}: a value stands in {{ value = ..., clause = ... }}")
            for year in _range(name):
                if year in found or year in [other for other, _ in carried]:
                    raise ValueError(f"{year} is entered twice")
                if "same_as" in entry:
                    carried.append((year, entry))
                else:
                    found[year] = self._parameter(series, str(year), entry, _ENTRY - {"same_as"})
        own = dict(found)
        for year, entry in carried:
            found[year] = self._carried(series, year, entry, own)
        return dict(sorted(found.items()))

    def _carried(
        self, series: Series, year: int, entry: dict[str, Any], own: Mapping[int, Parameter]
    ) -> Parameter:
        if unknown := sorted(entry.keys() - (_ENTRY - {"value", "rows"})):
            raise ValueError(f"{year}: same_as does not go with {', '.join(unknown)}")
        if entry["same_as"] not in own:
            raise ValueError(f"{year}: same_as needs a year with a value of its own")
        if not series.unit.carries_over:
            raise ValueError(f"{year}: a date lies in its own year and cannot be carried over")
        model = own[entry["same_as"]]
        source = {"clause": model.clause, "document": model.document}
        if "clause" in entry or "document" in entry:
            source = {}
        made = self._made(series, str(year), model.value, {**source, **entry})
        return replace(made, carried_from=str(entry["same_as"]), note=made.note or model.note)

    def _spans(self, series: Series, entries: list[dict[str, Any]]) -> tuple[Span, ...]:
        read: list[tuple[date, date | None, dict[str, Any]]] = []
        for entry in entries:
            if not isinstance(entry, dict) or "day" not in entry:
                raise ValueError("a value by day has a day")
            last = date.fromisoformat(entry["until"]) if "until" in entry else None
            read.append((date.fromisoformat(entry["day"]), last, entry))
        spans = []
        for place, (first, last, entry) in enumerate(read):
            if last is not None and last < first:
                raise ValueError(f"{first}: until comes before it")
            if place + 1 < len(read) and (last is None or last >= read[place + 1][0]):
                raise ValueError(f"{first}: must end before {read[place + 1][0]} begins")
            basis = f"{first}/{last or '..'}"
            spans.append(Span(first, last, self._parameter(series, basis, entry, _SPAN)))
        return tuple(spans)

    def _parameter(
        self, series: Series, basis: str, entry: dict[str, Any], fields: frozenset[str]
    ) -> Parameter:
        if unknown := sorted(entry.keys() - fields):
            raise ValueError(f"{basis}: unknown field {', '.join(unknown)}")
        try:
            if series.unit is Unit.TABLE:
                return self._made(
                    series, basis, read_table(entry.get("rows"), dict(series.columns)), entry
                )
            value = series.unit.read(entry.get("value"))
        except ValueError as error:
            raise ValueError(f"{basis}: {error}") from error
        words = value if isinstance(value, tuple) else (value,)
        if series.options and (unknown := [str(one) for one in words if one not in series.options]):
            raise ValueError(f"{basis}: {', '.join(unknown)} is none of its options")
        return self._made(series, basis, value, entry)

    def _made(
        self, series: Series, basis: str, value: Value, entry: Mapping[str, Any]
    ) -> Parameter:
        clause, status = entry.get("clause", ""), entry.get("status", "")
        document = entry.get("document", "") or self.letters.get(clause[:1], "")
        if clause and not is_clause(clause):
            raise ValueError(f"{basis}: {clause} is no clause id")
        if not (clause or document):
            raise ValueError(f"{basis}: cites neither a clause nor a document")
        if status not in STATUSES:
            raise ValueError(f"{basis}: status is none of {', '.join(STATUSES)}")
        return Parameter(
            key=series.key,
            zh=series.zh,
            en=series.en,
            unit=series.unit,
            basis=basis,
            value=value,
            clause=clause,
            document=document,
            status=status,
            note=entry.get("note", ""),
            file=series.file,
            columns=series.columns,
        )


def _columns(table: Mapping[str, Any]) -> tuple[tuple[str, Unit], ...]:
    columns = tuple((name, Unit(unit)) for name, unit in table.get("columns", {}).items())
    if bool(columns) != (table["unit"] == Unit.TABLE.symbol):
        raise ValueError("columns belong to a table, and a table has them")
    if wrong := [name for name, unit in columns if unit not in SCALARS]:
        raise ValueError(f"column {', '.join(wrong)} has no unit for a single cell")
    return columns


def _range(name: str) -> range:
    written = _YEARS.fullmatch(name)
    assert written is not None  # only names of this form come here
    first, last = int(written[1]), int(written[2] or written[1])
    if not _FIRST_YEAR <= first <= last <= _LAST_YEAR:
        raise ValueError(f"{name} is no year or range of years")
    return range(first, last + 1)


def _taken_over(
    manifest: Mapping[str, Any], own: Mapping[str, Series], base: Content, faults: list[str]
) -> dict[str, Series]:
    """Return the parameters of ``base`` that a profile lists, with the reason it gives."""
    taken: dict[str, Series] = {}
    for entry in manifest.get("take_over", ()):
        if not entry.get("reason") or not entry.get("keys"):
            faults.append("profile.toml: take_over needs keys and a reason")
        for key in entry.get("keys", ()):
            if key not in base.series:
                faults.append(f"profile.toml: the law has no {key}")
            elif key in own or key in taken:
                faults.append(f"profile.toml: {key} is stated or taken over already")
            else:
                taken[key] = _from(base.series[key], entry.get("from"))
    return taken


def _from(series: Series, first: str | None) -> Series:
    """Let the earliest value by day hold from an earlier day: a replay begins before the law."""
    if first is None or not series.spans:
        return series
    day, span = date.fromisoformat(first), series.spans[0]
    parameter = replace(span.parameter, basis=f"{day}/{span.last or '..'}")
    return replace(series, spans=(Span(day, span.last, parameter), *series.spans[1:]))


def _wrong_sources(content: Content) -> Iterator[str]:
    """Yield what cites an unknown text, or calls official what its text did not rule that day."""
    for year, table in content.calendar.years.items():
        if table.document not in content.documents:
            yield f"{content.calendar.file}, [{year}]: unknown document {table.document}"
    for term in content.terms:
        if term.clause not in content.clauses:
            yield f"terms.toml, {term.zh}: unknown clause {term.clause}"
    for series in content.series.values():
        for parameter in series.parameters:
            where = f"{parameter.file}, [{parameter.key}] {parameter.basis}"
            if parameter.clause and parameter.clause not in content.clauses:
                yield f"{where}: unknown clause {parameter.clause}"
            if parameter.document not in content.documents:
                yield f"{where}: unknown document {parameter.document}"
        for span in series.spans:
            text = content.documents.by_number.get(span.parameter.document)
            if span.parameter.status != "official" or text is None or text.first is None:
                continue
            ends_later = text.last is not None and (span.last is None or span.last > text.last)
            if span.first < text.first or ends_later:
                yield (
                    f"{series.file}, [{series.key}] {span.parameter.basis}: {text.number} is not "
                    "in force on all of these days, so the value is not official on them"
                )


def _toml(path: Path, faults: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{path.name}: {error}")
        return {}


def _shown(folder: Path) -> str:
    """Return a folder as a reader finds it: from the root of the project, where it lies inside."""
    root = Path(__file__).resolve().parents[2]
    inside = folder.resolve().is_relative_to(root)
    return folder.resolve().relative_to(root).as_posix() if inside else folder.name
