"""Load what the checks need for a batch of orders, set-based, with the holdings locked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import connection

from hutan.kernel.moments import SHANGHAI, day_of
from hutan.ledger.queries import balances
from hutan.parties.planned import planned
from hutan.registry.domain.blocks import Block, Holding
from hutan.registry.domain.catalogue import catalogue
from hutan.registry.domain.facts import (
    AccountFacts,
    Facts,
    HoldingFacts,
    Item,
    LineFacts,
    Order,
    PartFacts,
    ReversalSubject,
    vintage,
)
from hutan.rules.delays import reversal_deadline
from hutan.rules.parameters import rulebook

LIMITED = ("transfer", "to_exchange")
"""Types that count towards an account's limit per day."""


def load(orders: Sequence[Order], held: dict[tuple[str, str], int], at: datetime) -> Facts:
    """Return the facts for ``orders``.

    ``held`` maps (account, asset) to the ids of holdings that the caller has locked; balances
    and blocks are read after the lock, so they cannot change until the transaction ends.
    """
    subjects = _subjects({order.reverses for order in orders if order.reverses})
    named = {order.plan_line for order in orders}
    return Facts(
        accounts=_accounts(orders, at),
        holdings=_holdings(held, _ranged(orders)),
        lines=_lines((named | {one.plan_line for one in subjects.values()}) - {""}),
        parts=_parts(
            {
                vintage(item.asset)
                for order in orders
                if order.type == "create"
                for item in order.items
            }
        ),
        subjects=subjects,
        ceiling=_ceiling(orders, at),
    )


def _ceiling(orders: Sequence[Order], at: datetime) -> int:
    """Return the ceiling off the trusted list; it is looked up only where some order meets it."""
    if not any("ceiling" in catalogue()[order.type].checks for order in orders):
        return 0
    return int(rulebook().on_day("registry.transfer_ceiling", day_of(at)).decimal)


def _accounts(orders: Sequence[Order], at: datetime) -> dict[str, AccountFacts]:
    numbers = sorted({order.giver for order in orders} | {order.receiver for order in orders})
    rows = planned(
        """
        SELECT a.number, a.kind, a.holder_id, a.status,
          least(a.limit_per_transfer, a.bureau_limit_per_transfer),
          least(a.limit_per_day, a.bureau_limit_per_day),
          coalesce((SELECT min(f."order") FROM registry_freeze f WHERE f.account_id = a.number
                    AND f.scope = 'account' AND f.lifted_at IS NULL), ''),
          ARRAY(SELECT t.trusted_id FROM registry_trustedaccount t
                WHERE t.account_id = a.number AND t.removed_at IS NULL
                  AND t.effective_at <= %(at)s)
        FROM registry_account a WHERE a.number = ANY(%(numbers)s)
        """,
        {"numbers": numbers, "at": at},
    )
    found = {
        row[0]: AccountFacts(
            number=row[0],
            kind=row[1],
            holder=row[2],
            status=row[3],
            limit_per_transfer=row[4],
            limit_per_day=row[5],
            frozen_by=row[6],
            trusted=frozenset(row[7]),
        )
        for row in rows
    }
    for number, moved in _moved_today(found.values(), at).items():
        found[number].moved_today = moved
    return found


def _moved_today(accounts: Iterable[AccountFacts], at: datetime) -> dict[str, int]:
    limited = [one.number for one in accounts if one.limit_per_day is not None]
    if not limited:
        return {}
    begins = datetime.combine(day_of(at), time(), SHANGHAI)
    with connection.cursor() as cursor:
        # Two acts of one day follow each other even where they move different vintages.
        cursor.execute(
            "SELECT 1 FROM registry_account WHERE number = ANY(%s) ORDER BY number"
            " FOR NO KEY UPDATE",
            [limited],
        )
        cursor.execute(
            """
            SELECT giver_id, sum(amount) FROM registry_transaction
            WHERE giver_id = ANY(%s) AND approved_at >= %s AND approved_at < %s
              AND type = ANY(%s) AND state <> 'stopped'
            GROUP BY giver_id
            """,
            [limited, begins, begins + timedelta(days=1), list(LIMITED)],
        )
        return {number: int(moved) for number, moved in cursor.fetchall()}


def _ranged(orders: Iterable[Order]) -> set[tuple[str, str]]:
    """Return the holdings out of which an order names numbers: only there do blocks decide."""
    return {
        (order.giver, item.asset)
        for order in orders
        for item in order.items
        if item.first is not None
    }


def _holdings(
    held: dict[tuple[str, str], int], ranged: set[tuple[str, str]]
) -> dict[tuple[str, str], HoldingFacts]:
    known = {one.account: one for one in balances(list(held.values()))}
    blocks = blocks_of([id for place, id in held.items() if place in ranged])
    return {
        place: HoldingFacts(
            balance=known[id].balance,
            reserved=known[id].reserved,
            blocks=Holding(blocks.get(id, ())),
        )
        for place, id in held.items()
    }


def blocks_of(holdings: Sequence[int]) -> dict[int, list[Block]]:
    """Return the blocks of holdings by holding, each in the order of its numbers. One query."""
    found: dict[int, list[Block]] = {}
    if not holdings:
        return found
    for holding, first, last, frozen in planned(
        "SELECT holding_id, first, last, freeze_id IS NOT NULL FROM registry_block"
        " WHERE holding_id = ANY(%s) ORDER BY holding_id, first",
        [list(holdings)],
    ):
        found.setdefault(holding, []).append(Block(first, last, frozen))
    return found


def _lines(ids: set[str]) -> dict[str, LineFacts]:
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind, year, coalesce(account_id, ''), amount, issued, closed_at IS NULL"
            " FROM registry_planline WHERE id = ANY(%s)",
            [sorted(ids)],
        )
        return {row[0]: LineFacts(*row) for row in cursor.fetchall()}


def _parts(years: set[int]) -> dict[tuple[int, str], PartFacts]:
    if not years:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT year, part, amount, created FROM registry_planpart WHERE year = ANY(%s)",
            [sorted(years)],
        )
        return {(row[0], row[1]): PartFacts(*row) for row in cursor.fetchall()}


def _subjects(ids: set[UUID]) -> dict[UUID, ReversalSubject]:
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.id, t.type, t.state, t.giver_id, t.receiver_id, t.executed_at,
              coalesce(t.plan_line_id, ''),
              EXISTS (SELECT 1 FROM registry_transaction r WHERE r.reverses_id = t.id),
              t.items
            FROM registry_transaction t WHERE t.id = ANY(%s)
            """,
            [sorted(ids)],
        )
        rows = cursor.fetchall()
    return {row[0]: _subject(*row) for row in rows}


def _subject(
    id: UUID,
    type: str,
    state: str,
    giver: str,
    receiver: str | None,
    executed_at: datetime | None,
    plan_line: str,
    undone: bool,
    items: str,
) -> ReversalSubject:
    window_ends = None
    if executed_at is not None and catalogue()[type].reversible:
        window_ends = reversal_deadline(executed_at, book=rulebook()).closes
    return ReversalSubject(
        id=id,
        type=type,
        state=state,
        giver=giver,
        receiver=receiver or "",
        items=items_from(json.loads(items)),
        executed_at=executed_at,
        reversed=undone,
        window_ends=window_ends,
        plan_line=plan_line,
    )


def items_from(stored: object) -> tuple[Item, ...]:
    """Read items as they are kept in a transaction or a proposal."""
    assert isinstance(stored, list)
    return tuple(
        Item(row["asset"], int(row["amount"]), row.get("first"), row.get("last")) for row in stored
    )
