"""Pledges (M35.3): set an amount aside for a creditor, and release it; each by two people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from hutan.kernel.canonical import Json
from hutan.parties import queries as parties
from hutan.registry import overviews, queries
from hutan.registry.domain.facts import vintage
from hutan.registry.overviews import PledgeLine
from hutan.registry.queries import HoldingRecord
from hutan.registry.services.encumbrances import creditor_of
from hutan.web.approvals.amending import amended_at
from hutan.web.components import Cell, Column, Crumb, Table
from hutan.web.figures import moment, number
from hutan.web.forms import words
from hutan.web.language import Bilingual, active, bi
from hutan.web.permissions import Viewer, may, require, viewer_of
from hutan.web.proposing import ActForm, amended, sent, submit
from hutan.web.refusals import NotAllowed, NotFound
from hutan.web.registry_desk.frame import desk_tabs
from hutan.web.rights import PROPOSE, SEE_DESK, Wanted, may_propose
from hutan.web.unit.accounts import crumbs_of
from hutan.web.unit.reach import visible_account
from hutan.web.words import asset_title

PLEDGE, RELEASE = "registry.pledge", "registry.release"


class PledgeForm(ActForm):
    """How much is pledged, to whom, by which contract."""

    kind = PLEDGE

    asset = forms.ChoiceField(label=words("配额年份", "Vintage"))
    amount = forms.IntegerField(
        label=words("数量（吨）", "Amount (t)"),
        min_value=1,
        max_value=10**12,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": 1}),
    )
    creditor = forms.ChoiceField(label=words("质权人", "Creditor"))
    contract = forms.CharField(label=words("质押合同编号", "Contract"), max_length=200)

    def __init__(
        self,
        *args: Any,
        giver: str,
        assets: Sequence[tuple[str, str]],
        creditors: Sequence[tuple[str, str]],
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self.giver = giver
        self.fields["asset"].choices = list(assets)  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["creditor"].choices = list(creditors)  # type: ignore[attr-defined]  # a ChoiceField

    def content(self) -> dict[str, Json]:
        """Return the pledge as the service reads it."""
        return {
            "giver": self.giver,
            "asset": self.cleaned("asset"),
            "amount": self.cleaned("amount"),
            "creditor": self.cleaned("creditor"),
            "contract": self.cleaned("contract"),
        }


class ReleaseForm(ActForm):
    """Nothing is left open: the pledge is released as a whole."""

    kind = RELEASE

    def __init__(self, *args: Any, pledge: UUID, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.pledge = pledge

    def content(self) -> dict[str, Json]:
        """Return the release as the service reads it."""
        self.cleaned("id")
        return {"pledge": str(self.pledge)}


@require_http_methods(["GET", "POST"])
def pledge(request: HttpRequest, number: str) -> HttpResponse:
    """Propose a pledge of what an account holds."""
    seen = visible_account(request, number)
    require(viewer_of(request), PROPOSE, Wanted(PLEDGE, seen.line.holder))
    held = queries.balances_of_account(seen.line.number)
    banks = parties.find_organisations("", kinds=["bank"], limit=200)
    form = PledgeForm(
        request.POST if request.method == "POST" else None,
        giver=seen.line.number,
        assets=[
            (one.asset, f"{asset_title(one.asset)} · {bi('可用', 'available')} {free(one)}")
            for one in held
            if vintage(one.asset) and one.balance
        ],
        creditors=[(str(one.id), one.name) for one in banks],
        amended=amended(request, PLEDGE),
    )
    note = bi(
        "质押的数量不能转出，直至质权人解除。没有列出的金融机构须先在平台登记。",
        "What is pledged stays where it is until the creditor releases it. A bank that is not"
        " listed is registered first.",
    )
    title, lead = bi("质押登记", "Pledge"), f"{seen.line.number} {seen.line.name}"
    crumbs = [*crumbs_of(seen, linked=True), Crumb(title)]
    return _answer(request, form, title, lead, crumbs, note)


@require_safe
def pledges(request: HttpRequest) -> HttpResponse:
    """List pledges in force: all for the desk, a creditor's own for his people."""
    viewer = viewer_of(request)
    table = pledges_table(_visible(viewer), viewer)
    return render(request, "web/desk/pledges.html", {"table": table, "tabs": desk_tabs(request)})


@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, id: UUID) -> HttpResponse:
    """Propose to release a pledge: its creditor, or the agency's clerk."""
    viewer = viewer_of(request)
    found = next((one for one in _visible(viewer) if one.id == id), None)
    if found is None:
        raise NotFound(what=str(id))
    require(viewer, PROPOSE, Wanted(RELEASE, creditor_of({"pledge": str(id)})))
    form = ReleaseForm(
        request.POST if request.method == "POST" else None,
        pledge=id,
        amended=amended(request, RELEASE),
    )
    title = bi("解除质押", "Release a pledge")
    lead = f"{found.account} {asset_title(found.asset)} {number(found.amount)} · {found.contract}"
    crumbs = [Crumb(bi("质押", "Pledges"), reverse("pledges")), Crumb(title)]
    note = bi("解除后该数量即可自由办理。", "The amount is then free again.")
    return _answer(request, form, title, lead, crumbs, note)


def pledges_table(found: Sequence[PledgeLine], viewer: Viewer) -> Table:
    """Return pledges as a table, with the way to release each."""
    may_release = may_propose(viewer, RELEASE) or bool(
        any(post.role == "bank_officer" for post in viewer.posts)
    )
    rows = [
        [
            Cell(one.account),
            Cell(one.holder or "—"),
            Cell(one.creditor),
            Cell(asset_title(one.asset)),
            Cell(number(one.amount)),
            Cell(one.contract),
            Cell(moment(one.pledged_at, active())),
            Cell(bi("解除", "Release"), reverse("release_pledge", args=[one.id]))
            if may_release
            else Cell("—"),
        ]
        for one in found
    ]
    columns = [
        Column(bi("账户", "Account")),
        Column(bi("持有人", "Holder")),
        Column(bi("质权人", "Creditor")),
        Column(bi("配额", "Allowance")),
        Column(bi("数量（吨）", "Amount (t)"), "figure"),
        Column(bi("合同", "Contract")),
        Column(bi("登记时间", "Since"), "whole"),
        Column(bi("办理", "Act"), "whole"),
    ]
    empty = bi("没有有效质押。", "No pledge is in force.")
    return Table(bi("有效质押", "Pledges in force"), columns, rows, empty)


def free(one: HoldingRecord) -> str:
    """Write what is free of a holding."""
    return number(one.available)


def _visible(viewer: Viewer) -> list[PledgeLine]:
    if may(viewer, SEE_DESK):
        return overviews.pledges()
    banks = [post.organisation for post in viewer.posts if post.role == "bank_officer"]
    if not banks:
        raise NotAllowed(permission=SEE_DESK)
    return overviews.pledges(creditors=banks)


def _answer(
    request: HttpRequest,
    form: ActForm,
    title: Bilingual,
    lead: str,
    crumbs: Sequence[Crumb],
    note: Bilingual,
) -> HttpResponse:
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "note": note,
        "clause_id": "M35.3",
        "crumbs": crumbs,
    }
    return render(request, "web/acts/form.html", context, status=form.status)


def _place(content: Mapping[str, Any]) -> str:
    return reverse("pledge", args=[content["giver"]])


amended_at(PLEDGE, _place)
