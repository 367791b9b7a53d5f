"""Surrender as an act of two people: a form that suggests, previews every check, and proposes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hutan.compliance.refusals import MoreThanMissing
from hutan.compliance.services.surrender import REGISTERS, worth_of
from hutan.kernel.canonical import Json
from hutan.kernel.refusals import Refusal
from hutan.parties.queries import ProposalRecord, pending_of
from hutan.registry import queries as registry
from hutan.registry.domain.facts import vintage
from hutan.registry.queries import HoldingRecord
from hutan.web.approvals.amending import amended_at
from hutan.web.components import Crumb
from hutan.web.figures import number
from hutan.web.forms import words
from hutan.web.language import bi
from hutan.web.moments import moment_of
from hutan.web.permissions import require, viewer_of
from hutan.web.proposing import ActForm, amended, sent, submit
from hutan.web.rights import PROPOSE, Wanted
from hutan.web.unit.reach import unit_with_year
from hutan.web.unit.year import SURRENDER, YearPage, cards, load, suggestion
from hutan.web.words import REDUCTION_KINDS, asset_title

PROOFS = 3
"""Rows for proofs of reductions; a further surrender takes further ones."""


class SurrenderForm(ActForm):
    """An amount for each vintage held, and proofs of cancelled reductions by kind and number."""

    kind = SURRENDER

    def __init__(
        self, *args: Any, page: YearPage, held: Sequence[HoldingRecord], **kw: Any
    ) -> None:
        self.page = page
        self.held = [one for one in held if one.available and vintage(one.asset)]
        super().__init__(*args, **kw)
        assert page.account is not None
        self.account = page.account.number
        for one in self.held:
            title, free = asset_title(one.asset), number(one.available)
            self.fields[amount_field(one.asset)] = forms.IntegerField(
                label=words(title.zh, title.en),
                help_text=words(f"可用 {free} 吨", f"{free} t available"),
                min_value=0,
                required=False,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": 1}),
            )
        kinds = [("", "—"), *((kind, REDUCTION_KINDS[kind]) for kind in REGISTERS)]
        for row in range(PROOFS):
            self.fields[f"proof_kind_{row}"] = forms.ChoiceField(
                label=words("减排量种类", "Kind of reduction"), choices=kinds, required=False
            )
            self.fields[f"proof_{row}"] = forms.CharField(
                label=words("注销证明编号", "Number of the proof"), max_length=64, required=False
            )

    @property
    def amounts(self) -> list[str]:
        """Return the names of the amount fields, oldest vintage first."""
        return [amount_field(one.asset) for one in self.held]

    @property
    def proofs(self) -> list[tuple[str, str]]:
        """Return the names of the fields of each proof."""
        return [(f"proof_kind_{row}", f"proof_{row}") for row in range(PROOFS)]

    def content(self) -> dict[str, Json]:
        """Return the surrender as the service reads it."""
        items: list[Json] = [
            {"asset": one.asset, "amount": amount}
            for one in self.held
            if (amount := self.cleaned(amount_field(one.asset)))
        ]
        reductions: list[Json] = [
            {"kind": self.cleaned(kind) or "ccer", "proof": proof}
            for kind, name in self.proofs
            if (proof := self.cleaned(name).strip())
        ]
        found: dict[str, Json] = {
            "year": self.page.opening.year,
            "account": self.account,
            "items": items,
        }
        return found | ({"reductions": reductions} if reductions else {})

    @classmethod
    def initial_of(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that would give this content."""
        found = {amount_field(one["asset"]): one["amount"] for one in content.get("items") or []}
        for row, one in enumerate(content.get("reductions") or []):
            found |= {f"proof_kind_{row}": one["kind"], f"proof_{row}": one["proof"]}
        return found

    def home_of(self, refusal: Refusal) -> str:
        """Return the vintage or the proof that a refusal speaks of."""
        facts = refusal.facts
        if isinstance(refusal, MoreThanMissing) and self.amounts:
            return self.amounts[0]
        if "vintage" in facts:
            return self._known(amount_field(f"allowance:{facts['vintage']}"))
        if "asset" in facts:
            return self._known(amount_field(str(facts["asset"])))
        if (proof := facts.get("number") or facts.get("proof")) and self.is_bound:
            for _, name in self.proofs:
                if self.data.get(name, "").strip() == proof:
                    return name
        return ""

    def _known(self, name: str) -> str:
        return name if name in self.fields else ""


def amount_field(asset: str) -> str:
    """Return the name of the field for an asset's amount."""
    return f"amount_{vintage(asset)}"


@require_http_methods(["GET", "POST"])
def surrender(request: HttpRequest, unit: UUID, year: int) -> HttpResponse:
    """Show the form with a suggestion; preview it; propose it to the colleague."""
    page = load(unit_with_year(request, unit), year, moment_of(request))
    require(viewer_of(request), PROPOSE, Wanted(SURRENDER, unit))
    if page.account is None:
        return redirect("unit_year", unit, year)
    held = registry.holdings(page.account.number)
    now_amended = amended(request, SURRENDER)
    waiting = [
        one
        for one in pending_of(unit, SURRENDER)
        if one.content["year"] == year and (now_amended is None or one.id != now_amended.id)
    ]
    claimed = _claimed(waiting)
    missing = int(page.assessment.missing) if page.assessment else 0
    missing = max(missing - sum(claimed.values()), 0)
    free = [
        replace(one, reserved=min(one.balance, one.reserved + claimed.get(one.asset, 0)))
        for one in held
    ]
    suggested = suggestion(free, year, missing)
    initial = {amount_field(asset): amount for asset, amount in suggested.items()}
    form = SurrenderForm(
        request.POST if request.method == "POST" else None,
        page=page,
        held=held,
        amended=now_amended,
        initial=initial,
    )
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    short = missing - sum(suggested.values())
    context = {
        "form": form,
        "page": page,
        "unit": page.unit,
        "year": year,
        "now": moment_of(request),
        "deadline": page.assessment.deadline if page.assessment else None,
        "cards": cards(page.assessment, reverse("unit_working", args=[unit, year])),
        "missing": missing,
        "waiting": waiting,
        "claimed": sum(claimed.values()),
        "short": short,
        "crumbs": [
            Crumb(page.unit.name, reverse("unit", args=[unit])),
            Crumb(bi(f"{year} 年度", str(year)), reverse("unit_year", args=[unit, year])),
            Crumb(bi("清缴", "Surrender")),
        ],
    }
    return render(request, "web/unit/surrender.html", context, status=form.status)


def _claimed(waiting: Sequence[ProposalRecord]) -> dict[str, int]:
    """Return the tonnes that surrenders already ask for, by asset; reductions under no asset."""
    found: Counter[str] = Counter()
    for one in waiting:
        content: Mapping[str, Any] = one.content
        for item in content.get("items") or []:
            found[item["asset"]] += item["amount"]
        proofs = [(row["kind"], row["proof"]) for row in content.get("reductions") or []]
        found[""] += sum(worth_of(proofs).values())
    return dict(found)


def _place(content: Mapping[str, Any]) -> str:
    holder = registry.account(str(content["account"]).upper())
    assert holder is not None, "a proposal names an account that exists"
    return reverse("surrender", args=[holder.holder, content["year"]])


amended_at(SURRENDER, _place)
