"""The bureau's acts of a year: its list, determinations, plan, pre-allocation, closing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from hutan.compliance import overviews as compliance
from hutan.compliance import queries
from hutan.compliance.services.pre_allocation import Grant, grants
from hutan.kernel.canonical import Json
from hutan.kernel.refusals import Refusal, Refusals
from hutan.parties import queries as parties
from hutan.registry import overviews
from hutan.registry import queries as registry
from hutan.registry.domain.plans import PART_OF_KIND
from hutan.web.approvals.amending import amended_at
from hutan.web.bureau.frame import bureau_tabs
from hutan.web.bureau.tables import (
    DETERMINE,
    LIST,
    PLAN,
    DeterminationForm,
    ListForm,
    PlanForm,
    plan_amount,
    plan_line,
    plan_lines,
)
from hutan.web.components import Cell, Column, Table
from hutan.web.figures import number
from hutan.web.forms import words
from hutan.web.language import Bilingual, bi
from hutan.web.moments import moment_of
from hutan.web.permissions import requires, viewer_of
from hutan.web.proposing import ActForm, amended, sent, submit
from hutan.web.refusals import NotFound
from hutan.web.rights import USE_BUREAU, may_propose
from hutan.web.words import LISTINGS, PLAN_LINES, PLAN_PARTS, UNIT_STATUSES

CLOSE, PRE_ALLOCATE = "compliance.close_year", "compliance.pre_allocate"
SHOWN = 60
"""So many units get a field of their own; the others come by lines."""


class YearForm(ActForm):
    """An act on a whole year."""

    kind = CLOSE

    def __init__(self, *args: Any, year: int, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.year = year

    def content(self) -> dict[str, Json]:
        """Return the year as the service reads it."""
        return {"year": self.year}


class PreAllocationForm(YearForm):
    """The notice by which the next year's allowances are given in advance."""

    kind = PRE_ALLOCATE

    document = forms.CharField(label=words("文件编号", "Document"), max_length=200)

    def content(self) -> dict[str, Json]:
        """Return the year and the notice as the service reads them."""
        return {"year": self.year, "document": self.cleaned("document")}


@requires(USE_BUREAU)
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest, year: int) -> HttpResponse:
    """Show the year's list; propose entries."""
    _opened(year)
    form = ListForm(*_posted(request), year=year, amended=amended(request, LIST))
    listed = compliance.listed_units(year)
    rows = [
        [
            Cell(one.name, reverse("unit_year", args=[one.unit, year])),
            Cell(LISTINGS[one.listing]),
            Cell(one.district or "—"),
            Cell(one.reason),
        ]
        for one in listed
    ]
    columns = [
        Column(bi("单位", "Unit")),
        Column(bi("列为", "Listed as")),
        Column(bi("所在区", "District")),
        Column(bi("理由", "Reason")),
    ]
    table = Table(
        bi("现行名录", "The list as it stands"),
        columns,
        rows,
        bi("名录还没有单位。", "The list has no units yet."),
    )
    return _answer(
        request,
        form,
        year,
        "web/bureau/list.html",
        {
            "title": bi(f"{year} 年度名录", f"List of {year}"),
            "table": table,
            "listings": list(LISTINGS.values()),
            "clause_id": "M9.2",
        },
    )


@requires(USE_BUREAU)
@require_http_methods(["GET", "POST"])
def determine(request: HttpRequest, year: int) -> HttpResponse:
    """Propose determinations: a field for each unit that waits for one, or lines."""
    _opened(year)
    open_units = [
        one
        for one in queries.positions(year)
        if one.position.listing == "regulated" and one.position.determined is None
    ]
    form = DeterminationForm(
        *_posted(request),
        year=year,
        open_units=open_units[:SHOWN],
        amended=amended(request, DETERMINE),
    )
    return _answer(
        request,
        form,
        year,
        "web/bureau/determine.html",
        {
            "title": bi(f"审定 {year} 年度排放量", f"Determine emissions of {year}"),
            "more": max(len(open_units) - SHOWN, 0),
            "clause_id": "M18.1",
        },
    )


@requires(USE_BUREAU)
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, year: int) -> HttpResponse:
    """Propose a plan, or its next version; sums against the parts stand beside the lines."""
    found = overviews.plan(year)
    initial: dict[str, Any] = {}
    if found is not None:
        lines = registry.open_lines(year)
        initial = {
            "total": found.total,
            "direct": found.direct,
            "reserve": found.reserve,
            "provisional": found.provisional,
            "lines": "\n".join(plan_line(one.kind, one.account, one.amount) for one in lines),
        }
    form = PlanForm(*_posted(request), year=year, amended=amended(request, PLAN), initial=initial)
    return _answer(
        request,
        form,
        year,
        "web/bureau/plan.html",
        {
            "title": bi(f"{year} 年度分配方案", f"Plan of {year}"),
            "plan": found,
            "sums": plan_sums(form, year),
            "kinds": [PLAN_LINES[kind] for kind in PART_OF_KIND],
            "clause_id": "M10.2",
        },
    )


@requires(USE_BUREAU)
@require_POST
def plan_sums_beside(request: HttpRequest, year: int) -> HttpResponse:
    """Answer a script with the sums of the lines against the parts, as the form stands."""
    form = PlanForm(request.POST, year=year)
    return render(request, "web/desk/sums.html", {"sums": plan_sums(form, year)})


