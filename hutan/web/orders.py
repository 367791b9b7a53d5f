"""One transaction of the catalogue as an act of two people: the form follows from its row.

The holder's own types start from his account; the desk's and the bureau's from a list of types. A
type with accounts of one kind at one end needs no field for it. Transfers and surrenders have pages
of their own, and so have acts that are more than one movement.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hutan.kernel.canonical import Json
from hutan.kernel.refusals import Refusal
from hutan.registry import overviews, queries
from hutan.registry.domain.catalogue import TransactionType, catalogue
from hutan.registry.domain.facts import GOVERNMENT, vintage
from hutan.registry.domain.numbers import checked_account_number
from hutan.registry.queries import HoldingRecord, PlanLineRecord
from hutan.registry.refusals import AccountNumberWrong
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.web.approvals.amending import amended_at
from hutan.web.components import Crumb
from hutan.web.figures import number as written
from hutan.web.forms import words
from hutan.web.language import Bilingual, bi
from hutan.web.permissions import Viewer, may, require, viewer_of
from hutan.web.proposing import ActForm, amended, sent, submit
from hutan.web.refusals import NotFound
from hutan.web.rights import PROPOSE, SEE_DESK, Wanted, may_propose
from hutan.web.unit.accounts import crumbs_of
from hutan.web.unit.reach import visible_account
from hutan.web.words import ACCOUNT_KINDS, PLAN_LINES, asset_title, transaction_title

ELSEWHERE = frozenset({"transfer", "surrender", "reverse", "merge", "split", "pledge", "release"})
"""Types with pages of their own."""

NOTES: Mapping[str, Bilingual] = {
    "cancel_voluntary": bi(
        "自愿注销的配额永久退出流通，不能恢复，也不能再用于清缴；批准后可以出具注销证明。",
        "What is cancelled voluntarily is out of circulation for good and serves no surrender any"
        " more; a certificate can be drawn once it is approved.",
    ),
    "to_exchange": bi(
        "划入交易所总账户后，由交易所按其规则记入您的交易账户；撤回由交易所办理。",
        "Once in the exchange's account it is entered there by the exchange's rules; the way back"
        " is proposed by the exchange.",
    ),
    "issue_free": bi(
        "只能依据已批准的方案条目发放；超出一吨也会被拒绝并留存。",
        "Issue rests on an approved plan line; one tonne beyond is refused, and the attempt kept.",
    ),
    "return_excess": bi(
        "收回多发的配额；账户中不足的部分请登记为欠额，余额不会为负。",
        "Takes back what was issued beyond the plan; a balance never goes below zero.",
    ),
}


def own_types() -> list[TransactionType]:
    """Return the types that a holder starts from his account."""
    return [one for one in _types() if "own" in one.proposers.values()]


def desk_types() -> list[TransactionType]:
    """Return the types that the registry agency, the bureau or the exchange starts."""
    return [one for one in _types() if "any" in one.proposers.values()]


def orders_for(viewer: Viewer) -> list[tuple[Bilingual, str]]:
    """Return the types that this viewer may propose for any account, with their pages."""
    return [
        (transaction_title(one.code), reverse("desk_order", args=[one.code]))
        for one in desk_types()
        if may_propose(viewer, f"registry.{one.code}")
    ]


class OrderForm(ActForm):
    """What of an order the row of the catalogue leaves open."""

    homes = {"block": "first"}

    giver = forms.CharField(
        label=words("转出账户", "From account"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    receiver = forms.CharField(
        label=words("接收账户", "To account"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    plan_line = forms.ChoiceField(label=words("方案条目", "Plan line"))
    asset = forms.ChoiceField(label=words("配额年份", "Vintage"))
    amount = forms.IntegerField(
        label=words("数量（吨）", "Amount (t)"),
        min_value=1,
        max_value=10**12,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": 1}),
    )
    first = forms.IntegerField(
        label=words("号段起", "First number"),
        help_text=words("不填则号小者先。", "Left empty, the lowest numbers go."),
        min_value=1,
        required=False,
    )
    last = forms.IntegerField(label=words("号段止", "Last number"), min_value=1, required=False)
    note = forms.CharField(
        label=words("备注", "Note"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        type: TransactionType,
        assets: Sequence[tuple[str, str]],
        lines: Sequence[PlanLineRecord] = (),
        giver: str = "",
        **kw: Any,
    ) -> None:
        self.type, self.lines = type, {one.id: one for one in lines}
        self.kind = f"registry.{type.code}"  # type: ignore[misc]  # a kind by the row, not the class
        super().__init__(*args, **kw)
        self.ends = {
            "giver": giver or _single(type.givers),
            "receiver": _single(type.receivers),
        }
        if type.plan_line and type.receivers == {"unit"}:
            self.ends["receiver"] = "line"
        for name, known in self.ends.items():
            if known:
                del self.fields[name]
        _choose(self, "giver", type.givers)
        _choose(self, "receiver", type.receivers)
        if type.plan_line:
            self.fields["plan_line"].choices = [(one.id, line_title(one)) for one in lines]  # type: ignore[attr-defined]  # a ChoiceField
            del self.fields["asset"]
        else:
            del self.fields["plan_line"]
            self.fields["asset"].choices = list(assets)  # type: ignore[attr-defined]  # a ChoiceField

    def content(self) -> dict[str, Json]:
        """Return the order as the service reads it."""
        line = self.lines[self.cleaned("plan_line")] if self.type.plan_line else None
        asset = f"allowance:{line.year}" if line else self.cleaned("asset")
        item: dict[str, Json] = {"asset": asset, "amount": self.cleaned("amount")}
        if self.cleaned("first") is not None and self.cleaned("last") is not None:
            item |= {"first": self.cleaned("first"), "last": self.cleaned("last")}
        found: dict[str, Json] = {
            "giver": self._end("giver"),
            "receiver": line.account
            if line and self.ends["receiver"] == "line"
            else self._end("receiver"),
            "items": [item],
        }
        if line:
            found["plan_line"] = line.id
        return found | ({"note": note} if (note := self.cleaned("note")) else {})

    @classmethod
    def initial_of(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that would give this content."""
        return {**content, **content["items"][0]}

    def home_of(self, refusal: Refusal) -> str:
        """Put what is wrong with an account number beside the field in which it stands."""
        if isinstance(refusal, AccountNumberWrong):
            given = refusal.facts.get("number")
            for name in ("giver", "receiver"):
                if name in self.fields and self.data.get(name, "").strip().upper() == given:
                    return name
        return super().home_of(refusal)

    def _end(self, name: str) -> str:
        return self.ends[name] or checked_account_number(self.cleaned(name))


