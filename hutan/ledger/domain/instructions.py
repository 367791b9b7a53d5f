"""What callers instruct and what the ledger answers: plain frozen records.

A transfer debits the giving account and credits the receiving one. A balance is credits less
debits; available is the balance less what is reserved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import ClassVar, NamedTuple, TypeAlias
from uuid import UUID

LARGEST = 2**53 - 1
"""No amount and no balance passes this: beyond it, readers of JSON would bend the figure."""


class Kind(IntEnum):
    """What a row of the history is. The numbers are those of the database."""

    REFUSED = 0
    TRANSFER = 1
    RESERVE = 2
    POST = 3
    VOID = 4
    LAPSE = 5
    REVERSE = 6


@dataclass(frozen=True, slots=True)
class Transfer:
    """Move ``amount`` whole units from ``debit`` to ``credit``, at once.

    ``id`` is the caller's: the same id with the same content is the same transfer. Neighbours in a
    batch that carry the same ``linked`` id are done all or none.
    """

    kind: ClassVar[Kind] = Kind.TRANSFER

    id: UUID
    debit: int
    credit: int
    amount: int
    linked: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reserve:
    """Set ``amount`` of ``debit`` aside for ``credit`` until it is posted or voided, or lapses.

    From ``expires_at`` on (that moment included) it can no longer be posted and holds nothing.
    """

    kind: ClassVar[Kind] = Kind.RESERVE

    id: UUID
    debit: int
    credit: int
    amount: int
    expires_at: datetime | None = None
    linked: UUID | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Carry out the reservation whose id is ``subject``: ``amount`` of it, or the whole.

    What is not posted is released.
    """

    kind: ClassVar[Kind] = Kind.POST

    id: UUID
    subject: UUID
    amount: int | None = None
    linked: UUID | None = None


@dataclass(frozen=True, slots=True)
class Void:
    """Release the reservation whose id is ``subject``; nothing moves."""

    kind: ClassVar[Kind] = Kind.VOID

    id: UUID
    subject: UUID
    linked: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reverse:
    """Move ``amount`` of what ``subject`` moved back to where it came from.

    All reversals of one transfer together move at most what it moved. A reversal can be reversed.
    """

    kind: ClassVar[Kind] = Kind.REVERSE

    id: UUID
    subject: UUID
    amount: int
    linked: UUID | None = None


Instruction: TypeAlias = Transfer | Reserve | Post | Void | Reverse


class Posted(NamedTuple):
    """A row of the history: what was done, and where it stands in it.

    ``moved`` went from ``debit`` to ``credit``; ``held`` was added to (or, below zero, released
    from) what is reserved of ``debit``. ``at`` is the caller's moment. ``sequence`` grows along
    each account; ``debit_before`` and ``credit_before`` are those of the entry before this one in
    either account (0: there is none; ``None``: this is no entry of the credit account). A tuple,
    as a frozen dataclass of so many fields takes four times as long to make as all of the decision.
    """

    id: UUID
    kind: Kind
    debit: int
    credit: int
    moved: int
    held: int
    at: datetime
    sequence: int
    debit_before: int
    credit_before: int | None
    subject: UUID | None = None
    expires_at: datetime | None = None
    linked: UUID | None = None
