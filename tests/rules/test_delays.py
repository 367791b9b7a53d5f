"""Delays of the registry: exact boundaries, published vectors, and plain models."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.kernel.moments import SHANGHAI, moment
from hutan.rules.calendar import Calendar, shanghai
from hutan.rules.delays import (
    AtNoon,
    AtOnce,
    MinutesInWindow,
    WorkingDaysLater,
    transfer_execution,
    trusted_list_effect,
)
from hutan.rules.parameters import Rulebook, rulebook
from hutan.rules.refusals import CalendarYearNotEntered, DayNotEntered
from hutan.rules.values import Window
from tests.rules.books import changed

WINDOW = Window(time(10), time(16))
NOON = AtNoon(time(12), 1, 2)
TRUSTED = AtOnce(WINDOW)


def local(text: str) -> datetime:
    """Read ``MM-DD hh:mm:ss`` of 2025 on Shanghai's clock."""
    return moment(f"2025-{text.replace(' ', 'T')}")


# Friday 2025-06-27, Monday 06-30, Tuesday 07-01 are ordinary; 2025-09-28 is a make-up Sunday;
# 2025-10-01 (Wednesday) to 10-08 are off; Saturday 10-11 is a make-up day.
@pytest.mark.parametrize(
    ("proposed", "executes"),
    [
        ("06-27 09:59:59.999999", "06-27 10:00:00"),
        ("06-27 00:00:00", "06-27 10:00:00"),
        ("06-27 10:00:00", "06-27 10:00:00"),
        ("06-27 13:21:07", "06-27 13:21:07"),
        ("06-27 15:59:59.999999", "06-27 15:59:59.999999"),
        ("06-27 16:00:00", "06-27 16:00:00"),
        ("06-27 16:00:00.000001", "06-30 10:00:00"),
        ("06-27 23:59:59", "06-30 10:00:00"),
        ("06-28 12:00:00", "06-30 10:00:00"),
        ("06-29 23:59:59", "06-30 10:00:00"),
        ("09-28 11:00:00", "09-28 11:00:00"),
        ("09-30 16:00:01", "10-09 10:00:00"),
        ("10-01 12:00:00", "10-09 10:00:00"),
        ("10-10 17:00:00", "10-11 10:00:00"),
    ],
)
def test_to_a_trusted_receiver(proposed: str, executes: str) -> None:
    assert TRUSTED.executes(local(proposed), shanghai()) == local(executes)


@pytest.mark.parametrize(
    ("proposed", "executes"),
    [
        ("06-27 00:00:00", "06-30 12:00:00"),
        ("06-27 11:59:59.999999", "06-30 12:00:00"),
        ("06-27 12:00:00", "07-01 12:00:00"),
        ("06-27 12:00:00.000001", "07-01 12:00:00"),
        ("06-27 23:59:59", "07-01 12:00:00"),
        ("06-28 11:59:59", "06-30 12:00:00"),
        ("06-28 12:00:00", "07-01 12:00:00"),
        ("06-30 08:00:00", "07-01 12:00:00"),
        ("09-26 11:00:00", "09-28 12:00:00"),
        ("09-30 11:59:59", "10-09 12:00:00"),
        ("09-30 12:00:00", "10-10 12:00:00"),
        ("10-09 12:00:00", "10-11 12:00:00"),
    ],
)
def test_to_another_receiver_at_noon(proposed: str, executes: str) -> None:
    assert NOON.executes(local(proposed), shanghai()) == local(executes)


