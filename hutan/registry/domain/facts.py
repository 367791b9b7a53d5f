"""What the checks need to know, loaded in one go, and kept up as a batch is decided in order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Literal
from uuid import UUID

from hutan.registry.domain.blocks import Holding

Status = Literal["open", "suspended", "closed"]
Part = Literal["direct", "reserve", "outside"]


@dataclass(frozen=True, slots=True)
class Item:
    """An amount of one asset, or exactly the named range of its numbers."""

    asset: str
    amount: int
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One transaction as it is asked for. Accounts go by their numbers; ``id`` is the caller's."""

    id: UUID
    type: str
    giver: str
    receiver: str
    items: tuple[Item, ...]
    plan_line: str = ""
    reverses: UUID | None = None
    note: str = ""

    @property
    def amount(self) -> int:
        """Return the sum of all items, in tonnes."""
        return sum(item.amount for item in self.items)


@dataclass(slots=True)
class AccountFacts:
    """An account as the checks see it. Limits are in tonnes; ``None`` means no own limit."""

    number: str
    kind: str
    holder: UUID | None
    status: Status
    frozen_by: str = ""
    limit_per_transfer: int | None = None
    limit_per_day: int | None = None
    moved_today: int = 0
    trusted: frozenset[str] = frozenset()


@dataclass(slots=True)
class HoldingFacts:
    """Balance and reservations of one asset in one account, and its blocks where they matter."""

    balance: int = 0
    reserved: int = 0
    blocks: Holding = field(default_factory=Holding)

    @property
    def available(self) -> int:
        """Return what is free to move."""
        return self.balance - self.reserved


@dataclass(slots=True)
class LineFacts:
    """A plan line: its kind, for which account (or any), how much of it is issued."""

    id: str
    kind: str
    year: int
    account: str
    amount: int
    issued: int
    in_force: bool


@dataclass(slots=True)
class PartFacts:
    """The direct or the reserve part of a year's total, and how much of it has been created."""

    year: int
    part: Part
    amount: int
    created: int


@dataclass(frozen=True, slots=True)
class ReversalSubject:
    """The transaction that a reversal wants to undo."""

    id: UUID
    type: str
    state: str
    giver: str
    receiver: str
    items: tuple[Item, ...]
    executed_at: datetime | None
    reversed: bool
    window_ends: datetime | None
    plan_line: str = ""


@dataclass(slots=True)
class Facts:
    """Everything a batch of orders is checked against. Changes as orders are accepted."""

    accounts: dict[str, AccountFacts] = field(default_factory=dict)
    holdings: dict[tuple[str, str], HoldingFacts] = field(default_factory=dict)
    lines: dict[str, LineFacts] = field(default_factory=dict)
    parts: dict[tuple[int, str], PartFacts] = field(default_factory=dict)
    subjects: dict[UUID, ReversalSubject] = field(default_factory=dict)
    ceiling: int = 0

    def holding(self, account: str, asset: str) -> HoldingFacts:
        """Return a holding; one that does not exist yet is empty."""
        return self.holdings.setdefault((account, asset), HoldingFacts())

    def trusted(self, giver: str, receiver: str) -> bool:
        """Tell whether ``receiver`` counts as trusted for ``giver``.

        The holder's own accounts are always on the list, and so are the government's.
        """
        one, other = self.accounts[giver], self.accounts[receiver]
        return (
            receiver in one.trusted
            or (one.holder is not None and one.holder == other.holder)
            or other.kind in GOVERNMENT
        )


GOVERNMENT = frozenset(
    {"issuance", "total", "reserve", "auction", "surrender", "cancellation", "omnibus", "outside"}
)
"""Kinds of account that the government or the exchange keeps."""


def asset_kind(asset: str) -> str:
    """Return the kind of an asset: the part of its code before the colon."""
    return asset.partition(":")[0]


@lru_cache(maxsize=1024)
def vintage(asset: str) -> int:
    """Return the year of an allowance asset such as ``allowance:2024``; 0 if it has none.

    Only small letters and plain digits make an asset's code, here as in the ledger.
    """
    found = re.fullmatch(r"[a-z][a-z_]*:([0-9]{4})", asset)
    return int(found[1]) if found else 0
