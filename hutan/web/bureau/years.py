"""Opening a compliance year, with each assumed parameter confirmed; closures and departures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import lazy
from django.views.decorators.http import require_http_methods

from hutan.compliance import overviews as compliance
from hutan.compliance import queries
from hutan.compliance.services.departures import REASONS
from hutan.compliance.services.years import rules_of
from hutan.kernel.canonical import Json
from hutan.kernel.refusals import Refusal
from hutan.rules.parameters import rulebook
from hutan.rules.series import Parameter
from hutan.web.approvals.amending import amended_at
from hutan.web.bureau.entries import Line, units_of
from hutan.web.bureau.frame import bureau_tabs
from hutan.web.bureau.tables import codes_of
from hutan.web.components import Cell, Column, Table
from hutan.web.figures import day, moment
from hutan.web.forms import words
from hutan.web.language import active, bi
from hutan.web.moments import moment_of, platform_day
from hutan.web.permissions import requires
from hutan.web.proposing import ActForm, amended, sent, submit
from hutan.web.rights import USE_BUREAU
from hutan.web.rule_words import said_note, said_value
from hutan.web.unit.frame import nearest_year
from hutan.web.words import DEPARTURES

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

OPEN_YEAR, DEPARTURE = "compliance.open_year", "compliance.departure"


class OpenYearForm(ActForm):
    """A tick for each parameter that is merely assumed: nothing is confirmed in one go."""

    kind = OPEN_YEAR

    def __init__(self, *args: Any, year: int, assumed: Sequence[Parameter], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.year, self.assumed = year, list(assumed)
        for one in self.assumed:
            self.fields[one.key] = forms.BooleanField(
                label=said(one),
                help_text=explained(one),
                required=False,
            )

    @property
    def ticks(self) -> list[str]:
        """Return the names of the ticks."""
        return [one.key for one in self.assumed]

    def content(self) -> dict[str, Json]:
        """Return the year with what is confirmed of it."""
        confirmed: list[Json] = [{"key": key} for key in self.ticks if self.cleaned(key)]
        return {"year": self.year, "confirmed": confirmed}

    @classmethod
    def initial_of(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the ticks that would give this content."""
        return {one["key"]: True for one in content.get("confirmed") or []}


def said(one: Parameter) -> StrPromise:
    """Return an assumed parameter with its value, in the reader's words."""
    return lazy(lambda: f"{bi(one.zh, one.en)}{bi('：', ': ')}{said_value(one)}", str)()  # type: ignore[return-value]  # a promise of str


def explained(one: Parameter) -> StrPromise:
    """Return where an assumed parameter would stand, why this value, and its key."""

    def text() -> str:
        parts = [one.clause or one.document, str(said_note(one.note)) if one.note else "", one.key]
        return " · ".join(part for part in parts if part)

    return lazy(text, str)()  # type: ignore[return-value]  # a promise of str


