"""The records the auditor keeps: accounts, holdings, transactions, plans, years, people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from hutan.auditor.findings import Leaf
from hutan.auditor.ranges import Ranges

HOME_OF_PART = {"direct": "total", "reserve": "reserve", "outside": "outside"}
"""Into which account each part of a year's total is created."""


@dataclass(slots=True)
class Account:
    """An account. ``frozen`` are the freezes of it as a whole, ``moved`` tonnes by day."""

    number: str
    kind: str
    holder: str
    late: bool
    leaf: Leaf
    opened_at: datetime
    closed_at: datetime | None = None
    status: str = "open"
    limits: dict[str, int | None] = field(default_factory=dict)
    frozen: dict[str, str] = field(default_factory=dict)
    trusted: dict[str, tuple[datetime, Leaf]] = field(default_factory=dict)
    moved: dict[date, int] = field(default_factory=dict)

    def limit(self, name: str) -> int | None:
        """Return the lower of the holder's own and the bureau's limit of that name."""
        both = [self.limits.get(f"{whose}limit_{name}") for whose in ("", "bureau_")]
        return min((one for one in both if one is not None), default=None)


@dataclass(slots=True)
class Holding:
    """One asset in one account. ``reserved`` says what for: a transaction, freeze, pledge."""

    account: str
    asset: str
    leaf: Leaf
    balance: int = 0
    free: Ranges = field(default_factory=Ranges)
    frozen: Ranges = field(default_factory=Ranges)
    reserved: dict[tuple[str, str], int] = field(default_factory=dict)
    set_aside: int = 0

    @property
    def available(self) -> int:
        """Return what is free to move."""
        return self.balance - self.set_aside

    def reserve(self, why: tuple[str, str], amount: int) -> None:
        """Set an amount aside for a reason."""
        self.reserved[why] = self.reserved.get(why, 0) + amount
        self.set_aside += amount

    def release(self, why: tuple[str, str]) -> int:
        """Free what was set aside for a reason; return how much that was."""
        amount = self.reserved.pop(why, 0)
        self.set_aside -= amount
        return amount


@dataclass(frozen=True, slots=True)
class Item:
    """An amount of an asset, or exactly the named range of its numbers."""

    asset: str
    amount: int
    first: int | None = None
    last: int | None = None


@dataclass(slots=True)
class Transaction:
    """A transaction as it was last stated; ``moved`` are the items that moved, by number."""

    id: str
    type: str
    state: str
    giver: str
    receiver: str
    items: tuple[Item, ...]
    plan_line: str
    reverses: str
    note: str
    leaf: Leaf
    approved_at: datetime
    execute_at: datetime | None = None
    executed_at: datetime | None = None
    stopped_at: datetime | None = None
    stop_reason: str = ""
    reversed: bool = False

    @property
    def amount(self) -> int:
        """Return the sum of all items, in tonnes."""
        return sum(item.amount for item in self.items)


@dataclass(slots=True)
class Line:
    """A line of a plan, in tonnes."""

    id: str
    year: int
    kind: str
    part: str
    account: str
    amount: int
    issued: int
    leaf: Leaf
    open: bool = True


@dataclass(slots=True)
class Part:
    """A part of a year's total: how much there may be, and how much was created."""

    amount: int
    leaf: Leaf
    created: int = 0


@dataclass(slots=True)
class Plan:
    """A plan's version."""

    year: int
    version: int
    provisional: bool
    total: int
    direct: int
    reserve: int
    document: str
    leaf: Leaf


@dataclass(slots=True)
class Freeze:
    """An order that stops an account, an amount or a block."""

    id: str
    account: str
    scope: str
    asset: str
    amount: int
    first: int | None
    last: int | None
    authority: str
    order: str
    leaf: Leaf
    imposed_at: datetime
    lifted_at: datetime | None = None
    lifted_order: str = ""

    @property
    def lifted(self) -> bool:
        """Tell whether it is in force no more."""
        return self.lifted_at is not None


@dataclass(slots=True)
class Pledge:
    """An amount that is set aside for a creditor."""

    id: str
    account: str
    creditor: str
    asset: str
    amount: int
    contract: str
    leaf: Leaf
    pledged_at: datetime
    released_at: datetime | None = None

    @property
    def released(self) -> bool:
        """Tell whether it is in force no more."""
        return self.released_at is not None


@dataclass(slots=True)
class Debt:
    """Units to be taken back that the account no longer had."""

    id: str
    account: str
    asset: str
    amount: int
    since: datetime
    leaf: Leaf
    repaid: int = 0


@dataclass(slots=True)
class Organisation:
    """A body, with its unified social credit code."""

    kind: str
    name: str
    code: str


@dataclass(slots=True)
class Post:
    """A post that a person holds from a day on, up to but not on another."""

    person: str
    organisation: str
    role: str
    since: date
    until: date | None = None


@dataclass(slots=True, kw_only=True)
class Version:
    """How long something counted: from ``at`` until it was superseded or undone."""

    at: datetime
    leaf: Leaf
    ended_at: datetime | None = None

    def counted(self, at: datetime) -> bool:
        """Tell whether it counted as far as was known at that moment."""
        return self.at <= at and (self.ended_at is None or self.ended_at > at)


@dataclass(slots=True, kw_only=True)
class Listing(Version):
    """How a unit stands on a year's list, and why."""

    listing: str
    reason: str


@dataclass(slots=True, kw_only=True)
class Determination(Version):
    """A year's emissions as determined; ``surrender_by`` where it was out of season."""

    version: int
    tonnes: Fraction
    surrender_by: datetime | None
    document: str


@dataclass(slots=True, kw_only=True)
class Use(Version):
    """What a unit has used: allowances of a vintage, or reductions by their proof.

    ``of`` is the act by which it was entered: the surrender, or the merger or split. Several of
    one receipt count in the order in which they were entered.
    """

    kind: str
    quantity: int
    received_at: datetime
    of: str
    vintage: int = 0
    proof: str = ""
    class_: str = ""
    inside: bool = False
    certified_at: datetime | None = None
    transaction: str = ""


@dataclass(slots=True)
class Instalment:
    """A part of a mover's surplus, set aside until its year."""

    id: str
    account: str
    asset: str
    amount: int
    year: int
    leaf: Leaf
    set_aside_at: datetime
    released_at: datetime | None = None

    @property
    def released(self) -> bool:
        """Tell whether it is set aside no more."""
        return self.released_at is not None


@dataclass(slots=True)
class Departure:
    """A unit that closed or left the city."""

    year: int
    reason: str
    on: str
    leaf: Leaf


@dataclass(slots=True)
class Succession:
    """A merger or split, as the act says it."""

    kind: str
    predecessors: Sequence[Any]
    successors: Sequence[Any]
    document: str
    leaf: Leaf


@dataclass(slots=True)
class Year:
    """A compliance year. ``rules`` maps key and basis to the value in the opening act.

    ``stated`` is the canonical text of all that the act says of its rules.
    """

    year: int
    profile: str
    rules: dict[str, dict[str, str]]
    stated: str
    version: str
    closes: datetime
    leaf: Leaf
    opened_at: datetime
    closed_at: datetime | None = None

    @property
    def closed(self) -> bool:
        """Tell whether the year was closed."""
        return self.closed_at is not None

    def rule(self, key: str) -> str:
        """Return a rule by compliance year as it is written, or nothing where it is not stated."""
        return self.rules.get(key, {}).get(str(self.year), "")


@dataclass(slots=True)
class Closing:
    """How a unit stood when its year was closed."""

    status: str
    due: int
    counted: int
    missing: int
    excess: int
    reductions: int
    leaf: Leaf
