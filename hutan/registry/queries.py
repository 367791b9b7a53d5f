"""Reads of the registry: frozen records, never model instances."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from hutan.ledger.queries import balances
from hutan.registry.domain.blocks import Block
from hutan.registry.domain.facts import vintage
from hutan.registry.models import Document


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account as its holder and the desk see it."""

    number: str
    kind: str
    holder: UUID | None
    status: str
    opened_at: datetime
    opened_late: bool
    closed_at: datetime | None
    frozen_by: str
    limit_per_transfer: int | None
    limit_per_day: int | None


@dataclass(frozen=True, slots=True)
class HoldingRecord:
    """One asset in one account, in tonnes."""

    account: str
    asset: str
    balance: int
    reserved: int
    blocks: tuple[Block, ...] = ()

    @property
    def available(self) -> int:
        """Return what is free to move."""
        return self.balance - self.reserved


@dataclass(frozen=True, slots=True)
class Surplus:
    """What an account holds, and whose account it is; nobody's are the government's."""

    holder: UUID | None
    holding: HoldingRecord


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """A transaction as history shows it."""

    id: UUID
    type: str
    state: str
    giver: str
    receiver: str
    amount: int
    items: tuple[dict[str, Any], ...]
    plan_line: str
    reverses: UUID | None
    note: str
    proposed_at: datetime
    approved_at: datetime
    execute_at: datetime | None
    executed_at: datetime | None
    stop_reason: str
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True)
class Passage:
    """One step on the path of a number."""

    transaction: UUID
    type: str
    first: int
    last: int
    giver: str
    receiver: str
    at: datetime


_ACCOUNT = """
SELECT a.number, a.kind, a.holder_id, a.status, a.opened_at, a.opened_late, a.closed_at,
  coalesce((SELECT min(f."order") FROM registry_freeze f WHERE f.account_id = a.number
            AND f.scope = 'account' AND f.lifted_at IS NULL), ''),
  least(a.limit_per_transfer, a.bureau_limit_per_transfer),
  least(a.limit_per_day, a.bureau_limit_per_day)
FROM registry_account a
"""

_TRANSACTION = """
SELECT id, type, state, giver_id, coalesce(receiver_id, ''), amount, items,
  coalesce(plan_line_id, ''), reverses_id, note, proposed_at, approved_at, execute_at,
  executed_at, stop_reason, stopped_at
FROM registry_transaction
"""


def account(number: str) -> AccountRecord | None:
    """Return an account, or nothing."""
    return next(iter(_accounts(f"{_ACCOUNT} WHERE a.number = %s", [number])), None)


def accounts_of(holder: UUID) -> list[AccountRecord]:
    """Return the accounts of an organisation, by number."""
    return _accounts(f"{_ACCOUNT} WHERE a.holder_id = %s ORDER BY a.number", [holder])


def accounts(
    *,
    kinds: Collection[str] = (),
    holders: Collection[UUID] | None = None,
    limit: int = 100,
    after: str = "",
) -> list[AccountRecord]:
    """Return accounts by number, a page at a time; ``after`` is where the page before ended.

    ``holders``: only theirs; else everybody's and the government's.
    """
    return _accounts(
        f"{_ACCOUNT} WHERE a.number > %s AND (%s OR a.kind = ANY(%s))"
        " AND (%s OR a.holder_id = ANY(%s)) ORDER BY a.number LIMIT %s",
        [after, not kinds, list(kinds), holders is None, list(holders or ()), limit],
    )


def accounts_numbered(numbers: Collection[str]) -> dict[str, AccountRecord]:
    """Return those accounts that exist, by number. One query."""
    found = _accounts(f"{_ACCOUNT} WHERE a.number = ANY(%s)", [list(numbers)])
    return {one.number: one for one in found}


def unit_account(holder: UUID) -> str:
    """Return the number of a unit's open unit account, or nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM registry_account"
            " WHERE holder_id = %s AND kind = 'unit' AND status <> 'closed'",
            [holder],
        )
        row = cursor.fetchone()
    return row[0] if row else ""


def unit_accounts(holders: Collection[UUID]) -> dict[UUID, str]:
    """Return the open unit accounts of several units by holder. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT holder_id, number FROM registry_account"
            " WHERE holder_id = ANY(%s) AND kind = 'unit' AND status <> 'closed'",
            [list(holders)],
        )
        return dict(cursor.fetchall())


