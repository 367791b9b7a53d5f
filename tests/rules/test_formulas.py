"""Obligation, offset cap, carry-over, pre-allocation, netting and fines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.kernel.quantities import Fen, Tonnes
from hutan.kernel.working import Working
from hutan.rules.allotment import allot
from hutan.rules.carry_over import (
    CarryOverClosed,
    SurrenderNotFull,
    carry_over,
    carry_over_of_mover,
)
from hutan.rules.fines import BODY, PERSON, Breach, FineOutsideBand, NoSuchFine, fine
from hutan.rules.obligation import obligation
from hutan.rules.offsets import AllocationUnknown, offset_cap
from hutan.rules.parameters import Rulebook, rulebook
from hutan.rules.pre_allocation import (
    NoPreAllocation,
    NotReleased,
    net_provisional,
    pre_allocation,
)
from hutan.rules.refusals import DayNotEntered, YearNotEntered
from hutan.rules.rounding import Rounding
from tests.marks import clause

tonnes = st.integers(0, 10**9).map(Tonnes)
some = st.integers(0, 50).map(Tonnes)
exact = st.decimals(0, 10**9, places=6, allow_nan=False)


@pytest.fixture
def book() -> Rulebook:
    return rulebook()


def result(working: Working) -> str:
    return next(step.value for step in working.steps if step.name == working.result)


@pytest.mark.parametrize(
    ("determined", "due"),
    [("0", 0), ("0.000001", 1), ("1", 1), ("999.999999", 1000), ("1000.000001", 1001)],
)
def test_the_duty_is_the_emissions_in_whole_allowances(
    determined: str, due: int, book: Rulebook
) -> None:
    owed = obligation(Decimal(determined), 2024, book=book)
    assert owed.due == due
    assert result(owed.working) == str(due)
    assert owed.working.steps[0].rounding == "ceiling"
    assert owed.working.rules == book.version
    assert [use.key for use in owed.working.parameters] == ["compliance.allowance_tonnes"]


@given(exact)
def test_the_duty_covers_and_is_never_a_whole_allowance_too_much(determined: Decimal) -> None:
    due = obligation(determined, 2024, book=rulebook()).due
    assert determined <= int(due) < determined + 1


@pytest.mark.parametrize("wrong", ["-1", "NaN", "Infinity"])
def test_emissions_that_cannot_be_are_a_bug(wrong: str, book: Rulebook) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        obligation(Decimal(wrong), 2024, book=book)


def test_a_year_nobody_entered_is_refused(book: Rulebook) -> None:
    with pytest.raises(YearNotEntered):
        obligation(Tonnes(1), 2031, book=book)


@clause("N4.2")
@pytest.mark.parametrize(
    ("determined", "cap"),
    [("0", 0), ("19", 0), ("19.999999", 0), ("20", 1), ("39.999", 1), ("1000", 50), ("1019", 50)],
)
def test_five_percent_of_determined_emissions_rounded_down(
    determined: str, cap: int, book: Rulebook
) -> None:
    answer = offset_cap(2024, determined=Decimal(determined), allocated=Tonnes(10**6), book=book)
    assert answer.cap == cap
    assert (answer.working.steps[0].clause, answer.working.steps[0].rounding) == ("N4.2", "floor")
    assert not answer.working.assumed


@given(exact)
def test_the_cap_is_never_passed_by_rounding(determined: Decimal) -> None:
    cap = offset_cap(2024, determined=determined, allocated=None, book=rulebook()).cap
    assert int(cap) <= determined * 5 / 100 < int(cap) + 1


def test_the_base_changed_and_both_formulas_stand(book: Rulebook) -> None:
    """To 2022 a share of the allocation, from 2023 of the determined emissions."""
    old = offset_cap(2015, determined=Tonnes(1000), allocated=Tonnes(2000), book=book)
    new = offset_cap(2023, determined=Tonnes(1000), allocated=Tonnes(2000), book=book)
    assert (int(old.cap), old.base) == (100, Decimal(2000))
    assert (int(new.cap), new.base) == (50, Decimal(1000))
    assert old.working.steps[0].formula.endswith("* allocated)")
    assert new.working.steps[0].formula.endswith("* determined)")
    one_percent = offset_cap(2016, determined=Tonnes(1000), allocated=Tonnes(2000), book=book)
    assert one_percent.cap == 20
    with pytest.raises(AllocationUnknown):
        offset_cap(2020, determined=Tonnes(1000), allocated=None, book=book)


@clause("M21.3")
def test_a_surplus_is_carried_over_by_the_rule_of_its_year(book: Rulebook) -> None:
    carried = carry_over(Tonnes(120), 2024, full=True, book=book)
    assert carried.quantity == 120
    assert carried.working.parameters[0].key == "compliance.carry_over"
    with pytest.raises(SurrenderNotFull):
        carry_over(Tonnes(120), 2024, full=False, book=book)
    with pytest.raises(CarryOverClosed) as refused:
        carry_over(Tonnes(120), 2015, full=True, book=book)
    assert refused.value.facts == {"year": "2015", "rule": "none"}
    with pytest.raises(YearNotEntered):
        carry_over(Tonnes(120), 2029, full=True, book=book)


@clause("A5.2")
def test_a_mover_carries_a_third_over_in_each_of_three_years(book: Rulebook) -> None:
    carried = [
        carry_over_of_mover(Tonnes(100), moved_in=2026, year=year, full=True, book=book).quantity
        for year in range(2025, 2031)
    ]
    assert carried == [0, 33, 33, 34, 0, 0]


@clause("A5.2")
@given(tonnes, st.integers(2023, 2028))
def test_the_instalments_of_a_mover_add_up_to_its_surplus(surplus: Tonnes, moved: int) -> None:
    each = [
        carry_over_of_mover(surplus, moved_in=moved, year=year, full=True, book=rulebook()).quantity
        for year in range(moved - 2, moved + 6)
    ]
    assert sum(each) == surplus
    assert max(each) - min(each[2:5]) <= 1
    assert each[:2] == [0, 0]
    assert each[5:] == [0, 0, 0]


def test_a_mover_carries_nothing_over_without_full_surrender_or_where_none_may(
    book: Rulebook,
) -> None:
    with pytest.raises(SurrenderNotFull) as refused:
        carry_over_of_mover(Tonnes(9), moved_in=2026, year=2026, full=False, book=book)
    assert refused.value.facts["year"] == "2025"
    with pytest.raises(CarryOverClosed):
        carry_over_of_mover(Tonnes(9), moved_in=2016, year=2016, full=True, book=book)


def test_eighty_percent_is_pre_allocated_after_full_surrender(book: Rulebook) -> None:
    answer = pre_allocation(Tonnes(1001), 2025, full=True, book=book)
    assert answer.quantity == 800
    assert result(answer.working) == "800"
    assert answer.working.steps[0].clause == "N5"
    assert pre_allocation(Decimal("99.9"), 2025, full=True, book=book).quantity == 79
    with pytest.raises(NotReleased) as refused:
        pre_allocation(Tonnes(1001), 2025, full=False, book=book)
    assert refused.value.facts["year"] == "2024"


@pytest.mark.parametrize(("had", "rest"), [(1, 799), (800, 0), (801, 0)])
def test_what_came_with_a_merged_unit_counts_against_the_share(
    had: int, rest: int, book: Rulebook
) -> None:
    answer = pre_allocation(Tonnes(1001), 2025, full=True, book=book, had=Tonnes(had))
    assert answer.quantity == rest
    assert result(answer.working) == str(rest)
    assert [step.value for step in answer.working.steps] == ["800", str(rest)]
    assert answer.working.inputs["had"] == str(had)


@pytest.mark.parametrize("year", [2023, 2024, 2026, 2027, 2028])
def test_no_notice_no_pre_allocation(year: int, book: Rulebook) -> None:
    with pytest.raises(NoPreAllocation):
        pre_allocation(Tonnes(1000), year, full=True, book=book)


@pytest.mark.parametrize(
    ("final", "provisional", "held", "issue", "take_back", "debt"),
    [
        (1000, 800, 800, 200, 0, 0),
        (800, 800, 0, 0, 0, 0),
        (700, 800, 800, 0, 100, 0),
        (700, 800, 40, 0, 40, 60),
        (0, 800, 0, 0, 0, 800),
    ],
)
def test_the_final_plan_nets_the_provisional_line(
    final: int, provisional: int, held: int, issue: int, take_back: int, debt: int, book: Rulebook
) -> None:
    netted = net_provisional(
        Tonnes(final), Tonnes(provisional), held=Tonnes(held), year=2025, book=book
    )
    assert (netted.issue, netted.take_back, netted.debt) == (issue, take_back, debt)
    assert netted.working.result == ("issue" if issue else "take_back")


@given(tonnes, tonnes, tonnes)
def test_netting_ends_at_the_plan_and_never_below_zero(
    final: Tonnes, provisional: Tonnes, held: Tonnes
) -> None:
    netted = net_provisional(final, provisional, held=held, year=2025, book=rulebook())
    assert provisional + netted.issue - netted.take_back - netted.debt == final
    assert min(netted.issue, netted.take_back, netted.debt) >= 0
    assert netted.take_back <= held
    assert netted.issue == 0 or (netted.take_back, netted.debt) == (0, 0)


BANDS = {
    ("plan_report_records", "body"): (50_000, 300_000, "M42.1"),
    ("false_report", "body"): (100_000, 300_000, "M42.2"),
    ("false_report", "person"): (50_000, 100_000, "M42.2"),
    ("surrender", "body"): (200_000, 300_000, "M42.3"),
    ("agency", "body"): (200_000, 300_000, "M43"),
    ("agency", "person"): (20_000, 200_000, "M43"),
    ("barred_trading", "person"): (50_000, 300_000, "M44"),
    ("manipulation", "body"): (200_000, 300_000, "M45"),
    ("manipulation", "person"): (50_000, 200_000, "M45"),
}


@pytest.mark.parametrize("breach", sorted(BODY.keys() | PERSON.keys()))
@pytest.mark.parametrize("who", ["body", "person"])
def test_fines_are_bands_of_their_articles(breach: Breach, who: str, book: Rulebook) -> None:
    on = date(2025, 7, 1)
    if (breach, who) not in BANDS:
        with pytest.raises(NoSuchFine):
            fine(breach, who=who, on=on, book=book)  # type: ignore[arg-type]  # both words are
        return
    low, high, article = BANDS[breach, who]
    band = fine(breach, who=who, on=on, book=book)  # type: ignore[arg-type]  # both words are
    assert (band.low, band.high, band.clause) == (Fen(low * 100), Fen(high * 100), article)
    assert band.may == (breach == "barred_trading")
    assert band.gains
    assert len(band.uses) == 3
    band.check(band.low)
    band.check(band.high)
    for outside in (band.low - 1, band.high + 1):
        with pytest.raises(FineOutsideBand) as refused:
            band.check(outside)
        assert refused.value.facts["article"] == article


def test_fines_of_the_trial_measures_are_not_guessed(book: Rulebook) -> None:
    with pytest.raises(DayNotEntered) as refused:
        fine("surrender", who="body", on=date(2025, 3, 31), book=book)
    assert "penalties.toml" in refused.value.cure("en")


@pytest.mark.parametrize(
    ("rounding", "exact_figure", "whole"),
    [
        (Rounding.FLOOR, "1.999", 1),
        (Rounding.CEILING, "1.001", 2),
        (Rounding.HALF_UP, "1.5", 2),
        (Rounding.HALF_UP, "1.499", 1),
    ],
)
def test_roundings_have_names(rounding: Rounding, exact_figure: str, whole: int) -> None:
    assert rounding.tonnes(Decimal(exact_figure)) == Tonnes(whole)
    assert rounding.zh
    assert rounding.en


@clause("M21.1")
@given(some, some, st.dictionaries(st.integers(2005, 2009), some, max_size=4))
def test_what_is_handed_in_serves_the_year_then_the_oldest_shortfall(
    handed_in: Tonnes, missing: Tonnes, earlier: dict[int, Tonnes]
) -> None:
    found = allot(handed_in, 2010, missing=missing, earlier=earlier, book=rulebook("eutl"))
    # One allowance after the other, as a clerk would lay them out.
    places = [2010] * missing + [year for year in sorted(earlier) for _ in range(earlier[year])]
    laid = places[:handed_in]
    assert found.own == laid.count(2010)
    assert found.earlier == {year: laid.count(year) for year in set(laid) - {2010}}
    assert found.beyond == handed_in - len(laid)
    assert found.allowed


def test_where_the_rule_refuses_it_nothing_passes_what_is_missing() -> None:
    book = rulebook()
    exactly = allot(Tonnes(7), 2024, missing=Tonnes(7), earlier={2023: Tonnes(3)}, book=book)
    assert (exactly.own, exactly.earlier, exactly.beyond) == (7, {}, 0)
    assert exactly.allowed
    one_more = allot(Tonnes(8), 2024, missing=Tonnes(7), earlier={2023: Tonnes(3)}, book=book)
    assert one_more.beyond == 1
    assert not one_more.allowed
    assert one_more.use.key == "compliance.beyond_due"
