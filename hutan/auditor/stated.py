"""Transactions as an act states them: read from its body, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hutan.auditor.ranges import Range
from hutan.auditor.records import Item
from hutan.auditor.texts import Body, Misshapen


@dataclass(frozen=True, slots=True)
class Move:
    """What moved for one item: from where to where, number by number."""

    transfer: str
    asset: str
    giver: str
    receiver: str
    amount: int
    blocks: tuple[Range, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Return the ranges that moved as items."""
        return tuple(Item(self.asset, last - first + 1, first, last) for first, last in self.blocks)


@dataclass(frozen=True, slots=True)
class Stated:
    """A transaction of an act, in the fields of docs/log-format.md."""

    body: Body
    id: str
    type: str
    state: str
    giver: str
    receiver: str
    items: tuple[Item, ...]
    plan_line: str
    reverses: str
    note: str
    execute_at: datetime | None
    moves: tuple[Move, ...]

    @property
    def amount(self) -> int:
        """Return the sum of all items, in tonnes."""
        return sum(item.amount for item in self.items)

    @property
    def place(self) -> str:
        """Return how a finding names it."""
        return f"{self.type} {self.id}"

    @property
    def moved(self) -> tuple[Item, ...]:
        """Return what moved by number; where nothing has, the items as ordered."""
        return tuple(item for move in self.moves for item in move.items) or self.items


def read_transaction(body: Body) -> Stated:
    """Read a transaction; raise ``Misshapen`` for what is not of its form."""
    body.skip("record", "rules", "trusted", "days_off")
    return Stated(
        body=body,
        id=body.text("id"),
        type=body.text("type"),
        state=body.text("state"),
        giver=body.text("giver"),
        receiver=body.text("receiver"),
        items=tuple(_item(one) for one in body.many("items")),
        plan_line=body.text("plan_line"),
        reverses=body.text("reverses"),
        note=body.text("note"),
        execute_at=body.moment_or_none("execute_at"),
        moves=tuple(_move(one) for one in body.many("movements")),
    )


def _item(body: Body) -> Item:
    if "first" not in body and "last" not in body:
        return Item(body.text("asset"), body.whole("amount"))
    return Item(body.text("asset"), body.whole("amount"), body.whole("first"), body.whole("last"))


def _move(body: Body) -> Move:
    return Move(
        transfer=body.text("transfer"),
        asset=body.text("asset"),
        giver=body.text("from"),
        receiver=body.text("to"),
        amount=body.whole("amount"),
        blocks=tuple(_block(one, body.place) for one in body.entries("blocks")),
    )


def _block(found: object, place: str) -> Range:
    if isinstance(found, list) and len(found) == 2:
        first, last = found
        if type(first) is int and type(last) is int and 0 < first <= last:
            return first, last
    raise Misshapen(f"{place}.blocks", f"{str(found)[:40]} is no range of numbers")
