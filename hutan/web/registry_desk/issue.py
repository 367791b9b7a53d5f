"""Issue of what is left on a plan's lines, and reversals within their window."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from hutan.kernel.canonical import Json
from hutan.registry import overviews, queries
from hutan.registry.overviews import PlanRecord
from hutan.registry.queries import PlanLineRecord
from hutan.rules.parameters import rulebook
from hutan.web.approvals.transactions import name_of
from hutan.web.components import Cell, Column, Crumb, Table
from hutan.web.figures import deadline, moment, number
from hutan.web.forms import words
from hutan.web.language import active, bi
from hutan.web.moments import moment_of
from hutan.web.permissions import require, requires, viewer_of
from hutan.web.proposing import ActForm, amended, sent, submit
from hutan.web.refusals import NotFound
from hutan.web.registry_desk.frame import desk_tabs
from hutan.web.rights import PROPOSE, SEE_DESK, SEE_PLANS, Wanted, may_propose
from hutan.web.unit.transactions import items_table
from hutan.web.words import PLAN_LINES, transaction_title

ISSUE, REVERSE = "registry.issue_lines", "registry.reverse"
ONE_LINE = "registry.issue_free"
SHOWN = 100


class IssueForm(ActForm):
    """Of which year, and of which kind of line, all that is left is issued."""

    kind = ISSUE

    year = forms.TypedChoiceField(label=words("年度", "Year"), coerce=int)
    line_kind = forms.ChoiceField(
        label=words("条目种类", "Kind of line"),
        choices=[(kind, PLAN_LINES[kind]) for kind in ("free", "provisional")],
    )

    def __init__(self, *args: Any, years: list[int], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["year"].choices = [(str(year), str(year)) for year in years]  # type: ignore[attr-defined]  # a ChoiceField

    def content(self) -> dict[str, Json]:
        """Return what the service reads."""
        return {"year": self.cleaned("year"), "kind": self.cleaned("line_kind")}


class ReversalForm(ActForm):
    """Why a transaction is turned round."""

    kind = REVERSE

    note = forms.CharField(
        label=words("冲正原因", "Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, reverses: UUID, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.reverses = reverses

    def content(self) -> dict[str, Json]:
        """Return what the service reads."""
        return {"reverses": str(self.reverses), "note": self.cleaned("note")}


@requires(SEE_PLANS)
@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest) -> HttpResponse:
    """Show the plans in force with what is left on their lines; propose to issue it."""
    if request.method == "POST":
        require(viewer_of(request), PROPOSE, Wanted(ISSUE))
    plans = overviews.plans()
    years = [one.year for one in plans]
    form = IssueForm(request.POST if request.method == "POST" else None, years=years)
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    left = [
        line for year in years[:2] for line in queries.open_lines(year) if line.issued < line.amount
    ]
    context = {
        "form": form,
        "plans": _plans(plans),
        "left": _left(left, may_propose(viewer_of(request), ONE_LINE)),
        "more": max(len(left) - SHOWN, 0),
        "may_issue": bool(years) and may_propose(viewer_of(request), ISSUE),
        "tabs": desk_tabs(request),
    }
    return render(request, "web/desk/issue.html", context, status=form.status)


@requires(SEE_DESK)
@require_safe
def reversals(request: HttpRequest) -> HttpResponse:
    """List what can still be reversed, newest first, with the end of its window."""
    found = overviews.reversible(moment_of(request), book=rulebook())
    may_reverse = may_propose(viewer_of(request), REVERSE)
    rows = []
    for one in found:
        done = one.transaction
        address = reverse("desk_reverse" if may_reverse else "transaction", args=[done.id])
        rows.append(
            [
                Cell(transaction_title(done.type), address),
                Cell(number(done.amount)),
                Cell(f"{done.giver} → {done.receiver}"),
                Cell("—" if done.executed_at is None else moment(done.executed_at, active())),
                Cell(deadline(one.until, active())),
            ]
        )
    columns = [
        Column(bi("业务", "Transaction")),
        Column(bi("数量（吨）", "Amount (t)"), "figure"),
        Column(bi("账户", "Accounts")),
        Column(bi("执行时间", "Executed"), "whole"),
        Column(bi("冲正期限", "May be reversed until")),
    ]
    table = Table(
        bi("可以冲正的业务", "What can still be reversed"),
        columns,
        rows,
        bi("期限内没有可以冲正的业务。", "Nothing is within its window."),
    )
    context = {"table": table, "tabs": desk_tabs(request), "may": may_reverse}
    return render(request, "web/desk/reversals.html", context)


@requires(SEE_DESK)
@require_http_methods(["GET", "POST"])
def reversal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Propose to turn one transaction round."""
    require(viewer_of(request), PROPOSE, Wanted(REVERSE))
    found = queries.transaction(id)
    if found is None:
        raise NotFound(what=str(id))
    form = ReversalForm(
        request.POST if request.method == "POST" else None,
        reverses=id,
        amended=amended(request, REVERSE),
    )
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    lines = overviews.account_lines([found.giver, found.receiver])
    title = bi("冲正", "Reverse")
    context = {
        "form": form,
        "title": title,
        "lead": transaction_title(found.type),
        "transaction": found,
        "giver": name_of(lines.get(found.giver), found.giver),
        "receiver": name_of(lines.get(found.receiver), found.receiver),
        "items": items_table(found),
        "crumbs": [Crumb(bi("冲正", "Reversals"), reverse("desk_reversals")), Crumb(title)],
    }
    return render(request, "web/desk/reversal.html", context, status=form.status)