@require_http_methods(["GET", "POST"])
def account_order(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Propose a transaction from one's own account."""
    type = next((one for one in own_types() if one.code == code), None)
    if type is None:
        raise NotFound(what=code[:40])
    seen = visible_account(request, number)
    require(viewer_of(request), PROPOSE, Wanted(f"registry.{code}", seen.line.holder))
    held = queries.balances_of_account(seen.line.number)
    form = OrderForm(
        request.POST if request.method == "POST" else None,
        type=type,
        giver=seen.line.number,
        assets=[(one.asset, _held(one)) for one in held if vintage(one.asset) and one.balance],
        amended=amended(request, f"registry.{code}"),
    )
    lead = f"{seen.line.number} {seen.line.name}"
    return _answer(request, form, lead, crumbs_of(seen, linked=True))


@require_http_methods(["GET", "POST"])
def desk_order(request: HttpRequest, code: str) -> HttpResponse:
    """Propose a transaction that the agency, the bureau or the exchange starts."""
    type = next((one for one in desk_types() if one.code == code), None)
    if type is None:
        raise NotFound(what=code[:40])
    require(viewer_of(request), PROPOSE, Wanted(f"registry.{code}"))
    form = OrderForm(
        request.POST if request.method == "POST" else None,
        type=type,
        assets=[
            (f"allowance:{one.vintage}", str(asset_title(f"allowance:{one.vintage}")))
            for one in reversed(overviews.vintages())
        ]
        if not type.plan_line
        else [],
        lines=_open_lines(type.plan_line),
        amended=amended(request, f"registry.{code}"),
        initial={"plan_line": request.GET.get("line", ""), "giver": request.GET.get("giver", "")},
    )
    at_desk = reverse("desk") if may(viewer_of(request), SEE_DESK) else ""
    return _answer(request, form, "", [Crumb(bi("登记业务", "Registry acts"), at_desk)])


def line_title(line: PlanLineRecord) -> str:
    """Write a plan line with what is left on it."""
    rest = written(line.amount - line.issued)
    left = bi(f"余 {rest} 吨", f"{rest} t left")
    return f"{line.year} {PLAN_LINES[line.kind]} {line.account} · {left}".replace("  ", " ")


def _answer(
    request: HttpRequest, form: OrderForm, lead: str, crumbs: Sequence[Crumb]
) -> HttpResponse:
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    title = transaction_title(form.type.code)
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "ends": _ends(form),
        "no_lines": bool(form.type.plan_line) and not form.lines,
        "note": NOTES.get(form.type.code, ""),
        "clause_id": form.type.clause,
        "crumbs": [*crumbs, Crumb(title)],
    }
    return render(request, "web/unit/order.html", context, status=form.status)


