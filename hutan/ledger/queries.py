"""What the ledger answers: balances now and at any past moment, history, single transfers.

Past balances are read backwards along an account's chain of entries, from the folio that follows:
about 128 entries at most, however long the history. ``at`` is exact, also where entries were made
out of the order of their moments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hutan.kernel.moments import aware
from hutan.kernel.refusals import Refusal
from hutan.ledger import rows
from hutan.ledger.checks import Disagreement, first_disagreement
from hutan.ledger.domain.instructions import Kind, Posted
from hutan.ledger.services.opening import Account
from hutan.ledger.services.reading import find_answers

__all__ = [
    "Balance",
    "Disagreement",
    "Line",
    "Reservation",
    "Statement",
    "balances",
    "balances_as_of",
    "find_accounts",
    "find_transfer",
    "first_disagreement",
    "history",
    "reservations",
    "statement",
]


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account has, in whole units of its asset; ``reserved`` is part of ``balance``."""

    account: int
    balance: int
    reserved: int

    @property
    def available(self) -> int:
        """Return what can be given now; a source can give beyond it."""
        return self.balance - self.reserved


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of an account's history, with the balance after it.

    ``moved`` and ``held`` are signed as they changed the balance and what is reserved.
    ``counterparty`` is the other account. ``before`` is the sequence of the entry before it.
    """

    id: UUID
    kind: Kind
    at: datetime
    sequence: int
    before: int
    counterparty: int
    moved: int
    held: int
    balance: int
    reserved: int
    subject: UUID | None
    expires_at: datetime | None
    linked: UUID | None


@dataclass(frozen=True, slots=True)
class Statement:
    """An account over a stretch of time, the oldest line first.

    A line's own balances are those in the order of posting; ``opening`` and ``closing`` are as of
    the moments. They differ only where entries were posted out of the order of their moments.
    """

    opening: Balance
    lines: tuple[Line, ...]
    closing: Balance


@dataclass(frozen=True, slots=True)
class Reservation:
    """A reservation that is still open."""

    id: UUID
    debit: int
    credit: int
    amount: int
    expires_at: datetime | None


def balances(accounts: Iterable[int], *, at: datetime | None = None) -> list[Balance]:
    """Return how ``accounts`` stand, in their order; unknown ones are left out.

    With ``at``, reservations that are due at that moment count as released, swept or not.
    """
    wanted = list(accounts)
    cursor = rows.cursor()
    cursor.execute(_NOW, {"accounts": wanted, "at": at}, binary=True)
    found = {row[0]: Balance(*row) for row in cursor.fetchall()}
    return [found[account] for account in wanted if account in found]


_NOW: Final = """
SELECT a.id, a.balance, a.reserved - CASE WHEN a.reserved = 0 THEN 0 ELSE coalesce((
  SELECT public.ledger_net(r.amount) FROM public.ledger_reservation r
  WHERE r.debit = a.id AND r.expires_at <= %(at)s::timestamptz
), 0) END
FROM public.ledger_account a WHERE a.id = ANY (%(accounts)s)
"""


def balances_as_of(
    accounts: Iterable[int], *, at: datetime | None = None, sequence: int | None = None
) -> list[Balance]:
    """Return how ``accounts`` stood at a past moment, or after the entry of that sequence.

    At a moment: all that was posted for that moment or earlier counts, in whatever order, and what
    had expired by then is released. By sequence: exactly the state that was, which is never below
    zero. Give one of the two.
    """
    if (at is None) == (sequence is None):
        raise ValueError("give either at or sequence")
    name = "ledger_as_of_sequence" if at is None else "ledger_as_of_moment"
    until = sequence if at is None else aware(at)
    wanted = list(accounts)
    cursor = rows.cursor()
    cursor.execute(f"SELECT * FROM public.{name}(%s, %s)", (wanted, until), binary=True)  # noqa: S608 one of two constants
    found = {row[0]: Balance(*row) for row in cursor.fetchall()}
    return [found[account] for account in wanted if account in found]


def history(account: int, *, before: Line | None = None, limit: int = 100) -> list[Line]:
    """Return entries of ``account``, the newest first, with the balance after each.

    The next page is what lies ``before`` the last line of this one.
    """
    if before is None:
        end = _present(account)
    else:
        end = _Standing(before.before, before.balance - before.moved, before.reserved - before.held)
    return [] if end is None else list(_walk(account, end, 0, limit))


def statement(account: int, *, since: datetime, until: datetime) -> Statement:
    """Return the entries of ``account`` posted for a moment from ``since`` to before ``until``.

    The oldest come first. Raises ``LookupError`` for an unknown account.
    """
    if (present := _present(account)) is None:
        raise LookupError(f"there is no account {account}")
    cursor = rows.cursor()
    cursor.execute(_PAGES, {"account": account, "since": aware(since), "until": aware(until)})
    lines: list[Line] = []
    for sequence, balance, reserved, floor in cursor.fetchall():
        page = _walk(account, _Standing(sequence, balance, reserved), floor, present.sequence)
        lines += [line for line in page if since <= line.at < until]
    opening, closing = (
        balances_as_of([account], at=moment - _INSTANT)[0] for moment in (since, until)
    )
    return Statement(opening, tuple(reversed(lines)), closing)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a walk back starts: the sequence of an entry, and what the account had after it."""

    sequence: int
    balance: int
    reserved: int


