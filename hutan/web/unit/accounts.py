"""One account: what it holds, number by number, what burdens it, what moved; a number's path."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hutan.kernel.moments import SHANGHAI, day_of
from hutan.parties import queries as parties
from hutan.registry import overviews, queries
from hutan.registry.domain.facts import GOVERNMENT
from hutan.registry.domain.numbers import allowance_number, allowance_position
from hutan.registry.overviews import AccountTerms
from hutan.web.components import Cell, Column, Crumb, Pages, Table
from hutan.web.figures import deadline, moment, number
from hutan.web.forms import RefusingForm, words
from hutan.web.language import Bilingual, active, bi
from hutan.web.moments import moment_of
from hutan.web.permissions import Viewer, may, requires, viewer_of
from hutan.web.refusals import NotFound
from hutan.web.rights import HOLDINGS, SEE_ACCOUNT, USE_APPROVALS, Belongs, may_propose
from hutan.web.tonnes import range_marked, tonnes, tonnes_or_none
from hutan.web.unit.reach import SeenAccount, visible_account
from hutan.web.unit.tables import (
    blocks_beyond,
    blocks_table,
    history_table,
    holdings_table,
    trusted_table,
    waiting_table,
)
from hutan.web.words import (
    ACCOUNT_CHANGES,
    ACCOUNT_KINDS,
    ACCOUNT_STATUSES,
    BURDENS,
    DOCUMENTS,
    FREEZE_SCOPES,
    asset_title,
    transaction_title,
)

PAGE = 20
RECENT = 5


@require_safe
def account(request: HttpRequest, number: str) -> HttpResponse:
    """Show an account as its holder and the desk see it."""
    seen = visible_account(request, number)
    held = queries.holdings(seen.line.number)
    recent = queries.history(seen.line.number, limit=RECENT)
    context = {
        "account": seen.line,
        "holder": seen.holder,
        "kind": ACCOUNT_KINDS[seen.line.kind],
        "status": ACCOUNT_STATUSES[seen.line.status],
        "crumbs": crumbs_of(seen),
        "holdings": holdings_table(held),
        "blocks": blocks_table(held, wanted=request.GET.get("asset", "")),
        "blocks_beyond": blocks_beyond(held, wanted=request.GET.get("asset", "")),
        "freezes": freezes_table(seen.line.number, viewer_of(request)),
        "burdens": burdens_table(seen.line.number),
        "waiting": waiting_table(queries.waiting([seen.line.number]), [seen.line.number]),
        "terms": terms_of(seen.line.number),
        "trusted": trusted_by(seen.line.number, moment_of(request)),
        "changes": changes_table(seen.line.number),
        "documents": documents_of(seen.line.number),
        "history": history_table(
            recent, [seen.line.number], overviews.account_lines(_others(recent))
        ),
        "offers": offers(viewer_of(request), seen),
    }
    return render(request, "web/unit/account.html", context)


@require_safe
def history(request: HttpRequest, number: str) -> HttpResponse:
    """Show all transactions of an account, a page at a time."""
    seen = visible_account(request, number)
    count = queries.history_length(seen.line.number)
    pages = Pages(page_number(request, count), max(1, -(-count // PAGE)))
    found = queries.history(seen.line.number, limit=PAGE, skip=(pages.number - 1) * PAGE)
    here = Crumb(bi("历史业务", "History"))
    table = history_table(found, [seen.line.number], overviews.account_lines(_others(found)))
    context = {
        "account": seen.line,
        "crumbs": [*crumbs_of(seen, linked=True), here],
        "table": table,
        "pages": pages,
        "count": count,
    }
    return render(request, "web/unit/history.html", context)


class NumberForm(RefusingForm):
    """An allowance number, as it stands on a certificate or a block."""

    number = forms.CharField(
        label=words("配额编号", "Allowance number"),
        help_text=words("例如 2024-00000000017。", "Such as 2024-00000000017."),
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@requires(USE_APPROVALS)
@require_safe
def find_path(request: HttpRequest) -> HttpResponse:
    """Ask for an allowance number and lead to its path."""
    form = NumberForm(request.GET or None)
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data["number"].strip()
        try:
            allowance_position(wanted)
        except ValueError:
            raise NotFound(what=wanted) from None
        return redirect("path", wanted)
    return render(request, "web/unit/find_path.html", {"form": form})


@requires(USE_APPROVALS)
@require_safe
def path(request: HttpRequest, number: str) -> HttpResponse:
    """Show the whole path of one allowance; accounts that are not one's own are not named."""
    try:
        vintage, running = allowance_position(number)
    except ValueError:
        raise NotFound(what=number) from None
    passages = queries.path(vintage, running)
    names = {one for passage in passages for one in (passage.giver, passage.receiver)}
    lines = overviews.account_lines(names)
    viewer = viewer_of(request)
    rows = [
        [
            Cell(transaction_title(one.type)),
            Cell(deadline(one.at, active())),
            Cell(_named(viewer, lines, one.giver)),
            Cell(_named(viewer, lines, one.receiver)),
            Cell(range_marked(vintage, one.first, one.last)),
        ]
        for one in passages
    ]
    columns = [
        Column(bi("业务", "Transaction")),
        Column(bi("时间", "When"), "whole"),
        Column(bi("由", "From")),
        Column(bi("到", "To")),
        Column(bi("同行号段", "Range it moved in")),
    ]
    # Whoever held it never learns of others' dealings; who never held it learns nothing at all.
    if passages and not _ever_held(viewer, lines):
        raise NotFound(what=number)
    table = Table(
        bi("从发放到现在", "From its creation on"),
        columns,
        rows,
        bi("还没有编号为此的配额。", "No allowance has had this number yet."),
    )
    written = allowance_number(vintage, running)
    context = {
        "number": written,
        "table": table,
        "crumbs": [
            Crumb(bi("配额编号", "Allowance numbers"), reverse("find_path")),
            Crumb(written),
        ],
    }
    return render(request, "web/unit/path.html", context)


