"""What the registry tells the contexts above it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hutan.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AccountOpened(Event):
    """An account has been opened; ``late`` if after the day set for new units (N6)."""

    account: str
    kind: str
    holder: UUID | None
    late: bool


@dataclass(frozen=True, kw_only=True)
class UnitsMerged(Event):
    """``successor`` has taken over the allowances, duties and history of ``predecessors``."""

    predecessors: tuple[UUID, ...]
    successor: UUID


@dataclass(frozen=True, kw_only=True)
class UnitSplit(Event):
    """``predecessor`` has been divided; ``parts`` gives each successor's share in millionths."""

    predecessor: UUID
    parts: tuple[tuple[UUID, int], ...]


@dataclass(frozen=True, kw_only=True)
class TransactionReversed(Event):
    """A transaction has been undone; what rested on it no longer holds."""

    transaction: UUID
    type: str
