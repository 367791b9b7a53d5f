"""The tree: published vectors, the RFC's own definitions, another library, the stored tiles."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import pairwise

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutan.transparency.domain.hashing import ALGORITHMS, Hash, leaf_hash, sha256
from hutan.transparency.domain.tree import (
    TILE_LEVELS,
    Frontier,
    Node,
    Range,
    Tile,
    Tiles,
    complete_nodes,
    consistency_ranges,
    inclusion_ranges,
    root_of,
    tiles_for,
)
from tests.transparency import model

# github.com/transparency-dev/merkle, testonly/constants.go (first in certificate-transparency,
# cpp/merkletree/merkle_tree_test.cc): leaves, and the root over the first n of them.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def numbered(count: int) -> list[bytes]:
    """Return that many distinct entries."""
    return [number.to_bytes(4, "big") for number in range(count)]


def stored(entries: list[bytes], hash_: Hash = sha256) -> tuple[dict[Tile, bytes], Frontier]:
    """Store a tree as the sequencer does: the leaves, and every eighth level above them."""
    runs: dict[Tile, bytes] = {}
    frontier = Frontier(hash_)
    for number, data in enumerate(entries):
        leaf = leaf_hash(hash_, data)
        for node, value in [(Node(0, number), leaf), *frontier.extend(leaf)]:
            tile = Tile(node.level, node.position // 256)
            runs[tile] = runs.get(tile, b"") + value
    return runs, frontier


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_published(size: int) -> None:
    leaves = [leaf_hash(sha256, leaf) for leaf in LEAVES[:size]]
    assert root_of(sha256, leaves).hex() == ROOTS[size]


def test_proofs_are_those_of_the_rfc_example() -> None:
    """RFC 9162, section 2.1.5, names the nodes of a tree of seven leaves d0 to d6."""
    b, c, d, f, j = (Range(n, n + 1) for n in (1, 2, 3, 5, 6))
    g, h, i = Range(0, 2), Range(2, 4), Range(4, 6)
    k, el = Range(0, 4), Range(4, 7)
    assert inclusion_ranges(0, 7) == [b, h, el]
    assert inclusion_ranges(3, 7) == [c, g, el]
    assert inclusion_ranges(4, 7) == [f, j, k]
    assert inclusion_ranges(6, 7) == [i, k]
    assert consistency_ranges(3, 7) == [c, d, g, el]
    assert consistency_ranges(4, 7) == [el]
    assert consistency_ranges(6, 7) == [i, j, k]


@pytest.mark.parametrize("name", ALGORITHMS)
@pytest.mark.parametrize("size", [*range(1, 34), 63, 64, 65, 127, 128, 129, 255, 256, 257, 300])
def test_proofs_from_tiles_are_those_of_the_rfc(name: str, size: int) -> None:
    hash_ = {str(known): each for known, each in ALGORITHMS.items()}[name]
    entries = numbered(size)
    runs, frontier = stored(entries, hash_)
    tiles = Tiles(hash_, runs)
    assert frontier.root() == tiles.root(0, size) == model.mth(entries, hash_)
    for index in {0, 1, size // 2, size - 2, size - 1} & set(range(size)):
        found = [tiles.root(*each) for each in inclusion_ranges(index, size)]
        assert found == model.path(index, entries, hash_)
    for old in {1, 2, 3, size // 2, size - 1, size} & set(range(1, size + 1)):
        found = [tiles.root(*each) for each in consistency_ranges(old, size)]
        assert found == model.proof(old, entries, hash_)


def test_every_proof_of_every_size_up_to_130_is_that_of_the_draft() -> None:
    """The vectors fold each proof of each subtree into one hash.

    Source: draft-ietf-plants-merkle-tree-certs, appendix "Subtree Test Vectors", as repeated in
    github.com/transparency-dev/merkle, testonly/vectors_test.go.
    """
    entries = [bytes([number]) for number in range(130)]
    roots, proofs = hashlib.sha256(), hashlib.sha256()
    for start, end in _subtrees(130):
        runs, frontier = stored(entries[start:end])
        tiles = Tiles(sha256, runs)
        roots.update(f"[{start}, {end}) {frontier.root().hex()}\n".encode())
        for index in range(start, end):
            path = inclusion_ranges(index - start, end - start)
            line = "".join(f" {tiles.root(*each).hex()}" for each in path)
            proofs.update(f"{index} [{start}, {end}){line}\n".encode())
    assert roots.hexdigest() == "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81"
    assert proofs.hexdigest() == "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f"


def _subtrees(most: int) -> Iterator[tuple[int, int]]:
    # A subtree starts at a multiple of the smallest power of two that holds it.
    for end in range(most + 1):
        for start in range(end + 1):
            width = 1 << (end - start - 1).bit_length() if end > start else 1
            if start % width == 0:
                yield start, end


@settings(max_examples=30)
@given(st.lists(st.binary(max_size=40), max_size=70))
def test_roots_are_those_of_pymerkle(entries: list[bytes]) -> None:
    other = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries:
        other.append_entry(entry)
    ours = root_of(sha256, [leaf_hash(sha256, entry) for entry in entries])
    assert ours == (other.get_root() if entries else sha256(b""))


@settings(max_examples=40)
@given(st.data())
def test_proofs_of_large_trees_need_the_right_tiles_and_ranges(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 2**63 - 1))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    for ranges in (inclusion_ranges(index, size), consistency_ranges(old, size)):
        assert len(ranges) <= 2 * 64
        for start, end in ranges:
            assert 0 <= start < end <= size
            nodes = complete_nodes(start, end)
            assert sum(1 << node.level for node in nodes) == end - start
            assert nodes[0].position << nodes[0].level == start
        for tile in tiles_for(ranges):
            assert tile.level % TILE_LEVELS == 0
            assert tile.position << (tile.level + TILE_LEVELS) <= size
    covered = sorted([*inclusion_ranges(index, size), Range(index, index + 1)])
    assert covered[0].start == 0
    assert covered[-1].end == size
    assert all(one.end == two.start for one, two in pairwise(covered))


def test_a_proof_in_a_million_leaves_reads_few_tiles() -> None:
    assert len(tiles_for(inclusion_ranges(123_456, 1_000_000))) <= 6


def test_a_tree_across_tiles_of_two_levels_is_that_of_the_rfc() -> None:
    """Seventy thousand leaves fill 273 tiles and one of those: the example of tlog-tiles."""
    size = 70_000
    entries = numbered(size)
    runs, frontier = stored(entries)
    assert {level: len([t for t in runs if t.level == level]) for level in (0, 8, 16)} == {
        0: 274, 8: 2, 16: 1,
    }  # fmt: skip
    assert (len(runs[Tile(0, 273)]), len(runs[Tile(8, 1)]), len(runs[Tile(16, 0)])) == (
        112 * 32, 17 * 32, 1 * 32,
    )  # fmt: skip
    tiles = Tiles(sha256, runs)
    assert frontier.root() == tiles.root(0, size) == model.mth(entries)
    for index in (0, 255, 65_535, 65_536, 69_999):
        needed = tiles_for(inclusion_ranges(index, size))
        enough = Tiles(sha256, {tile: runs[tile] for tile in needed})
        found = [enough.root(*each) for each in inclusion_ranges(index, size)]
        assert found == model.path(index, entries)
    old = 65_537
    assert [tiles.root(*each) for each in consistency_ranges(old, size)] == model.proof(
        old, entries
    )


def test_nothing_has_the_root_of_nothing() -> None:
    assert Tiles(sha256, {}).root(0, 0).hex() == ROOTS[0]


def test_a_tile_that_lacks_hashes_is_a_bug_and_says_so() -> None:
    runs, _ = stored(numbered(4))
    short = {tile: run[:-32] for tile, run in runs.items()}
    with pytest.raises(AssertionError, match="lacks hashes"):
        Tiles(sha256, short).root(0, 4)


def test_a_frontier_goes_on_from_stored_peaks() -> None:
    entries = numbered(77)
    whole, half = Frontier(sha256), Frontier(sha256)
    for entry in entries[:50]:
        half.extend(leaf_hash(sha256, entry))
    runs, _ = stored(entries[:50])
    tiles = Tiles(sha256, runs)
    peaks = [
        tiles.root(n.position << n.level, n.position + 1 << n.level) for n in complete_nodes(0, 50)
    ]
    resumed = Frontier(sha256, 50, peaks)
    for entry in entries:
        whole.extend(leaf_hash(sha256, entry))
    for entry in entries[50:]:
        resumed.extend(leaf_hash(sha256, entry))
    assert resumed.root() == whole.root() == model.mth(entries)
