"""A small world to post in: two assets, their sources, and a few holders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hutan.kernel.ids import new_id
from hutan.ledger import queries, rows
from hutan.ledger.services import Opening, Transfer, all_posted, open_accounts, open_asset, post

AT = datetime(2025, 6, 16, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai."""


def later(seconds: float) -> datetime:
    """Return the moment so many seconds after :data:`AT`."""
    return AT + timedelta(seconds=seconds)


@dataclass(frozen=True)
class World:
    """Account numbers. ``unit`` and ``other`` hold allowances, the ``purse`` accounts money."""

    issue: int
    unit: int
    other: int
    third: int
    bank: int
    purse: int
    other_purse: int


def open_world(*, units: int = 100, fen: int = 1000) -> World:
    """Open the world; give ``unit`` and ``purse`` what they start with."""
    open_asset(code="allowance:2024", unit="tCO2e")
    open_asset(code="cny", unit="fen")
    opened = open_accounts(
        [
            Opening("allowance:2024", "ISSUE", source=True),
            Opening("allowance:2024", "UNIT"),
            Opening("allowance:2024", "OTHER"),
            Opening("allowance:2024", "THIRD"),
            Opening("cny", "BANK", source=True),
            Opening("cny", "UNIT"),
            Opening("cny", "OTHER"),
        ]
    )
    world = World(*(account.id for account in opened))
    all_posted(
        post(
            [
                Transfer(new_id(), world.issue, world.unit, units),
                Transfer(new_id(), world.bank, world.purse, fen),
            ],
            at=AT,
        )
    )
    return world


def stand(*accounts: int) -> list[tuple[int, int]]:
    """Return balance and reserved of each account."""
    return [(one.balance, one.reserved) for one in queries.balances(accounts)]


def sql(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Run ``query`` as the serving role, past the services."""
    cursor = rows.cursor()
    cursor.execute(query, parameters)
    return cursor.fetchall() if cursor.description else []
