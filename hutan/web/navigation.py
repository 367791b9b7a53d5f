"""The places of the platform, in their order; each is shown only to those who may go there."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from hutan.web.language import Bilingual, bi
from hutan.web.permissions import may, viewer_of
from hutan.web.rights import SEE_BOARD, SEE_DESK, USE_APPROVALS, USE_UNIT


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """One entry: its name, the route it leads to, and the permission it takes, if any."""

    title: Bilingual
    route: str
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as the page shows it."""

    title: Bilingual
    address: str
    current: bool


ENTRIES: list[NavigationEntry] = [
    NavigationEntry(bi("首页", "Home"), "home"),
    NavigationEntry(bi("工作台", "My desk"), "start", USE_APPROVALS),
    NavigationEntry(bi("本单位", "My unit"), "own_unit", USE_UNIT),
    NavigationEntry(bi("复核", "Approvals"), "approvals", USE_APPROVALS),
    NavigationEntry(bi("登记业务台", "Registry desk"), "desk", SEE_DESK),
    NavigationEntry(bi("年度看板", "Year board"), "boards", SEE_BOARD),
    NavigationEntry(bi("认识碳市场", "How it works"), "how_it_works"),
    NavigationEntry(bi("名录", "Units"), "units"),
    NavigationEntry(bi("规则库", "Rulebook"), "rulebook"),
    NavigationEntry(bi("公开存证", "Public log"), "public_log"),
    NavigationEntry(bi("核验文件", "Check a document"), "verify"),
    NavigationEntry(bi("接口", "API"), "api_reference"),
]


def add_entry(entry: NavigationEntry, *, before: str = "verify") -> None:
    """Put a further entry in front of the one with route ``before``; twice counts once."""
    if entry not in ENTRIES:
        ENTRIES.insert([known.route for known in ENTRIES].index(before), entry)


def places_for(request: HttpRequest) -> list[Link]:
    """Return the entries this viewer may open; posts are looked up only where one needs them."""
    links = []
    for entry in ENTRIES:
        if entry.permission and not may(viewer_of(request), entry.permission):
            continue
        address = reverse(entry.route)
        current = request.path == address or (address != "/" and request.path.startswith(address))
        links.append(Link(entry.title, address, current))
    return links
