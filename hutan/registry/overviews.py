"""Reads for desks: lists of accounts, what burdens them, plans, and what was refused.

Like ``queries``: frozen records, set-based, a query or two each, whatever their number.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from hutan.registry.domain.catalogue import catalogue
from hutan.registry.domain.facts import vintage
from hutan.registry.queries import TransactionRecord, transactions_where
from hutan.registry.services.facts import LIMITED
from hutan.rules.delays import reversal_deadline
from hutan.rules.parameters import Rulebook


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account as a list shows it, with its holder's name and code."""

    number: str
    kind: str
    status: str
    holder: UUID | None
    holder_kind: str
    name: str
    credit_code: str
    district: str
    frozen_by: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class AccountTerms:
    """An account's own and the bureau's limits in tonnes, and its documents by kind."""

    own_per_transfer: int | None
    own_per_day: int | None
    bureau_per_transfer: int | None
    bureau_per_day: int | None
    documents: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FreezeRecord:
    """An order that stops, or stopped, an account, an amount or a block of it."""

    id: UUID
    account: str
    scope: str
    asset: str
    amount: int | None
    first: int | None
    last: int | None
    authority: str
    order: str
    imposed_at: datetime
    lifted_at: datetime | None
    lifted_order: str
    holder: str


@dataclass(frozen=True, slots=True)
class TrustRecord:
    """A receiver on an account's trusted list; it counts from ``effective_at`` on."""

    trusted: str
    kind: str
    name: str
    approved_at: datetime
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Burden:
    """A pledge or a debt on an account, in tonnes: what is still open of it."""

    kind: str
    asset: str
    amount: int
    title: str
    since: datetime


@dataclass(frozen=True, slots=True)
class PledgeLine:
    """An amount set aside for a creditor until he releases it, in tonnes."""

    id: UUID
    account: str
    holder: str
    creditor: str
    asset: str
    amount: int
    contract: str
    pledged_at: datetime


@dataclass(frozen=True, slots=True)
class DebtLine:
    """Units to be taken back that an account no longer had, in tonnes, with its holder."""

    account: str
    name: str
    asset: str
    amount: int
    repaid: int
    cause: str
    since: datetime

    @property
    def left(self) -> int:
        """Return what is still owed."""
        return self.amount - self.repaid


@dataclass(frozen=True, slots=True)
class PlanPartRecord:
    """A part of a year's total: how much of it there is, and how much has been created."""

    part: str
    amount: int
    created: int


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A year's plan in force, in tonnes, with its parts and how much of its lines is issued."""

    id: UUID
    year: int
    version: int
    provisional: bool
    total: int
    direct: int
    reserve: int
    document: str
    approved_at: datetime
    lines: int
    line_amount: int
    line_issued: int


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """A refused attempt that was kept: who tried what, and why not."""

    id: int
    act: UUID
    kind: str
    content: Mapping[str, Any]
    refused: Sequence[Mapping[str, Any]]
    login: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What happened to an account itself, before and after."""

    what: str
    before: Any
    after: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class SuccessionRecord:
    """A merger or split: who took over from whom."""

    id: UUID
    kind: str
    predecessors: Sequence[Any]
    successors: Sequence[Any]
    document: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reversible:
    """A transaction that can still be reversed, and until when."""

    transaction: TransactionRecord
    until: datetime


@dataclass(frozen=True, slots=True)
class VintageTotals:
    """Where a vintage's allowances are, in tonnes over the whole market."""

    vintage: int
    created: int
    unissued: int
    held: int
    surrendered: int
    cancelled: int

    @property
    def issued(self) -> int:
        """Return what has left the government's accounts for holders, now or before."""
        return self.created - self.unissued


_LINE = """
SELECT a.number, a.kind, a.status, a.holder_id, coalesce(o.kind, ''), coalesce(o.name, ''),
  coalesce(o.credit_code, ''), coalesce(o.district, ''),
  coalesce((SELECT min(f."order") FROM registry_freeze f WHERE f.account_id = a.number
            AND f.scope = 'account' AND f.lifted_at IS NULL), ''),
  a.opened_at
FROM registry_account a LEFT JOIN parties_organisation o ON o.id = a.holder_id
"""

