"""The way around the bureau's pages of a year."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse

from hutan.compliance.queries import OpenYear
from hutan.web.language import bi
from hutan.web.permissions import may, viewer_of
from hutan.web.rights import USE_BUREAU
from hutan.web.unit.frame import Tab

_OF_YEAR = (
    (bi("名录", "List"), "bureau_list"),
    (bi("审定", "Determine"), "bureau_determine"),
    (bi("分配方案", "Plan"), "bureau_plan"),
    (bi("预分配", "Pre-allocate"), "bureau_pre_allocate"),
    (bi("结清", "Close"), "bureau_close"),
)


def bureau_tabs(request: HttpRequest, year: int) -> list[Tab]:
    """Return the tabs of a year; those that propose acts are for the bureau alone."""
    board = reverse("board", args=[year])
    tabs = [Tab(bi(f"{year} 看板", f"{year} board"), board, board == request.path)]
    if may(viewer_of(request), USE_BUREAU):
        for title, route in _OF_YEAR:
            address = reverse(route, args=[year])
            tabs.append(Tab(title, address, address == request.path))
        for title, route in (
            (bi("关停与迁出", "Departures"), "bureau_departures"),
            (bi("开启年度", "Open a year"), "bureau_open_year"),
        ):
            address = reverse(route)
            tabs.append(Tab(title, address, address == request.path))
    return tabs


def other_years(years: Sequence[OpenYear], year: int) -> list[tuple[int, str]]:
    """Return the other opened years with their boards, newest first."""
    return [(one.year, reverse("board", args=[one.year])) for one in years if one.year != year]
