"""The desk's lists: what waits, every account, freezes, waiting transfers, refused attempts."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hutan.parties import queries as parties
from hutan.registry import overviews, queries
from hutan.registry.overviews import AccountLine, AttemptRecord
from hutan.web.approvals.briefs import brief
from hutan.web.components import Cell, Column, Pages, Table
from hutan.web.figures import deadline, moment, number
from hutan.web.forms import RefusingForm, words
from hutan.web.language import Bilingual, active, bi
from hutan.web.moments import moment_of
from hutan.web.orders import orders_for
from hutan.web.permissions import requires, viewer_of
from hutan.web.registry_desk.frame import desk_tabs
from hutan.web.rights import SEE_DESK, actor_of, may_propose
from hutan.web.rule_words import said_sentence
from hutan.web.tonnes import tonnes
from hutan.web.unit.accounts import page_number
from hutan.web.words import (
    ACCOUNT_KINDS,
    ACCOUNT_STATUSES,
    FREEZE_SCOPES,
    act_title,
    asset_title,
    badge,
    transaction_title,
)

PAGE = 50


class SearchForm(RefusingForm):
    """What accounts are looked for."""

    q = forms.CharField(
        label=words("账户号、持有人或信用代码", "Number, holder or credit code"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(label=words("种类", "Kind"), required=False)
    state = forms.ChoiceField(label=words("状态", "Status"), required=False)

    def __init__(self, *args: object, **kw: object) -> None:
        super().__init__(*args, **kw)
        everything = ("", str(bi("全部", "All")))
        self.fields["kind"].choices = [everything, *ACCOUNT_KINDS.items()]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["state"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            everything,
            *((code, name) for code, (_, name) in ACCOUNT_STATUSES.items()),
        ]


@requires(SEE_DESK)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show what needs the desk now: approvals, waiting transfers, freezes, attempts."""
    viewer = viewer_of(request)
    waiting = queries.waiting()
    in_force = overviews.freezes(in_force=True)
    _, refused = overviews.attempts(limit=0)
    _, accounts = overviews.find_accounts(limit=0)
    approvals = len(parties.waiting_for(actor_of(viewer)))
    context = {
        "tabs": desk_tabs(request),
        "counts": [
            (bi("待我复核", "Waiting for me"), approvals, reverse("approvals"), "checklist"),
            (
                bi("等待执行的划转", "Transfers that wait"),
                len(waiting),
                reverse("desk_waiting"),
                "hourglass",
            ),
            (
                bi("有效冻结", "Freezes in force"),
                len(in_force),
                reverse("desk_freezes"),
                "snowflake",
            ),
            (bi("账户", "Accounts"), accounts, reverse("desk_accounts"), "building"),
            (
                bi("尚欠配额的账户", "Debts still open"),
                len(overviews.debts()),
                reverse("desk_debts"),
                "arrow-back-up",
            ),
            (bi("被拒绝的尝试", "Refused attempts"), refused, reverse("desk_attempts"), "ban"),
        ],
        "acts": acts_of(request),
        "orders": orders_for(viewer),
    }
    return render(request, "web/desk/desk.html", context)