@requires(USE_BUREAU)
@require_http_methods(["GET", "POST"])
def pre_allocate(request: HttpRequest, year: int) -> HttpResponse:
    """Show what units that have met their duty get of the next year, with each working; propose."""
    _opened(year)
    form = PreAllocationForm(*_posted(request), year=year, amended=amended(request, PRE_ALLOCATE))
    given = grants(year, moment_of(request))
    names = parties.organisations([one.unit for one in given])
    return _answer(
        request,
        form,
        year,
        "web/bureau/pre_allocate.html",
        {
            "title": bi(f"{year + 1} 年度预分配", f"Pre-allocation for {year + 1}"),
            "given": _grants(given, names),
            "workings": _workings(given, names),
            "total": sum(one.amount for one in given),
            "had": len(compliance.pre_allocations(year + 1)),
            "clause_id": "N5",
        },
    )


@requires(USE_BUREAU)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, year: int) -> HttpResponse:
    """Show how every unit would be closed now; propose it once the deadline has passed."""
    opening = _opened(year)
    form = YearForm(*_posted(request), year=year, amended=amended(request, CLOSE))
    counts: dict[str, int] = {}
    for unit, found in queries.assessments(year, moment_of(request)):
        if unit.position.listing == "regulated":
            counts[found.status.value] = counts.get(found.status.value, 0) + 1
    closed = queries.closings(year)
    return _answer(
        request,
        form,
        year,
        "web/bureau/close.html",
        {
            "title": bi(f"结清 {year} 履约年度", f"Close the compliance year {year}"),
            "opening": opening,
            "now": moment_of(request),
            "counts": [(*UNIT_STATUSES[status], count) for status, count in counts.items()],
            "closed": len(closed),
            "short": sum(1 for one in closed if one.missing),
            "clause_id": "M21.1",
        },
    )


def plan_sums(form: PlanForm, year: int) -> Table:
    """Return the sums of the lines by part against the parts, and the parts against the total."""
    values = {name: _whole(_given(form, name)) for name in ("total", "direct", "reserve")}
    sums: dict[str, int] = {}
    try:
        lines = plan_lines(_given(form, "lines"))
    except (Refusal, Refusals):
        lines = []
    for line in lines:
        part = PART_OF_KIND.get(line.cells["kind"], "")
        try:
            sums[part] = sums.get(part, 0) + plan_amount(line)
        except ValueError:
            continue
    created = {one.part: one.created for one in overviews.plan_parts(year)}
    parts = values["direct"] + values["reserve"]
    rows = [
        _sum_row(
            bi("总量 = 直接发放 + 储备", "Total = direct + reserve"),
            parts,
            values["total"],
            exact=True,
            created=None,
        )
    ]
    for part in ("direct", "reserve"):
        rows.append(
            _sum_row(
                PLAN_PARTS[part],
                sums.get(part, 0),
                values[part],
                exact=False,
                created=created.get(part, 0),
            )
        )
    columns = [
        Column(bi("部分", "Part")),
        Column(bi("合计（吨）", "Sum (t)"), "figure"),
        Column(bi("可用（吨）", "Of (t)"), "figure"),
        Column(bi("已入库（吨）", "Created (t)"), "figure"),
        Column(bi("检查", "Check")),
    ]
    return Table(bi("合计与上限", "Sums against the parts"), columns, rows, bi("无", "None"))


def _sum_row(
    name: Bilingual, given: int, whole: int, *, exact: bool, created: int | None
) -> list[Cell]:
    if given > whole or (exact and given != whole):
        off = number(abs(given - whole))
        over = (
            bi(f"超出 {off}", f"{off} too much")
            if given > whole
            else bi(f"差 {off}", f"{off} missing")
        )
        state = Cell(over, tone="bad")
    else:
        left = number(whole - given)
        state = Cell(bi("相符", "fits") if exact else bi(f"余 {left}", f"{left} left"), tone="good")
    return [
        Cell(name),
        Cell(number(given)),
        Cell(number(whole)),
        Cell("—" if created is None else number(created)),
        state,
    ]


def _grants(given: list[Grant], names: dict[UUID, parties.OrganisationRecord]) -> Table:
    rows = [
        [Cell(names[one.unit].name), Cell(one.account), Cell(number(one.amount))] for one in given
    ]
    columns = [
        Column(bi("单位", "Unit")),
        Column(bi("账户", "Account")),
        Column(bi("预分配（吨）", "Granted (t)"), "figure"),
    ]
    return Table(
        bi("若现在批准", "If it were approved now"),
        columns,
        rows,
        bi(
            "还没有足额清缴且未获预分配的单位。",
            "No unit has surrendered in full and not been pre-allocated yet.",
        ),
    )


def _workings(given: list[Grant], names: dict[UUID, parties.OrganisationRecord]) -> list[Any]:
    return [(names[one.unit].name, one.working) for one in given[:SHOWN]]


def _answer(
    request: HttpRequest, form: ActForm, year: int, template: str, context: dict[str, Any]
) -> HttpResponse:
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    shared = {
        "form": form,
        "year": year,
        "tabs": bureau_tabs(request, year),
        "may": may_propose(viewer_of(request), form.kind),
    }
    return render(request, template, {**shared, **context}, status=form.status)


def _opened(year: int) -> queries.OpenYear:
    found = queries.year_opening(year)
    if found is None:
        raise NotFound(what=str(year))
    return found


def _posted(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _given(form: PlanForm, name: str) -> str:
    if form.is_bound:
        return str(form.data.get(name, ""))
    value = form.get_initial_for_field(form.fields[name], name)
    return "" if value is None else str(value)


def _whole(text: str) -> int:
    return int(text) if text.strip().isdecimal() and len(text) < 13 else 0


amended_at(LIST, lambda content: reverse("bureau_list", args=[content["year"]]))
amended_at(DETERMINE, lambda content: reverse("bureau_determine", args=[content["year"]]))
amended_at(PLAN, lambda content: reverse("bureau_plan", args=[content["year"]]))
amended_at(PRE_ALLOCATE, lambda content: reverse("bureau_pre_allocate", args=[content["year"]]))
