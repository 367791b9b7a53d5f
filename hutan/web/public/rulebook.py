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
from hutan.web.language import Bilingual, bi
from hutan.web.middleware.gate import public
from hutan.web.moments import moment_of
from hutan.web.templatetags.components import STATUS_TONES, STATUS_WORDS

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
LONGEST = 60
"""Characters of a value that stand in a list; the whole is on the parameter's own page."""


@public
@require_safe
def book(request: HttpRequest) -> HttpResponse:
    """List the parameters of a subject with the value of today, or of the newest year."""
    found = rulebook()
    subjects = _subjects(found)
    subject = request.GET.get("subject", "") or subjects[0][0]
    if subject not in dict(subjects):
        raise Http404
    at = moment_of(request)
    rows = []
    for key in sorted(found.series):
        series = found.series[key]
        if key.partition(".")[0] != subject:
            continue
        value = _present(series, at.year, day_of(at))
        rows.append(
            [
                Cell(bi(series.zh, series.en), reverse("rulebook_parameter", args=[key])),
                Cell(key),
                Cell(_short(value) if value else "—"),
                Cell(value.basis if value else "—"),
                _status(value),
            ]
        )
    columns = [
        Column(bi("参数", "Parameter")),
        Column(bi("名称", "Key")),
        Column(bi("取值", "Value")),
        Column(bi("适用", "Holds for")),
        Column(bi("状态", "Status")),
    ]
    table = Table(dict(subjects)[subject], columns, rows, bi("没有参数。", "No parameters."))
    context = {
        "table": table,
        "subjects": subjects,
        "subject": subject,
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
        "values": [
            (one, STATUS_TONES[one.status], STATUS_WORDS[one.status], _document(found, one))
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
            Cell(one.unit.symbol),
            Cell(_source(one)),
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


def _subjects(found: Rulebook) -> list[tuple[str, Bilingual]]:
    present = {key.partition(".")[0] for key in found.series}
    known = [(code, name) for code, name in SUBJECTS.items() if code in present]
    return known + [(code, bi(code, code)) for code in sorted(present - SUBJECTS.keys())]


def _years(found: Rulebook) -> list[int]:
    return sorted({year for series in found.series.values() for year in series.years}, reverse=True)


def _present(series: Series, year: int, on: Any) -> Parameter | None:
    """Return the value of today, of last year (the one that is surrendered now), or the newest."""
    if series.dated == "day":
        return series.on(on) or (series.parameters[-1] if series.parameters else None)
    for wanted in (year - 1, year):
        if wanted in series.years:
            return series.years[wanted]
    return series.parameters[-1] if series.parameters else None


def _short(one: Parameter) -> str:
    return one.text if len(one.text) <= LONGEST else one.text[:LONGEST] + "…"


def _status(one: Parameter | None) -> Cell:
    if one is None:
        return Cell("—")
    return Cell(STATUS_WORDS[one.status], tone=STATUS_TONES[one.status])


def _source(one: Parameter) -> str:
    return " · ".join(part for part in (one.clause, one.document) if part) or "—"


def _document(found: Rulebook, one: Parameter) -> str:
    """Return the title of the text that a value cites."""
    try:
        text = found.documents.find(one.document) if one.document else None
    except UnknownDocument:
        text = None
    return str(bi(text.zh, text.en)) if text else ""


def _table(one: Parameter) -> Table:
    columns = [Column(bi("行", "Row"))]
    columns += [
        Column(bi(f"{name}（{unit.symbol}）", f"{name} ({unit.symbol})"))
        for name, unit in one.columns
    ]
    rows: list[Sequence[Cell]] = [
        [
            Cell(bi(row.zh, row.en)),
            *(Cell(str(row.cells.get(name, "—"))) for name, _ in one.columns),
        ]
        for row in one.table
    ]
    return Table(bi(f"{one.basis} 取值", f"Values, {one.basis}"), columns, rows, bi("无", "None"))
