"""Home, education, accessibility, checking of documents, the reader's language."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from hutan.kernel.refusals import Language
from hutan.web.components import Cell, Chart, Column, FigureCard, Series, Table
from hutan.web.conf import secure_cookies
from hutan.web.documents.codes import checked_code
from hutan.web.forms import RefusingForm, words
from hutan.web.language import COOKIE, COOKIE_AGE, bi
from hutan.web.limits import VERIFY, count_request, source_of
from hutan.web.middleware.gate import public
from hutan.web.moments import platform_day, real_now
from hutan.web.refusals import NoSuchDocument
from hutan.web.seams import IssuedDocument, PublicYear, RegulatedUnit, seams


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The year's figures, the log's head, the list of units; where nothing is, it says so."""
    on = platform_day()
    year = seams().public_year(on)
    context = {
        "year": year,
        "cards": _cards(year) if year else [],
        "chart": _chart(year) if year else None,
        "checkpoint": seams().checkpoint(),
        "units": _units(list(seams().regulated_units(on))[:10]),
    }
    return render(request, "web/public/home.html", context)


@public
@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    """The market in plain words (M7)."""
    return render(request, "web/public/how_it_works.html")


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What the pages do for everybody, and what they do not yet."""
    return render(request, "web/public/accessibility.html")


class CodeForm(RefusingForm):
    """A verification code, as printed or as a QR code brings it."""

    code = forms.CharField(
        label=words("核验码", "Verification code"),
        help_text=words(
            "16 位，不含 I、L、O 和 0、1；不分大小写，空格和短横可省略。",
            "16 characters without I, L, O, 0, 1; case, spaces and dashes do not matter.",
        ),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
                "class": "code-entry",
            }
        ),
    )  # fmt: skip


@public
@require_safe
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show what the platform has on record under a document's code."""
    given = code or request.GET.get("code", "")
    form = CodeForm({"code": given} if given else None)
    document: IssuedDocument | None = None
    if given:
        with form.refusals():
            count_request(VERIFY, source_of(request), at=real_now())
            document = _issued(form.cleaned("code"))
    context = {"form": form, "document": document}
    return render(request, "web/public/verify.html", context, status=form.status)


@public
@require_safe
def choose_language(request: HttpRequest, language: Language) -> HttpResponse:
    """Remember the reader's language and go back to the page he was on."""
    back = request.GET.get("to", "/")
    response = redirect(back if url_has_allowed_host_and_scheme(back, None) else "/")
    response.set_cookie(
        COOKIE, language, max_age=COOKIE_AGE, samesite="Lax", secure=secure_cookies(), httponly=True
    )
    return response


def _issued(given: str) -> IssuedDocument:
    code = checked_code(given)
    document = seams().document(code)
    if document is None:
        raise NoSuchDocument(given=code)
    return document


def _cards(year: PublicYear) -> list[FigureCard]:
    return [FigureCard(figure.name, figure.value, figure.working) for figure in year.figures]


def _chart(year: PublicYear) -> Chart:
    return Chart(
        id="years",
        title=bi("历年情况", "Year by year"),
        kind="bar",
        categories=[str(one) for one in year.years],
        series=[Series(series.name, series.values) for series in year.series],
        unit=bi("吨二氧化碳当量", "tCO2e"),
    )


def _units(units: list[RegulatedUnit]) -> Table | None:
    if not units:
        return None
    # Sectors stand there once a list names them.
    with_sector = any(unit.sector is not None for unit in units)
    columns = [Column(bi("单位", "Unit")), Column(bi("所在区", "District"))]
    if with_sector:
        columns.insert(1, Column(bi("行业", "Sector")))
    rows = []
    for unit in units:
        row = [Cell(unit.name), Cell(unit.district or "—")]
        if with_sector:
            row.insert(1, Cell(unit.sector or "—"))
        rows.append(row)
    return Table(bi("纳管单位", "Regulated units"), columns, rows, bi("尚未公布", "Not yet"))
