"""The rulebook for readers: parameters by subject, one over time, all the values of a year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hutan.kernel.moments import day_of
from hutan.rules.parameters import Rulebook, rulebook
from hutan.rules.refusals import UnknownDocument
from hutan.rules.series import Parameter, Series
from hutan.web.components import Cell, Column, Crumb, Table
from hutan.web.language import Bilingual, active, bi
from hutan.web.middleware.gate import public
from hutan.web.moments import moment_of
from hutan.web.rule_words import said_note, said_text, said_value
from hutan.web.templatetags.components import STATUS_TONES, STATUS_WORDS
from hutan.web.terms import said_unit

SUBJECTS: dict[str, Bilingual] = {
    "compliance": bi("清缴与抵销", "Surrender and offsets"),
    "registry": bi("注册登记", "Registry"),
    "allocation": bi("配额分配", "Allocation"),
    "coverage": bi("纳管范围", "Coverage"),
    "mrv": bi("监测与报告", "Monitoring and reporting"),
    "verification": bi("核查与复查", "Verification"),
    "fuels": bi("燃料参数", "Fuels"),
    "penalties": bi("法律责任", "Penalties"),
    "inclusive": bi("碳普惠", "Carbon-inclusive"),
}
ALL = "all"
LONGEST = 60
"""Characters of a value that stand in a list; the whole is on the parameter's own page."""


@public
@require_safe
def book(request: HttpRequest) -> HttpResponse:
    """List parameters with the value of today, or of the newest year.

    ``subject`` names one subject or all; ``q`` looks in titles, keys, clauses and documents;
    ``status`` keeps one kind of source, such as what is merely assumed.
    """
    found = rulebook()
    subjects = [*_subjects(found), (ALL, bi("全部", "All"))]
    text = request.GET.get("q", "").strip()[:60]
    status = request.GET.get("status", "")
    subject = request.GET.get("subject", "") or (ALL if text or status else subjects[0][0])
    if subject not in dict(subjects) or (status and status not in STATUS_WORDS):
        raise Http404
    at = moment_of(request)
    rows = []
    for key in sorted(found.series):
        series = found.series[key]
        value = _present(series, at.year, day_of(at))
        if subject not in (ALL, key.partition(".")[0]) or not _fits(series, value, text, status):
            continue
        rows.append(
            [
                Cell(bi(series.zh, series.en), reverse("rulebook_parameter", args=[key])),
                Cell(_short(value) if value else "—"),
                Cell(_basis(value) if value else "—"),
                _source(value),
                _status(value),
            ]
        )
    columns = [
        Column(bi("参数", "Parameter")),
        Column(bi("取值", "Value")),
        Column(bi("适用", "Holds for")),
        Column(bi("依据", "Source")),
        Column(bi("状态", "Status")),
    ]
    nothing = bi("没有符合的参数，请放宽条件。", "No parameter fits; ask for less.")
    context = {
        "table": Table(dict(subjects)[subject], columns, rows, nothing),
        "subjects": subjects,
        "subject": subject,
        "text": text,
        "status": status,
        "statuses": STATUS_WORDS.items(),
        "count": len(rows),
        "version": found.version,
        "years": _years(found),
    }
    return render(request, "web/public/rulebook.html", context)


@public
@require_safe
def parameter(request: HttpRequest, key: str) -> HttpResponse:
    """Show a parameter with every value it has or had: source, status, note."""
    found = rulebook()
    if key not in found.series:
        raise Http404
    series = found.series[key]
    values = list(reversed(series.parameters))
    context = {
        "series": series,
        "unit": said_unit(series.unit.symbol),
        "note": _note(series.note),
        "values": [
            {
                "one": one,
                "basis": _basis(one),
                "value": "" if one.columns else said_value(one),
                "tone": STATUS_TONES[one.status],
                "word": STATUS_WORDS[one.status],
                "document": _document(found, one),
                "note": _note(one.note),
            }
            for one in values
        ],
        "tables": [(one.basis, _table(one)) for one in values if one.columns],
        "crumbs": [
            Crumb(bi("规则库", "Rulebook"), reverse("rulebook")),
            Crumb(bi(series.zh, series.en)),
        ],
    }
    return render(request, "web/public/parameter.html", context)