@requires(SEE_DESK)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Search accounts by number, holder or credit code; a page at a time."""
    form = SearchForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    text, kind, status = (wanted.get(name, "") for name in ("q", "kind", "state"))
    _, count = overviews.find_accounts(text, kind=kind, status=status, limit=0)
    pages = Pages(
        page_number(request, count, size=PAGE),
        max(1, -(-count // PAGE)),
        {"q": text, "kind": kind, "state": status},
    )
    found, _ = overviews.find_accounts(
        text, kind=kind, status=status, limit=PAGE, skip=(pages.number - 1) * PAGE
    )
    context = {
        "form": form,
        "table": accounts_table(found),
        "pages": pages,
        "count": count,
        "tabs": desk_tabs(request),
        "may_open": may_propose(viewer_of(request), "registry.open_account", None),
    }
    return render(request, "web/desk/accounts.html", context)


@requires(SEE_DESK)
@require_safe
def freezes(request: HttpRequest) -> HttpResponse:
    """List freezes in force, or those that were lifted."""
    lifted = "lifted" in request.GET
    found = overviews.freezes(in_force=not lifted)
    may_lift = may_propose(viewer_of(request), "registry.lift")
    rows = []
    for one in found:
        row = [
            Cell(one.account, reverse("account", args=[one.account])),
            Cell(one.holder or "—"),
            Cell(FREEZE_SCOPES[one.scope]),
            Cell(f"{asset_title(one.asset)} {tonnes(one.amount)}" if one.amount else "—"),
            Cell(f"{one.authority} {one.order}"),
            Cell(moment(one.lifted_at or one.imposed_at, active())),
        ]
        way = bi("解除", "Lift")
        if lifted:
            row.append(Cell(one.lifted_order or "—"))
        else:
            row.append(Cell(way, reverse("lift_freeze", args=[one.id])) if may_lift else Cell("—"))
        rows.append(row)
    columns = [
        Column(bi("账户", "Account")),
        Column(bi("持有人", "Holder")),
        Column(bi("范围", "Scope"), "whole"),
        Column(bi("数量", "Amount")),
        Column(bi("决定", "Order")),
        Column(bi("解除时间", "Lifted") if lifted else bi("冻结时间", "Since"), "whole"),
        Column(bi("解除文书", "Lifting order") if lifted else bi("办理", "Act"), "whole"),
    ]
    empty = bi("没有。冻结从账户页面提出。", "None. A freeze is proposed from the account's page.")
    caption = bi("已解除的冻结", "Lifted freezes") if lifted else bi("有效冻结", "Freezes in force")
    table = Table(caption, columns, rows, empty)
    context = {
        "table": table,
        "lifted": lifted,
        "may_freeze": may_propose(viewer_of(request), "registry.freeze"),
        "tabs": desk_tabs(request),
    }
    return render(request, "web/desk/freezes.html", context)


@requires(SEE_DESK)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """List every transfer that waits, soonest first; each page has the stop button."""
    found = queries.waiting()
    lines = overviews.account_lines({one.giver for one in found} | {one.receiver for one in found})
    rows = [
        [
            Cell(transaction_title(one.type), reverse("transaction", args=[one.id])),
            Cell(number(one.amount)),
            Cell(_named(lines, one.giver)),
            Cell(_named(lines, one.receiver)),
            Cell("—" if one.execute_at is None else deadline(one.execute_at, active())),
        ]
        for one in found
    ]
    columns = [
        Column(bi("业务", "Transaction")),
        Column(bi("数量（吨）", "Amount (t)"), "figure"),
        Column(bi("转出", "From")),
        Column(bi("接收", "To")),
        Column(bi("执行时间", "Executes"), "whole"),
    ]
    table = Table(
        bi("等待执行的划转", "Transfers that wait"),
        columns,
        rows,
        bi("没有等待执行的划转。", "No transfer waits."),
    )
    context = {"table": table, "now": moment_of(request), "tabs": desk_tabs(request)}
    return render(request, "web/desk/waiting.html", context)


@requires(SEE_DESK)
@require_safe
def attempts(request: HttpRequest) -> HttpResponse:
    """List the attempts that were refused and are kept (M13), newest first."""
    _, count = overviews.attempts(limit=0)
    pages = Pages(page_number(request, count), max(1, -(-count // 20)))
    found, _ = overviews.attempts(limit=20, skip=(pages.number - 1) * 20)
    columns = [
        Column(bi("事项", "Act")),
        Column(bi("内容", "Content")),
        Column(bi("登录名", "Login")),
        Column(bi("时间", "When"), "whole"),
        Column(bi("拒绝理由", "Refused because")),
    ]
    table = Table(
        bi("被拒绝的尝试", "Refused attempts"),
        columns,
        [_attempt(one) for one in found],
        bi("没有被拒绝的尝试。", "There were none."),
    )
    context = {"table": table, "pages": pages, "tabs": desk_tabs(request)}
    return render(request, "web/desk/attempts.html", context)


@requires(SEE_DESK)
@require_safe
def debts(request: HttpRequest) -> HttpResponse:
    """List what is to be taken back and was no longer there: open, or repaid by later receipts."""
    repaid = "repaid" in request.GET
    rows = [
        [
            Cell(one.account, reverse("account", args=[one.account])),
            Cell(one.name or "—"),
            Cell(asset_title(one.asset)),
            Cell(number(one.amount)),
            Cell(number(one.repaid)),
            Cell(number(one.left)),
            Cell(said_sentence(one.cause)),
            Cell(moment(one.since, active())),
        ]
        for one in overviews.debts(repaid=repaid)
    ]
    columns = [
        Column(bi("账户", "Account")),
        Column(bi("持有人", "Holder")),
        Column(bi("配额", "Allowance")),
        Column(bi("应收回（吨）", "To take back (t)"), "figure"),
        Column(bi("已收回（吨）", "Taken back (t)"), "figure"),
        Column(bi("尚欠（吨）", "Owed (t)"), "figure"),
        Column(bi("事由", "Cause")),
        Column(bi("自", "Since"), "whole"),
    ]
    caption = bi("已收回的欠额", "Debts repaid") if repaid else bi("尚欠", "Debts still open")
    empty = bi(
        "没有欠额。多发配额已转出、账户不足收回时，差额在此登记，由以后入账的配额先行偿还。",
        "There is none. Where what was issued in excess had left the account already, the rest"
        " stands here, and what arrives later repays it first.",
    )
    context = {
        "table": Table(caption, columns, rows, empty),
        "repaid": repaid,
        "tabs": desk_tabs(request),
    }
    return render(request, "web/desk/debts.html", context)


def accounts_table(found: list[AccountLine]) -> Table:
    """Return accounts as a table."""
    rows = []
    for one in found:
        status = badge(ACCOUNT_STATUSES, one.status)
        if one.frozen_by:
            status = Cell(bi("已冻结", "Frozen"), tone="bad")
        rows.append(
            [
                Cell(one.number, reverse("account", args=[one.number])),
                Cell(ACCOUNT_KINDS[one.kind]),
                Cell(one.name or "—"),
                Cell(one.credit_code or "—"),
                Cell(one.district or "—"),
                status,
            ]
        )
    columns = [
        Column(bi("账户号", "Number")),
        Column(bi("种类", "Kind")),
        Column(bi("持有人", "Holder")),
        Column(bi("信用代码", "Credit code")),
        Column(bi("所在区", "District")),
        Column(bi("状态", "Status")),
    ]
    return Table(
        bi("账户", "Accounts"),
        columns,
        rows,
        bi("没有符合条件的账户，请放宽条件。", "No account fits; search for less."),
    )


def acts_of(request: HttpRequest) -> list[tuple[Bilingual, Bilingual, str, str]]:
    """Return what this viewer may start at the desk: title, what for, address, icon."""
    viewer = viewer_of(request)
    wanted = [
        (
            "registry.open_account",
            bi("申请与材料", "Application and documents"),
            "open_account",
            "plus",
        ),
        (
            "registry.issue_lines",
            bi("按方案条目发放", "What is left on a plan's lines"),
            "desk_issue",
            "certificate",
        ),
        (
            "registry.reverse",
            bi("期限内的业务", "What is still within its window"),
            "desk_reversals",
            "arrow-back-up",
        ),
        (
            "registry.freeze",
            bi("凭有权机关的文书", "By the order of an authority or court"),
            "freeze_start",
            "snowflake",
        ),
        ("registry.merge", bi("全部承接", "Everything passes on"), "desk_merge", "users"),
        (
            "registry.split",
            bi("按设施分拆", "By the ownership of facilities"),
            "desk_split",
            "list-details",
        ),
    ]
    return [
        (act_title(kind), said, reverse(route), icon)
        for kind, said, route, icon in wanted
        if may_propose(viewer, kind)
    ]


def _attempt(one: AttemptRecord) -> list[Cell]:
    language = active()
    reasons = " ".join(
        f"{refusal['code']} {said_sentence(str(refusal[language]))}" for refusal in one.refused
    )
    return [
        Cell(act_title(one.kind)),
        Cell(brief(one.content)),
        Cell(one.login or "—"),
        Cell(moment(one.at, language)),
        Cell(reasons),
    ]


def _named(lines: dict[str, AccountLine], number_: str) -> str:
    line = lines.get(number_)
    return f"{number_} {line.name}".strip() if line else number_ or "—"
