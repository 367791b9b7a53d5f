"""Where a unit stands at every moment, what counts towards its surrender, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.kernel.canonical import canonical_bytes
from hutan.kernel.moments import SHANGHAI, moment
from hutan.kernel.quantities import Tonnes
from hutan.rules.compliance_status import (
    Assessment,
    Listing,
    Position,
    Status,
    assess,
)
from hutan.rules.deadlines import Deadline
from hutan.rules.eligibility import (
    AllowanceUse,
    ReductionUse,
    Use,
    eligibility,
    oldest_first,
)
from hutan.rules.parameters import Rulebook, rulebook
from hutan.rules.refusals import YearNotEntered
from tests.marks import clause
from tests.rules.books import changed

CLOSES = moment("2025-06-30T17:00:00")
BEFORE = CLOSES - timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


def allowances(quantity: int, vintage: int = 2024, at: datetime = BEFORE) -> AllowanceUse:
    return AllowanceUse(quantity=Tonnes(quantity), vintage=vintage, received_at=at)


def ccer(quantity: int, **changes: Any) -> ReductionUse:
    given: dict[str, Any] = {
        "kind": "ccer",
        "received_at": BEFORE,
        "inside_own_boundary": False,
        "proof": f"CCER-{quantity}",
    }
    return ReductionUse(quantity=Tonnes(quantity), **given | changes)


def inclusive(quantity: int, **changes: Any) -> ReductionUse:
    given: dict[str, Any] = {
        "kind": "reduction",
        "reduction_class": "I",
        "certified_at": moment("2025-06-25T23:59:59"),
        "proof": f"SH-{quantity}",
    }
    return ccer(quantity, **given | changes)


def stands(
    *uses: Use, determined: int | None = 1000, at: datetime = CLOSES, **more: Any
) -> Assessment:
    exact = None if determined is None else Decimal(determined)
    return assess(
        Position(**{"year": 2024, "determined": exact, "uses": uses} | more), at, book=rulebook()
    )


def codes(assessment: Assessment) -> list[str]:
    return [reason.code for one in assessment.refused for reason in one.reasons]


# Status at every moment


@clause("N4.1")
def test_received_before_the_hour_is_met_and_at_the_hour_met_late() -> None:
    in_time = stands(allowances(1000, at=CLOSES - SECOND))
    late = stands(allowances(1000, at=CLOSES))
    assert (in_time.status, in_time.overdue, in_time.fine) == (Status.MET, False, None)
    assert (late.status, late.overdue) == (Status.MET_LATE, False)
    assert in_time.met_at == CLOSES - SECOND
    assert late.met_at == CLOSES
    assert late.fine is not None
    assert (late.fine.low, late.fine.clause) == (20_000_000, "M42.3")


@clause("N4.1")
def test_the_last_tonne_decides_when_the_duty_is_met() -> None:
    answer = stands(allowances(999), allowances(1, at=CLOSES), at=CLOSES + SECOND)
    assert (answer.status, answer.counted, answer.missing) == (Status.MET_LATE, 1000, 0)


def test_short_before_the_deadline_counts_down_and_after_it_is_overdue() -> None:
    before = stands(allowances(400), at=CLOSES - timedelta(hours=1, microseconds=1))
    assert (before.status, before.overdue, before.later) == (Status.SHORT, False, 1)
    assert before.missing == 1000
    assert before.left == timedelta(hours=1, microseconds=1)
    at_close = stands(allowances(400))
    assert (at_close.status, at_close.overdue, at_close.missing) == (Status.SHORT, True, 600)
    assert at_close.left == timedelta(0)
    assert at_close.fine is not None


def test_before_the_determination_nothing_is_owed_and_then_emissions_are_missing() -> None:
    window_ends = moment("2025-06-01T00:00:00")
    waiting = stands(determined=None, at=window_ends - SECOND)
    missing = stands(allowances(5), determined=None, at=window_ends)
    assert waiting.status is Status.NOT_YET_OBLIGED
    assert missing.status is Status.EMISSIONS_MISSING
    assert missing.later == 1
    assert missing.due == 0
    assert "verification.window" in {use.key for use in missing.working.parameters}


def test_a_determination_counts_from_its_moment() -> None:
    known_from = moment("2025-05-20T10:00:00")
    before = stands(at=known_from - SECOND, determined_at=known_from)
    after = stands(at=known_from, determined_at=known_from)
    assert before.status is Status.NOT_YET_OBLIGED
    assert (after.status, after.missing) == (Status.SHORT, 1000)


def test_nothing_emitted_is_met_without_a_surrender() -> None:
    answer = stands(determined=0, at=CLOSES + timedelta(days=9))
    assert (answer.status, answer.met_at, answer.overdue, answer.fine) == (
        Status.MET, None, False, None,
    )  # fmt: skip


def test_more_than_is_due_is_an_excess() -> None:
    answer = stands(allowances(1200))
    assert (answer.status, answer.excess, answer.missing) == (Status.MET, 200, 0)


@pytest.mark.parametrize("listing", ["national", "reporting_only", "not_listed"])
def test_who_is_not_regulated_owes_nothing_here(listing: Listing) -> None:
    answer = stands(
        allowances(5), allowances(7, at=CLOSES + SECOND), determined=None, listing=listing
    )
    assert (answer.status, answer.due, answer.deadline) == (Status.EXCLUDED, 0, None)
    assert codes(answer) == ["RUL-152"]
    assert answer.later == 1
    assert answer.to_record()["deadline"] is None


def test_out_of_season_the_bureaus_own_deadline_counts() -> None:
    by = Deadline.read("2025-09-15")
    last = moment("2025-09-15T23:59:59")
    met = stands(allowances(10, at=last), determined=10, at=last, surrender_by=by)
    late = stands(allowances(10, at=by.closes), determined=10, at=by.closes, surrender_by=by)
    waiting = stands(determined=None, at=last, surrender_by=by)
    missing = stands(determined=None, at=by.closes, surrender_by=by)
    assert [one.status for one in (met, late, waiting, missing)] == [
        Status.MET, Status.MET_LATE, Status.NOT_YET_OBLIGED, Status.EMISSIONS_MISSING,
    ]  # fmt: skip
    keys = {use.key for use in met.working.parameters}
    assert "compliance.surrender_deadline" not in keys


def test_a_year_nobody_entered_is_refused() -> None:
    with pytest.raises(YearNotEntered):
        stands(year=2016)


# What counts


@clause("M21.2")
def test_reductions_from_inside_the_own_boundary_are_refused() -> None:
    answer = stands(
        allowances(950), ccer(25, inside_own_boundary=True), inclusive(25, inside_own_boundary=True)
    )
    assert codes(answer) == ["RUL-145", "RUL-145"]
    assert (answer.counted, answer.reductions, answer.missing) == (950, 0, 50)
    assert answer.refused[0].reasons[0].clause == "M21.2"


@clause("M21.2")
def test_allowances_and_eligible_reductions_count_together() -> None:
    answer = stands(allowances(950), ccer(20), inclusive(30))
    assert (answer.status, answer.reductions, answer.cap_left) == (Status.MET, 50, 0)
    assert answer.allowances == {2024: 950}


@clause("N4.2")
def test_both_kinds_together_stay_under_the_cap_and_no_tonne_more_counts() -> None:
    answer = stands(allowances(950), ccer(40), inclusive(11))
    assert (answer.reductions, answer.cap, answer.counted) == (50, 50, 1000)
    assert codes(answer) == ["RUL-151"]
    refused = answer.refused[0]
    assert (refused.place, refused.counted) == (2, 10)
    assert refused.reasons[0].facts == {"quantity": 11, "beyond": 1, "cap": 50}


@clause("N4.2")
def test_a_determination_lowered_later_takes_back_no_more_than_the_cap() -> None:
    """Met at 1,000 with 50 reductions; at 990 the cap is 49: still met by what was handed in."""
    uses = (allowances(950), ccer(50))
    assert stands(*uses).status is Status.MET
    lowered = stands(*uses, determined=990)
    assert (lowered.status, lowered.reductions, lowered.counted) == (Status.MET, 49, 999)


@clause("P29.2")
def test_class_two_never_serves_compliance() -> None:
    answer = stands(allowances(990), inclusive(10, reduction_class="II"))
    assert codes(answer) == ["RUL-144"]
    assert answer.refused[0].reasons[0].clause == "P29.2"
    later = eligibility(
        inclusive(10, reduction_class="II", received_at=moment("2026-06-01T10:00:00"),
                  certified_at=moment("2026-06-01T09:00:00")),
        2025, book=rulebook(),
    )  # fmt: skip
    assert [one.code for one in later.refusals] == ["RUL-144"]
    unknown = eligibility(inclusive(1, reduction_class=""), 2024, book=rulebook())
    assert unknown.refusals[0].facts["class_"] == "?"


@clause("N4.3")
def test_the_certificate_has_a_deadline_of_its_own() -> None:
    late = moment("2025-06-26T00:00:00")
    assert codes(stands(inclusive(10, certified_at=late - SECOND))) == []
    assert codes(stands(inclusive(10, certified_at=late))) == ["RUL-148"]
    assert codes(stands(inclusive(10, certified_at=None))) == ["RUL-146"]
    assert codes(stands(inclusive(10, proof=""))) == ["RUL-146"]
    assert codes(stands(ccer(10, proof=""))) == ["RUL-146"]


@clause("N4.3")
def test_a_proof_of_cancellation_serves_once() -> None:
    answer = stands(ccer(10, proof="A"), ccer(10, proof="A"), inclusive(10, proof="A"))
    assert codes(answer) == ["RUL-147"]
    assert (answer.refused[0].place, answer.reductions) == (1, 20)
    unused = stands(ccer(10, proof="A", inside_own_boundary=True), ccer(10, proof="A"))
    assert codes(unused) == ["RUL-145"]


def test_every_reason_against_one_use_is_given_at_once(tmp_path: Path) -> None:
    worst = inclusive(5, reduction_class="II", inside_own_boundary=True, proof="")
    assert codes(stands(worst)) == ["RUL-144", "RUL-145", "RUL-146"]
    folder = changed(
        tmp_path / "law",
        "compliance.toml",
        '2024 = { value = ["ccer", "reduction"], clause = "N4.2"',
        '2024 = { value = ["ccer"], clause = "N4.2"',
    )
    judged = eligibility(inclusive(5), 2024, book=Rulebook.load(folder))
    assert [one.code for one in judged.refusals] == ["RUL-143"]


@clause("M21.3")
def test_future_vintages_are_refused_and_older_ones_follow_the_carry_over_rule(
    tmp_path: Path,
) -> None:
    answer = stands(allowances(400, 2025), allowances(300, 2023), allowances(300, 2016))
    assert codes(answer) == ["RUL-141"]
    assert answer.allowances == {2016: 300, 2023: 300}
    # Vintages 2013 to 2015 were valid to 2016-06-30.
    assert codes(stands(allowances(1, 2014))) == ["RUL-142"]
    folder = changed(
        tmp_path / "law",
        "compliance.toml",
        '"2016..2024" = { value = "all"',
        '"2016..2022" = { value = "all", document = "沪府令10号", status = "assumed" }\n'
        '"2023..2024" = { value = "movers"',
    )
    book = Rulebook.load(folder)
    closed = eligibility(allowances(1, 2023), 2024, book=book)
    assert closed.refusals[0].facts == {"vintage": 2023, "year": 2024, "closed": 2023}
    assert not eligibility(allowances(1, 2024), 2024, book=book).refusals


def test_where_the_rule_says_so_a_later_vintage_makes_good_what_is_late() -> None:
    book = rulebook("eutl")
    deadline = book.by_year("compliance.surrender_deadline", 2010).deadline.closes
    later = AllowanceUse(quantity=Tonnes(1), vintage=2011, received_at=deadline)
    judged = eligibility(later, 2010, book=book)
    assert not judged.refusals
    assert [use.key for use in judged.uses][-1] == "compliance.surrender_deadline"
    early = replace(later, received_at=deadline - SECOND)
    assert [one.code for one in eligibility(early, 2010, book=book).refusals] == ["RUL-141"]
    # What is proposed before anything is late leaves the later vintage alone.
    held = {2011: Tonnes(5), 2010: Tonnes(3)}
    assert oldest_first(held, Tonnes(8), 2010, book=book) == {2010: 3}


def test_own_boundary_binds_by_the_day_of_receipt() -> None:
    before = ccer(5, inside_own_boundary=True, received_at=moment("2013-11-17T10:00:00"))
    with pytest.raises(Exception, match="own_boundary_excluded"):
        eligibility(before, 2013, book=rulebook())
    old = ccer(5, inside_own_boundary=True, received_at=moment("2025-03-31T10:00:00"))
    assert [one.code for one in eligibility(old, 2024, book=rulebook()).refusals] == ["RUL-145"]


def test_an_earlier_own_boundary_rule_can_be_none(tmp_path: Path) -> None:
    folder = changed(
        tmp_path / "law", "compliance.toml", 'value = "yes"\ndocument', 'value = "no"\ndocument'
    )
    use = ccer(5, inside_own_boundary=True, received_at=moment("2025-03-31T10:00:00"))
    assert not eligibility(use, 2024, book=Rulebook.load(folder)).refusals


def test_the_oldest_allowances_go_first() -> None:
    book = rulebook()
    holdings = {2025: Tonnes(9), 2024: Tonnes(5), 2023: Tonnes(3), 2014: Tonnes(7)}
    assert oldest_first(holdings, Tonnes(6), 2024, book=book) == {2023: 3, 2024: 3}
    assert oldest_first(holdings, Tonnes(99), 2024, book=book) == {2023: 3, 2024: 5}
    assert oldest_first(holdings, Tonnes(0), 2024, book=book) == {}
    assert oldest_first({2023: Tonnes(0)}, Tonnes(1), 2024, book=book) == {}


# Laws that hold for every position


uses = st.lists(
    st.builds(
        lambda kind, quantity, vintage, seconds: (
            allowances(quantity, vintage, CLOSES + timedelta(seconds=seconds))
            if kind
            else ccer(
                quantity,
                proof=f"{quantity}/{seconds}",
                received_at=CLOSES + timedelta(seconds=seconds),
            )
        ),
        st.booleans(),
        st.integers(1, 500),
        st.integers(2022, 2025),
        st.integers(-50, 50),
    ),
    max_size=8,
)


@given(uses, st.integers(0, 1500), st.integers(-60, 60))
def test_a_plain_model_agrees(given_uses: list[Use], determined: int, seconds: int) -> None:
    """Count one tonne after the other in the order of receipt."""
    at = CLOSES + timedelta(seconds=seconds)
    answer = stands(*given_uses, determined=determined, at=at)
    reductions = total = 0
    met_at = None
    proofs = set()
    for use in sorted(given_uses, key=lambda one: one.received_at):
        if use.received_at > at:
            continue
        if isinstance(use, ReductionUse):
            if use.proof in proofs:
                continue
            proofs.add(use.proof)
        elif use.vintage > 2024:
            continue
        for _ in range(use.quantity):
            if isinstance(use, ReductionUse):
                if reductions >= determined * 5 // 100:
                    break
                reductions += 1
            total += 1
            if total == determined:
                met_at = use.received_at
    if total < determined:
        expected = Status.SHORT
    elif met_at is None or met_at < CLOSES:
        expected = Status.MET
    else:
        expected = Status.MET_LATE
    assert (answer.status, answer.counted, answer.reductions) == (expected, total, reductions)
    assert answer.missing == max(determined - total, 0)
    assert answer.excess == max(total - determined, 0)
    assert answer.overdue == (expected is Status.SHORT and at >= CLOSES)
    assert (answer.fine is not None) == (
        determined > 0 and (expected is Status.MET_LATE or answer.overdue)
    )


@given(uses, st.integers(0, 1500))
def test_time_and_further_uses_never_make_it_worse(given_uses: list[Use], determined: int) -> None:
    """What is missing only falls as time goes on, and met stays met."""
    moments = [CLOSES + timedelta(seconds=second) for second in range(-51, 52, 17)]
    answers = [stands(*given_uses, determined=determined, at=at) for at in moments]
    missing = [answer.missing for answer in answers]
    assert missing == sorted(missing, reverse=True)
    met = [answer.status for answer in answers if answer.missing == 0]
    assert len(set(met)) <= 1


# The working


def test_the_working_shows_inputs_parameters_and_steps() -> None:
    answer = stands(
        allowances(900, 2023),
        inclusive(60, inside_own_boundary=True),
        ccer(20),
        allocated=Decimal(1000),
        determined_at=moment("2025-05-20T10:00:00"),
        surrender_by=Deadline.read("2025-06-30T17:00:00"),
    )
    record = answer.to_record()
    working = answer.working
    assert working.inputs["uses[0]"].startswith("900 allowances of 2023, received 2025-06-30T16")
    assert "inside own boundary" in working.inputs["uses[1]"]
    assert "certified 2025-06-25T23:59:59+08:00" in working.inputs["uses[1]"]
    assert working.inputs["allocated"] == "1000"
    assert working.inputs["surrender_by"] == "2025-06-30T17:00:00+08:00"
    assert [step.name for step in working.steps] == ["due", "cap", "counted", "missing", "status"]
    assert working.steps[-1].value == "short"
    assert working.rules == rulebook().version
    assert record["missing"] == 80
    assert record["working"] == working.to_record()
    assert len({use.key for use in working.parameters}) == len(working.parameters)


def test_the_record_is_plain_json() -> None:
    answer = stands(allowances(900), ccer(90), allowances(5, at=CLOSES), at=CLOSES)
    assert b'"status":"short"' in canonical_bytes(answer.to_record())
    assert answer.to_record()["seconds_left"] == 0
    met = stands(allowances(1000, at=CLOSES - SECOND)).to_record()
    assert met["met_at"] == "2025-06-30T16:59:59+08:00"
    assert met["assumed"] is False


def test_a_breach_before_the_measures_has_no_band_in_the_book() -> None:
    late = datetime(2024, 10, 1, tzinfo=SHANGHAI)
    answer = stands(year=2023, at=late)
    assert (answer.status, answer.overdue, answer.fine) == (Status.SHORT, True, None)


def test_the_profile_of_european_history_needs_no_fines() -> None:
    book = rulebook("eutl")
    last = moment("2008-04-30T23:59:59")
    position = Position(year=2007, determined=Decimal(10), uses=(allowances(4, 2007, last),))
    answer = assess(position, moment("2008-05-01T00:00:00"), book=book)
    assert (answer.status, answer.missing, answer.overdue) == (Status.SHORT, 6, True)
    assert answer.fine is None
    older = allowances(1, 2007, moment("2009-04-01T00:00:00"))
    assert [one.code for one in eligibility(older, 2008, book=book).refusals] == ["RUL-142"]
    assert not eligibility(allowances(1, 2005), 2007, book=book).refusals