# Vectors of the UK registry's own test of its transaction delay (UKGovernmentBEIS/ukets-registry,
# TransactionDelayServiceTest, Apache-2.0): approval, then execution after 7 minutes, 2 hours,
# 24 hours and 48 hours, with the bank holidays that the test sets.
UK = """
2021-03-15T10:00:00 2021-03-15T10:07:00 2021-03-15T12:00:00 2021-03-16T10:00:00
2021-03-15T10:00:01 2021-03-15T10:07:01 2021-03-15T12:00:01 2021-03-16T10:00:01
2021-03-15T15:59:59 2021-03-16T10:00:00 2021-03-16T10:00:00 2021-03-16T15:59:59
2021-03-15T16:00:00 2021-03-16T10:00:00 2021-03-16T10:00:00 2021-03-16T16:00:00
2021-03-15T00:00:00 2021-03-15T10:07:00 2021-03-15T12:00:00 2021-03-16T10:00:00
2021-03-15T16:00:01 2021-03-16T10:07:00 2021-03-16T12:00:00 2021-03-17T10:00:00
2021-03-19T16:00:00 2021-03-22T10:00:00 2021-03-22T10:00:00 2021-03-22T16:00:00
2021-03-19T16:00:01 2021-03-22T10:07:00 2021-03-22T12:00:00 2021-03-23T10:00:00
2021-03-20T11:00:00 2021-03-22T10:07:00 2021-03-22T12:00:00 2021-03-23T10:00:00
2021-04-30T09:50:00 2021-04-30T10:07:00 2021-04-30T12:00:00 2021-05-04T10:00:00
2021-04-30T15:00:00 2021-04-30T15:07:00 2021-05-04T10:00:00 2021-05-04T15:00:00
2021-05-03T12:00:00 2021-05-04T10:07:00 2021-05-04T12:00:00 2021-05-05T10:00:00
2021-06-14T15:59:59 2021-06-18T10:00:00 2021-06-18T10:00:00 2021-06-18T15:59:59
2021-06-14T16:00:01 2021-06-18T10:07:00 2021-06-18T12:00:00 2021-06-21T10:00:00
"""
UK_HOLIDAYS = [
    date(2021, 1, 1), date(2021, 4, 2), date(2021, 4, 5), date(2021, 5, 3), date(2021, 5, 31),
    date(2021, 6, 15), date(2021, 6, 16), date(2021, 6, 17), date(2021, 8, 30),
]  # fmt: skip


@pytest.mark.parametrize("line", UK.strip().splitlines())
def test_minutes_in_a_window_as_the_uk_registry_counts_them(line: str) -> None:
    calendar = Calendar.of([2021], UK_HOLIDAYS, [])
    approved, *expected = [moment(text) for text in line.split()]
    for minutes, executes in zip((7, 120, 1440), expected, strict=True):
        assert MinutesInWindow(minutes, WINDOW).executes(approved, calendar) == executes


def test_a_result_outside_the_window_moves_to_the_next_opening() -> None:
    calendar = shanghai()
    assert MinutesInWindow(60, WINDOW).executes(local("06-27 15:00:00"), calendar) == local(
        "06-27 16:00:00"
    )
    assert MinutesInWindow(61, WINDOW).executes(local("06-27 15:00:00"), calendar) == local(
        "06-30 10:00:00"
    )
    # Twenty hours after Friday 15:00 is Saturday 11:00: no working day, so Monday's opening.
    assert MinutesInWindow(1200, WINDOW).executes(local("06-27 15:00:00"), calendar) == local(
        "06-30 10:00:00"
    )
    # Past midnight into the early morning of a working day: the opening of that same day.
    assert MinutesInWindow(600, WINDOW).executes(local("06-26 15:00:00"), calendar) == local(
        "06-27 10:00:00"
    )


