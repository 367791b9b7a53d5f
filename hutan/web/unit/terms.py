"""The trusted list and the limits of an account: each change is an act of two people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hutan.kernel.canonical import Json
from hutan.kernel.refusals import Refusal
from hutan.registry import overviews
from hutan.registry.domain.numbers import checked_account_number
from hutan.registry.refusals import AccountNumberWrong
from hutan.rules.delays import trusted_list_effect
from hutan.rules.parameters import rulebook
from hutan.web.approvals.amending import amended_at
from hutan.web.components import Crumb
from hutan.web.forms import words
from hutan.web.language import bi
from hutan.web.moments import moment_of
from hutan.web.permissions import require, viewer_of
from hutan.web.proposing import ActForm, amended, sent, submit
from hutan.web.rights import PROPOSE, Wanted
from hutan.web.unit.accounts import crumbs_of, moved_today, terms_of
from hutan.web.unit.reach import visible_account
from hutan.web.unit.tables import trusted_table

TRUST, DISTRUST = "registry.trust", "registry.distrust"
OWN_LIMITS, BUREAU_LIMITS = "registry.set_own_limits", "registry.set_bureau_limits"


class TrustForm(ActForm):
    """An account to put on the list."""

    kind = TRUST
    homes = {"account": "trusted"}

    trusted = forms.CharField(
        label=words("列入信任名单的账户", "Account to trust"),
        help_text=words("对方的 14 位账户号。", "The other side's 14 characters."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, account: str, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.account = account

    def content(self) -> dict[str, Json]:
        """Return the pair as the service reads it."""
        return {"account": self.account, "trusted": checked_account_number(self.cleaned("trusted"))}

    def home_of(self, refusal: Refusal) -> str:
        """Put what is wrong with the account number beside it."""
        return "trusted" if isinstance(refusal, AccountNumberWrong) else super().home_of(refusal)


class DistrustForm(TrustForm):
    """An account to take off the list."""

    kind = DISTRUST

    def __init__(self, *args: Any, listed: list[tuple[str, str]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["trusted"] = forms.ChoiceField(
            label=words("移出信任名单的账户", "Account to take off"), choices=listed
        )


@require_http_methods(["GET", "POST"])
def trusted(request: HttpRequest, number: str) -> HttpResponse:
    """Show the list, and the forms that add to it and take from it."""
    seen, at = visible_account(request, number), moment_of(request)
    require(viewer_of(request), PROPOSE, Wanted(TRUST, seen.line.holder))
    found = overviews.trusted_accounts(seen.line.number)
    listed = [(one.trusted, f"{one.trusted} {one.name}") for one in found]
    removing = "remove" in request.GET
    posted = request.POST if request.method == "POST" else None
    add = TrustForm(
        None if removing else posted,
        account=seen.line.number,
        amended=None if removing else amended(request, TRUST),
    )
    remove = DistrustForm(
        posted if removing else None,
        account=seen.line.number,
        listed=listed,
        auto_id="remove_%s",
        amended=amended(request, DISTRUST) if removing else None,
    )
    form = remove if removing else add
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    effect = trusted_list_effect(at, book=rulebook())
    title = bi("信任名单", "Trusted list")
    context = {
        "form": form,
        "add": add,
        "remove": remove,
        "removing": removing,
        "account": seen.line,
        "trusted": trusted_table(found, at),
        "effect": effect,
        "title": title,
        "crumbs": [*crumbs_of(seen, linked=True), Crumb(title)],
    }
    return render(request, "web/unit/trusted.html", context, status=form.status)


class LimitsForm(ActForm):
    """Both limits of an account; an empty one is lifted."""

    per_transfer = forms.IntegerField(
        label=words("单笔限额（吨）", "Limit per transfer (t)"),
        help_text=words("不填表示不设。", "Empty means none."),
        min_value=0,
        max_value=10**12,
        required=False,
    )
    per_day = forms.IntegerField(
        label=words("日限额（吨）", "Limit per day (t)"),
        help_text=words("不填表示不设。", "Empty means none."),
        min_value=0,
        max_value=10**12,
        required=False,
    )

    def __init__(self, *args: Any, account: str, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.account = account

    def content(self) -> dict[str, Json]:
        """Return the limits as the service reads them."""
        return {
            "account": self.account,
            "per_transfer": self.cleaned("per_transfer"),
            "per_day": self.cleaned("per_day"),
        }


class OwnLimitsForm(LimitsForm):
    """The holder's own limits."""

    kind = OWN_LIMITS


class BureauLimitsForm(LimitsForm):
    """The limits that the bureau sets."""

    kind = BUREAU_LIMITS


@require_http_methods(["GET", "POST"])
def own_limits(request: HttpRequest, number: str) -> HttpResponse:
    """Set the holder's own limits."""
    return _limits(request, number, OwnLimitsForm)


@require_http_methods(["GET", "POST"])
def bureau_limits(request: HttpRequest, number: str) -> HttpResponse:
    """Set the bureau's limits."""
    return _limits(request, number, BureauLimitsForm)


def _limits(request: HttpRequest, number: str, wanted: type[LimitsForm]) -> HttpResponse:
    seen = visible_account(request, number)
    require(viewer_of(request), PROPOSE, Wanted(wanted.kind, seen.line.holder))
    terms = overviews.account_terms(seen.line.number)
    assert terms is not None
    now = (
        {"per_transfer": terms.own_per_transfer, "per_day": terms.own_per_day}
        if wanted is OwnLimitsForm
        else {"per_transfer": terms.bureau_per_transfer, "per_day": terms.bureau_per_day}
    )
    posted = request.POST if request.method == "POST" else None
    form = wanted(
        posted, account=seen.line.number, amended=amended(request, wanted.kind), initial=now
    )
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    own = wanted is OwnLimitsForm
    title = bi("账户限额", "Account limits") if own else bi("监管限额", "Bureau's limits")
    context = {
        "form": form,
        "title": title,
        "lead": f"{seen.line.number} {seen.line.name}",
        "terms": terms_of(seen.line.number),
        "moved_today": moved_today(seen.line.number, moment_of(request)),
        "crumbs": [*crumbs_of(seen, linked=True), Crumb(title)],
    }
    return render(request, "web/unit/limits.html", context, status=form.status)


def _trusted_place(content: Mapping[str, Any]) -> str:
    return reverse("trusted", args=[content["account"]])


amended_at(TRUST, _trusted_place)
amended_at(OWN_LIMITS, lambda content: reverse("account_limits", args=[content["account"]]))
amended_at(BUREAU_LIMITS, lambda content: reverse("bureau_limits", args=[content["account"]]))
