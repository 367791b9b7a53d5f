"""Compliance years in the city: lists, plans, determinations, surrenders, the close of 2023."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from hutan.cli.demo.city import Cast, Emitter
from hutan.cli.demo.desk import AGENCY, BUREAU, Content, act, decide, of_unit, user
from hutan.cli.demo.founding import open_account
from hutan.compliance.queries import assessment
from hutan.compliance.services.years import assumed_keys
from hutan.kernel.canonical import Json
from hutan.kernel.moments import SHANGHAI
from hutan.registry.domain.facts import vintage
from hutan.registry.queries import accounts_of, balances_of_account, unit_account
from hutan.registry.services.documents import issue_cancellation
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.rules.parameters import rulebook

DESK_2023 = datetime(2024, 2, 26, 10, 0, tzinfo=SHANGHAI)
DESK_2024 = datetime(2025, 2, 24, 10, 0, tzinfo=SHANGHAI)
RESERVE = {2023: 900_000, 2024: 880_000}
AUCTION = {2023: 200_000, 2024: 220_000}
"""Reserve part and ordinary auctions of the invented plans, in tonnes."""

_FIRST = 2023
_MARGIN = 100_000


def year_2023(cast: Cast) -> None:
    """Play the first year from its list to its close; one unit is late, all are met."""
    open_year(2023, DESK_2023)
    enlist(cast, 2023, DESK_2023 + timedelta(hours=1))
    plan(cast, 2023, 1, {key: line(unit, 2023) for key, unit in listed(cast, 2023)},
         _on(2024, 3, 4))  # fmt: skip
    issue(2023, 1, _on(2024, 3, 6))
    determine(cast, 2023, _on(2024, 5, 27))
    auction(cast, 2023, {"chengfeng": 60_000}, _on(2024, 6, 19))
    at = _on(2024, 8, 5)
    for key, _ in listed(cast, 2023):
        if key != "textile":
            surrender_in_full(cast, key, 2023, at)
            at += timedelta(hours=7)
    surrender_in_full(cast, "textile", 2023, _on(2024, 10, 8))
    decide("close/2023", "compliance.close_year", {"year": 2023}, BUREAU, _on(2024, 10, 15))
    _cancel_for_good(cast)


def year_2024_opens(cast: Cast) -> None:
    """Open the present year, enter its list, issue by its plan, determine, hold the auction."""
    open_year(2024, DESK_2024)
    enlist(cast, 2024, DESK_2024 + timedelta(hours=1))
    open_account(cast.units["data"].body, "unit", _on(2025, 3, 10), new_in_year=2024)
    plan(cast, 2024, 1, {key: line(unit, 2024) for key, unit in listed(cast, 2024)},
         _on(2025, 4, 7))  # fmt: skip
    issue(2024, 1, _on(2025, 4, 8))
    auction(cast, 2024, {"chengfeng": 80_000, "data": 3_000}, _on(2025, 5, 14))
    determine(cast, 2024, _on(2025, 5, 28))


def open_year(year: int, at: datetime) -> None:
    """Open a year; its assumed parameters are confirmed one by one."""
    confirmed: list[Json] = [{"key": key} for key in assumed_keys(year, rulebook())]
    decide(f"open/{year}", "compliance.open_year", {"year": year, "confirmed": confirmed},
           BUREAU, at)  # fmt: skip


def enlist(cast: Cast, year: int, at: datetime) -> None:
    """Enter the year's list: regulated units, those of the national market, those that report."""
    entries: list[Json] = [
        {
            "unit": str(unit.body.id),
            "listing": unit.listing,
            "reason": f"{unit.sector}，列入 {year} 年度名录",
        }
        for unit in cast.units.values()
        if year > _FIRST or not unit.new
    ]
    content: Content = {"year": year, "document": f"{year} 年度名录（演示）", "entries": entries}
    decide(f"list/{year}", "compliance.list", content, BUREAU, at)


def plan(cast: Cast, year: int, version: int, free: Mapping[str, int], at: datetime) -> None:
    """Put a version of the year's plan into force."""
    content = plan_content(cast, year, version, free)
    decide(f"plan/{year}/{version}", "registry.plan", content, BUREAU, at)


def plan_content(cast: Cast, year: int, version: int, free: Mapping[str, int]) -> dict[str, Json]:
    """Return a plan: total = direct part + reserve, direct = free lines + ordinary auctions."""
    lines: list[Json] = [
        {"kind": "free", "account": account_of(cast, key), "amount": amount}
        for key, amount in free.items()
        if amount
    ]
    lines.append({"kind": "ordinary_auction", "amount": AUCTION[year]})
    lines.append({"kind": "regulation_auction", "amount": RESERVE[year]})
    # What later versions hand out came from a margin that the first one left in the direct part.
    direct = sum(line(unit, year) for _, unit in listed(cast, year)) + AUCTION[year] + _MARGIN
    return {
        "year": year,
        "total": direct + RESERVE[year],
        "direct": direct,
        "reserve": RESERVE[year],
        "document": f"{year} 年度配额分配方案（演示）第 {version} 版",
        "lines": lines,
    }