_INSTANT: Final = timedelta(microseconds=1)

_PAGES: Final = """
SELECT page.sequence, page.balance, page.reserved, coalesce((
  SELECT max(f.sequence) FROM public.ledger_folio f
  WHERE f.account = %(account)s AND f.sequence < page.sequence
), 0)
FROM (
  SELECT sequence, balance, reserved, earliest, latest
  FROM public.ledger_folio WHERE account = %(account)s
  UNION ALL
  SELECT last_sequence, balance, reserved, earliest, latest
  FROM public.ledger_account WHERE id = %(account)s AND entries BETWEEN 1 AND 255
) AS page
WHERE page.earliest < %(until)s AND page.latest >= %(since)s ORDER BY page.sequence DESC
"""


def _present(account: int) -> _Standing | None:
    cursor = rows.cursor()
    cursor.execute(
        "SELECT last_sequence, balance, reserved FROM public.ledger_account WHERE id = %s",
        (account,),
    )
    row = cursor.fetchone()
    return None if row is None else _Standing(*row)


def _walk(account: int, end: _Standing, floor: int, most: int) -> Iterator[Line]:
    """Yield entries from ``end`` back to ``floor``, at most so many, each with its balance."""
    cursor = rows.cursor()
    cursor.execute(
        f"SELECT {rows.COLUMNS} FROM public.ledger_walk(%s, %s, %s, %s)",  # noqa: S608 a constant
        (account, end.sequence, floor, most),
        binary=True,
    )
    balance, reserved = end.balance, end.reserved
    for row in map(rows.read_row, cursor.fetchall()):
        gives = row.debit == account
        moved, held = (-row.moved, row.held) if gives else (row.moved, 0)
        before = row.debit_before if gives else row.credit_before
        assert before is not None  # the trigger chains every entry
        yield Line(
            row.id, row.kind, row.at, row.sequence, before, row.credit if gives else row.debit,
            moved, held, balance, reserved, row.subject, row.expires_at, row.linked,
        )  # fmt: skip
        balance, reserved = balance - moved, reserved - held


def find_transfer(transfer: UUID) -> Posted | Refusal | None:
    """Return how the instruction of that id was answered, or ``None`` if it never was."""
    earlier = find_answers(rows.cursor(), [transfer]).get(transfer.int)
    return earlier if earlier is None or isinstance(earlier, Posted) else earlier.refusal


def find_accounts(codes: Iterable[str], *, asset: str | None = None) -> list[Account]:
    """Return the open accounts of these codes, of one asset or of all, by code and asset."""
    cursor = rows.cursor()
    cursor.execute(
        "SELECT a.id, s.code, a.code, a.source, a.serialised FROM public.ledger_account a"
        " JOIN public.ledger_asset s ON s.id = a.asset"
        " WHERE a.code = ANY (%(codes)s) AND (%(asset)s::text IS NULL OR s.code = %(asset)s::text)"
        ' ORDER BY a.code COLLATE "C", s.code COLLATE "C"',
        {"codes": list(codes), "asset": asset},
    )
    return [Account(*row) for row in cursor.fetchall()]


def reservations(accounts: Iterable[int], *, at: datetime) -> list[Reservation]:
    """Return what is reserved of ``accounts`` at the moment ``at``, the oldest first."""
    cursor = rows.cursor()
    cursor.execute(
        "SELECT id, debit, credit, amount, expires_at FROM public.ledger_reservation"
        " WHERE debit = ANY (%s) AND (expires_at IS NULL OR expires_at > %s) ORDER BY sequence",
        (list(accounts), aware(at)),
        binary=True,
    )
    return [Reservation(*row) for row in cursor.fetchall()]
