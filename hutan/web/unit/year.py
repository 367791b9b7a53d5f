"""A unit's year: its duty and the time left, what it holds, has handed in, and is due to get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hutan.compliance import overviews as compliance
from hutan.compliance import queries
from hutan.compliance.queries import OpenYear, UnitYear
from hutan.kernel.quantities import Tonnes
from hutan.parties import queries as parties
from hutan.parties.queries import OrganisationRecord
from hutan.registry import queries as registry
from hutan.registry.domain.facts import vintage
from hutan.registry.queries import AccountRecord, HoldingRecord
from hutan.rules.compliance_status import Assessment, assess
from hutan.web.approvals.lists import table_of
from hutan.web.components import Cell, Column, Crumb, FigureCard, Table, Tone
from hutan.web.figures import moment, number
from hutan.web.language import active, bi
from hutan.web.moments import moment_of
from hutan.web.permissions import requires, viewer_of
from hutan.web.refusals import NotFound
from hutan.web.rights import HOLDINGS, PLANS, USE_UNIT, may_propose, sees
from hutan.web.tonnes import tonnes
from hutan.web.unit.frame import nearest_year, tabs_of
from hutan.web.unit.reach import unit_with_year, visible_unit
from hutan.web.unit.tables import holdings_table, lines_table, uses_table, waiting_table
from hutan.web.words import ACCOUNT_KINDS, ACCOUNT_STATUSES, LISTINGS, UNIT_STATUSES, badge

SURRENDER = "compliance.surrender"


@dataclass(frozen=True, slots=True)
class YearPage:
    """All that a unit's year shows, read at one moment."""

    unit: OrganisationRecord
    opening: OpenYear
    years: Sequence[OpenYear]
    accounts: Sequence[AccountRecord]
    found: UnitYear | None
    assessment: Assessment | None

    @property
    def account(self) -> AccountRecord | None:
        """Return the unit account, from which a unit surrenders."""
        open_ = [one for one in self.accounts if one.kind == "unit" and one.status != "closed"]
        return open_[0] if open_ else None


@requires(USE_UNIT)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Lead to the viewer's own unit, at the year whose surrender closes next."""
    post = next(
        post
        for post in viewer_of(request).posts
        if post.role in ("unit_reporter", "account_representative", "account_approver")
    )
    year = nearest_year(queries.years(), moment_of(request))
    if post.organisation_kind == "unit" and year is not None:
        return redirect("unit_year", post.organisation, year.year)
    return redirect("unit", post.organisation)


@require_safe
def overview(request: HttpRequest, unit: UUID) -> HttpResponse:
    """Show a unit's accounts, and what it may open."""
    seen = visible_unit(request, unit)
    sees_holdings = sees(viewer_of(request), unit, HOLDINGS, district=seen.district)
    accounts = registry.accounts_of(unit)
    years = queries.years() if seen.kind == "unit" else []
    context = {
        "unit": seen,
        "accounts": accounts_table(accounts) if sees_holdings else None,
        "tabs": tabs_of(request, seen, years, accounts),
        "may_open": may_propose(viewer_of(request), "registry.open_account", unit),
    }
    return render(request, "web/unit/overview.html", context)


@require_safe
def acts(request: HttpRequest, unit: UUID) -> HttpResponse:
    """List what was proposed about a unit, newest first."""
    seen = visible_unit(request, unit)
    if not sees(viewer_of(request), unit, district=seen.district):
        raise NotFound(what=str(unit))
    years = queries.years() if seen.kind == "unit" else []
    table = table_of(
        parties.proposals_of(unit),
        caption=bi("有关本单位的事项", "Acts about this organisation"),
        empty=bi("还没有事项。", "There are none yet."),
        own=True,
    )
    context = {
        "unit": seen,
        "table": table,
        "tabs": tabs_of(request, seen, years, registry.accounts_of(unit)),
    }
    return render(request, "web/unit/acts.html", context)


