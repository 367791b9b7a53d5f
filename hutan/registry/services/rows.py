"""Writing what the engine has decided: set-based statements, the same for one row or thousands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from hutan.parties.planned import planned
from hutan.registry.domain.blocks import Block, Holding
from hutan.registry.domain.catalogue import catalogue
from hutan.registry.domain.facts import Order, vintage
from hutan.registry.domain.outcomes import Done, moved_items
from hutan.registry.services.facts import blocks_of


class Holdings:
    """The blocks of locked holdings, changed in memory and saved as one difference."""

    def __init__(self, held: Mapping[tuple[str, str], int]) -> None:
        """``held`` maps (account, asset) to the ids of holdings the caller has locked."""
        self._held = held
        stored = blocks_of(list(held.values()))
        self._before = {id: frozenset(blocks) for id, blocks in stored.items()}
        self._now = {id: Holding(stored.get(id, ())) for id in held.values()}

    def at(self, account: str, asset: str) -> Holding:
        """Return the holding at that place, to be changed."""
        return self._now[self._held[account, asset]]

    def save(self) -> None:
        """Write what has changed: the blocks that went, then those that came."""
        gone: list[tuple[int, int]] = []
        come: list[tuple[int, int, int, int]] = []
        for (_, asset), id in self._held.items():
            before, now = self._before.get(id, frozenset()), frozenset(self._now[id].blocks)
            gone += [(id, block.first) for block in before - now]
            come += [(id, vintage(asset), block.first, block.last) for block in now - before]
            assert not any(block.frozen for block in before ^ now), "a frozen block moved"
        # In the order of the numbers the index over them grows page by page.
        come.sort(key=lambda row: (row[1], row[2]))
        if gone:
            planned(
                "DELETE FROM registry_block WHERE (holding_id, first) IN"
                " (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))",
                [[id for id, _ in gone], [first for _, first in gone]],
            )
        if come:
            planned(
                "INSERT INTO registry_block (holding_id, vintage, first, last)"
                " SELECT * FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::bigint[])",
                [list(column) for column in zip(*come, strict=True)],
            )


def existing_accounts(numbers: Collection[str]) -> set[str]:
    """Return those of ``numbers`` that are accounts. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM registry_account WHERE number = ANY(%s)", [list(numbers)]
        )
        return {number for (number,) in cursor.fetchall()}


def accounts_with_debts(numbers: Collection[str]) -> dict[str, set[str]]:
    """Return those of ``numbers`` that are accounts, each with the assets it still owes."""
    found: dict[str, set[str]] = {}
    for number, asset in planned(
        "SELECT a.number, d.asset FROM registry_account a LEFT JOIN registry_debt d"
        " ON d.account_id = a.number AND d.repaid < d.amount WHERE a.number = ANY(%s)",
        [list(numbers)],
    ):
        found.setdefault(number, set()).update([asset] if asset else [])
    return found


def fresh_numbers(year: int, amount: int) -> list[Block]:
    """Return the next ``amount`` numbers of a vintage; nobody else ever gets them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO registry_numbering AS n (vintage, last) VALUES (%(year)s, %(amount)s)
            ON CONFLICT (vintage) DO UPDATE SET last = n.last + %(amount)s
            RETURNING last
            """,
            {"year": year, "amount": amount},
        )
        row = cursor.fetchone()
    assert row is not None
    return [Block(row[0] - amount + 1, row[0])]


def keep_accounts(numbers: Collection[str]) -> None:
    """Let none of these accounts close or pass on until the present transaction ends.

    Taken before the holdings, as closing and succession take them; other acts go on beside it.
    """
    planned(
        "SELECT 1 FROM registry_account WHERE number = ANY(%s) ORDER BY number FOR KEY SHARE",
        [sorted(numbers)],
    )


def write_transactions(
    done: Sequence[Done], *, proposed_at: datetime, at: datetime, proposal: UUID
) -> None:
    """Write the rows of accepted orders and the path of every block they moved."""
    if not done:
        return
    with connection.cursor() as cursor:
        with cursor.copy(
            "COPY registry_transaction (id, type, state, giver_id, receiver_id, amount, items,"
            " plan_line_id, reverses_id, proposal_id, note, proposed_at, approved_at, execute_at,"
            " executed_at, stop_reason) FROM STDIN"
        ) as copy:
            for one in done:
                copy.write_row(_transaction_row(one, proposed_at, at, proposal))
        write_paths(done, at)


def write_paths(done: Sequence[Done], at: datetime) -> None:
    """Append which numbers went where."""
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY registry_blockmovement (transaction_id, vintage, first, last, giver_id,"
            " receiver_id, at) FROM STDIN"
        ) as copy,
    ):
        for one in done:
            for moved in one.moved:
                for block in moved.blocks:
                    copy.write_row(
                        (
                            one.order.id,
                            vintage(moved.asset),
                            block.first,
                            block.last,
                            moved.giver,
                            moved.receiver,
                            at,
                        )
                    )


def write_plan(orders: Sequence[Order]) -> None:
    """Count what orders issue against their plan lines, and create against their parts.

    The database refuses a line or part that would be passed, whatever was checked before.
    """
    lines: dict[str, int] = {}
    parts: dict[tuple[int, str], int] = {}
    for order in orders:
        if order.type == "create":
            for item in order.items:
                place = (vintage(item.asset), order.plan_line)
                parts[place] = parts.get(place, 0) + item.amount
        elif catalogue()[order.type].plan_line:
            lines[order.plan_line] = lines.get(order.plan_line, 0) + order.amount
    _add_to_lines(lines)
    _add_to_parts(parts)


def undo_plan(reversed_id: UUID, amount: int) -> None:
    """Give back to its plan line what a reversed issue had used of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_planline SET issued = issued - %s WHERE id ="
            " (SELECT plan_line_id FROM registry_transaction WHERE id = %s)",
            [amount, reversed_id],
        )


def _add_to_lines(lines: Mapping[str, int]) -> None:
    if not lines:
        return
    ids = sorted(lines)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE registry_planline l SET issued = l.issued + n.amount
            FROM (SELECT l2.id, n2.amount FROM registry_planline l2
                  JOIN unnest(%s::text[], %s::bigint[]) AS n2 (id, amount) ON n2.id = l2.id
                  ORDER BY l2.id FOR UPDATE OF l2) n
            WHERE l.id = n.id
            """,
            [ids, [lines[id] for id in ids]],
        )
        assert cursor.rowcount == len(ids)


def _add_to_parts(parts: Mapping[tuple[int, str], int]) -> None:
    with connection.cursor() as cursor:
        for (year, part), amount in sorted(parts.items()):
            cursor.execute(
                "UPDATE registry_planpart SET created = created + %s WHERE year = %s AND part = %s",
                [amount, year, part],
            )
            assert cursor.rowcount == 1


def _transaction_row(
    one: Done, proposed_at: datetime, at: datetime, proposal: UUID
) -> tuple[object, ...]:
    order = one.order
    by_line = bool(catalogue()[order.type].plan_line)
    return (
        order.id,
        order.type,
        one.state,
        order.giver,
        order.receiver or None,
        order.amount,
        Jsonb(moved_items(one)),
        order.plan_line if by_line else None,
        order.reverses,
        proposal,
        order.note,
        proposed_at,
        at,
        one.execute_at,
        None if one.state == "waiting" else at,
        "",
    )