class DepartureForm(ActForm):
    """A unit that closes or leaves, why, and on which day."""

    kind = DEPARTURE

    unit = forms.CharField(
        label=words("单位", "Unit"),
        help_text=words("统一社会信用代码或配额账户号。", "Credit code, or unit account."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.ChoiceField(
        label=words("原因", "Reason"),
        choices=[(code, name) for code, name in DEPARTURES.items() if code in REASONS],
    )
    on = forms.DateField(
        label=words("日期", "Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def content(self) -> dict[str, Json]:
        """Return the departure as the service reads it."""
        given = self.cleaned("unit").strip()
        line = Line(1, {"unit": given}, given)
        found, faults = units_of([line])
        if faults:
            raise faults[0]
        return {
            "unit": str(found[1]),
            "reason": self.cleaned("reason"),
            "on": self.cleaned("on").isoformat(),
        }

    @classmethod
    def initial_of(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that would give this content."""
        return {**content, "unit": codes_of([content]).get(str(content["unit"]), "")}

    def home_of(self, refusal: Refusal) -> str:
        """Put what is wrong with the unit beside it."""
        return "unit" if refusal.field == "lines" else super().home_of(refusal)


@requires(USE_BUREAU)
@require_http_methods(["GET", "POST"])
def open_year(request: HttpRequest) -> HttpResponse:
    """Choose a year, see by which rules it would run, confirm what is assumed, propose it."""
    opened = {one.year for one in queries.years()}
    years = _years_of_the_book(opened)
    given = request.GET.get("year", "")
    year = int(given) if given.isdecimal() and int(given) in years else None
    tab_year = year or nearest_or_this(request)
    context: dict[str, Any] = {
        "years": years,
        "opened": sorted(opened, reverse=True),
        "title": bi("开启履约年度", "Open a compliance year"),
        "tabs": bureau_tabs(request, tab_year) if opened else [],
        "year": year,
    }
    if year is None:
        return render(request, "web/bureau/open_year.html", context)
    rules = rules_of(year, rulebook())
    assumed = [one for one in rules if one.status == "assumed"]
    form = OpenYearForm(
        request.POST if request.method == "POST" else None,
        year=year,
        assumed=assumed,
        amended=amended(request, OPEN_YEAR),
    )
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    firm = [one for one in rules if one.status != "assumed"]
    return render(
        request,
        "web/bureau/open_year.html",
        {**context, "form": form, "rules": rules_table(firm)},
        status=form.status,
    )


@requires(USE_BUREAU)
@require_http_methods(["GET", "POST"])
def departures(request: HttpRequest) -> HttpResponse:
    """List closures and departures; propose another."""
    form = DepartureForm(
        request.POST if request.method == "POST" else None,
        amended=amended(request, DEPARTURE),
        initial={"on": platform_day()},
    )
    if request.method == "POST" and (proposal := submit(request, form)):
        return sent(request, proposal)
    rows = [
        [
            Cell(one.name, reverse("unit", args=[one.unit])),
            Cell(DEPARTURES[one.reason]),
            Cell(day(one.on, active())),
            Cell(moment(one.at, active())),
        ]
        for one in compliance.departures()
    ]
    columns = [
        Column(bi("单位", "Unit")),
        Column(bi("原因", "Reason")),
        Column(bi("日期", "Day")),
        Column(bi("登记时间", "Recorded")),
    ]
    table = Table(
        bi("已登记的关停与迁出", "Closures and departures on record"),
        columns,
        rows,
        bi("没有登记。", "None is on record."),
    )
    context = {
        "form": form,
        "table": table,
        "title": bi("关停与迁出", "Closures and departures"),
        "tabs": bureau_tabs(request, nearest_or_this(request)),
    }
    return render(request, "web/bureau/departures.html", context, status=form.status)


def rules_table(rules: Sequence[Parameter]) -> Table:
    """Return the rules of a year that a text gives."""
    rows = [
        [
            Cell(bi(one.zh, one.en), reverse("rulebook_parameter", args=[one.key])),
            Cell(said_value(one)),
            Cell(f"{one.clause} {one.document}".strip() or "—"),
        ]
        for one in rules
    ]
    columns = [
        Column(bi("参数", "Parameter")),
        Column(bi("取值", "Value")),
        Column(bi("依据", "Source")),
    ]
    return Table(
        bi("有文本依据的参数", "Parameters with a text"), columns, rows, bi("没有。", "None.")
    )


def nearest_or_this(request: HttpRequest) -> int:
    """Return the year whose surrender closes next, else the present one."""
    at = moment_of(request)
    found = nearest_year(queries.years(), at)
    return found.year if found else at.year


def _years_of_the_book(opened: set[int]) -> list[int]:
    """Return the years that every rule of a compliance year has a value for, newest first."""
    entered = rulebook().find("compliance.surrender_deadline").years
    return sorted((year for year in entered if year not in opened), reverse=True)


amended_at(OPEN_YEAR, lambda content: f"{reverse('bureau_open_year')}?year={content['year']}")
amended_at(DEPARTURE, lambda content: reverse("bureau_departures"))
