"""What came of orders: the records that are shown, logged and audited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hutan.kernel.canonical import Json, Record
from hutan.kernel.moments import canonical
from hutan.registry.domain.blocks import Block
from hutan.registry.domain.facts import Item, Order


@dataclass(frozen=True, slots=True)
class Moved:
    """One item of a transaction as it was carried out: what went where, number by number."""

    transfer: UUID
    asset: str
    giver: str
    receiver: str
    amount: int
    blocks: tuple[Block, ...]

    def to_record(self) -> dict[str, Json]:
        """Return the movement as the log keeps it."""
        return {
            "transfer": str(self.transfer),
            "asset": self.asset,
            "from": self.giver,
            "to": self.receiver,
            "amount": self.amount,
            "blocks": [[block.first, block.last] for block in self.blocks],
        }


@dataclass(frozen=True, slots=True)
class Done:
    """An order that was accepted: executed with its movements, or waiting until ``execute_at``.

    ``grounds`` is what a delay or a reversal rests on, in the fields of the leaf.
    """

    order: Order
    state: str
    moved: tuple[Moved, ...] = ()
    execute_at: datetime | None = None
    grounds: Record = field(default_factory=dict)

    def to_record(self) -> dict[str, Json]:
        """Return the transaction as the log keeps it."""
        return {
            "id": str(self.order.id),
            "type": self.order.type,
            "state": self.state,
            "giver": self.order.giver,
            "receiver": self.order.receiver,
            "items": items_record(self.order.items),
            "plan_line": self.order.plan_line,
            "reverses": str(self.order.reverses) if self.order.reverses else "",
            "note": self.order.note,
            "execute_at": canonical(self.execute_at) if self.execute_at else "",
            "movements": [one.to_record() for one in self.moved],
            **self.grounds,
        }


def items_record(items: Iterable[Item]) -> list[dict[str, Json]]:
    """Return items as they are kept and shown; numbers only where the order named them."""
    found: list[dict[str, Json]] = []
    for item in items:
        row: dict[str, Json] = {"asset": item.asset, "amount": item.amount}
        if item.first is not None:
            row |= {"first": item.first, "last": item.last}
        found.append(row)
    return found


def moved_items(done: Done) -> list[dict[str, Json]]:
    """Return what a transaction moved, number by number; before it executes, what it will."""
    moved: list[dict[str, Json]] = [
        {"asset": one.asset, "amount": block.amount, "first": block.first, "last": block.last}
        for one in done.moved
        for block in one.blocks
    ]
    return moved or items_record(done.order.items)
