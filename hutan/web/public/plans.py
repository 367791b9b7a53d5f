"""The year's plan as it is published: total, parts, what of each kind is issued, every version."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from hutan.compliance import queries
from hutan.kernel.quantities import Tonnes
from hutan.kernel.working import Step, Working
from hutan.registry import overviews
from hutan.registry.published import LineSums, PlanVersion, line_sums, plan_versions, plan_years
from hutan.web.components import Cell, Column, FigureCard, Table
from hutan.web.figures import day, number
from hutan.web.language import active, bi
from hutan.web.middleware.gate import public
from hutan.web.words import PLAN_LINES

PARTS = {
    "direct": bi("直接发放部分", "Direct part"),
    "reserve": bi("储备部分", "Reserve"),
    "outside": bi("外部市场", "Outside market"),
}


@public
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """Lead to the newest plan."""
    years = plan_years()
    if not years:
        return render(request, "web/public/plan.html", {"plan": None})
    return redirect("public_plan", years[0])


@public
@require_safe
def year_plan(request: HttpRequest, year: int) -> HttpResponse:
    """Publish a year's plan (M10.1): figures over the whole market, never a unit's own line."""
    versions = plan_versions(year)
    if not versions:
        if year not in {one.year for one in queries.years()}:
            raise Http404
        return render(request, "web/public/plan.html", {"plan": None})
    plan, lines = versions[0], line_sums(year)
    created = {part.part: part.created for part in overviews.plan_parts(year)}
    context = {
        "plan": plan,
        "year": year,
        "years": plan_years(),
        "cards": _cards(plan, lines, _issued_of(year)),
        "lines": _lines(year, lines),
        "parts": _parts(plan, created),
        "versions": _versions(versions),
    }
    return render(request, "web/public/plan.html", context)


def _cards(plan: PlanVersion, lines: list[LineSums], issued: int) -> list[FigureCard]:
    parts = {"direct": str(plan.direct), "reserve": str(plan.reserve)}
    total = Step(
        "total", "配额总量", "Total allowances", "direct + reserve", str(plan.total),
        Tonnes.unit, "M10.2",
    )  # fmt: skip
    named = bi(f"{plan.year} 年度", f"Year {plan.year}")
    whole = Working(f"{named.zh}配额总量", f"{named.en}: total", parts, (), (total,), "total")
    return [
        FigureCard(bi("配额总量", "Total"), Tonnes(plan.total), whole),
        FigureCard(PARTS["direct"], Tonnes(plan.direct)),
        FigureCard(PARTS["reserve"], Tonnes(plan.reserve)),
        FigureCard(bi("已发放", "Issued so far"), Tonnes(issued), _issued(plan, lines, issued)),
    ]


def _issued(plan: PlanVersion, lines: list[LineSums], issued: int) -> Working:
    """Show what counts against the plan, and what has still to come back to a lower one."""
    counted = sum(one.issued for one in lines)
    given = {one.kind: str(one.issued) for one in lines}
    steps = [
        Step("counted", "计入方案条目的", "Counted against the plan's lines",
             " + ".join(given) or "0", str(counted), Tonnes.unit, "M13"),
    ]  # fmt: skip
    if issued > counted:
        given["issued"] = str(issued)
        steps.append(
            Step("beyond", "方案调减后尚待收回的", "Still to come back after the plan was lowered",
                 "issued − counted", str(issued - counted), Tonnes.unit, "M13")
        )  # fmt: skip
        formula = "counted + beyond"
    else:
        formula = "counted"
    steps.append(
        Step("total", "已发放", "Issued", formula, str(max(issued, counted)), Tonnes.unit, "M13")
    )
    return Working(
        f"{plan.year} 年度已发放配额", f"Allowances issued, {plan.year}", given, (), tuple(steps),
        "total",
    )  # fmt: skip


def _lines(year: int, lines: list[LineSums]) -> Table:
    return Table(
        bi(f"{year} 年度发放进度", f"Issuance for {year}"),
        [
            Column(bi("发放方式", "Way of issue")),
            Column(bi("属于", "Part")),
            Column(bi("条目数", "Lines"), "figure"),
            Column(bi("方案数量（吨）", "Planned (t)"), "figure"),
            Column(bi("已发放（吨）", "Issued (t)"), "figure"),
        ],
        [
            [
                Cell(PLAN_LINES[one.kind]),
                Cell(PARTS[one.part]),
                Cell(number(one.lines)),
                Cell(number(one.amount)),
                Cell(number(one.issued)),
            ]
            for one in lines
        ],
        bi("方案中没有条目。", "The plan has no lines."),
    )


def _issued_of(year: int) -> int:
    """Return what has left the government's accounts and not come back, as on the home page."""
    return next((one.issued for one in overviews.vintages() if one.vintage == year), 0)


def _parts(plan: PlanVersion, created: dict[str, int]) -> Table:
    amounts = {"direct": plan.direct, "reserve": plan.reserve}
    return Table(
        bi("总量的构成", "What the total consists of"),
        [
            Column(bi("部分", "Part")),
            Column(bi("方案数量（吨）", "Planned (t)"), "figure"),
            Column(bi("已入库（吨）", "Created (t)"), "figure"),
        ],
        [
            [Cell(PARTS[part]), Cell(number(amount)), Cell(number(created.get(part, 0)))]
            for part, amount in amounts.items()
        ],
        bi("没有数量。", "There is nothing."),
    )


def _versions(versions: list[PlanVersion]) -> Table:
    return Table(
        bi("各版本", "Versions"),
        [
            Column(bi("版本", "Version")),
            Column(bi("文号", "Document")),
            Column(bi("批准日期", "Approved on")),
            Column(bi("总量（吨）", "Total (t)"), "figure"),
            Column(bi("状态", "Status")),
        ],
        [
            [
                Cell(one.version),
                Cell(one.document),
                Cell(day(one.approved_at, active())),
                Cell(number(one.total)),
                _standing(one),
            ]
            for one in versions
        ],
        bi("没有版本。", "There is none."),
    )


def _standing(one: PlanVersion) -> Cell:
    if one.superseded_at is not None:
        return Cell(bi("已被新版本取代", "superseded"), tone="neutral")
    if one.provisional:
        return Cell(bi("预分配方案，生效中", "provisional, in force"), tone="watch")
    return Cell(bi("生效中", "in force"), tone="good")