def issue(year: int, version: int, at: datetime) -> None:
    """Issue all that is left on the free lines."""
    decide(f"issue/{year}/{version}", "registry.issue_lines", {"year": year, "kind": "free"},
           AGENCY, at)  # fmt: skip


def determine(cast: Cast, year: int, at: datetime) -> None:
    """Determine the year's emissions of all regulated units."""
    entries: list[Json] = [
        {"unit": str(unit.body.id), "tonnes": str(unit.years[year][0])}
        for _, unit in listed(cast, year)
    ]
    content: Content = {
        "year": year,
        "document": f"{year} 年度排放审定（演示）",
        "entries": entries,
    }
    decide(f"determine/{year}", "compliance.determine", content, BUREAU, at)


def auction(cast: Cast, year: int, won: Mapping[str, int], at: datetime) -> None:
    """Provide for an ordinary auction and issue to those who won."""
    asset = f"allowance:{year}"
    decide(
        f"auction/{year}",
        "registry.to_auction",
        {
            "giver": GOVERNMENT_ACCOUNTS["total"],
            "receiver": GOVERNMENT_ACCOUNTS["auction"],
            "items": [{"asset": asset, "amount": AUCTION[year]}],
        },
        BUREAU,
        at,
    )
    for key, amount in won.items():
        content: dict[str, Json] = {
            "giver": GOVERNMENT_ACCOUNTS["auction"],
            "receiver": account_of(cast, key),
            "items": [{"asset": asset, "amount": amount}],
            "plan_line": f"{year}/ordinary_auction/-/1",
        }
        decide(f"auction/{year}/{key}", "registry.issue_paid", content,
               ("exchange.operator", "registry.approver"), at + timedelta(hours=2))  # fmt: skip


def surrender_in_full(
    cast: Cast, key: str, year: int, at: datetime, proofs: Sequence[tuple[str, str, int]] = ()
) -> None:
    """Surrender what a unit still owes: reductions by their proofs, the rest in allowances."""
    given = sum(quantity for _, _, quantity in proofs)
    named: list[Json] = [{"kind": kind, "proof": number} for kind, number, _ in proofs]

    def content() -> dict[str, Json]:
        found = assessment(cast.units[key].body.id, year, at)
        assert found is not None
        account = account_of(cast, key)
        items = oldest_first(account, year, int(found.missing) - given)
        return {"year": year, "account": account, "items": items, "reductions": named}

    surrender(key, year, content, at)


def surrender(
    key: str, year: int, content: Callable[[], Mapping[str, Json]], at: datetime, part: str = ""
) -> None:
    """Surrender as the unit's two people do."""
    decide(f"surrender/{year}/{key}{part}", "compliance.surrender", content, of_unit(key), at)


def oldest_first(account: str, year: int, amount: int) -> list[Json]:
    """Return items of an amount, from the oldest vintage that the account holds on."""
    items: list[Json] = []
    for held in balances_of_account(account):
        taken = min(amount, held.available) if vintage(held.asset) <= year else 0
        if taken:
            items.append({"asset": held.asset, "amount": taken})
            amount -= taken
    assert amount == 0, f"{account} lacks {amount} t"
    return items


def listed(cast: Cast, year: int) -> list[tuple[str, Emitter]]:
    """Return the units with a duty for the year."""
    return [
        (key, unit)
        for key, unit in cast.units.items()
        if unit.listing == "regulated" and year in unit.years
    ]


def line(unit: Emitter, year: int) -> int:
    """Return what the first plan of a year gives a unit, in tonnes."""
    return unit.years[year][1]


def account_of(cast: Cast, key: str) -> str:
    """Return the account in which a body gets and gives: a unit's, else its trading account."""
    body = cast.bodies[key]
    return unit_account(body.id) or accounts_of(body.id)[0].number


def _cancel_for_good(cast: Cast) -> None:
    """One unit gives up some of its surplus for the public good, and draws its certificate."""
    at = _on(2024, 11, 5)
    people = of_unit("metals")
    done = decide(
        "cancel/metals",
        "registry.cancel_voluntary",
        lambda: {
            "giver": account_of(cast, "metals"),
            "receiver": GOVERNMENT_ACCOUNTS["cancellation"],
            "items": [{"asset": "allowance:2023", "amount": 500}],
            "note": "建厂二十周年公益注销",
        },
        people,
        at,
    )
    issue_cancellation(id=act("certificate/metals"), transaction=done.id, by=user(people[0]),
                       at=at + timedelta(hours=1))  # fmt: skip


def _on(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 11, 0, tzinfo=SHANGHAI)
