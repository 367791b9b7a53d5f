"""Pure decisions of the registry that the stories do not reach."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.registry import refusals as no
from hutan.registry.domain.accounts import (
    ClosingFacts,
    HolderFacts,
    Opening,
    closing_refusals,
    opening_refusals,
    status_refusal,
)
from hutan.registry.domain.blocks import Block, Holding
from hutan.registry.domain.plans import LineDraft, PlanDraft, PlanFacts, plan_refusals
from hutan.registry.domain.successions import (
    WHOLE,
    Estate,
    Share,
    blocking_refusals,
    divide,
    share_refusals,
)
from tests.marks import clause

A24 = "allowance:2024"


def test_everything_that_stands_against_an_opening_is_named() -> None:
    opening = Opening(UUID(int=1), "unit", UUID(int=2), {})
    holder = HolderFacts("甲银行", "bank", "", "SHUN0000000169")
    assert [type(one) for one in opening_refusals(opening, holder)] == [
        no.AccountKindNotForHolder,
        no.HolderCodeMissing,
        no.UnitAccountExists,
        no.DocumentsMissing,
    ]


def test_statuses_go_only_to_and_fro() -> None:
    assert status_refusal("x", "open", "suspended") is None
    assert status_refusal("x", "suspended", "open") is None
    for before, after in (("open", "open"), ("closed", "open"), ("open", "closed")):
        assert isinstance(status_refusal("x", before, after), no.StatusUnchanged)


@clause("M22.2")
def test_everything_that_keeps_an_account_open_is_named() -> None:
    nothing = ClosingFacts("open", 0, 0, 0, 0, 0, 0)
    assert list(closing_refusals("x", nothing)) == []
    every = ClosingFacts("closed", 1, 2, 3, 4, 5, 6, ("2024 年度清缴义务未了结",))
    found = list(closing_refusals("x", every))
    assert isinstance(found[0], no.StatusUnchanged)
    assert len(found) == 8
    assert "2024" in found[-1].sentence()


@clause("M10.2")
def test_a_plan_is_held_against_what_has_been_created_and_issued() -> None:
    draft = PlanDraft(
        2024, False, 100, 90, 10, 0, "x",
        (LineDraft("ordinary_auction", "", 5), LineDraft("regulation_auction", "", 10)),
    )  # fmt: skip
    clean = PlanFacts({}, False, frozenset(), {})
    assert list(plan_refusals(draft, clean)) == []
    facts = PlanFacts(
        {"direct": 91, "reserve": 10}, False, frozenset(), {("ordinary_auction", ""): 6}
    )
    reasons = [one.sentence("en") for one in plan_refusals(draft, facts)]
    assert ["direct: 91 is" in reasons[0], "ordinary_auction: 6 is" in reasons[1]] == [True, True]


def test_a_plan_with_an_outside_part_needs_an_outside_account() -> None:
    outside = PlanDraft(2024, False, 100, 90, 10, 5, "x", (LineDraft("outside", "", 5),))
    here = PlanFacts({}, False, frozenset(), {})
    (refused,) = plan_refusals(outside, here)
    assert "外部市场 5" in refused.sentence()
    assert list(plan_refusals(outside, replace(here, outside_market=True))) == []


def test_what_stands_on_an_estate_blocks_it() -> None:
    free = Estate("x", None, {A24: 5}, 0, 0, 0, 0)
    assert list(blocking_refusals(free)) == []
    assert len(list(blocking_refusals(Estate("x", None, {}, 1, 1, 1, 1)))) == 4


@clause("M14.2")
def test_shares_name_each_successor_once_with_its_facilities() -> None:
    estate = Estate("x", None, {A24: 5}, 0, 0, 0, 0)
    half = WHOLE // 2
    right = [Share("a", {A24: 3}, half, ("一",)), Share("b", {A24: 2}, half, ("二",))]
    assert list(share_refusals(estate, right)) == []
    twice = [Share("a", {A24: 3}, half, ("一",)), Share("a", {A24: 2}, half, ())]
    assert [type(one) for one in share_refusals(estate, twice)] == [no.SuccessionBlocked] * 2
    extra = [Share("a", {A24: 5, "allowance:2023": 1}, WHOLE, ("一",))]
    assert [type(one) for one in share_refusals(estate, extra)] == [no.SharesWrong]


@given(
    st.integers(0, 10**9),
    st.lists(st.integers(0, WHOLE), max_size=6).map(
        lambda cuts: [
            b - a for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), WHOLE], strict=True)
        ]
    ),
)
def test_parts_make_up_the_whole_and_stray_less_than_a_tonne(
    amount: int, shares: list[int]
) -> None:
    parts = divide(amount, shares)
    assert sum(parts) == amount
    for part, share in zip(parts, shares, strict=True):
        assert abs(part * WHOLE - amount * share) < WHOLE


def test_shares_that_are_not_the_whole_are_a_bug() -> None:
    with pytest.raises(AssertionError):
        divide(5, [1])


def test_joining_a_holding_leaves_frozen_blocks_apart() -> None:
    holding = Holding([Block(1, 2), Block(3, 4), Block(5, 6, True), Block(7, 8)])
    holding.join()
    assert list(holding.blocks) == [Block(1, 4), Block(5, 6, True), Block(7, 8)]


def test_a_range_that_is_frozen_in_part_is_not_taken() -> None:
    holding = Holding([Block(1, 4), Block(5, 6, True)])
    with pytest.raises(LookupError, match="frozen"):
        holding.take_range(3, 5)
    with pytest.raises(LookupError, match="not frozen"):
        holding.thaw(4, 5)