def holders_of(numbers: Collection[str]) -> dict[str, UUID]:
    """Return which organisation holds each of these accounts; others are left out. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, holder_id FROM registry_account"
            " WHERE number = ANY(%s) AND holder_id IS NOT NULL",
            [list(numbers)],
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class PlanLineRecord:
    """A line of the plan in force, in tonnes."""

    id: str
    year: int
    part: str
    kind: str
    account: str
    amount: int
    issued: int


def open_lines(year: int, *, accounts: Collection[str] | None = None) -> list[PlanLineRecord]:
    """Return the lines of the year's plan in force, by id: of some accounts, or all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, year, part, kind, coalesce(account_id, ''), amount, issued"
            " FROM registry_planline WHERE year = %s AND closed_at IS NULL"
            " AND (%s OR account_id = ANY(%s)) ORDER BY id",
            [year, accounts is None, list(accounts or ())],
        )
        return [PlanLineRecord(*row) for row in cursor.fetchall()]


def balances_of_account(number: str) -> list[HoldingRecord]:
    """Return what an account holds, oldest vintage first, without its blocks."""
    return balances_of_accounts([number])


def balances_of_accounts(numbers: Collection[str]) -> list[HoldingRecord]:
    """Return what several accounts hold. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, account_id, asset FROM registry_holding WHERE account_id = ANY(%s)"
            " ORDER BY account_id, asset",
            [list(numbers)],
        )
        found = cursor.fetchall()
    known = {one.account: one for one in balances([id for id, _, _ in found])}
    return [
        HoldingRecord(number, asset, known[id].balance, known[id].reserved)
        for id, number, asset in found
    ]


def surpluses(kinds: Collection[str], *, until: int) -> list[Surplus]:
    """Return what open and suspended accounts of these kinds hold of vintages up to ``until``.

    By account and asset, without blocks. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT h.account_id, h.asset, l.balance, l.reserved, a.holder_id
            FROM registry_account a
            JOIN registry_holding h ON h.account_id = a.number
            JOIN ledger_account l ON l.id = h.id
            WHERE a.kind = ANY(%s) AND a.status <> 'closed' AND l.balance > 0
            ORDER BY h.account_id, h.asset
            """,
            [list(kinds)],
        )
        return [
            Surplus(holder, HoldingRecord(*holding))
            for *holding, holder in cursor.fetchall()
            if 0 < vintage(holding[1]) <= until
        ]


def holdings(number: str) -> list[HoldingRecord]:
    """Return what an account holds with its blocks, oldest vintage first. Two queries."""
    found = {one.asset: one for one in balances_of_account(number)}
    blocks: dict[str, list[Block]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.asset, b.first, b.last, b.freeze_id IS NOT NULL FROM registry_block b"
            " JOIN registry_holding h ON h.id = b.holding_id WHERE h.account_id = %s"
            " ORDER BY h.asset, b.first",
            [number],
        )
        for asset, first, last, is_frozen in cursor.fetchall():
            blocks.setdefault(asset, []).append(Block(first, last, is_frozen))
    return [
        HoldingRecord(
            account=number,
            asset=one.asset,
            balance=one.balance,
            reserved=one.reserved,
            blocks=tuple(blocks.get(asset, ())),
        )
        for asset, one in found.items()
    ]


def transaction(id: UUID) -> TransactionRecord | None:
    """Return a transaction, or nothing."""
    return next(iter(_transactions(f"{_TRANSACTION} WHERE id = %s", [id])), None)


def history(
    number: str,
    *,
    limit: int = 50,
    before: datetime | None = None,
    past: UUID | None = None,
    skip: int = 0,
) -> list[TransactionRecord]:
    """Return an account's transactions, newest first, a page at a time.

    ``before``: approved earlier than that moment. ``past``: those that follow that transaction in
    this order, so that a page never loses one of several approved in the same act.
    """
    return _transactions(
        f"{_TRANSACTION} t WHERE (giver_id = %s OR receiver_id = %s)"
        " AND (%s::timestamptz IS NULL OR approved_at < %s)"
        " AND (%s::uuid IS NULL OR EXISTS (SELECT FROM registry_transaction p WHERE p.id = %s AND"
        "   (t.approved_at < p.approved_at OR t.approved_at = p.approved_at AND t.id > p.id)))"
        " ORDER BY approved_at DESC, id LIMIT %s OFFSET %s",
        [number, number, before, before, past, past, limit, skip],
    )


def voluntary_cancellations(number: str) -> list[TransactionRecord]:
    """Return what an account has cancelled voluntarily, newest first."""
    return _transactions(
        f"{_TRANSACTION} WHERE giver_id = %s AND type = 'cancel_voluntary' AND state = 'executed'"
        " ORDER BY executed_at DESC, id",
        [number],
    )


def history_length(number: str) -> int:
    """Return how many transactions an account has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM registry_transaction WHERE giver_id = %s OR receiver_id = %s",
            [number, number],
        )
        (count,) = cursor.fetchone()
    return int(count)


