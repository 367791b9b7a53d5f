"""Serial blocks: ranges of allowance numbers of one asset held by one account.

A block runs from ``first`` to ``last``, both included. Taking from a holding splits blocks, and
what arrives joins its neighbours, so that a holding stays as few ranges as it can be.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """A range of numbers, and whether an authority has frozen it."""

    first: int
    last: int
    frozen: bool = False

    def __post_init__(self) -> None:
        assert 0 < self.first <= self.last, f"no block: {self.first} to {self.last}"

    @property
    def amount(self) -> int:
        """Return how many allowances the block holds."""
        return self.last - self.first + 1


class Holding:
    """The blocks of one asset in one account, in the order of their numbers.

    Changes are made in memory; ``blocks`` is then what the account holds.
    """

    __slots__ = ("_blocks",)

    def __init__(self, blocks: Iterable[Block] = ()) -> None:
        self._blocks = sorted(blocks)
        for one, next_one in zip(self._blocks, self._blocks[1:], strict=False):
            assert one.last < next_one.first, f"{one} and {next_one} overlap"

    @property
    def blocks(self) -> Sequence[Block]:
        """Return the blocks by number."""
        return tuple(self._blocks)

    @property
    def amount(self) -> int:
        """Return the sum of all blocks."""
        return sum(block.amount for block in self._blocks)

    def take(self, amount: int) -> list[Block]:
        """Take ``amount`` out, lowest numbers first, leaving frozen blocks where they are.

        Raises ``LookupError`` if the free blocks hold less; nothing is then taken.
        """
        taken: list[Block] = []
        wanted = amount
        for block in self._blocks:
            if wanted == 0:
                break
            if block.frozen:
                continue
            piece = block
            if block.amount > wanted:
                piece = Block(block.first, block.first + wanted - 1)
            taken.append(piece)
            wanted -= piece.amount
        if wanted:
            raise LookupError(f"{wanted} of {amount} are missing")
        for piece in taken:
            self._cut(piece)
        return taken

    def take_range(self, first: int, last: int) -> list[Block]:
        """Take exactly the numbers ``first`` to ``last`` out.

        Raises ``LookupError`` if one of them is not here, or is frozen; nothing is then taken.
        """
        pieces = self._pieces(first, last)
        if any(piece.frozen for piece in pieces):
            raise LookupError(f"{first} to {last} is frozen in part")
        for piece in pieces:
            self._cut(piece)
        return pieces

    def put(self, arriving: Iterable[Block]) -> None:
        """Put blocks in; each joins free neighbours whose numbers touch its own."""
        for block in arriving:
            place = bisect_left(self._blocks, block)
            self._blocks.insert(place, block)
            self._join(self._join(place - 1) if place else place)

    def freeze(self, first: int, last: int) -> None:
        """Mark exactly the numbers ``first`` to ``last`` frozen; errors as in ``take_range``."""
        for piece in self.take_range(first, last):
            insort(self._blocks, Block(piece.first, piece.last, frozen=True))

    def thaw(self, first: int, last: int) -> None:
        """Lift the freeze of the frozen numbers ``first`` to ``last``.

        Raises ``LookupError`` if one of them is not here or not frozen; nothing then changes.
        """
        pieces = self._pieces(first, last)
        if not all(piece.frozen for piece in pieces):
            raise LookupError(f"{first} to {last} is not frozen in part")
        for piece in pieces:
            self._cut(piece)
            self.put([Block(piece.first, piece.last)])

    def join(self) -> None:
        """Join all free neighbours whose numbers touch."""
        blocks, self._blocks = self._blocks, []
        self.put(blocks)

    def _pieces(self, first: int, last: int) -> list[Block]:
        pieces = [
            Block(max(first, block.first), min(last, block.last), block.frozen)
            for block in self._blocks
            if block.first <= last and first <= block.last
        ]
        if sum(piece.amount for piece in pieces) != last - first + 1:
            raise LookupError(f"{first} to {last} is not all here")
        return pieces

    def _cut(self, piece: Block) -> None:
        place = next(
            i for i, block in enumerate(self._blocks) if block.first <= piece.first <= block.last
        )
        block = self._blocks.pop(place)
        if block.first < piece.first:
            insort(self._blocks, Block(block.first, piece.first - 1, block.frozen))
        if piece.last < block.last:
            insort(self._blocks, Block(piece.last + 1, block.last, block.frozen))

    def _join(self, place: int) -> int:
        """Join the block at ``place`` with the next if they touch; return where it now stands."""
        if place + 1 >= len(self._blocks):
            return place
        one, next_one = self._blocks[place], self._blocks[place + 1]
        assert one.last < next_one.first, f"{one} and {next_one} overlap"
        if one.last + 1 == next_one.first and not one.frozen and not next_one.frozen:
            self._blocks[place : place + 2] = [Block(one.first, next_one.last)]
            return place
        return place + 1