def opening(at: datetime, calendar: Calendar) -> datetime:
    """The plain model of "inside the window, else the next opening": a second at a time by hops."""
    while True:
        clock = at.time()
        if calendar.is_working_day(at.date()) and time(10) <= clock <= time(16):
            return at
        if calendar.is_working_day(at.date()) and clock < time(10):
            return at.replace(hour=10, minute=0, second=0, microsecond=0)
        at = (at + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


moments = st.builds(
    lambda day, clock: datetime.combine(day, clock, SHANGHAI),
    st.dates(date(2023, 1, 3), date(2026, 11, 30)),
    st.times(),
)


@given(moments, st.integers(0, 20_000))
def test_minutes_against_a_plain_model(approved: datetime, minutes: int) -> None:
    calendar = shanghai()
    at = opening(approved, calendar)
    for _ in range(minutes // 1440):
        at += timedelta(days=1)
        while not calendar.is_working_day(at.date()):
            at += timedelta(days=1)
    expected = opening(at + timedelta(minutes=minutes % 1440), calendar)
    assert MinutesInWindow(minutes, WINDOW).executes(approved, calendar) == expected


@given(moments)
def test_trusted_against_a_plain_model(proposed: datetime) -> None:
    assert TRUSTED.executes(proposed, shanghai()) == opening(proposed, shanghai())


@given(moments)
def test_noon_against_a_plain_model(proposed: datetime) -> None:
    calendar = shanghai()
    left = 1 if proposed.time() < time(12) else 2
    day = proposed.date()
    while left:
        day += timedelta(days=1)
        left -= calendar.is_working_day(day)
    executes = NOON.executes(proposed, calendar)
    assert executes == datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
    assert executes > proposed


@given(moments, moments)
def test_a_later_proposal_never_executes_earlier(one: datetime, other: datetime) -> None:
    first, last = sorted((one, other))
    for rule in (TRUSTED, NOON, MinutesInWindow(1500, WINDOW), WorkingDaysLater(4, time(12))):
        assert rule.executes(first, shanghai()) <= rule.executes(last, shanghai())


def test_moments_of_other_zones_are_read_on_shanghais_clock() -> None:
    assert NOON.executes(moment("2025-06-27T03:59:59+00:00"), shanghai()) == local("06-30 12:00:00")
    assert NOON.executes(moment("2025-06-27T04:00:00+00:00"), shanghai()) == local("07-01 12:00:00")


def test_a_result_in_a_year_not_entered_is_refused() -> None:
    late = moment("2026-12-31T16:00:01")
    for rule in (TRUSTED, NOON, MinutesInWindow(1, WINDOW), WorkingDaysLater(1, time(12))):
        with pytest.raises(CalendarYearNotEntered) as refused:
            rule.executes(late, shanghai())
        assert refused.value.facts["year"] == "2027"


def test_the_book_chooses_the_rule() -> None:
    book = rulebook()
    off_list = transfer_execution(local("06-27 11:59:59"), trusted=False, book=book)
    assert off_list.at == local("06-30 12:00:00")
    assert {use.key for use in off_list.working.parameters} == {
        "registry.transfer_rule",
        "registry.transfer_noon",
        "registry.transfer_days_before_noon",
        "registry.transfer_days_from_noon",
    }
    assert off_list.working.assumed
    assert off_list.working.steps[0].value == "2025-06-30T12:00:00+08:00"
    trusted = transfer_execution(local("06-27 11:59:59"), trusted=True, book=book)
    assert trusted.at == local("06-27 11:59:59")
    assert trusted.working.inputs["trusted"] == "yes"
    assert trusted.working.rules == book.version


def test_the_other_rule_kind_needs_its_minutes_entered(tmp_path: Path) -> None:
    minutes = changed(tmp_path / "a", "registry.toml", 'value = "noon"', 'value = "minutes"')
    with pytest.raises(DayNotEntered) as refused:
        transfer_execution(local("06-27 11:00:00"), trusted=False, book=Rulebook.load(minutes))
    assert refused.value.facts["key"] == "registry.transfer_minutes"
    entered = changed(
        tmp_path / "b",
        "registry.toml",
        "from = []",
        'from = [{ day = "2023-01-01", value = "1440", clause = "M12.1", status = "assumed" }]',
        base=minutes,
    )
    book = Rulebook.load(entered)
    delayed = transfer_execution(local("06-27 11:00:00"), trusted=False, book=book)
    assert delayed.at == local("06-30 11:00:00")


@pytest.mark.parametrize(
    ("approved", "effect"),
    [
        ("06-26 09:00:00", "07-02 12:00:00"),
        ("06-26 23:59:59", "07-02 12:00:00"),
        ("06-28 10:00:00", "07-03 12:00:00"),
        ("09-26 10:00:00", "10-09 12:00:00"),
    ],
)
def test_the_trusted_list_at_noon_of_the_fourth_working_day(approved: str, effect: str) -> None:
    assert trusted_list_effect(local(approved), book=rulebook()).at == local(effect)
