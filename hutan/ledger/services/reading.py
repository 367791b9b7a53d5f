"""What a decision needs to know, read set by set: accounts under lock, and the history."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import starmap
from typing import Any, Final, TypeAlias
from uuid import UUID

import psycopg

from hutan.kernel.refusals import Refusal
from hutan.ledger.domain.answers import Earlier, Remembered
from hutan.ledger.domain.decisions import AccountState, Book, Facts
from hutan.ledger.domain.instructions import Instruction, Kind, Posted, Reserve, Transfer
from hutan.ledger.refusals import BY_CODE
from hutan.ledger.rows import COLUMNS, read_row

Cursor: TypeAlias = psycopg.Cursor[tuple[Any, ...]]

_LOCK: Final = (
    "SELECT id, asset, source, balance, reserved, last_sequence"
    " FROM public.ledger_lock(%s::text::bigint[])"
)


def load_book(
    cursor: Cursor, batch: Sequence[Instruction], at: datetime, *, look_up: bool
) -> tuple[Book, int]:
    """Lock what ``batch`` touches, let what is due lapse, and return the book to decide on.

    Also return the first sequence of a new commit. It is drawn under the locks, so that sequences
    grow along each account.
    """
    accounts: set[int] = set()
    subjects: set[UUID] = set()
    for one in batch:
        if isinstance(one, (Transfer, Reserve)):
            accounts.add(one.debit)
            accounts.add(one.credit)
        else:
            subjects.add(one.subject)
    found = find_rows(cursor, subjects) if subjects else {}
    for row in found.values():
        accounts |= {row.debit, row.credit}
    states = lock_accounts(cursor, accounts)
    holding = [account for account, state in states.items() if state.reserved]
    if holding:
        lapse(cursor, holding, at, states)
    book = Book(states, subjects=found)
    if subjects:
        _load_endings(cursor, book, subjects)
    if look_up:
        book.answered = find_answers(cursor, [instruction.id for instruction in batch])
    cursor.execute("SELECT nextval('public.ledger_commit') << 20", prepare=True, binary=True)
    return book, next(cursor)[0]


def lock_accounts(cursor: Cursor, accounts: Iterable[int]) -> dict[int, AccountState]:
    """Lock accounts in the order of their ids and return how they stand, unknown ones left out."""
    # PostgreSQL reads an array written as text faster than psycopg writes a binary one.
    numbers = "{" + ",".join(map(str, accounts)) + "}"
    cursor.execute(_LOCK, (numbers,), prepare=True, binary=True)
    return {state.id: state for state in starmap(AccountState, cursor.fetchall())}


def lapse(
    cursor: Cursor, accounts: Iterable[int], at: datetime, states: dict[int, AccountState]
) -> list[Posted]:
    """Release what is due on locked accounts, in the history and in ``states``."""
    cursor.execute(
        f"SELECT {COLUMNS} FROM public.ledger_lapse(%s, %s)",  # noqa: S608 a constant
        (list(accounts), at),
        binary=True,
    )
    lapsed = [read_row(row) for row in cursor.fetchall()]
    for row in lapsed:
        states[row.debit].reserved += row.held
        states[row.debit].last = row.sequence
    return lapsed


def find_rows(cursor: Cursor, ids: Iterable[UUID]) -> dict[int, Posted]:
    """Return the rows of the history with these ids, refused ones left out."""
    cursor.execute(
        f"SELECT {COLUMNS} FROM public.ledger_transfer WHERE id = ANY (%s) AND kind <> 0",  # noqa: S608 a constant
        (list(ids),),
        binary=True,
    )
    return {row[0].int: read_row(row) for row in cursor.fetchall()}


def find_answers(cursor: Cursor, ids: Iterable[UUID]) -> dict[int, Earlier]:
    """Return how each of these ids was answered before; ids not answered are left out."""
    wanted = list(ids)
    answers: dict[int, Earlier] = dict(find_rows(cursor, wanted))
    cursor.execute(
        "SELECT id, code, facts, content FROM public.ledger_refusal WHERE id = ANY (%s)",
        (wanted,),
    )
    for identity, code, facts, content in cursor.fetchall():
        refusal: Refusal = BY_CODE[code](**_json(facts))
        answers[identity.int] = Remembered(_json(content), refusal)
    return answers


def _load_endings(cursor: Cursor, book: Book, subjects: set[UUID]) -> None:
    cursor.execute(
        "SELECT subject, kind, moved FROM public.ledger_transfer"
        " WHERE subject = ANY (%s) AND kind IN (3, 4, 5)"
        " UNION ALL SELECT subject, kind, moved FROM public.ledger_transfer"
        " WHERE subject = ANY (%s) AND kind = 6",
        (list(subjects), list(subjects)),
        binary=True,
    )
    for subject, kind, moved in cursor.fetchall():
        if kind == Kind.REVERSE:
            book.reversed[subject.int] = book.reversed.get(subject.int, 0) + moved
        else:
            book.closed[subject.int] = Kind(kind)


def named_facts(cursor: Cursor, facts: Sequence[Facts]) -> list[Facts]:
    """Write account codes and assets where decisions wrote account numbers."""
    numbers = {
        value
        for one in facts
        for name, value in one.items()
        if name in ("account", "debit", "credit") and isinstance(value, int)
    }
    cursor.execute(
        "SELECT a.id, a.code, s.code FROM public.ledger_account a"
        " JOIN public.ledger_asset s ON s.id = a.asset WHERE a.id = ANY (%s)",
        (list(numbers),),
        prepare=True,
    )
    names = {number: (code, asset) for number, code, asset in cursor.fetchall()}
    return [_named(one, names) for one in facts]


def _named(facts: Facts, names: dict[int, tuple[str, str]]) -> Facts:
    named = dict(facts)
    for name in ("account", "debit", "credit"):
        number = facts.get(name)
        if isinstance(number, int):
            named[name], asset = names[number]
            named["asset" if name == "account" else f"{name}_asset"] = asset
    return named


def _json(value: Any) -> Any:
    # Django's connection leaves jsonb as text for its own decoders.
    return json.loads(value) if isinstance(value, str) else value
