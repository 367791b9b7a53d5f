"""The year's list of units (M9.3): found by name, district and listing; as a page and as a file."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from hutan.compliance import overviews as compliance
from hutan.compliance import queries
from hutan.compliance.overviews import ListedUnit
from hutan.parties.queries import OrganisationRecord, organisations
from hutan.web.components import Cell, Column, Pages, Table
from hutan.web.language import bi
from hutan.web.middleware.gate import public
from hutan.web.moments import moment_of
from hutan.web.unit.accounts import page_number
from hutan.web.unit.frame import nearest_year
from hutan.web.words import LISTINGS

PAGE = 50
COLUMNS = ("year", "unit", "name_zh", "name_en", "district", "listing")
"""Of the file: the words of the API, so that both can be read by one program."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the list is wanted; empty is all of it."""

    text: str
    district: str
    listing: str

    def fits(self, unit: ListedUnit, name_en: str) -> bool:
        """Tell whether a unit is wanted."""
        text = self.text.casefold()
        return (
            (text in unit.name.casefold() or text in name_en.casefold())
            and self.district in ("", unit.district)
            and self.listing in ("", unit.listing)
        )

    @property
    def query(self) -> dict[str, str]:
        """Return it as it stands behind the question mark."""
        given = {"q": self.text, "district": self.district, "listing": self.listing}
        return {name: value for name, value in given.items() if value}


@public
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """Lead to the list of the year whose surrender closes next."""
    year = nearest_year(queries.years(), moment_of(request))
    if year is None:
        return render(request, "web/public/list.html", {"table": None})
    return redirect("public_list", year.year)


@public
@require_safe
def year_list(request: HttpRequest, year: int) -> HttpResponse:
    """Publish the year's list: names, districts, how each is listed."""
    years = [one.year for one in queries.years()]
    if year not in years:
        raise Http404
    asked = _asked(request)
    whole = compliance.listed_units(year)
    known = organisations([one.unit for one in whole])
    found = _found(asked, whole, known)
    pages = Pages(
        page_number(request, len(found), size=PAGE), max(1, -(-len(found) // PAGE)), asked.query
    )
    shown = found[(pages.number - 1) * PAGE : pages.number * PAGE]
    query = f"?{urlencode(asked.query)}" if asked.query else ""
    context = {
        "table": _table(year, shown, known, narrowed=bool(asked.query)),
        "pages": pages,
        "year": year,
        "years": years,
        "count": len(found),
        "whole": len(whole),
        "asked": asked,
        "districts": sorted({one.district for one in whole} - {""}),
        "listings": [(code, LISTINGS[code]) for code in LISTINGS if code != "not_listed"],
        "file": reverse("public_list_file", args=[year]) + query,
    }
    return render(request, "web/public/list.html", context)


@public
@require_safe
def year_list_file(request: HttpRequest, year: int) -> HttpResponse:
    """Hand out the list, or the part of it that is asked for, as CSV (UTF-8 with its mark)."""
    if year not in {one.year for one in queries.years()}:
        raise Http404
    whole = compliance.listed_units(year)
    known = organisations([one.unit for one in whole])
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in _found(_asked(request), whole, known):
        names = (one.name, known[one.unit].name_en, one.district)
        writer.writerow([year, one.unit, *map(_inert, names), one.listing])
    return HttpResponse(
        # Spreadsheets take the text for UTF-8 only by its mark.
        "\ufeff" + text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="units-{year}.csv"'},
    )


def _asked(request: HttpRequest) -> Asked:
    def given(name: str) -> str:
        return request.GET.get(name, "").strip()[:60]

    return Asked(given("q"), given("district"), given("listing"))


def _found(
    asked: Asked, whole: Sequence[ListedUnit], known: Mapping[UUID, OrganisationRecord]
) -> list[ListedUnit]:
    return [one for one in whole if asked.fits(one, known[one.unit].name_en)]


def _table(
    year: int,
    shown: Sequence[ListedUnit],
    known: Mapping[UUID, OrganisationRecord],
    *,
    narrowed: bool,
) -> Table:
    nothing = (
        bi("没有符合条件的单位，请放宽条件。", "No unit fits; ask for less.")
        if narrowed
        else bi("名录尚未公布。", "The list has not been published yet.")
    )
    return Table(
        bi(f"{year} 年度名录", f"List of {year}"),
        [
            Column(bi("单位", "Unit")),
            Column(bi("所在区", "District")),
            Column(bi("列为", "Listed as")),
        ],
        [
            [
                Cell(bi(one.name, known[one.unit].name_en or one.name)),
                Cell(one.district or "—"),
                Cell(LISTINGS[one.listing]),
            ]
            for one in shown
        ],
        nothing,
    )


def _inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