@require_safe
def year(request: HttpRequest, unit: UUID, year: int) -> HttpResponse:
    """Show a unit's year; of a department's reader, only what its duty needs (M3.2)."""
    at, viewer = moment_of(request), viewer_of(request)
    page = load(unit_with_year(request, unit), year, at)
    district = page.unit.district
    sees_holdings = sees(viewer, unit, HOLDINGS, district=district)
    account = page.account if sees_holdings else None
    held = registry.holdings(account.number) if account else []
    numbers = [one.number for one in page.accounts]
    lines = registry.open_lines(year, accounts=numbers) + registry.open_lines(
        year + 1, accounts=numbers
    )
    waiting = registry.waiting(numbers) if numbers else []
    found = page.assessment
    context: dict[str, Any] = {
        "page": page,
        "unit": page.unit,
        "year": year,
        "now": at,
        "tabs": tabs_of(request, page.unit, page.years, page.accounts),
        "crumbs": [
            Crumb(page.unit.name, reverse("unit", args=[unit])),
            Crumb(bi(f"{year} 年度", f"Compliance year {year}")),
        ],
        "status": UNIT_STATUSES[found.status.value] if found else None,
        "overdue": bool(found and found.overdue),
        "deadline": found.deadline if found else None,
        "deadline_assumed": _deadline_assumed(page),
        "listing": LISTINGS[page.found.position.listing] if page.found else None,
        "cards": cards(found, reverse("unit_working", args=[unit, year])),
        "working_address": reverse("unit_working", args=[unit, year]),
        "holdings": holdings_table(held, link=account.number if account else ""),
        "account": account,
        "sees_holdings": sees_holdings,
        "sees_plans": sees(viewer, unit, PLANS, district=district),
        "uses": uses_table(compliance.uses(unit, year)),
        "lines": lines_table(lines),
        "waiting": waiting_table(waiting, numbers),
        "given": given_ahead(unit, year),
        **_offers(request, page, at),
    }
    return render(request, "web/unit/year.html", context)


@require_safe
def working(request: HttpRequest, unit: UUID, year: int) -> HttpResponse:
    """Show how a unit's status and figures came about; beside the page if a script asks."""
    page = load(unit_with_year(request, unit), year, moment_of(request))
    if page.assessment is None:
        raise NotFound(what=str(year))
    beside = bool(request.htmx)  # type: ignore[attr-defined]  # set by django-htmx
    context = {
        "unit": page.unit,
        "year": year,
        "working": page.assessment.working,
        "refused": [(one, list(one.reasons)) for one in page.assessment.refused],
        "determinations": determinations_table(unit, year),
        "frame": "web/public/fragment.html" if beside else "web/base.html",
        "crumbs": [
            Crumb(page.unit.name, reverse("unit", args=[unit])),
            Crumb(bi(f"{year} 年度", str(year)), reverse("unit_year", args=[unit, year])),
            Crumb(bi("计算过程", "Working")),
        ],
        "beside": beside,
    }
    response = render(request, "web/unit/working.html", context)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def load(unit: OrganisationRecord, year: int, at: datetime) -> YearPage:
    """Read a unit's year as it stands; refuse with ``NotFound`` one that was never opened."""
    years = queries.years()
    opening = next((one for one in years if one.year == year), None)
    if opening is None or unit.kind != "unit":
        raise NotFound(what=str(year))
    found = next(iter(queries.positions(year, [unit.id], at=at)), None)
    return YearPage(
        unit=unit,
        opening=opening,
        years=years,
        accounts=registry.accounts_of(unit.id),
        found=found,
        assessment=assess(found.position, at, book=opening.book) if found else None,
    )


