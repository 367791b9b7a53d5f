"""Mergers and splits: what passes to whom, with the sums against the whole as one types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hutan.kernel.canonical import Json
from hutan.kernel.refusals import Refusal
from hutan.registry import overviews, queries
from hutan.registry.domain.numbers import checked_account_number
from hutan.registry.domain.successions import WHOLE
from hutan.registry.refusals import AccountNumberWrong
from hutan.web.approvals.amending import amended_at
from hutan.web.components import Cell, Column, Crumb, Table
from hutan.web.figures import moment, number, share
from hutan.web.forms import words
from hutan.web.language import active, bi
from hutan.web.permissions import require, requires, viewer_of
from hutan.web.proposing import ActForm, amended, sent, submit
from hutan.web.registry_desk.frame import desk_tabs
from hutan.web.rights import PROPOSE, SEE_DESK, Wanted, may_propose
from hutan.web.words import asset_title

MERGE, SPLIT = "registry.merge", "registry.split"
MERGED, SHARES = 4, 4
"""Rows of the forms; more units than that come by the interface."""
PERCENT = WHOLE // 100
_NUMBER = {"autocomplete": "off", "spellcheck": "false"}


class MergerForm(ActForm):
    """The accounts that are merged away, and the one that takes everything over."""

    kind = MERGE

    document = forms.CharField(label=words("文件编号", "Document"), max_length=200)
    successor = forms.CharField(
        label=words("承接账户", "Successor's account"),
        max_length=20,
        widget=forms.TextInput(attrs=_NUMBER),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        for row in range(MERGED):
            self.fields[f"predecessor_{row}"] = forms.CharField(
                label=words(f"被合并账户 {row + 1}", f"Account to merge {row + 1}"),
                max_length=20,
                required=row == 0,
                widget=forms.TextInput(attrs=_NUMBER),
            )

    @property
    def predecessors(self) -> list[str]:
        """Return the names of the fields of the accounts that are merged."""
        return [f"predecessor_{row}" for row in range(MERGED)]

    def content(self) -> dict[str, Json]:
        """Return the merger as the service reads it."""
        merged: list[Json] = [
            {"account": checked_account_number(given)}
            for name in self.predecessors
            if (given := self.cleaned(name))
        ]
        return {
            "predecessors": merged,
            "successor": checked_account_number(self.cleaned("successor")),
            "document": self.cleaned("document"),
        }

    @classmethod
    def initial_of(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that would give this content."""
        merged = {
            f"predecessor_{row}": one["account"] for row, one in enumerate(content["predecessors"])
        }
        return {**merged, "successor": content["successor"], "document": content["document"]}

    def home_of(self, refusal: Refusal) -> str:
        """Put what is wrong with an account beside it."""
        return field_with(self, str(refusal.facts.get("account", refusal.facts.get("number", ""))))


