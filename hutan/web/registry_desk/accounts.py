"""Acts on one account from the desk: status, closing, freezes by order and their lifting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from hutan.kernel.canonical import Json
from hutan.parties import queries as parties
from hutan.registry import overviews, queries
from hutan.registry.domain.facts import vintage
from hutan.registry.domain.numbers import checked_account_number
from hutan.registry.queries import HoldingRecord
from hutan.registry.refusals import AccountUnknown
from hutan.registry.services.accounts import preview_closing
from hutan.web.approvals.accounts import freeze_facts
from hutan.web.approvals.amending import amended_at
from hutan.web.components import Cell, Column, Crumb, Table
from hutan.web.figures import moment
from hutan.web.figures import number as written
from hutan.web.forms import RefusingForm, words
from hutan.web.language import active, bi
from hutan.web.moments import moment_of
from hutan.web.permissions import require, viewer_of
from hutan.web.proposing import ActForm, amended, sent, submit
from hutan.web.refusals import NotFound
from hutan.web.rights import PROPOSE, Wanted, actor_of
from hutan.web.tonnes import tonnes
from hutan.web.unit.accounts import crumbs_of
from hutan.web.unit.reach import SeenAccount, visible_account
from hutan.web.words import ACCOUNT_STATUSES, FREEZE_SCOPES, asset_title

STATUS, CLOSE = "registry.change_status", "registry.close_account"
FREEZE, LIFT = "registry.freeze", "registry.lift"


def _reason() -> forms.CharField:
    return forms.CharField(
        label=words("理由", "Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )


class StatusForm(ActForm):
    """Suspend an account, or restore it."""

    kind = STATUS

    homes = {"status": "wanted"}

    wanted = forms.ChoiceField(label=words("改为", "Change to"))
    reason = _reason()

    def __init__(self, *args: Any, account: str, now: str, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.account = account
        self.fields["wanted"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (code, ACCOUNT_STATUSES[code][1]) for code in ("suspended", "open") if code != now
        ]

    def content(self) -> dict[str, Json]:
        """Return the change as the service reads it."""
        return {
            "account": self.account,
            "status": self.cleaned("wanted"),
            "reason": self.cleaned("reason"),
        }

    @classmethod
    def initial_of(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that would give this content."""
        return {"wanted": content["status"], "reason": content["reason"]}


