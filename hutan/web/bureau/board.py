"""The year board: every unit's status, what is due, counted and missing, and the time left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hutan.compliance import queries
from hutan.compliance.queries import UnitYear
from hutan.kernel.quantities import Tonnes
from hutan.parties import queries as parties
from hutan.rules.compliance_status import Assessment, assess
from hutan.web.bureau.frame import bureau_tabs, other_years
from hutan.web.components import Cell, Column, FigureCard, Pages, Table
from hutan.web.figures import countdown, number
from hutan.web.forms import RefusingForm, words
from hutan.web.language import Bilingual, active, bi
from hutan.web.moments import moment_of
from hutan.web.permissions import requires, viewer_of
from hutan.web.refusals import NotFound
from hutan.web.rights import OBLIGATIONS, SEE_BOARD, actor_of
from hutan.web.unit.accounts import page_number
from hutan.web.unit.frame import nearest_year
from hutan.web.words import LISTINGS, UNIT_STATUSES, badge

PAGE = 50
Standing = tuple[UnitYear, Assessment]

SORTS: Mapping[str, tuple[Bilingual, Callable[[Standing], Any]]] = {
    "missing": (bi("缺口大者先", "Most missing first"), lambda one: -int(one[1].missing)),
    "due": (bi("应清缴多者先", "Most due first"), lambda one: -int(one[1].due)),
    "left": (bi("期限近者先", "Nearest deadline first"), lambda one: one[1].left),
    "name": (bi("按名称", "By name"), lambda one: one[0].name),
}


class BoardForm(RefusingForm):
    """Which units of a year are shown, and in what order."""

    q = forms.CharField(label=words("单位名称", "Unit"), required=False, max_length=100)
    state = forms.ChoiceField(label=words("状态", "Status"), required=False)
    sort = forms.ChoiceField(label=words("排序", "Order"), required=False)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        statuses = [(code, name) for code, (_, name) in UNIT_STATUSES.items()]
        self.fields["state"].choices = [("", str(bi("全部", "All"))), *statuses]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["sort"].choices = [(code, name) for code, (name, _) in SORTS.items()]  # type: ignore[attr-defined]  # a ChoiceField


@requires(SEE_BOARD)
@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """Lead to the year whose surrender closes next; say what to do where none is open."""
    year = nearest_year(queries.years(), moment_of(request))
    if year is not None:
        return redirect("board", year.year)
    return render(request, "web/bureau/none.html", {"title": bi("年度看板", "Year board")})


@requires(SEE_BOARD)
@require_safe
def board(request: HttpRequest, year: int) -> HttpResponse:
    """Show where all units of a year stand; a district sees its own."""
    at, years = moment_of(request), queries.years()
    opening = next((one for one in years if one.year == year), None)
    if opening is None:
        raise NotFound(what=str(year))
    units = parties.seen_by(actor_of(viewer_of(request)), OBLIGATIONS)
    standing = [
        (one, assess(one.position, at, book=opening.book))
        for one in queries.positions(year, units, at=at)
    ]
    form = BoardForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = _chosen(standing, wanted)
    pages = Pages(
        page_number(request, len(found), size=PAGE),
        max(1, -(-len(found) // PAGE)),
        {name: wanted.get(name, "") for name in ("q", "state", "sort")},
    )
    shown = found[(pages.number - 1) * PAGE : pages.number * PAGE]
    deadline = opening.book.by_year("compliance.surrender_deadline", year)
    context = {
        "year": year,
        "opening": opening,
        "deadline": deadline.deadline,
        "deadline_assumed": deadline.status == "assumed",
        "now": at,
        "form": form,
        "cards": _cards(standing),
        "counts": _counts(standing),
        "table": _table(shown, year),
        "pages": pages,
        "count": len(found),
        "tabs": bureau_tabs(request, year),
        "years": other_years(years, year),
        "district": units is not None,
    }
    return render(request, "web/bureau/board.html", context)


def _chosen(standing: Sequence[Standing], wanted: Mapping[str, str]) -> list[Standing]:
    text, status = wanted.get("q", "").strip(), wanted.get("state", "")
    found = [
        one
        for one in standing
        if text in one[0].name and (not status or one[1].status.value == status)
    ]
    _, key = SORTS.get(wanted.get("sort", "") or "missing", SORTS["missing"])
    return sorted(found, key=lambda one: (key(one), one[0].name))


def _cards(standing: Sequence[Standing]) -> list[FigureCard]:
    obliged = [found for _, found in standing]
    due = sum(int(one.due) for one in obliged)
    counted = sum(int(one.counted) for one in obliged)
    missing = sum(int(one.missing) for one in obliged)
    return [
        FigureCard(bi("应清缴合计", "Due in all"), Tonnes(due)),
        FigureCard(bi("已清缴合计", "Surrendered in all"), Tonnes(counted)),
        FigureCard(
            bi("尚缺合计", "Missing in all"), Tonnes(missing), tone="watch" if missing else "good"
        ),
    ]


def _counts(standing: Sequence[Standing]) -> list[tuple[str, str, Bilingual, int]]:
    counts = Counter(found.status.value for _, found in standing)
    overdue = any(found.overdue for _, found in standing)
    return [
        # The year's deadline passes for all at once; a later one of his own may still run.
        (code, "bad" if code == "short" and overdue else tone, name, counts[code])
        for code, (tone, name) in UNIT_STATUSES.items()
        if counts[code]
    ]


def _table(shown: Sequence[Standing], year: int) -> Table:
    rows = []
    for unit, found in shown:
        status = badge(UNIT_STATUSES, found.status.value)
        if found.overdue:
            status = Cell(bi("逾期未足额", "Overdue"), tone="bad")
        excluded = found.status.value == "excluded"
        known = found.status.value not in ("excluded", "not_yet_obliged", "emissions_missing")
        left: object = countdown(found.left, active())
        if found.deadline is None or excluded:
            left = "—"
        elif not found.left:
            left = bi("已截止", "closed")
        rows.append(
            [
                Cell(unit.name, reverse("unit_year", args=[unit.unit, year])),
                Cell(LISTINGS[unit.position.listing]) if excluded else status,
                Cell(number(int(found.due)), reverse("unit_working", args=[unit.unit, year]))
                if known
                else Cell("—"),
                *(
                    Cell(number(int(amount)) if known else "—")
                    for amount in (found.counted, found.missing)
                ),
                Cell(left),
            ]
        )
    columns = [
        Column(bi("单位", "Unit")),
        Column(bi("状态", "Status")),
        Column(bi("应清缴（吨）", "Due (t)"), "figure"),
        Column(bi("已清缴（吨）", "Counted (t)"), "figure"),
        Column(bi("尚缺（吨）", "Missing (t)"), "figure"),
        Column(bi("剩余时间", "Time left"), "figure"),
    ]
    return Table(
        bi("单位", "Units"),
        columns,
        rows,
        bi(
            "没有符合条件的单位；名录登记后显示在这里。",
            "No unit fits. Units appear here once they are on the list.",
        ),
    )
