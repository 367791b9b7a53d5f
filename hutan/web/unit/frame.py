"""The way around a unit's pages: its years, its accounts, what its people proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from hutan.compliance.queries import OpenYear
from hutan.parties.queries import OrganisationRecord
from hutan.registry.queries import AccountRecord
from hutan.web.language import Bilingual, bi
from hutan.web.words import ACCOUNT_KINDS


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the pages side by side."""

    title: Bilingual
    address: str
    current: bool = False


def tabs_of(
    unit: OrganisationRecord,
    years: Sequence[OpenYear],
    accounts: Sequence[AccountRecord],
    current: str,
) -> list[Tab]:
    """Return a unit's tabs: years newest first (five at most), accounts, its acts."""
    tabs = [
        Tab(bi(f"{one.year} 年度", str(one.year)), reverse("unit_year", args=[unit.id, one.year]))
        for one in years[:5]
    ]
    tabs += [
        Tab(ACCOUNT_KINDS[one.kind], reverse("account", args=[one.number]))
        for one in accounts
        if one.status != "closed"
    ]
    tabs.append(Tab(bi("事项", "Acts"), reverse("unit_acts", args=[unit.id])))
    return [Tab(tab.title, tab.address, tab.address == current) for tab in tabs]


def nearest_year(years: Sequence[OpenYear], at: datetime) -> OpenYear | None:
    """Return the year whose surrender closes next, else the newest there is."""
    coming = [one for one in years if one.closed_at is None and one.surrender_closes > at]
    if coming:
        return min(coming, key=lambda one: one.surrender_closes)
    return years[0] if years else None
