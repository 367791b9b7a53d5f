"""A transfer as an act of two people: to whom, how much, and when it will execute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hutan.kernel.canonical import Json
from hutan.kernel.moments import day_of
from hutan.kernel.refusals import Refusal
from hutan.registry import overviews, queries
from hutan.registry.domain.facts import vintage
from hutan.registry.domain.numbers import checked_account_number
from hutan.registry.overviews import AccountLine
from hutan.registry.queries import HoldingRecord
from hutan.registry.refusals import AccountNumberWrong
from hutan.rules.parameters import rulebook
from hutan.web.approvals.amending import amended_at
from hutan.web.approvals.transactions import Execution, execution
from hutan.web.components import Crumb
from hutan.web.figures import number
from hutan.web.forms import words
from hutan.web.language import bi
from hutan.web.moments import moment_of
from hutan.web.permissions import require, viewer_of
from hutan.web.proposing import ActForm, amended, sent, submit
from hutan.web.rights import PROPOSE, Wanted
from hutan.web.unit.accounts import crumbs_of, moved_today, terms_of
from hutan.web.unit.reach import visible_account
from hutan.web.unit.tables import trusted_table
from hutan.web.words import asset_title

TRANSFER = "registry.transfer"


class TransferForm(ActForm):
    """To which account, how much of which vintage, and, if wished, which numbers."""

    kind = TRANSFER

    receiver = forms.CharField(
        label=words("接收账户", "To account"),
        help_text=words(
            "14 位账户号，如 SHUN…；末两位为校验码。",
            "14 characters such as SHUN…; the last two are check digits.",
        ),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    asset = forms.ChoiceField(label=words("配额年份", "Vintage"))
    amount = forms.IntegerField(
        label=words("数量（吨）", "Amount (t)"),
        min_value=1,
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

    def __init__(self, *args: Any, giver: str, held: Sequence[HoldingRecord], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.giver = giver
        self.fields["asset"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (
                one.asset,
                f"{asset_title(one.asset)} · {bi('可用', 'available')} {number(one.available)}",
            )
            for one in held
            if vintage(one.asset) and one.balance
        ]

    def content(self) -> dict[str, Json]:
        """Return the transfer as the service reads it."""
        item: dict[str, Json] = {"asset": self.cleaned("asset"), "amount": self.cleaned("amount")}
        if self.cleaned("first") is not None and self.cleaned("last") is not None:
            item |= {"first": self.cleaned("first"), "last": self.cleaned("last")}
        receiver = checked_account_number(self.cleaned("receiver"))
        found: dict[str, Json] = {"giver": self.giver, "receiver": receiver, "items": [item]}
        return found | ({"note": note} if (note := self.cleaned("note")) else {})

    @classmethod
    def initial_of(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that would give this content."""
        return {
            "receiver": content["receiver"],
            "note": content.get("note", ""),
            **content["items"][0],
        }

    def home_of(self, refusal: Refusal) -> str:
        """Put what is wrong with an account number or a block beside its field."""
        if isinstance(refusal, AccountNumberWrong):
            return "receiver"
        if refusal.field == "block":
            return "first"
        return super().home_of(refusal)


@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest, number: str) -> HttpResponse:
    """Show the form beside the trusted list and the limits; preview; propose."""
    seen, at = visible_account(request, number), moment_of(request)
    require(viewer_of(request), PROPOSE, Wanted(TRANSFER, seen.line.holder))
    held = queries.balances_of_account(seen.line.number)
    form = TransferForm(
        request.POST if request.method == "POST" else None,
        giver=seen.line.number,
        held=held,
        amended=amended(request, TRANSFER),
        initial={"receiver": request.GET.get("to", "")},
    )
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    trusted = overviews.trusted_accounts(seen.line.number)
    when = _execution(form, seen.line, at) if form.previewed else None
    title = bi("划转配额", "Transfer of allowances")
    context = {
        "form": form,
        "title": title,
        "lead": f"{seen.line.number} {seen.line.name}",
        "account": seen.line,
        "trusted": trusted_table(trusted, at),
        "terms": terms_of(seen.line.number),
        "moved_today": moved_today(seen.line.number, at),
        "ceiling": int(rulebook().on_day("registry.transfer_ceiling", day_of(at)).decimal),
        "ceiling_status": rulebook().on_day("registry.transfer_ceiling", day_of(at)).status,
        "when": when,
        "waits": when.waits(at) if when else False,
        "crumbs": [*crumbs_of(seen, linked=True), Crumb(title)],
    }
    return render(request, "web/unit/transfer.html", context, status=form.status)


def _execution(form: TransferForm, giver: AccountLine, at: datetime) -> Execution | None:
    try:
        number_ = checked_account_number(form.data.get("receiver", ""))
    except AccountNumberWrong:
        return None
    receiver = overviews.account_lines([number_]).get(number_)
    return None if receiver is None else execution(giver, receiver, at)


def _place(content: Mapping[str, Any]) -> str:
    return reverse("transfer", args=[content["giver"]]) if len(content["items"]) == 1 else ""


amended_at(TRANSFER, _place)