_FOUND = """
WHERE (%(text)s = '' OR strpos(a.number, upper(%(text)s)) > 0
       OR strpos(lower(o.name), lower(%(text)s)) > 0
       OR strpos(coalesce(o.credit_code, ''), upper(%(text)s)) > 0)
  AND (%(kind)s = '' OR a.kind = %(kind)s) AND (%(status)s = '' OR a.status = %(status)s)
"""


_FREEZE = """
SELECT f.id, f.account_id, f.scope, f.asset, f.amount, f.first, f.last, f.authority,
  f."order", f.imposed_at, f.lifted_at, f.lifted_order, coalesce(o.name, '')
FROM registry_freeze f JOIN registry_account a ON a.number = f.account_id
LEFT JOIN parties_organisation o ON o.id = a.holder_id
"""


def find_accounts(
    text: str = "", *, kind: str = "", status: str = "", limit: int = 50, skip: int = 0
) -> tuple[list[AccountLine], int]:
    """Return a page of the accounts that fit, by number, and how many fit. Two queries.

    ``text`` is looked for in the number, the holder's name and its credit code.
    """
    given = {"text": text.strip(), "kind": kind, "status": status, "limit": limit, "skip": skip}
    ((count,),) = _rows(
        "SELECT count(*) FROM registry_account a"  # noqa: S608 both parts are written above
        f" LEFT JOIN parties_organisation o ON o.id = a.holder_id {_FOUND}",
        given,
    )
    rows = _rows(f"{_LINE} {_FOUND} ORDER BY a.number LIMIT %(limit)s OFFSET %(skip)s", given)
    return [AccountLine(*row) for row in rows], int(count)


def account_lines(numbers: Collection[str]) -> dict[str, AccountLine]:
    """Return accounts with their holders by number. One query."""
    rows = _rows(f"{_LINE} WHERE a.number = ANY(%s)", [list(numbers)])
    return {row[0]: AccountLine(*row) for row in rows}


def account_terms(number: str) -> AccountTerms | None:
    """Return an account's limits and documents, or nothing."""
    rows = _rows(
        "SELECT limit_per_transfer, limit_per_day, bureau_limit_per_transfer,"
        " bureau_limit_per_day, documents FROM registry_account WHERE number = %s",
        [number],
    )
    return next(
        (AccountTerms(row[0], row[1], row[2], row[3], dict(json.loads(row[4]))) for row in rows),
        None,
    )


def account_changes(number: str) -> list[AccountChange]:
    """Return what happened to an account itself, newest first."""
    rows = _rows(
        "SELECT what, before, after, at FROM registry_accountevent WHERE account_id = %s"
        " ORDER BY id DESC LIMIT 100",
        [number],
    )
    return [
        AccountChange(what, json.loads(before), json.loads(after), at)
        for what, before, after, at in rows
    ]


def freezes(
    *, account: str = "", in_force: bool | None = None, limit: int = 200
) -> list[FreezeRecord]:
    """Return freezes, newest first: of one account or all, in force, lifted, or both."""
    rows = _rows(
        _FREEZE + " WHERE (%(account)s = '' OR f.account_id = %(account)s)"
        " AND (%(in_force)s::boolean IS NULL OR (f.lifted_at IS NULL) = %(in_force)s)"
        " ORDER BY f.imposed_at DESC, f.id LIMIT %(limit)s",
        {"account": account, "in_force": in_force, "limit": limit},
    )
    return [FreezeRecord(*row) for row in rows]


def freezes_by_id(ids: Collection[UUID]) -> list[FreezeRecord]:
    """Return those of these freezes that exist, newest first. One query."""
    rows = _rows(f"{_FREEZE} WHERE f.id = ANY(%s) ORDER BY f.imposed_at DESC, f.id", [list(ids)])
    return [FreezeRecord(*row) for row in rows]


