"""Decide one instruction on the accounts as they stand.

The book holds the accounts, and what the history says about the ids that a batch names. Deciding
changes the book and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from operator import index
from typing import TypeAlias
from uuid import UUID

from hutan.kernel.canonical import Json
from hutan.kernel.moments import canonical
from hutan.kernel.refusals import Refusal
from hutan.ledger import refusals
from hutan.ledger.domain.answers import Earlier
from hutan.ledger.domain.instructions import (
    LARGEST,
    Instruction,
    Kind,
    Post,
    Posted,
    Reserve,
    Reverse,
    Transfer,
    Void,
)

Reason: TypeAlias = type[Refusal]
Facts: TypeAlias = dict[str, Json]

_CLOSED = {
    Kind.POST: refusals.ReservationPosted,
    Kind.VOID: refusals.ReservationVoided,
    Kind.LAPSE: refusals.ReservationExpired,
}


@dataclass(slots=True)
class AccountState:
    """How an account stands. ``source`` may give more than it has; ``last`` is the sequence of its
    latest entry, 0 before the first."""

    id: int
    asset: int
    source: bool
    balance: int
    reserved: int
    last: int


class Fault(Exception):
    """Why an instruction is refused. The accounts in ``facts`` are numbers; services name them."""

    def __init__(self, reason: Reason, facts: Facts) -> None:
        super().__init__(reason.code)
        self.reason, self.facts = reason, facts


@dataclass(frozen=True, slots=True)
class Refused:
    """A fresh refusal, before its accounts are named."""

    instruction: Instruction
    sequence: int
    reason: Reason
    facts: Facts


Outcome: TypeAlias = Posted | Refused | Refusal


@dataclass(slots=True)
class Book:
    """What a batch is decided on. Ids are the integers of their UUIDs, which hash fast.

    ``answered``: earlier answers under the ids of this batch. ``subjects``: rows of the history
    that this batch posts, voids or reverses. ``closed``: how such reservations ended, if they
    have. ``reversed``: how much of such transfers has been reversed. ``fresh``: answers of this
    batch.
    """

    accounts: dict[int, AccountState]
    answered: dict[int, Earlier] = field(default_factory=dict)
    subjects: dict[int, Posted] = field(default_factory=dict)
    closed: dict[int, Kind] = field(default_factory=dict)
    reversed: dict[int, int] = field(default_factory=dict)
    fresh: dict[int, Posted | Refused] = field(default_factory=dict)


def decide_one(
    instruction: Instruction, book: Book, at: datetime, sequence: int
) -> Posted | Refused:
    """Answer an instruction that comes for the first time; what is posted is done on the book."""
    try:
        if fault := stateless_fault(instruction, at):
            raise fault
        if isinstance(instruction, Transfer):
            return _apply(
                instruction, book, at, sequence, instruction.debit, instruction.credit,
                index(instruction.amount), 0,
            )  # fmt: skip
        if isinstance(instruction, Reserve):
            return _apply(
                instruction, book, at, sequence, instruction.debit, instruction.credit,
                0, index(instruction.amount), expires_at=instruction.expires_at,
            )  # fmt: skip
        if isinstance(instruction, Reverse):
            return _reverse(instruction, book, at, sequence)
        return _close(instruction, book, at, sequence)
    except Fault as fault:
        return Refused(instruction, sequence, fault.reason, fault.facts)


def stateless_fault(instruction: Instruction, at: datetime) -> Fault | None:
    """Return what is wrong with an instruction whatever the state of the accounts."""
    if not isinstance(instruction, Void):
        amount = instruction.amount
        # A float is a mistake in the program and raises here; it is never rounded.
        if amount is not None and not 0 < index(amount) <= LARGEST:
            facts: Facts = {"amount": str(amount), "largest": LARGEST}
            return Fault(refusals.AmountOutOfRange, facts)
        if isinstance(instruction, Reserve):
            expires_at = instruction.expires_at
            if expires_at is not None and expires_at <= at:
                facts = {"expires_at": canonical(expires_at), "at": canonical(at)}
                return Fault(refusals.ExpiryNotAhead, facts)
    return None


def _close(instruction: Post | Void, book: Book, at: datetime, sequence: int) -> Posted:
    """Post or void a reservation: what it held is released, and what is posted moves."""
    subject, name = instruction.subject.int, str(instruction.subject)
    reserve = _subject(instruction.subject, book)
    if reserve is None or reserve.kind is not Kind.RESERVE:
        raise Fault(refusals.UnknownReservation, {"reservation": name})
    closed = book.closed.get(subject)
    if closed is None and reserve.expires_at is not None and reserve.expires_at <= at:
        closed = Kind.LAPSE
    if closed is not None:
        raise Fault(_CLOSED[closed], {"reservation": name})
    moved = 0
    if isinstance(instruction, Post):
        moved = reserve.held if instruction.amount is None else index(instruction.amount)
    if moved > reserve.held:
        facts: Facts = {"reservation": name, "reserved": reserve.held, "amount": moved}
        raise Fault(refusals.MoreThanReserved, facts)
    row = _apply(
        instruction, book, at, sequence, reserve.debit, reserve.credit, moved, -reserve.held,
        subject=instruction.subject,
    )  # fmt: skip
    book.closed[subject] = instruction.kind
    return row


def _reverse(instruction: Reverse, book: Book, at: datetime, sequence: int) -> Posted:
    subject, name, amount = (
        instruction.subject.int,
        str(instruction.subject),
        index(instruction.amount),
    )
    done = _subject(instruction.subject, book)
    if done is None or not done.moved:
        raise Fault(refusals.NothingToReverse, {"transfer": name})
    before = book.reversed.get(subject, 0)
    if amount > done.moved - before:
        facts: Facts = {"transfer": name, "left": done.moved - before, "amount": amount}
        raise Fault(refusals.MoreThanLeft, facts)
    row = _apply(
        instruction, book, at, sequence, done.credit, done.debit, amount, 0,
        subject=instruction.subject,
    )  # fmt: skip
    book.reversed[subject] = before + amount
    return row


def _subject(identity: UUID, book: Book) -> Posted | None:
    fresh = book.fresh.get(identity.int)
    return fresh if isinstance(fresh, Posted) else book.subjects.get(identity.int)


def _apply(
    instruction: Instruction, book: Book, at: datetime, sequence: int,
    debit: int, credit: int, moved: int, held: int, *,
    subject: UUID | None = None, expires_at: datetime | None = None,
) -> Posted:  # fmt: skip
    """Do it on its two accounts and return the row, or raise why not and change nothing."""
    giver, taker = book.accounts.get(debit), book.accounts.get(credit)
    if giver is None or taker is None:
        missing = debit if giver is None else credit
        raise Fault(refusals.UnknownAccount, {"account": str(missing)})
    if debit == credit:
        raise Fault(refusals.SameAccount, {"account": debit})
    if giver.asset != taker.asset:
        raise Fault(refusals.DifferentAssets, {"debit": debit, "credit": credit})
    wanted = moved + held
    if wanted > giver.balance - giver.reserved and not giver.source:
        available = giver.balance - giver.reserved
        facts: Facts = {"account": debit, "available": available, "amount": wanted}
        raise Fault(refusals.NotEnough, facts)
    if giver.balance - moved < -LARGEST or giver.reserved + held > LARGEST:
        raise Fault(refusals.BalanceTooLarge, {"account": debit, "largest": LARGEST})
    if taker.balance + moved > LARGEST:
        raise Fault(refusals.BalanceTooLarge, {"account": credit, "largest": LARGEST})
    debit_before, giver.last = giver.last, sequence
    giver.balance -= moved
    giver.reserved += held
    credit_before = None
    if moved:
        credit_before, taker.last = taker.last, sequence
        taker.balance += moved
    return Posted(
        instruction.id, instruction.kind, debit, credit, moved, held, at, sequence,
        debit_before, credit_before, subject, expires_at, instruction.linked,
    )  # fmt: skip


def undo(row: Posted, book: Book) -> None:
    """Take back what :func:`decide_one` did on the book for ``row``, the latest that it did."""
    giver = book.accounts[row.debit]
    giver.balance += row.moved
    giver.reserved -= row.held
    giver.last = row.debit_before
    if row.credit_before is not None:
        taker = book.accounts[row.credit]
        taker.balance -= row.moved
        taker.last = row.credit_before
    if row.kind is Kind.REVERSE and row.subject is not None:
        book.reversed[row.subject.int] -= row.moved
    elif row.subject is not None:
        del book.closed[row.subject.int]