def cards(found: Assessment | None, working: str) -> list[FigureCard]:
    """Return the figures of a duty, each of which opens its working; nothing where none is."""
    if found is None or found.status.value in ("excluded", "not_yet_obliged", "emissions_missing"):
        return []
    missing_tone: Tone = "good" if found.missing == 0 else "bad" if found.overdue else "watch"
    opens: dict[str, Any] = {"working_address": working, "assumed": found.working.assumed}
    return [
        FigureCard(bi("应清缴", "Due"), found.due, **opens),
        FigureCard(bi("已清缴", "Surrendered"), found.counted, **opens),
        FigureCard(bi("尚缺", "Missing"), found.missing, tone=missing_tone, **opens),
        FigureCard(
            bi("减排量可用余额", "Left of the offset cap"),
            found.cap_left,
            note=bi(
                f"上限 {tonnes(int(found.cap))}，已用 {tonnes(int(found.reductions))}",
                f"cap {tonnes(int(found.cap))}, used {tonnes(int(found.reductions))}",
            ),
            **opens,
        ),
    ]


def accounts_table(accounts: Sequence[AccountRecord]) -> Table:
    """Return an organisation's accounts."""
    rows = [
        [
            Cell(one.number, reverse("account", args=[one.number])),
            Cell(ACCOUNT_KINDS[one.kind]),
            badge(ACCOUNT_STATUSES, one.status),
            Cell(moment(one.opened_at, active())),
        ]
        for one in accounts
    ]
    columns = [
        Column(bi("账户号", "Number")),
        Column(bi("种类", "Kind")),
        Column(bi("状态", "Status")),
        Column(bi("开立时间", "Opened")),
    ]
    return Table(
        bi("账户", "Accounts"),
        columns,
        rows,
        bi(
            "还没有账户。开立账户须提交材料并经登记机构复核。",
            "There is no account yet. Opening one takes documents and the registry's approval.",
        ),
    )


def determinations_table(unit: UUID, year: int) -> Table:
    """Return every version of a determination."""
    rows = [
        [
            Cell(str(version)),
            Cell(number(amount.normalize())),
            Cell(document),
            Cell(moment(at, active())),
        ]
        for version, amount, at, document in queries.determinations(unit, year)
    ]
    columns = [
        Column(bi("版本", "Version")),
        Column(bi("排放量（吨）", "Emissions (t)"), "figure"),
        Column(bi("文件", "Document")),
        Column(bi("审定时间", "Determined")),
    ]
    return Table(bi("审定记录", "Determinations"), columns, rows, bi("尚未审定。", "None yet."))


def given_ahead(unit: UUID, year: int) -> list[FigureCard]:
    """Return what was given in advance for the year after, once a duty was met."""
    return [
        FigureCard(
            bi(f"{one.year} 年度预分配", f"Pre-allocated for {one.year}"),
            Tonnes(one.amount),
            note=moment(one.at, active()),
            tone="good",
        )
        for one in compliance.pre_allocations(year + 1, unit=unit)
    ]


def suggestion(held: Sequence[HoldingRecord], year: int, missing: int) -> dict[str, int]:
    """Return what to hand in of each asset: oldest vintage first, no more than is missing."""
    found: dict[str, int] = {}
    left = missing
    for one in sorted(held, key=lambda one: vintage(one.asset)):
        if not 0 < vintage(one.asset) <= year:
            continue
        amount = min(one.available, left)
        if amount > 0:
            found[one.asset] = amount
            left -= amount
    return found


def _deadline_assumed(page: YearPage) -> bool:
    position = page.found.position if page.found else None
    if position is not None and position.surrender_by is not None:
        return False
    return (
        page.opening.book.by_year("compliance.surrender_deadline", page.opening.year).status
        == "assumed"
    )


def _offers(request: HttpRequest, page: YearPage, at: datetime) -> dict[str, Any]:
    viewer, unit = viewer_of(request), page.unit.id
    found = page.assessment
    surrenderable = (
        found is not None
        and page.opening.closed_at is None
        and found.status.value == "short"
        and page.account is not None
    )
    return {
        "may_surrender": surrenderable and may_propose(viewer, SURRENDER, unit),
        "may_transfer": page.account is not None and may_propose(viewer, "registry.transfer", unit),
        "may_open": page.account is None and may_propose(viewer, "registry.open_account", unit),
    }