def freeze(id: UUID) -> FreezeRecord | None:
    """Return a freeze, or nothing."""
    return next((FreezeRecord(*row) for row in _rows(f"{_FREEZE} WHERE f.id = %s", [id])), None)


def trusted_accounts(number: str) -> list[TrustRecord]:
    """Return the trusted list of an account, by number."""
    rows = _rows(
        """
        SELECT t.trusted_id, a.kind, coalesce(o.name, ''), t.approved_at, t.effective_at
        FROM registry_trustedaccount t JOIN registry_account a ON a.number = t.trusted_id
        LEFT JOIN parties_organisation o ON o.id = a.holder_id
        WHERE t.account_id = %s AND t.removed_at IS NULL ORDER BY t.trusted_id
        """,
        [number],
    )
    return [TrustRecord(*row) for row in rows]


def burdens(number: str) -> list[Burden]:
    """Return the pledges and debts still open on an account, oldest first. One query."""
    rows = _rows(
        """
        SELECT 'pledge', p.asset, p.amount, o.name || ' ' || p.contract, p.pledged_at AS since
        FROM registry_pledge p JOIN parties_organisation o ON o.id = p.creditor_id
        WHERE p.account_id = %(account)s AND p.released_at IS NULL
        UNION ALL
        SELECT 'debt', asset, amount - repaid, cause, since FROM registry_debt
        WHERE account_id = %(account)s AND repaid < amount
        ORDER BY since
        """,
        {"account": number},
    )
    return [Burden(*row) for row in rows]


def pledges(*, creditors: Collection[UUID] | None = None) -> list[PledgeLine]:
    """Return the pledges in force, oldest first: those of some creditors, or all. One query."""
    rows = _rows(
        """
        SELECT p.id, p.account_id, coalesce(h.name, ''), c.name, p.asset, p.amount, p.contract,
          p.pledged_at
        FROM registry_pledge p JOIN registry_account a ON a.number = p.account_id
        JOIN parties_organisation c ON c.id = p.creditor_id
        LEFT JOIN parties_organisation h ON h.id = a.holder_id
        WHERE p.released_at IS NULL AND (%s OR p.creditor_id = ANY(%s))
        ORDER BY p.pledged_at, p.id
        """,
        [creditors is None, list(creditors or ())],
    )
    return [PledgeLine(*row) for row in rows]


def debts(*, repaid: bool = False, limit: int = 500) -> list[DebtLine]:
    """Return debts still open, or those repaid in full, oldest first. One query."""
    rows = _rows(
        """
        SELECT d.account_id, coalesce(o.name, ''), d.asset, d.amount, d.repaid, d.cause, d.since
        FROM registry_debt d JOIN registry_account a ON a.number = d.account_id
        LEFT JOIN parties_organisation o ON o.id = a.holder_id
        WHERE (d.repaid >= d.amount) = %s ORDER BY d.since, d.id LIMIT %s
        """,
        [repaid, limit],
    )
    return [DebtLine(*row) for row in rows]


def moved_today(number: str, *, begins: datetime, ends: datetime) -> int:
    """Return what counts towards an account's limit of a day, in tonnes."""
    ((amount,),) = _rows(
        "SELECT coalesce(sum(amount), 0)::bigint FROM registry_transaction WHERE giver_id = %s"
        " AND approved_at >= %s AND approved_at < %s AND type = ANY(%s) AND state <> 'stopped'",
        [number, begins, ends, list(LIMITED)],
    )
    return int(amount)


def plan(year: int) -> PlanRecord | None:
    """Return the year's plan in force, or nothing."""
    return next((one for one in plans() if one.year == year), None)


