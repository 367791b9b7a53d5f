"""The way around a unit's pages: its years, its accounts, what its people proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse

from hutan.compliance.queries import OpenYear
from hutan.parties.queries import OrganisationRecord
from hutan.registry.queries import AccountRecord
from hutan.web.language import Bilingual, bi
from hutan.web.permissions import may, viewer_of
from hutan.web.rights import (
    HOLDINGS,
    MANAGE_KEYS,
    OBLIGATIONS,
    SEE_ACCOUNT,
    SEE_UNIT_YEAR,
    Belongs,
    sees,
)
from hutan.web.words import ACCOUNT_KINDS


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the pages side by side."""

    title: Bilingual
    address: str
    current: bool = False


def tabs_of(
    request: HttpRequest,
    unit: OrganisationRecord,
    years: Sequence[OpenYear],
    accounts: Sequence[AccountRecord],
) -> list[Tab]:
    """Return the tabs of a unit that this viewer may open.

    Its years newest first (five at most), its accounts, its acts, its programs' keys.
    """
    viewer, tabs = viewer_of(request), []
    if may(viewer, SEE_UNIT_YEAR, Belongs(unit.id, OBLIGATIONS, unit.district)):
        tabs += [
            Tab(bi(f"{one.year} 年度", str(one.year)), _address("unit_year", unit.id, one.year))
            for one in years[:5]
        ]
    if may(viewer, SEE_ACCOUNT, Belongs(unit.id, HOLDINGS, unit.district)):
        tabs += [
            Tab(ACCOUNT_KINDS[one.kind], _address("account", one.number))
            for one in accounts
            if one.status != "closed"
        ]
    if sees(viewer, unit.id, district=unit.district):
        tabs.append(Tab(bi("事项", "Acts"), _address("unit_acts", unit.id)))
    if may(viewer, MANAGE_KEYS, Belongs(unit.id)):
        tabs.append(Tab(bi("接口密钥", "API keys"), _address("unit_keys", unit.id)))
    return [Tab(tab.title, tab.address, tab.address == request.path) for tab in tabs]


def _address(route: str, *given: object) -> str:
    return reverse(route, args=given)


def nearest_year(years: Sequence[OpenYear], at: datetime) -> OpenYear | None:
    """Return the year whose surrender closes next, else the newest there is."""
    coming = [one for one in years if one.closed_at is None and one.surrender_closes > at]
    if coming:
        return min(coming, key=lambda one: one.surrender_closes)
    return years[0] if years else None