@public
@require_safe
def year(request: HttpRequest, year: int) -> HttpResponse:
    """Show every value of a compliance year, those that are merely assumed first."""
    found = rulebook()
    values = [series.years[year] for series in found.series.values() if year in series.years]
    if not values:
        raise Http404
    values.sort(key=lambda one: (one.status != "assumed", one.key))
    rows = [
        [
            Cell(bi(one.zh, one.en), reverse("rulebook_parameter", args=[one.key])),
            Cell(_short(one)),
            Cell(said_unit(one.unit.symbol)),
            _source(one),
            _status(one),
        ]
        for one in values
    ]
    columns = [
        Column(bi("参数", "Parameter")),
        Column(bi("取值", "Value")),
        Column(bi("单位", "Unit")),
        Column(bi("依据", "Source")),
        Column(bi("状态", "Status")),
    ]
    caption = bi(f"{year} 年度取值", f"Values of {year}")
    context = {
        "table": Table(caption, columns, rows, bi("没有取值。", "No values.")),
        "year": year,
        "assumed": sum(one.status == "assumed" for one in values),
        "years": _years(found),
        "crumbs": [Crumb(bi("规则库", "Rulebook"), reverse("rulebook")), Crumb(caption)],
    }
    return render(request, "web/public/rulebook_year.html", context)


def resting_on(clause: str) -> list[Series]:
    """Return the parameters of which a value rests on a clause, or on a paragraph of it."""
    return [
        series
        for _, series in sorted(rulebook().series.items())
        if any(
            one.clause == clause or one.clause.startswith(f"{clause}.") for one in series.parameters
        )
    ]


def _subjects(found: Rulebook) -> list[tuple[str, Bilingual]]:
    present = {key.partition(".")[0] for key in found.series}
    known = [(code, name) for code, name in SUBJECTS.items() if code in present]
    return known + [(code, bi(code, code)) for code in sorted(present - SUBJECTS.keys())]


def _years(found: Rulebook) -> list[int]:
    return sorted({year for series in found.series.values() for year in series.years}, reverse=True)


def _fits(series: Series, value: Parameter | None, text: str, status: str) -> bool:
    if status and (value is None or value.status != status):
        return False
    source = (value.clause, value.document) if value else ()
    return (
        not text
        or text.casefold() in " ".join((series.key, series.zh, series.en, *source)).casefold()
    )


def _present(series: Series, year: int, on: Any) -> Parameter | None:
    """Return the value of today, of last year (the one that is surrendered now), or the newest."""
    if series.dated == "day":
        return series.on(on) or (series.parameters[-1] if series.parameters else None)
    for wanted in (year - 1, year):
        if wanted in series.years:
            return series.years[wanted]
    return series.parameters[-1] if series.parameters else None


def _short(one: Parameter) -> str:
    if one.columns:
        return str(bi(f"表，{len(one.table)} 行", f"table of {len(one.table)} rows"))
    text = str(said_value(one))
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _basis(one: Parameter) -> Bilingual:
    """Say for which compliance year, or for which days, a value holds."""
    first, days, last = one.basis.partition("/")
    if not days:
        return bi(f"{one.basis} 年度", f"year {one.basis}")
    since = str(said_text(first))
    if last == "..":
        return bi(f"{since}起", f"from {since}")
    return bi(f"{since}至{said_text(last)}", f"{since} to {said_text(last)}")


def _status(one: Parameter | None) -> Cell:
    if one is None:
        return Cell("—")
    return Cell(STATUS_WORDS[one.status], tone=STATUS_TONES[one.status])


def _source(one: Parameter | None) -> Cell:
    """Name the clause, or else the document; a clause leads to its text."""
    if one is None:
        return Cell("—")
    text = " · ".join(part for part in (one.clause, one.document) if part)
    return Cell(text or "—", reverse("clause", args=[one.clause]) if one.clause else "")


def _note(text: str) -> dict[str, str] | None:
    """Return a note with its language, where that is not the page's own."""
    if not text:
        return None
    said = said_note(text)
    foreign = active() == "zh" and said.zh == said.en
    return {"text": str(said), "lang": "en" if foreign else ""}


def _document(found: Rulebook, one: Parameter) -> str:
    """Return the title of the text that a value cites."""
    try:
        text = found.documents.find(one.document) if one.document else None
    except UnknownDocument:
        text = None
    title = str(bi(text.zh, text.en)) if text else ""
    return "" if title == one.document else title


def _table(one: Parameter) -> Table:
    columns = [Column(bi("行", "Row"))]
    columns += [
        Column(
            bi(f"{name}（{said_unit(unit.symbol).zh}）", f"{name} ({said_unit(unit.symbol).en})")
        )
        for name, unit in one.columns
    ]
    rows: list[Sequence[Cell]] = [
        [
            Cell(bi(row.zh, row.en)),
            *(Cell(str(row.cells.get(name, "—"))) for name, _ in one.columns),
        ]
        for row in one.table
    ]
    basis = _basis(one)
    caption = bi(f"取值：{basis.zh}", f"Values: {basis.en}")
    return Table(caption, columns, rows, bi("无", "None"))