def plans() -> list[PlanRecord]:
    """Return the plans in force, newest year first. One query."""
    rows = _rows(
        """
        SELECT p.id, p.year, p.version, p.provisional, p.total, p.direct, p.reserve, p.document,
          p.approved_at, count(l.id), coalesce(sum(l.amount), 0)::bigint,
          coalesce(sum(l.issued), 0)::bigint
        FROM registry_plan p LEFT JOIN registry_planline l
          ON l.year = p.year AND l.closed_at IS NULL
        WHERE p.superseded_at IS NULL GROUP BY p.id ORDER BY p.year DESC
        """
    )
    return [PlanRecord(*row) for row in rows]


def plan_parts(year: int) -> list[PlanPartRecord]:
    """Return the parts of a year's total and what of them has been created."""
    rows = _rows(
        "SELECT part, amount, created FROM registry_planpart WHERE year = %s ORDER BY part", [year]
    )
    return [PlanPartRecord(*row) for row in rows]


def reversible(at: datetime, *, book: Rulebook, limit: int = 100) -> list[Reversible]:
    """Return what can still be reversed at a moment, newest first."""
    types = [kind.code for kind in catalogue().values() if kind.reversible]
    found = transactions_where(
        " WHERE state = 'executed' AND type = ANY(%s) AND executed_at <= %s"
        " AND executed_at > %s::timestamptz - interval '1 year'"
        " AND NOT EXISTS (SELECT FROM registry_transaction r WHERE r.reverses_id ="
        " registry_transaction.id) ORDER BY executed_at DESC, id LIMIT %s",
        [types, at, at, limit],
    )
    standing = []
    for one in found:
        assert one.executed_at is not None
        until = reversal_deadline(one.executed_at, book=book)
        if until.in_time(at):
            standing.append(Reversible(one, until.closes))
    return standing


def attempts(*, limit: int = 50, skip: int = 0) -> tuple[list[AttemptRecord], int]:
    """Return a page of the refused attempts that were kept, newest first, and how many are."""
    ((count,),) = _rows("SELECT count(*) FROM registry_attempt")
    rows = _rows(
        """
        SELECT t.id, t.act, t.kind, t.content, t.refused, coalesce(u.login, ''), t.at
        FROM registry_attempt t LEFT JOIN parties_user u ON u.id = t.by
        ORDER BY t.id DESC LIMIT %s OFFSET %s
        """,
        [limit, skip],
    )
    return [
        AttemptRecord(id, act, kind, json.loads(content), json.loads(refused), login, at)
        for id, act, kind, content, refused, login, at in rows
    ], int(count)


def successions(*, limit: int = 100) -> list[SuccessionRecord]:
    """Return mergers and splits, newest first."""
    rows = _rows(
        "SELECT id, kind, predecessors, successors, document, at FROM registry_succession"
        " ORDER BY at DESC, id LIMIT %s",
        [limit],
    )
    return [
        SuccessionRecord(id, kind, json.loads(before), json.loads(after), document, at)
        for id, kind, before, after, document, at in rows
    ]


def vintages() -> list[VintageTotals]:
    """Return where the allowances of each vintage are, oldest vintage first. One query."""
    rows = _rows(
        """
        SELECT h.asset,
          (-coalesce(sum(l.balance) FILTER (WHERE a.kind = 'issuance'), 0))::bigint,
          coalesce(sum(l.balance) FILTER (WHERE a.kind IN ('total', 'reserve', 'auction')), 0)
            ::bigint,
          coalesce(sum(l.balance) FILTER (WHERE a.kind IN
            ('unit', 'trading', 'personal', 'omnibus', 'outside')), 0)::bigint,
          coalesce(sum(l.balance) FILTER (WHERE a.kind = 'surrender'), 0)::bigint,
          coalesce(sum(l.balance) FILTER (WHERE a.kind = 'cancellation'), 0)::bigint
        FROM registry_holding h JOIN registry_account a ON a.number = h.account_id
        JOIN ledger_account l ON l.id = h.id
        GROUP BY h.asset ORDER BY h.asset
        """
    )
    return [VintageTotals(vintage(asset), *amounts) for asset, *amounts in rows if vintage(asset)]


def _rows(query: str, given: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        rows: list[Any] = cursor.fetchall()
        return rows