class SplitForm(ActForm):
    """What each successor takes: tonnes of each vintage, a share of the duties, facilities."""

    kind = SPLIT

    document = forms.CharField(label=words("文件编号", "Document"), max_length=200)

    def __init__(self, *args: Any, predecessor: str, assets: Sequence[str], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.predecessor, self.assets = predecessor, list(assets)
        for row in range(SHARES):
            self.fields[f"account_{row}"] = forms.CharField(
                label=words(f"承接账户 {row + 1}", f"Successor {row + 1}"),
                max_length=20,
                required=row < 2,
                widget=forms.TextInput(attrs=_NUMBER),
            )
            for asset in self.assets:
                title = asset_title(asset)
                self.fields[_amount(row, asset)] = forms.IntegerField(
                    label=words(f"{title.zh}（吨）", f"{title.en} (t)"), min_value=0, required=False
                )
            self.fields[f"duties_{row}"] = forms.DecimalField(
                label=words("义务份额（%）", "Duties (%)"),
                min_value=0,
                max_value=100,
                decimal_places=4,
                max_digits=7,
                required=False,
            )
            self.fields[f"facilities_{row}"] = forms.CharField(
                label=words("排放设施（每行一个）", "Facilities (one a line)"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def rows(self) -> list[list[str]]:
        """Return the names of the fields of each share."""
        return [
            [
                f"account_{row}",
                *(_amount(row, asset) for asset in self.assets),
                f"duties_{row}",
                f"facilities_{row}",
            ]
            for row in range(SHARES)
        ]

    def content(self) -> dict[str, Json]:
        """Return the split as the service reads it."""
        shares: list[Json] = []
        for row in range(SHARES):
            if not (account := self.cleaned(f"account_{row}")):
                continue
            items: list[Json] = [
                {"asset": asset, "amount": amount}
                for asset in self.assets
                if (amount := self.cleaned(_amount(row, asset)))
            ]
            names = str(self.cleaned(f"facilities_{row}")).splitlines()
            facilities: list[Json] = [{"name": name.strip()} for name in names if name.strip()]
            shares.append(
                {
                    "account": checked_account_number(account),
                    "items": items,
                    "duties": int((self.cleaned(f"duties_{row}") or Decimal(0)) * PERCENT),
                    "facilities": facilities,
                }
            )
        return {
            "predecessor": self.predecessor,
            "shares": shares,
            "document": self.cleaned("document"),
        }

    @classmethod
    def initial_of(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that would give this content."""
        found: dict[str, Any] = {"document": content["document"]}
        for row, one in enumerate(content["shares"]):
            found[f"account_{row}"] = one["account"]
            found[f"duties_{row}"] = Decimal(one["duties"]) / PERCENT
            found[f"facilities_{row}"] = "\n".join(each["name"] for each in one["facilities"])
            found |= {_amount(row, item["asset"]): item["amount"] for item in one["items"]}
        return found

    def home_of(self, refusal: Refusal) -> str:
        """Put what is wrong with an account beside it."""
        return field_with(self, str(refusal.facts.get("account", refusal.facts.get("number", ""))))


@requires(SEE_DESK)
@require_safe
def successions(request: HttpRequest) -> HttpResponse:
    """List mergers and splits, newest first."""
    rows = [
        [
            Cell(
                bi("合并", "Merger") if one.kind == "merge" else bi("分立", "Split"),
                reverse("act", args=[one.id]),
            ),
            Cell("、".join(map(_account_of, one.predecessors))),
            Cell("、".join(map(_account_of, one.successors))),
            Cell(one.document),
            Cell(moment(one.at, active())),
        ]
        for one in overviews.successions()
    ]
    columns = [
        Column(bi("种类", "Kind")),
        Column(bi("原账户", "Before")),
        Column(bi("承接账户", "After")),
        Column(bi("文件", "Document")),
        Column(bi("时间", "When"), "whole"),
    ]
    table = Table(
        bi("合并与分立", "Mergers and splits"),
        columns,
        rows,
        bi("还没有合并或分立。", "There have been none."),
    )
    viewer = viewer_of(request)
    context = {
        "table": table,
        "tabs": desk_tabs(request),
        "may_merge": may_propose(viewer, MERGE),
        "may_split": may_propose(viewer, SPLIT),
    }
    return render(request, "web/desk/successions.html", context)


@requires(SEE_DESK)
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest) -> HttpResponse:
    """Propose a merger."""
    require(viewer_of(request), PROPOSE, Wanted(MERGE))
    form = MergerForm(
        request.POST if request.method == "POST" else None, amended=amended(request, MERGE)
    )
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    title = bi("合并", "Merger")
    context = {
        "form": form,
        "title": title,
        "lead": bi(
            "被合并方的配额、义务、方案条目余额和历史全部由承接方承接，其账户随即销户。",
            "Everything passes to the successor: allowances, duties, what is left on plan lines,"
            " and history; the merged accounts close.",
        ),
        "sums": merged_table(form) if form.is_bound else None,
        "crumbs": [_here(), Crumb(title)],
        "clause_id": "M14.1",
    }
    return render(request, "web/desk/merge.html", context, status=form.status)


@requires(SEE_DESK)
@require_http_methods(["GET", "POST"])
def split(request: HttpRequest) -> HttpResponse:
    """Choose the account that is divided, then propose its shares."""
    require(viewer_of(request), PROPOSE, Wanted(SPLIT))
    form = _split_form(request)
    title = bi("分立", "Split")
    crumbs = [_here(), Crumb(title)]
    if form is None:
        wrong = bool(request.GET.get("account"))
        return render(request, "web/desk/split_choose.html", {"crumbs": crumbs, "wrong": wrong})
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    line = overviews.account_lines([form.predecessor])[form.predecessor]
    context = {
        "form": form,
        "title": title,
        "lead": f"{form.predecessor} {line.name}",
        "sums": shares_table(form),
        "crumbs": crumbs,
        "clause_id": "M14.2",
    }
    return render(request, "web/desk/split.html", context, status=form.status)


@requires(SEE_DESK)
@require_POST
def merge_sums(request: HttpRequest) -> HttpResponse:
    """Answer a script with what would pass on, as the form stands."""
    return render(request, "web/desk/sums.html", {"sums": merged_table(MergerForm(request.POST))})


@requires(SEE_DESK)
@require_POST
def split_sums(request: HttpRequest) -> HttpResponse:
    """Answer a script with the sums against the whole, as the form stands."""
    form = _split_form(request)
    sums = shares_table(form) if form is not None else None
    return render(request, "web/desk/sums.html", {"sums": sums})


def merged_table(form: MergerForm) -> Table:
    """Return what each named account holds, and what the successor would hold after it."""
    names = [name for name in (*form.predecessors, "successor") if form.data.get(name)]
    numbers = {name: _checked(form.data[name]) for name in names}
    known = overviews.account_lines([one for one in numbers.values() if one])
    held = queries.balances_of_accounts(list(known))
    rows, total = [], 0
    for number_ in dict.fromkeys(numbers.values()):
        amount = sum(one.balance for one in held if one.account == number_)
        total += amount
        line = known.get(number_)
        said = Cell(line.name) if line else Cell(bi("账户不存在", "no such account"), tone="bad")
        rows.append([Cell(number_ or "—"), said, Cell(number(amount))])
    if rows:
        rows.append(
            [Cell(bi("合并后承接方持有", "Successor after it")), Cell(""), Cell(number(total))]
        )
    columns = [
        Column(bi("账户", "Account")),
        Column(bi("持有人", "Holder")),
        Column(bi("持有（吨）", "Holds (t)"), "figure"),
    ]
    return Table(
        bi("合计", "Sums"),
        columns,
        rows,
        bi("填写账户后显示合计。", "The sums appear as accounts are entered."),
    )


def shares_table(form: SplitForm) -> Table:
    """Return the sums of the shares against the whole: of each vintage, and of the duties."""
    held = {one.asset: one.balance for one in queries.balances_of_account(form.predecessor)}
    rows = []
    for asset in form.assets:
        given = sum(_whole(_given(form, _amount(row, asset))) for row in range(SHARES))
        whole = held.get(asset, 0)
        rows.append(
            [
                Cell(asset_title(asset)),
                Cell(number(given)),
                Cell(number(whole)),
                _difference(whole - given, number(abs(whole - given))),
            ]
        )
    duties = sum((_decimal(_given(form, f"duties_{row}")) for row in range(SHARES)), Decimal(0))
    left = Decimal(100) - duties
    rows.append(
        [
            Cell(bi("义务份额", "Duties")),
            Cell(share(duties / 100)),
            Cell(share(Decimal(1))),
            _difference(left, share(abs(left) / 100)),
        ]
    )
    columns = [
        Column(bi("项目", "Item")),
        Column(bi("份额合计", "Shares"), "figure"),
        Column(bi("全部", "Whole"), "figure"),
        Column(bi("差额", "Difference")),
    ]
    return Table(bi("份额合计", "Sums of the shares"), columns, rows, bi("无", "None"))


def field_with(form: ActForm, account: str) -> str:
    """Return the account field in which this account stands, or nothing."""
    if not account or not form.is_bound:
        return ""
    for name in form.fields:
        if name.startswith(("predecessor_", "account_", "successor")):
            given = str(form.data.get(name, ""))
            if account in (given, _checked(given)):
                return name
    return ""


def _difference(left: int | Decimal, written: str) -> Cell:
    if left == 0:
        return Cell(bi("相等", "equal"), tone="good")
    if left > 0:
        return Cell(bi(f"还差 {written}", f"{written} missing"), tone="watch")
    return Cell(bi(f"超出 {written}", f"{written} too much"), tone="bad")


def _split_form(request: HttpRequest) -> SplitForm | None:
    number_ = _checked(request.GET.get("account", ""))
    line = overviews.account_lines([number_]).get(number_) if number_ else None
    if line is None or line.kind != "unit":
        return None
    assets = [one.asset for one in queries.balances_of_account(number_) if one.balance]
    return SplitForm(
        request.POST if request.method == "POST" else None,
        predecessor=number_,
        assets=assets,
        amended=amended(request, SPLIT),
    )


def _given(form: SplitForm, name: str) -> str:
    if form.is_bound:
        return str(form.data.get(name, ""))
    value = form.get_initial_for_field(form.fields[name], name)
    return "" if value is None else str(value)


def _amount(row: int, asset: str) -> str:
    return f"amount_{row}_{asset.partition(':')[2]}"


def _whole(text: str) -> int:
    return int(text) if text.strip().isdecimal() and len(text) < 13 else 0


def _decimal(text: str) -> Decimal:
    whole, _, places = text.strip().partition(".")
    right = (whole + places).isdecimal() and len(text) < 13
    return Decimal(text.strip()) if right else Decimal(0)


def _checked(text: str) -> str:
    try:
        return checked_account_number(text)
    except AccountNumberWrong:
        return ""


def _account_of(one: Any) -> str:
    return str(one["account"] if isinstance(one, Mapping) else one)


def _here() -> Crumb:
    return Crumb(bi("合并与分立", "Mergers and splits"), reverse("desk_successions"))


amended_at(MERGE, lambda content: reverse("desk_merge"))
amended_at(SPLIT, lambda content: f"{reverse('desk_split')}?account={content['predecessor']}")
