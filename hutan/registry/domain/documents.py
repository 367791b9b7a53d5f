"""What certificates and statements say: facts without a language, kept as they were issued.

Amounts are whole tonnes, moments are written as in the log, and nothing here is a sentence: pages
and PDF are made from the facts, again and again the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from hutan.kernel.canonical import Json
from hutan.kernel.ids import derive_id
from hutan.kernel.moments import canonical
from hutan.registry.domain.blocks import Block

DocumentKind = Literal["cancellation", "holding", "statement"]


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """One asset as a certificate of holding states it; what is pledged or frozen is told apart.

    ``reserved`` is all that cannot move now; ``pledged`` and ``frozen`` are parts of it.
    """

    asset: str
    balance: int
    reserved: int
    pledged: int
    frozen: int
    blocks: tuple[Block, ...]

    def to_record(self) -> dict[str, Json]:
        """Return it as the document keeps it."""
        assert self.pledged + self.frozen <= self.reserved <= self.balance
        assert sum(block.amount for block in self.blocks) == self.balance
        return {
            "asset": self.asset,
            "balance": self.balance,
            "reserved": self.reserved,
            "pledged": self.pledged,
            "frozen": self.frozen,
            "blocks": [[block.first, block.last] for block in self.blocks],
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a balance in the ledger, oldest first; ``counterparty`` is an account."""

    id: UUID
    at: datetime
    counterparty: str
    moved: int
    balance: int


@dataclass(frozen=True, slots=True)
class Cause:
    """The transaction behind an entry."""

    transaction: UUID
    type: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One asset of an account over the period of a statement."""

    asset: str
    opening: int
    closing: int
    reserved: int
    entries: tuple[Entry, ...]

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to state."""
        return not (self.opening or self.closing or self.entries)


def causes_of(transactions: Sequence[tuple[UUID, str, str, int]]) -> dict[UUID, Cause]:
    """Return the cause of each ledger transfer, from (id, type, note, number of items)."""
    return {
        derive_id(id, "item", number): Cause(id, type, note)
        for id, type, note, items in transactions
        for number in range(items)
    }


def statement_record(
    stretches: Sequence[Stretch], causes: Mapping[UUID, Cause], holders: Mapping[str, str]
) -> list[dict[str, Json]]:
    """Return the stretches of a statement as it keeps them, oldest vintage first.

    Every line carries the balance after it, running from the opening to the closing balance.
    ``holders`` names who holds a counterparty's account, where somebody does.
    """
    return [
        {
            "asset": one.asset,
            "opening": one.opening,
            "closing": one.closing,
            "reserved": one.reserved,
            "lines": _lines(one, causes, holders),
        }
        for one in sorted(stretches, key=lambda stretch: stretch.asset)
        if not one.empty
    ]


def _lines(
    stretch: Stretch, causes: Mapping[UUID, Cause], holders: Mapping[str, str]
) -> list[dict[str, Json]]:
    running = stretch.opening
    lines: list[dict[str, Json]] = []
    for entry in stretch.entries:
        running += entry.moved
        cause = causes[entry.id]
        lines.append(
            {
                "at": canonical(entry.at),
                "transaction": str(cause.transaction),
                "type": cause.type,
                "note": cause.note,
                "counterparty": entry.counterparty,
                "name": holders.get(entry.counterparty, ""),
                "change": entry.moved,
                "balance": running,
            }
        )
    assert running == stretch.closing, f"{stretch.asset}: {running}, the ledger: {stretch.closing}"
    return lines