def _plans(plans: list[PlanRecord]) -> Table:
    rows = [
        [
            Cell(f"{one.year}"),
            Cell(bi("预分配", "Provisional") if one.provisional else bi("正式", "Final")),
            Cell(f"{one.document}"),
            Cell(number(one.total)),
            Cell(number(one.line_amount)),
            Cell(number(one.line_issued)),
            Cell(number(one.line_amount - one.line_issued)),
        ]
        for one in plans
    ]
    columns = [
        Column(bi("年度", "Year")),
        Column(bi("方案", "Plan")),
        Column(bi("文件", "Document")),
        Column(bi("总量（吨）", "Total (t)"), "figure"),
        Column(bi("条目合计", "Lines"), "figure"),
        Column(bi("已发放", "Issued"), "figure"),
        Column(bi("待发放", "Left"), "figure"),
    ]
    return Table(
        bi("生效的分配方案", "Plans in force"),
        columns,
        rows,
        bi(
            "没有生效的分配方案；由市局提出并批准后入库。",
            "No plan is in force; the bureau proposes and approves one.",
        ),
    )


def _left(left: list[PlanLineRecord], may_issue: bool) -> Table:
    shown = left[:SHOWN]
    lines = overviews.account_lines([one.account for one in shown])
    rows = [
        [
            Cell(name_of(lines.get(one.account), one.account) if one.account else "—"),
            Cell(f"{one.year} {PLAN_LINES[one.kind]}"),
            Cell(number(one.amount)),
            Cell(number(one.amount - one.issued)),
            _way(one, may_issue),
        ]
        for one in shown
    ]
    columns = [
        Column(bi("账户", "Account")),
        Column(bi("条目", "Line")),
        Column(bi("核定（吨）", "Allowed (t)"), "figure"),
        Column(bi("待发放（吨）", "Left (t)"), "figure"),
        Column(bi("办理", "Act"), "whole"),
    ]
    return Table(
        bi("待发放的条目", "Lines with something left"),
        columns,
        rows,
        bi("全部条目已发放完毕。", "Everything on the lines has been issued."),
    )


def _way(line: PlanLineRecord, may_issue: bool) -> Cell:
    if not may_issue or line.kind not in ("free", "provisional"):
        return Cell("—")
    address = f"{reverse('desk_order', args=['issue_free'])}?line={quote(line.id)}"
    return Cell(bi("单独发放", "Issue this one"), address)