def crumbs_of(seen: SeenAccount, *, linked: bool = False) -> list[Crumb]:
    """Return the way to an account: its holder, then itself."""
    holder = []
    if seen.holder is not None:
        holder = [Crumb(seen.holder.name, reverse("unit", args=[seen.holder.id]))]
    address = reverse("account", args=[seen.line.number]) if linked else ""
    return [*holder, Crumb(seen.line.number, address)]


def page_number(request: HttpRequest, count: int, *, size: int = PAGE) -> int:
    """Return the page asked for, within what there is."""
    wanted = request.GET.get("page", "1")
    last = max(1, -(-count // size))
    return min(max(1, int(wanted)), last) if wanted.isdecimal() and len(wanted) < 9 else 1


def freezes_table(number_: str, viewer: Viewer) -> Table:
    """Return the freezes in force on an account; who may propose it, can lift one from here."""
    may_lift = may_propose(viewer, "registry.lift")
    rows = [
        [
            Cell(FREEZE_SCOPES[one.scope]),
            Cell(f"{asset_title(one.asset)} {tonnes(one.amount)}" if one.amount else "—"),
            Cell(f"{one.authority} {one.order}"),
            Cell(moment(one.imposed_at, active())),
            *([Cell(bi("解除", "Lift"), reverse("lift_freeze", args=[one.id]))] * may_lift),
        ]
        for one in overviews.freezes(account=number_, in_force=True)
    ]
    columns = [
        Column(bi("范围", "Scope"), "whole"),
        Column(bi("数量", "Amount")),
        Column(bi("决定", "Order")),
        Column(bi("自", "Since"), "whole"),
    ]
    if may_lift:
        columns.append(Column(bi("办理", "Act"), "whole"))
    return Table(bi("有效冻结", "Freezes in force"), columns, rows, bi("没有冻结。", "None."))


def burdens_table(number_: str) -> Table:
    """Return pledges and debts still open on an account."""
    rows = [
        [
            Cell(BURDENS[one.kind]),
            Cell(asset_title(one.asset)),
            Cell(number(one.amount)),
            Cell(one.title),
            Cell(moment(one.since, active())),
        ]
        for one in overviews.burdens(number_)
    ]
    columns = [
        Column(bi("种类", "Kind")),
        Column(bi("配额", "Allowance")),
        Column(bi("数量（吨）", "Amount (t)"), "figure"),
        Column(bi("事由", "Cause")),
        Column(bi("自", "Since"), "whole"),
    ]
    return Table(bi("质押与欠额", "Pledges and debts"), columns, rows, bi("没有。", "None."))


def terms_of(number_: str) -> list[tuple[Bilingual, str]]:
    """Return an account's limits as lines: the holder's own, the bureau's."""
    terms = overviews.account_terms(number_) or AccountTerms(None, None, None, None, {})
    return [
        (bi("本单位单笔限额", "Own limit per transfer"), tonnes_or_none(terms.own_per_transfer)),
        (bi("本单位日限额", "Own limit per day"), tonnes_or_none(terms.own_per_day)),
        (
            bi("监管单笔限额", "Bureau's limit per transfer"),
            tonnes_or_none(terms.bureau_per_transfer),
        ),
        (bi("监管日限额", "Bureau's limit per day"), tonnes_or_none(terms.bureau_per_day)),
    ]


def moved_today(number_: str, at: datetime) -> int:
    """Return what counts towards the day's limit so far."""
    begins = datetime.combine(day_of(at), time(), SHANGHAI)
    return overviews.moved_today(number_, begins=begins, ends=begins + timedelta(days=1))


def offers(viewer: Viewer, seen: SeenAccount) -> list[tuple[Bilingual, str, str]]:
    """Return what this viewer may propose about an account: title, address, icon."""
    if seen.line.status == "closed":
        return []
    holder = seen.line.holder
    number_, orders = seen.line.number, "account_order"
    wanted: list[tuple[str, Bilingual, str, str]] = [
        ("registry.transfer", bi("划转", "Transfer"), "transfer", "arrows-exchange"),
        ("registry.cancel_voluntary", bi("自愿注销", "Cancel"), orders, "certificate"),
        ("registry.to_exchange", bi("划入交易所", "To the exchange"), orders, "chart-bar"),
        ("registry.pledge", bi("质押", "Pledge"), "pledge", "lock"),
        ("registry.trust", bi("信任名单", "Trusted list"), "trusted", "users"),
        ("registry.set_own_limits", bi("账户限额", "Limits"), "account_limits", "scale"),
        ("registry.set_bureau_limits", bi("监管限额", "Bureau's limits"), "bureau_limits", "scale"),
        ("registry.freeze", bi("冻结", "Freeze"), "freeze_account", "snowflake"),
        (
            "registry.change_status",
            bi("暂停或恢复", "Suspend or restore"),
            "account_status",
            "player-stop",
        ),
        ("registry.close_account", bi("销户", "Close"), "close_account", "x"),
    ]
    if seen.line.kind in GOVERNMENT:
        wanted = []
    return [
        (title, reverse(route, args=_given(number_, kind, route)), icon)
        for kind, title, route, icon in wanted
        if may_propose(viewer, kind, holder)
    ]


def documents_of(number_: str) -> list[tuple[Bilingual, str, str]]:
    """Return the documents with which an account was opened: title, hash, and name of the file."""
    terms = overviews.account_terms(number_)
    kept = terms.documents if terms else {}
    names = parties.attachment_names(list(kept.values())) if kept else {}
    return [
        (DOCUMENTS.get(kind, bi(kind, kind)), hash_, names.get(hash_, ""))
        for kind, hash_ in kept.items()
    ]


def trusted_by(number_: str, at: datetime) -> Table:
    """Return an account's trusted list, for those who read the account."""
    return trusted_table(overviews.trusted_accounts(number_), at)


def changes_table(number_: str) -> Table:
    """Return what happened to the account itself, newest first."""
    rows = [
        [
            Cell(ACCOUNT_CHANGES.get(one.what, bi(one.what, one.what))),
            Cell(said_change(one.before)),
            Cell(said_change(one.after)),
            Cell(moment(one.at, active())),
        ]
        for one in overviews.account_changes(number_)
    ]
    columns = [
        Column(bi("变更", "Change")),
        Column(bi("原来", "Before")),
        Column(bi("之后", "After")),
        Column(bi("时间", "When"), "whole"),
    ]
    empty = bi("开立后没有变更。", "Nothing has changed since it was opened.")
    return Table(bi("账户变更", "Changes of the account"), columns, rows, empty)


def said_change(value: Any) -> str:
    """Write one side of a change: a status, or limits, in words."""
    if isinstance(value, str):
        return str(ACCOUNT_STATUSES[value][1]) if value in ACCOUNT_STATUSES else value
    if isinstance(value, dict):
        per_transfer, per_day = bi("单笔", "per transfer"), bi("日", "per day")
        return "；".join(
            f"{per_day if name.endswith('per_day') else per_transfer} {tonnes_or_none(limit)}"
            for name, limit in value.items()
        )
    return "—"


def _given(number_: str, kind: str, route: str) -> list[str]:
    return [number_, kind.partition(".")[2]] if route == "account_order" else [number_]


def _others(found: Collection[queries.TransactionRecord]) -> set[str]:
    return {number_ for one in found for number_ in (one.giver, one.receiver)}


def _named(viewer: Viewer, lines: dict[str, overviews.AccountLine], number_: str) -> Any:
    line = lines.get(number_)
    if line is None:
        return number_
    if line.kind in GOVERNMENT:
        return ACCOUNT_KINDS[line.kind]
    if may(viewer, SEE_ACCOUNT, Belongs(line.holder, HOLDINGS, line.district)):
        return f"{number_} {line.name}"
    return bi("其他单位的账户", "an account of another holder")


def _ever_held(viewer: Viewer, lines: dict[str, overviews.AccountLine]) -> bool:
    held_by = {Belongs(line.holder, HOLDINGS, line.district) for line in lines.values()}
    return any(may(viewer, SEE_ACCOUNT, one) for one in held_by)
