"""What is in time: to the second with a time of day, to the end of the day without one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.kernel.moments import SHANGHAI, moment
from hutan.rules.deadlines import Deadline
from hutan.rules.delays import account_opening_deadline, reversal_deadline
from hutan.rules.parameters import rulebook
from hutan.rules.refusals import YearNotEntered
from tests.marks import clause

TICK = timedelta(microseconds=1)


@clause("N4.1")
def test_surrender_for_2024_closes_at_five_in_the_afternoon_of_30_june() -> None:
    deadline = rulebook().by_year("compliance.surrender_deadline", 2024).deadline
    five = datetime(2025, 6, 30, 17, 0, 0, tzinfo=SHANGHAI)
    assert deadline.closes == five
    assert deadline.in_time(five - timedelta(seconds=1))
    assert deadline.in_time(five - TICK)
    assert not deadline.in_time(five)
    assert not deadline.in_time(five + TICK)
    assert deadline.in_time(datetime(2025, 6, 30, 8, 59, 59, tzinfo=UTC))
    assert not deadline.in_time(datetime(2025, 6, 30, 9, 0, 0, tzinfo=UTC))


@clause("N4.3")
def test_the_certificate_is_due_by_the_end_of_25_june() -> None:
    deadline = rulebook().by_year("compliance.certificate_due", 2024).deadline
    midnight = datetime(2025, 6, 26, tzinfo=SHANGHAI)
    assert deadline.in_time(midnight - TICK)
    assert not deadline.in_time(midnight)
    assert deadline.day == date(2025, 6, 25)
    surrender = rulebook().by_year("compliance.surrender_deadline", 2024).deadline
    assert deadline.closes < surrender.closes


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.times(),
    st.timedeltas(timedelta(days=-400), timedelta(days=400)),
    st.integers(-12, 14),
)
def test_in_time_is_before_on_every_clock(
    day: date, clock: time, apart: timedelta, hours: int
) -> None:
    closes = datetime.combine(day, clock, SHANGHAI)
    deadline = Deadline.before(closes)
    at = (closes + apart).astimezone(timezone(timedelta(hours=hours)))
    assert deadline.in_time(at) == (apart < timedelta(0))
    assert deadline.left(at) == max(-apart, timedelta(0))


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_day_counts_in_full(day: date) -> None:
    deadline = Deadline.end_of(day)
    assert deadline.in_time(datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=SHANGHAI))
    assert not deadline.in_time(deadline.closes)
    assert deadline.day == day
    assert Deadline.read(str(deadline)) == deadline


def test_written_forms() -> None:
    moment = Deadline.read("2025-06-30T17:00:00")
    assert str(moment) == "2025-06-30T17:00:00+08:00"
    assert moment.day == date(2025, 6, 30)
    assert moment.sentence("en") == "before 2025-06-30 17:00:00 (from that second on it is late)"
    assert moment.sentence() == "2025-06-30 17:00:00 前（该时刻起为逾期）"
    day = Deadline.read("2025-03-31")
    assert str(day) == "2025-03-31"
    assert day.sentence("en") == "to the end of 2025-03-31"
    assert day.sentence() == "2025-03-31 当日有效"


@pytest.mark.parametrize(
    "text",
    ["", "2025-6-30", "2025-06-30 17:00:00", "2025-06-30T17:00", "2025-06-31", "20250630",
     "2025-06-30T25:00:00", "2025-06-30T17:00:00+08:00", "30.06.2025"],
)  # fmt: skip
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Deadline.read(text)


def test_a_moment_without_a_time_zone_is_a_bug() -> None:
    deadline = Deadline.end_of(date(2025, 1, 1))
    with pytest.raises(ValueError, match="no time zone"):
        deadline.in_time(datetime(2025, 1, 1))  # noqa: DTZ001  # the bug that is meant


def test_new_units_of_the_list_of_2024_open_their_accounts_by_31_march() -> None:
    deadline = account_opening_deadline(2024, book=rulebook())
    assert deadline.in_time(moment("2025-03-31T23:59:59"))
    assert not deadline.in_time(moment("2025-04-01T00:00:00"))
    with pytest.raises(YearNotEntered):
        account_opening_deadline(2029, book=rulebook())


def test_a_transaction_may_be_reversed_to_the_end_of_the_fourteenth_day() -> None:
    deadline = reversal_deadline(moment("2025-06-01T23:59:59"), book=rulebook())
    assert deadline.in_time(moment("2025-06-15T23:59:59.999999"))
    assert not deadline.in_time(moment("2025-06-16T00:00:00"))
