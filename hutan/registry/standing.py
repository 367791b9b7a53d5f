"""Everything that stands in the registry, whole tables at a time: for whoever compares it.

Each function yields frozen records through a cursor on the server, so that no table has to fit into
memory; call them inside a transaction, all of them inside one to see one moment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from hutan.kernel.canonical import Json
from hutan.ledger.queries import balances
from hutan.registry.domain.blocks import Block
from hutan.registry.queries import HoldingRecord, PlanLineRecord

R = TypeVar("R")

_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account with both its limits, in tonnes, and the order that freezes it as a whole."""

    account: str
    kind: str
    holder: UUID | None
    status: str
    late: bool
    opened_at: datetime
    closed_at: datetime | None
    limit_per_transfer: int | None
    limit_per_day: int | None
    bureau_limit_per_transfer: int | None
    bureau_limit_per_day: int | None
    frozen_by: str


@dataclass(frozen=True, slots=True)
class NumberingRecord:
    """The last number given out of a vintage."""

    vintage: int
    last: int


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A version of a year's plan, in tonnes."""

    year: int
    version: int
    provisional: bool
    total: int
    direct: int
    reserve: int
    document: str
    approved_at: datetime
    in_force: bool


@dataclass(frozen=True, slots=True)
class PartRecord:
    """A part of a year's total, in tonnes."""

    year: int
    part: str
    amount: int
    created: int


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A plan line, and whether it is open still."""

    line: PlanLineRecord
    open: bool


@dataclass(frozen=True, slots=True)
class TransactionState:
    """A transaction in a line: what kind, between whom, how much, where it stands since when."""

    id: UUID
    type: str
    state: str
    giver: str
    receiver: str
    amount: int
    plan_line: str
    reverses: UUID | None
    note: str
    approved_at: datetime
    execute_at: datetime | None
    executed_at: datetime | None
    stopped_at: datetime | None
    stop_reason: str


@dataclass(frozen=True, slots=True)
class FreezeRecord:
    """A freeze of an account, an amount or a block."""

    id: UUID
    account: str
    scope: str
    asset: str
    amount: int
    first: int | None
    last: int | None
    authority: str
    order: str
    imposed_at: datetime
    lifted_at: datetime | None
    lifted_order: str


@dataclass(frozen=True, slots=True)
class PledgeRecord:
    """A pledge, in tonnes."""

    id: UUID
    account: str
    creditor: UUID
    asset: str
    amount: int
    contract: str
    pledged_at: datetime
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class DebtRecord:
    """What an account owes, in tonnes, and what of it is repaid."""

    id: UUID
    account: str
    asset: str
    amount: int
    repaid: int
    since: datetime


@dataclass(frozen=True, slots=True)
class TrustRecord:
    """A receiver on an account's trusted list, and from when it counts."""

    account: str
    trusted: str
    approved_at: datetime
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class SuccessionRecord:
    """A merger or split: who took over from whom, as the act says it."""

    id: UUID
    kind: str
    predecessors: Sequence[Json]
    successors: Sequence[Json]
    document: str
    at: datetime


def all_accounts() -> Iterator[AccountState]:
    """Yield every account, by number."""
    return _records(
        AccountState,
        """
        SELECT a.number, a.kind, a.holder_id, a.status, a.opened_late, a.opened_at, a.closed_at,
          a.limit_per_transfer, a.limit_per_day, a.bureau_limit_per_transfer,
          a.bureau_limit_per_day,
          coalesce((SELECT min(f."order" COLLATE "C") FROM registry_freeze f
            WHERE f.account_id = a.number AND f.scope = 'account' AND f.lifted_at IS NULL), '')
        FROM registry_account a ORDER BY a.number
        """,
    )


def all_holdings() -> Iterator[HoldingRecord]:
    """Yield every holding with its blocks, by id."""
    page: list[tuple[int, str, str]] = []
    for row in _rows("SELECT id, account_id, asset FROM registry_holding ORDER BY id"):
        page.append(row)
        if len(page) == _PAGE:
            yield from _held(page)
            page = []
    yield from _held(page)


