"""Serial blocks against the plainest model there is: a set of numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.registry.domain.blocks import Block, Holding

SMALL = st.integers(1, 40)


def numbers(blocks: list[Block]) -> list[int]:
    return [n for block in blocks for n in range(block.first, block.last + 1)]


@st.composite
def holdings(draw: st.DrawFn) -> tuple[Holding, set[int], set[int]]:
    """A holding with the set of its free numbers and the set of its frozen ones."""
    free = draw(st.sets(SMALL))
    frozen = draw(st.sets(SMALL)) - free
    holding = Holding()
    for n in draw(st.permutations(sorted(free | frozen))):
        holding.put([Block(n, n)])
    for n in sorted(frozen):
        holding.freeze(n, n)
    return holding, free, frozen


def agrees(holding: Holding, free: set[int], frozen: set[int]) -> None:
    assert set(numbers([b for b in holding.blocks if not b.frozen])) == free
    assert set(numbers([b for b in holding.blocks if b.frozen])) == frozen
    assert holding.amount == len(free) + len(frozen)
    for one, following in zip(holding.blocks, holding.blocks[1:], strict=False):
        assert one.last < following.first
        joined = one.last + 1 < following.first or one.frozen or following.frozen
        assert joined, "two free neighbours were not joined"


@given(holdings(), st.integers(1, 50))
def test_taking_an_amount_takes_the_lowest_free_numbers(
    given_holding: tuple[Holding, set[int], set[int]], amount: int
) -> None:
    holding, free, frozen = given_holding
    if amount > len(free):
        with pytest.raises(LookupError):
            holding.take(amount)
        agrees(holding, free, frozen)
        return
    taken = numbers(holding.take(amount))
    assert taken == sorted(free)[:amount]
    agrees(holding, free - set(taken), frozen)


@given(holdings(), SMALL, SMALL)
def test_taking_a_range_takes_exactly_it(
    given_holding: tuple[Holding, set[int], set[int]], one: int, other: int
) -> None:
    holding, free, frozen = given_holding
    first, last = sorted((one, other))
    wanted = set(range(first, last + 1))
    if wanted <= free:
        assert set(numbers(holding.take_range(first, last))) == wanted
        agrees(holding, free - wanted, frozen)
    else:
        with pytest.raises(LookupError):
            holding.take_range(first, last)
        agrees(holding, free, frozen)


@given(holdings(), SMALL, SMALL)
def test_freezing_and_thawing_move_nothing(
    given_holding: tuple[Holding, set[int], set[int]], one: int, other: int
) -> None:
    holding, free, frozen = given_holding
    first, last = sorted((one, other))
    wanted = set(range(first, last + 1))
    if wanted <= free:
        holding.freeze(first, last)
        agrees(holding, free - wanted, frozen | wanted)
        holding.thaw(first, last)
        agrees(holding, free, frozen)
    elif wanted <= frozen:
        holding.thaw(first, last)
        agrees(holding, free | wanted, frozen - wanted)
    else:
        with pytest.raises(LookupError):
            holding.freeze(first, last)
        with pytest.raises(LookupError):
            holding.thaw(first, last)
        agrees(holding, free, frozen)


def test_what_cannot_be_a_holding_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        Block(5, 4)
    with pytest.raises(AssertionError):
        Holding([Block(1, 5), Block(5, 9)])
    with pytest.raises(AssertionError):
        Holding([Block(1, 5)]).put([Block(3, 3)])
