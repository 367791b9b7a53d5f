"""The Merkle tree of RFC 9162, section 2.1, as arithmetic on ranges of leaves.

A proof is a list of ranges; each range [start, end) stands for the root over those leaves. Which
ranges a proof needs depends on numbers alone, so what is stored, what is fetched and what is hashed
stay apart: this module says what is needed, :class:`Tiles` turns stored tiles into the hashes.

The tree is stored as tiles of 256 hashes (as in C2SP tlog-tiles): the leaves and every eighth level
above them. What lies between is hashed again when it is asked for, which is cheaper than storing
it: a proof in a log of a million leaves reads three tiles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from hutan.transparency.domain.hashing import SIZE, Hash, node_hash

TILE_LEVELS: Final = 8
TILE_WIDTH: Final = 1 << TILE_LEVELS


class Range(NamedTuple):
    """The leaves from ``start`` up to but not including ``end``."""

    start: int
    end: int


class Node(NamedTuple):
    """A complete subtree of 2**level leaves, counted by ``position`` from the left of its level."""

    level: int
    position: int


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return the ranges of an inclusion proof, from the leaf's sibling up to the root's child.

    Requires 0 <= index < size. Source: PATH of RFC 9162, section 2.1.3.1.
    """
    assert 0 <= index < size
    ranges, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append(Range(middle, end))
            end = middle
        else:
            ranges.append(Range(start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """Return the ranges of a consistency proof between two sizes, lowest first.

    The first range ends at ``old`` unless the tree of that size is a complete subtree of the new
    one, whose root the verifier has. Requires 0 < old <= new. Source: SUBPROOF of RFC 9162,
    section 2.1.4.1.
    """
    assert 0 < old <= new
    ranges, start, end = [], 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append(Range(middle, end))
            end = middle
        else:
            ranges.append(Range(start, middle))
            start = middle
    if start:
        ranges.append(Range(start, end))
    return ranges[::-1]


def complete_nodes(start: int, end: int) -> list[Node]:
    """Split a range into complete subtrees, largest first. ``start`` is aligned to the first."""
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        assert start % (1 << level) == 0
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return nodes


class Tile(NamedTuple):
    """A run of up to 256 hashes at a stored level (0, 8, 16, ...), counted from the left."""

    level: int
    position: int


def tiles_for(ranges: Iterable[Range]) -> set[Tile]:
    """Return the tiles that hold what the roots over ``ranges`` are hashed from."""
    return {_place(node)[0] for each in ranges for node in complete_nodes(*each)}


class Tiles:
    """Roots over ranges of leaves, hashed from stored tiles (each its hashes strung together)."""

    def __init__(self, hash_: Hash, tiles: Mapping[Tile, bytes]) -> None:
        self._hash = hash_
        self._tiles = tiles

    def root(self, start: int, end: int) -> bytes:
        """Return the root over the leaves of a range; for none, the hash of nothing."""
        if start == end:
            return self._hash(b"")
        return _fold_right(self._hash, [self._complete(n) for n in complete_nodes(start, end)])

    def _complete(self, node: Node) -> bytes:
        tile, first, count = _place(node)
        run = self._tiles[tile][first * SIZE : (first + count) * SIZE]
        assert len(run) == count * SIZE, f"tile {tile} lacks hashes"
        hashes = [run[at : at + SIZE] for at in range(0, len(run), SIZE)]
        while len(hashes) > 1:
            pairs = zip(hashes[::2], hashes[1::2], strict=True)
            hashes = [node_hash(self._hash, left, right) for left, right in pairs]
        return hashes[0]


class Frontier:
    """The right edge of a growing tree: all that is needed to append leaves and know the root."""

    def __init__(self, hash_: Hash, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """``peaks`` are the roots of ``complete_nodes(0, size)``, in that order."""
        self._hash = hash_
        self.size = size
        self._peaks = list(peaks)
        assert len(self._peaks) == size.bit_count()

    def append(self, leaf: bytes) -> Iterator[tuple[Node, bytes]]:
        """Add one leaf hash; yield each inner node it completes, from the lowest up.

        The tree has grown only when the iterator is used up.
        """
        carried, level, position = leaf, 0, self.size
        while position & 1:
            carried = node_hash(self._hash, self._peaks.pop(), carried)
            level, position = level + 1, position >> 1
            yield Node(level, position), carried
        self._peaks.append(carried)
        self.size += 1

    def extend(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Add one leaf hash; return those completed nodes that are stored (levels 8, 16, ...)."""
        return [done for done in self.append(leaf) if done[0].level % TILE_LEVELS == 0]

    def root(self) -> bytes:
        """Return the root over all leaves so far; for none, the hash of nothing."""
        return _fold_right(self._hash, self._peaks) if self._peaks else self._hash(b"")


def root_of(hash_: Hash, leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    frontier = Frontier(hash_)
    for leaf in leaves:
        frontier.extend(leaf)
    return frontier.root()


def _split(count: int) -> int:
    # The largest power of two below count, where RFC 9162 divides a tree.
    return 1 << (count - 1).bit_length() - 1


def _fold_right(hash_: Hash, hashes: list[bytes]) -> bytes:
    folded = hashes[-1]
    for left in reversed(hashes[:-1]):
        folded = node_hash(hash_, left, folded)
    return folded


def _place(node: Node) -> tuple[Tile, int, int]:
    """Return the tile under ``node``, and which of its hashes the node covers: first and count."""
    above = node.level % TILE_LEVELS
    first = node.position << above
    return Tile(node.level - above, first >> TILE_LEVELS), first % TILE_WIDTH, 1 << above