def numberings() -> Iterator[NumberingRecord]:
    """Yield the last number of each vintage."""
    return _records(
        NumberingRecord, "SELECT vintage, last FROM registry_numbering ORDER BY vintage"
    )


def all_plans() -> Iterator[PlanRecord]:
    """Yield every version of every plan."""
    return _records(
        PlanRecord,
        "SELECT year, version, provisional, total, direct, reserve, document, approved_at,"
        " superseded_at IS NULL FROM registry_plan ORDER BY year, version",
    )


def parts() -> Iterator[PartRecord]:
    """Yield the parts of every year's total."""
    return _records(
        PartRecord, "SELECT year, part, amount, created FROM registry_planpart ORDER BY year, part"
    )


def all_lines() -> Iterator[LineRecord]:
    """Yield every plan line, open or closed."""
    for *line, is_open in _rows(
        "SELECT id, year, part, kind, coalesce(account_id, ''), amount, issued, closed_at IS NULL"
        " FROM registry_planline ORDER BY id"
    ):
        yield LineRecord(PlanLineRecord(*line), is_open)


def all_transactions() -> Iterator[TransactionState]:
    """Yield every transaction."""
    return _records(
        TransactionState,
        "SELECT id, type, state, giver_id, coalesce(receiver_id, ''), amount,"
        " coalesce(plan_line_id, ''), reverses_id, note, approved_at, execute_at, executed_at,"
        " stopped_at, stop_reason FROM registry_transaction ORDER BY id",
    )


def all_freezes() -> Iterator[FreezeRecord]:
    """Yield every freeze, lifted or not."""
    return _records(
        FreezeRecord,
        "SELECT id, account_id, scope, asset, coalesce(amount, 0), first, last, authority,"
        ' "order", imposed_at, lifted_at, lifted_order FROM registry_freeze ORDER BY id',
    )


def all_pledges() -> Iterator[PledgeRecord]:
    """Yield every pledge, released or not."""
    return _records(
        PledgeRecord,
        "SELECT id, account_id, creditor_id, asset, amount, contract, pledged_at, released_at"
        " FROM registry_pledge ORDER BY id",
    )


def all_debts() -> Iterator[DebtRecord]:
    """Yield every debt, repaid or not."""
    return _records(
        DebtRecord,
        "SELECT id, account_id, asset, amount, repaid, since FROM registry_debt ORDER BY id",
    )


def trusted_lists() -> Iterator[TrustRecord]:
    """Yield who trusts whom, whether it counts already or only from a later moment."""
    return _records(
        TrustRecord,
        "SELECT account_id, trusted_id, approved_at, effective_at FROM registry_trustedaccount"
        " WHERE removed_at IS NULL ORDER BY account_id, trusted_id",
    )


def successions() -> Iterator[SuccessionRecord]:
    """Yield every merger and split."""
    for id, kind, predecessors, successors, document, at in _rows(
        "SELECT id, kind, predecessors, successors, document, at FROM registry_succession"
        " ORDER BY id"
    ):
        sides = json.loads(predecessors), json.loads(successors)
        yield SuccessionRecord(id, kind, *sides, document, at)


def _held(page: list[tuple[int, str, str]]) -> Iterator[HoldingRecord]:
    ids = [id for id, _, _ in page]
    known = {one.account: one for one in balances(ids)}
    blocks: dict[int, list[Block]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT holding_id, first, last, freeze_id IS NOT NULL FROM registry_block"
            " WHERE holding_id = ANY(%s) ORDER BY holding_id, first",
            [ids],
        )
        for holding, *block in cursor.fetchall():
            blocks.setdefault(holding, []).append(Block(*block))
    for id, account, asset in page:
        one = known[id]
        held = tuple(blocks.get(id, ()))
        yield HoldingRecord(account, asset, one.balance, one.reserved, held)


def _records(kind: type[R], statement: str) -> Iterator[R]:
    for row in _rows(statement):
        yield kind(*row)


def _rows(statement: str) -> Iterator[Any]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while page := cursor.fetchmany(_PAGE):
            yield from page