class ClosingForm(ActForm):
    """Close an account for good."""

    kind = CLOSE

    reason = _reason()

    def __init__(self, *args: Any, account: str, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.account = account

    def content(self) -> dict[str, Json]:
        """Return the closing as the service reads it."""
        return {"account": self.account, "reason": self.cleaned("reason")}


class FreezeForm(ActForm):
    """What an authority's order stops."""

    kind = FREEZE
    homes = {"block": "first"}

    scope = forms.ChoiceField(label=words("冻结范围", "Scope"))
    asset = forms.ChoiceField(label=words("配额年份", "Vintage"), required=False)
    amount = forms.IntegerField(
        label=words("数量（吨）", "Amount (t)"),
        min_value=1,
        max_value=10**12,
        required=False,
        help_text=words("冻结一定数量或号段时填写。", "Where an amount or a block is frozen."),
    )
    first = forms.IntegerField(label=words("号段起", "First number"), min_value=1, required=False)
    last = forms.IntegerField(label=words("号段止", "Last number"), min_value=1, required=False)
    authority = forms.CharField(label=words("决定机关", "Authority"), max_length=200)
    order = forms.CharField(label=words("文书编号", "Number of the order"), max_length=200)

    def __init__(self, *args: Any, account: str, assets: list[tuple[str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.account = account
        self.fields["scope"].choices = list(FREEZE_SCOPES.items())  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["asset"].choices = [("", "—"), *assets]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """Ask for what the scope needs, and drop what it does not."""
        found: dict[str, Any] = super().clean() or {}
        scope = found.get("scope")
        needed = {"amount": ["asset", "amount"], "block": ["asset", "first", "last"]}
        for name in needed.get(str(scope), []):
            if not found.get(name):
                said = bi("该范围须填写此项。", "This scope needs it.")
                self.add_error(name, str(said))
        if scope == "block" and found.get("first") and found.get("last"):
            found["amount"] = found["last"] - found["first"] + 1
            if found["amount"] < 1:
                self.add_error("last", str(bi("止号不能小于起号。", "It lies before the first.")))
        return found

    def content(self) -> dict[str, Json]:
        """Return the order as the service reads it."""
        scope = self.cleaned("scope")
        found: dict[str, Json] = {
            "account": self.account,
            "scope": scope,
            "authority": self.cleaned("authority"),
            "order": self.cleaned("order"),
        }
        if scope in ("amount", "block"):
            found |= {"asset": self.cleaned("asset"), "amount": self.cleaned("amount")}
        if scope == "block":
            found |= {"first": self.cleaned("first"), "last": self.cleaned("last")}
        return found


class LiftingForm(ActForm):
    """The order that lifts a freeze."""

    kind = LIFT

    authority = forms.CharField(label=words("解除机关", "Authority"), max_length=200)
    order = forms.CharField(label=words("解除文书编号", "Number of its order"), max_length=400)

    def __init__(self, *args: Any, freeze: UUID, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.freeze = freeze

    def content(self) -> dict[str, Json]:
        """Return the lifting as the service reads it."""
        return {
            "freeze": str(self.freeze),
            "authority": self.cleaned("authority"),
            "order": self.cleaned("order"),
        }


@require_http_methods(["GET", "POST"])
def status(request: HttpRequest, number: str) -> HttpResponse:
    """Propose to suspend or restore an account."""
    seen = _account(request, number, STATUS)
    form = StatusForm(
        _posted(request),
        account=seen.line.number,
        now=seen.line.status,
        amended=amended(request, STATUS),
    )
    note = bi("暂停期间账户不能转出或转入。", "While it is suspended nothing leaves or reaches it.")
    return _answered(request, form, seen, bi("暂停或恢复账户", "Suspend or restore"), note, "M12.1")


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Propose to close an account; everything that keeps it open is listed first."""
    seen = _account(request, number, CLOSE)
    form = ClosingForm(_posted(request), account=seen.line.number, amended=amended(request, CLOSE))
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    title = bi("销户", "Close the account")
    context = {
        "form": form,
        "title": title,
        "lead": f"{seen.line.number} {seen.line.name}",
        "guards": preview_closing(seen.line.number, moment_of(request)),
        "crumbs": [*crumbs_of(seen, linked=True), Crumb(title)],
        "note": bi("销户后不能恢复。", "A closed account is not opened again."),
        "clause_id": "M22.2",
    }
    return render(request, "web/desk/closing.html", context, status=form.status)


class FreezeStartForm(RefusingForm):
    """The account that an order is about."""

    number = forms.CharField(
        label=words("账户号", "Account number"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@require_safe
def freeze_start(request: HttpRequest) -> HttpResponse:
    """Ask which account an order is about, and lead to its freeze."""
    require(viewer_of(request), PROPOSE, Wanted(FREEZE))
    form = FreezeStartForm(request.GET or None)
    if form.is_bound:
        with form.refusals():
            number = checked_account_number(form.cleaned("number"))
            if not overviews.account_lines([number]):
                raise AccountUnknown(account=number)
        if form.is_accepted:
            return redirect("freeze_account", number)
    context = {"form": form, "own": own_freezes(request)}
    return render(request, "web/desk/freeze_start.html", context, status=form.status)


def own_freezes(request: HttpRequest) -> Table:
    """Return the freezes that this person proposed, with the way to lift those in force."""
    done = [
        UUID(str(one.outcome["freeze"]))
        for one in parties.proposals_by(actor_of(viewer_of(request)).person)
        if one.kind == FREEZE and one.state == "approved" and one.outcome
    ]
    rows = [
        [
            Cell(one.account),
            Cell(one.holder or "—"),
            Cell(FREEZE_SCOPES[one.scope]),
            Cell(f"{asset_title(one.asset)} {tonnes(one.amount)}" if one.amount else "—"),
            Cell(one.order),
            Cell(moment(one.imposed_at, active())),
            Cell(bi("解除", "Lift"), reverse("lift_freeze", args=[one.id]))
            if one.lifted_at is None
            else Cell(bi("已解除", "Lifted"), tone="neutral"),
        ]
        for one in overviews.freezes_by_id(done)
    ]
    columns = [
        Column(bi("账户", "Account")),
        Column(bi("持有人", "Holder")),
        Column(bi("范围", "Scope"), "whole"),
        Column(bi("数量", "Amount")),
        Column(bi("文书", "Order")),
        Column(bi("冻结时间", "Since"), "whole"),
        Column(bi("办理", "Act"), "whole"),
    ]
    empty = bi("您还没有提出并获批准的冻结。", "You have proposed none that was approved.")
    return Table(bi("我提出的冻结", "Freezes I proposed"), columns, rows, empty)


@require_http_methods(["GET", "POST"])
def freeze(request: HttpRequest, number: str) -> HttpResponse:
    """Propose a freeze by the order of an authority or court.

    A court orders freezes of accounts into which it does not see: it is shown whose account it is,
    and which vintages there are, but no balance.
    """
    seen, visible = _account_to_freeze(request, number)
    assets = [
        (one.asset, _held(one) if visible else str(asset_title(one.asset)))
        for one in queries.balances_of_account(seen.line.number)
        if vintage(one.asset) and one.balance
    ]
    form = FreezeForm(
        _posted(request), account=seen.line.number, assets=assets, amended=amended(request, FREEZE)
    )
    note = bi(
        "冻结须依据有权机关的文书；被冻结的数量和号段不能转出，直至凭文书解除。",
        "A freeze rests on an order of an authority or court; what is frozen stays where it is"
        " until another order lifts it.",
    )
    return _answered(
        request, form, seen, bi("冻结", "Freeze"), note, "M12.1", "web/desk/freeze.html"
    )


@require_http_methods(["GET", "POST"])
def lift(request: HttpRequest, id: UUID) -> HttpResponse:
    """Propose to lift a freeze."""
    require(viewer_of(request), PROPOSE, Wanted(LIFT))
    found = overviews.freeze(id)
    if found is None:
        raise NotFound(what=str(id))
    form = LiftingForm(_posted(request), freeze=id, amended=amended(request, LIFT))
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    title = bi("解除冻结", "Lift a freeze")
    context = {
        "form": form,
        "title": title,
        "lead": "",
        "facts": freeze_facts(found),
        "crumbs": [Crumb(found.account), Crumb(title)],
    }
    return render(request, "web/desk/lifting.html", context, status=form.status)


def _account(request: HttpRequest, number: str, kind: str) -> SeenAccount:
    seen = visible_account(request, number)
    require(viewer_of(request), PROPOSE, Wanted(kind, seen.line.holder))
    return seen


def _account_to_freeze(request: HttpRequest, number: str) -> tuple[SeenAccount, bool]:
    require(viewer_of(request), PROPOSE, Wanted(FREEZE))
    try:
        return visible_account(request, number), True
    except NotFound:
        line = overviews.account_lines([number]).get(number)
        if line is None or line.holder is None:
            raise
        return SeenAccount(line, None), False


def _held(one: HoldingRecord) -> str:
    return f"{asset_title(one.asset)} · {bi('可用', 'available')} {written(one.available)}"


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _answered(
    request: HttpRequest,
    form: ActForm,
    seen: SeenAccount,
    title: Any,
    note: Any,
    clause_id: str,
    template: str = "web/acts/form.html",
) -> HttpResponse:
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    context = {
        "form": form,
        "title": title,
        "lead": f"{seen.line.number} {seen.line.name}",
        "note": note,
        "clause_id": clause_id,
        # Without a holder to lead to, the account is not one that this viewer may open.
        "crumbs": [*crumbs_of(seen, linked=seen.holder is not None), Crumb(title)],
    }
    return render(request, template, context, status=form.status)


def _at(route: str) -> Any:
    def place(content: Mapping[str, Any]) -> str:
        return reverse(route, args=[content["account"]])

    return place


amended_at(STATUS, _at("account_status"))
amended_at(CLOSE, _at("close_account"))
amended_at(FREEZE, _at("freeze_account"))
amended_at(LIFT, lambda content: reverse("lift_freeze", args=[content["freeze"]]))