def _ends(form: OrderForm) -> list[tuple[Bilingual, str]]:
    """Return the accounts that the row of the catalogue fixes, to be read beside the form."""
    fixed = []
    for name, title in (("giver", bi("转出账户", "From")), ("receiver", bi("接收账户", "To"))):
        known = form.ends[name]
        kind = next((kind for kind, one in GOVERNMENT_ACCOUNTS.items() if one == known), "")
        if kind:
            fixed.append((title, f"{ACCOUNT_KINDS[kind]} {known}"))
        elif known == "line":
            fixed.append((title, str(bi("方案条目所列账户", "the account of the plan line"))))
        elif known:
            fixed.append((title, known))
    return fixed


def _types() -> list[TransactionType]:
    return [
        one
        for one in catalogue().values()
        if not one.service_only and one.code not in ELSEWHERE and one.proposers
    ]


def _open_lines(kinds: Collection[str]) -> list[PlanLineRecord]:
    if not kinds:
        return []
    years = [one.year for one in overviews.plans()[:2]]
    return [
        line
        for year in years
        for line in queries.open_lines(year)
        if line.kind in kinds and line.issued < line.amount
    ]


def _single(kinds: Collection[str]) -> str:
    """Return the one account that fits, where the kinds leave only one."""
    only = next(iter(kinds)) if len(kinds) == 1 else ""
    return GOVERNMENT_ACCOUNTS.get(only, "")


def _choose(form: OrderForm, name: str, kinds: Collection[str]) -> None:
    """Offer the government's accounts as a choice, where only they fit."""
    if name in form.fields and kinds and set(kinds) <= GOVERNMENT:
        label = form.fields[name].label
        choices = [
            (number, f"{ACCOUNT_KINDS[kind]} {number}")
            for kind, number in GOVERNMENT_ACCOUNTS.items()
            if kind in kinds
        ]
        form.fields[name] = forms.ChoiceField(label=label, choices=choices)


def _held(one: HoldingRecord) -> str:
    return f"{asset_title(one.asset)} · {bi('可用', 'available')} {written(one.available)}"


def _own_place(code: str) -> Any:
    return lambda content: reverse("account_order", args=[content["giver"], code])


def _desk_place(code: str) -> Any:
    return lambda content: reverse("desk_order", args=[code])


for _one in own_types():
    amended_at(f"registry.{_one.code}", _own_place(_one.code))
for _one in desk_types():
    amended_at(f"registry.{_one.code}", _desk_place(_one.code))