def transactions_where(condition: str, given: list[Any]) -> list[TransactionRecord]:
    """Return the transactions that a condition of our own, written in SQL, selects."""
    return _transactions(f"{_TRANSACTION} {condition}", given)


def moved_by(proposal: UUID) -> list[tuple[str, str, str, int]]:
    """Return type, giver, receiver and tonnes of each transaction of one act. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type, giver_id, coalesce(receiver_id, ''), amount FROM registry_transaction"
            " WHERE proposal_id = %s ORDER BY giver_id, receiver_id, id",
            [proposal],
        )
        return [(type, giver, to, amount) for type, giver, to, amount in cursor.fetchall()]


def waiting(numbers: Collection[str] | None = None) -> list[TransactionRecord]:
    """Return waiting transactions, soonest first: those of some accounts, or all."""
    return _transactions(
        f"{_TRANSACTION} WHERE state = 'waiting'"
        " AND (%s OR giver_id = ANY(%s) OR receiver_id = ANY(%s)) ORDER BY execute_at, id",
        [numbers is None, list(numbers or ()), list(numbers or ())],
    )


def path(vintage: int, running: int) -> list[Passage]:
    """Return the whole path of one allowance, from its creation on."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.transaction_id, t.type, m.first, m.last, m.giver_id, m.receiver_id, m.at
            FROM registry_blockmovement m JOIN registry_transaction t ON t.id = m.transaction_id
            WHERE registry_span(m.vintage, m.first, m.last)
              @> registry_place(%s, %s)
            ORDER BY m.id
            """,
            [vintage, running],
        )
        return [Passage(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A certificate or statement as it was issued: its facts never change."""

    code: str
    kind: str
    account: str
    facts: Mapping[str, Any]
    facts_hash: str
    issued_at: datetime


def document(code: str) -> DocumentRecord | None:
    """Return the document of that code (as printed, in groups), or nothing."""
    row = Document.objects.filter(code=code).first()
    return None if row is None else document_record(row)


def documents_of(account: str, *, limit: int = 100) -> list[DocumentRecord]:
    """Return the documents drawn on an account, newest first."""
    rows = Document.objects.filter(account=account).order_by("-issued_at", "code")[:limit]
    return [document_record(row) for row in rows]


def document_record(row: Document) -> DocumentRecord:
    """Return a row as a record."""
    return DocumentRecord(
        row.code, row.kind, row.account_id, row.facts, row.facts_hash, row.issued_at
    )


def _accounts(query: str, parameters: list[Any]) -> list[AccountRecord]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [AccountRecord(*row) for row in cursor.fetchall()]


def _transactions(query: str, parameters: list[Any]) -> list[TransactionRecord]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [
            TransactionRecord(*row[:6], tuple(json.loads(row[6])), *row[7:])  # type: ignore[call-arg]  # the columns are counted by the query above
            for row in cursor.fetchall()
        ]
