"""One transaction with what it moved, when it executes, and the button that stops it."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from hutan.registry import overviews, queries
from hutan.registry.domain.facts import vintage
from hutan.registry.queries import TransactionRecord
from hutan.registry.services.waiting import stop
from hutan.web.components import Cell, Column, Crumb, Happening, Table
from hutan.web.figures import number
from hutan.web.forms import RefusingForm, words
from hutan.web.language import bi
from hutan.web.moments import moment_of
from hutan.web.permissions import Viewer, may, viewer_of
from hutan.web.refusals import NotFound
from hutan.web.rights import HOLDINGS, SEE_ACCOUNT, SEE_DESK, STOP_TRANSFER, Belongs
from hutan.web.signin.state import user_of
from hutan.web.tonnes import range_of, tonnes
from hutan.web.words import TRANSACTION_STATES, asset_title, transaction_title


class StopForm(RefusingForm):
    """Why a waiting transfer is stopped."""

    reason = forms.CharField(
        label=words("中止理由", "Reason for stopping"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@require_safe
def transaction(request: HttpRequest, id: UUID) -> HttpResponse:
    """Show a transaction to those who may see one of its accounts."""
    found, lines = _visible(request, id)
    return _page(request, found, lines, StopForm())


@require_POST
def stop_transaction(request: HttpRequest, id: UUID) -> HttpResponse:
    """Stop a transfer that waits: either holder, the registry agency or the bureau."""
    found, lines = _visible(request, id)
    form = StopForm(request.POST)
    with form.refusals():
        reason = form.cleaned("reason")
        stop(id=id, by=user_of(request), reason=reason, at=moment_of(request))
    if form.is_accepted:
        said = bi("已中止，占用的配额已释放。", "Stopped; what was set aside is free again.")
        messages.success(request, str(said))
        return redirect("transaction", id=id)
    return _page(request, found, lines, form)


Lines = dict[str, overviews.AccountLine]


def _visible(request: HttpRequest, id: UUID) -> tuple[TransactionRecord, Lines]:
    found = queries.transaction(id)
    viewer = viewer_of(request)
    if found is None:
        raise NotFound(what=str(id))
    lines = overviews.account_lines([found.giver, found.receiver])
    if not any(may(viewer, SEE_ACCOUNT, side) for side in _sides(lines)):
        raise NotFound(what=str(id))
    return found, lines


def _sides(lines: Lines) -> list[Belongs]:
    return [Belongs(line.holder, HOLDINGS, line.district) for line in lines.values()]


def _page(
    request: HttpRequest, found: TransactionRecord, lines: Lines, form: StopForm
) -> HttpResponse:
    at = moment_of(request)
    due = found.execute_at is not None and at >= found.execute_at
    title = transaction_title(found.type)
    context = {
        "transaction": found,
        "title": bi(
            f"{title.zh} {number(found.amount)} 吨", f"{title.en}: {number(found.amount)} t"
        ),
        "state": TRANSACTION_STATES[found.state],
        "giver": lines.get(found.giver),
        "receiver": lines.get(found.receiver),
        "items": items_table(found),
        "happenings": _happenings(found),
        "may_stop": found.state == "waiting"
        and not due
        and may(viewer_of(request), STOP_TRANSFER, _sides(lines)),
        "due": found.state == "waiting" and due,
        "form": form,
        "now": at,
        "crumbs": [*_way_back(viewer_of(request), found.giver, lines), Crumb(title)],
    }
    return render(request, "web/unit/transaction.html", context, status=form.status)


def _way_back(viewer: Viewer, giver: str, lines: Lines) -> list[Crumb]:
    """Return the way to the desk's waiting list and to the account, for whoever may see them."""
    desk = (
        [Crumb(bi("等待执行", "Waiting"), reverse("desk_waiting"))] if may(viewer, SEE_DESK) else []
    )
    seen = [
        number_
        for number_, line in sorted(lines.items(), key=lambda one: one[0] != giver)
        if may(viewer, SEE_ACCOUNT, Belongs(line.holder, HOLDINGS, line.district))
    ]
    return desk + [Crumb(one, reverse("account_history", args=[one])) for one in seen[:1]]


def items_table(found: TransactionRecord) -> Table:
    """Return what a transaction moved, number by number; before it executes, what it will."""
    rows = []
    for item in found.items:
        year = vintage(item["asset"])
        numbers = bi("号小者先", "lowest numbers first")
        if item.get("first") is not None:
            numbers = bi(*(range_of(year, item["first"], item["last"]),) * 2)
        rows.append([Cell(asset_title(item["asset"])), Cell(tonnes(item["amount"])), Cell(numbers)])
    columns = [
        Column(bi("配额", "Allowance")),
        Column(bi("数量", "Amount"), "figure"),
        Column(bi("号段", "Numbers")),
    ]
    return Table(bi("配额与号段", "Allowances and numbers"), columns, rows, bi("无", "None"))


def _happenings(found: TransactionRecord) -> list[Happening]:
    happenings = [
        Happening(found.proposed_at, bi("提出", "Proposed")),
        Happening(found.approved_at, bi("批准", "Approved"), tone="good"),
    ]
    if found.executed_at is not None:
        happenings.append(Happening(found.executed_at, bi("执行", "Executed"), tone="good"))
    elif found.stop_reason and found.stopped_at is not None:
        happenings.append(
            Happening(found.stopped_at, bi("中止", "Stopped"), found.stop_reason, "bad")
        )
    elif found.execute_at is not None:
        happenings.append(
            Happening(found.execute_at, bi("预定执行", "Executes then"), tone="waiting")
        )
    return happenings
