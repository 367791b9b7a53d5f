"""Working days: our table against a library, the arithmetic against a plain model."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.rules import calendar as module
from hutan.rules.calendar import Calendar, read_calendar, shanghai
from hutan.rules.parameters import rulebook
from hutan.rules.refusals import CalendarYearNotEntered, PeriodReversed

FIRST, LAST = date(2023, 1, 1), date(2026, 12, 31)
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
days = st.dates(FIRST, LAST)


def works(day: date) -> bool:
    """A plain model: the library's answer, which shares nothing with our table."""
    return bool(chinese_calendar.is_workday(day))


def test_every_day_of_2023_to_2026_agrees_with_the_library() -> None:
    assert len(DAYS) == 1461
    assert [day for day in DAYS if shanghai().is_working_day(day) != works(day)] == []


def test_the_table_covers_exactly_the_years_whose_notices_are_known() -> None:
    assert sorted(shanghai().years) == [2023, 2024, 2025, 2026]
    documents = rulebook().documents
    for year, table in shanghai().years.items():
        assert str(year) in documents.find(table.document).zh


def test_counts_of_whole_years() -> None:
    counts = [
        shanghai().working_days_between(date(year, 1, 1), date(year, 12, 31))
        for year in (2023, 2024, 2025, 2026)
    ]
    assert counts == [sum(works(day) for day in DAYS if day.year == y) for y in range(2023, 2027)]


def added(day: date, count: int) -> date | None:
    """Walk day by day; ``None`` when the walk leaves the years that are entered."""
    step = timedelta(days=1 if count >= 0 else -1)
    if count == 0:
        while not works(day):
            day += step
            if not FIRST <= day <= LAST:
                return None
        return day
    left = abs(count)
    while left:
        day += step
        if not FIRST <= day <= LAST:
            return None
        left -= works(day)
    return day


@given(days, st.integers(-300, 300))
def test_adding_walks_from_working_day_to_working_day(day: date, count: int) -> None:
    expected = added(day, count)
    if expected is None:
        with pytest.raises(CalendarYearNotEntered) as refused:
            shanghai().add_working_days(day, count)
        assert refused.value.facts["year"] == ("2022" if count < 0 else "2027")
        assert "law/calendar.toml" in refused.value.cure("zh")
    else:
        assert shanghai().add_working_days(day, count) == expected


@given(days, days)
def test_counting_includes_both_ends(one: date, other: date) -> None:
    first, last = sorted((one, other))
    between = (first + timedelta(days=number) for number in range((last - first).days + 1))
    assert shanghai().working_days_between(first, last) == sum(works(day) for day in between)


@given(days, st.integers(1, 60))
def test_adding_and_counting_agree(day: date, count: int) -> None:
    calendar = shanghai()
    try:
        later = calendar.add_working_days(day, count)
    except CalendarYearNotEntered:
        return
    assert calendar.working_days_between(day + timedelta(days=1), later) == count


def test_neighbours_of_a_make_up_sunday() -> None:
    """2025-01-26 is a Sunday on which work is done; 28 January to 4 February are off."""
    calendar = shanghai()
    sunday = date(2025, 1, 26)
    assert calendar.is_working_day(sunday)
    assert calendar.first_working_day(sunday) == sunday
    assert calendar.next_working_day(date(2025, 1, 27)) == date(2025, 2, 5)
    assert calendar.first_working_day(date(2025, 1, 28)) == date(2025, 2, 5)
    assert calendar.previous_working_day(date(2025, 2, 5)) == date(2025, 1, 27)
    assert calendar.previous_working_day(sunday) == date(2025, 1, 24)


def test_a_year_not_entered_is_refused_also_as_a_mere_result() -> None:
    calendar = shanghai()
    for ask in (
        lambda: calendar.is_working_day(date(2027, 1, 4)),
        lambda: calendar.add_working_days(date(2022, 12, 30), 1),
        lambda: calendar.add_working_days(date(2026, 12, 31), 1),
        lambda: calendar.add_working_days(date(2023, 1, 3), -1),
        lambda: calendar.working_days_between(date(2026, 12, 31), date(2027, 1, 1)),
        lambda: calendar.working_days_between(date(2022, 12, 31), date(2023, 1, 1)),
    ):
        with pytest.raises(CalendarYearNotEntered):
            ask()
    assert calendar.add_working_days(date(2026, 12, 31), 0) == date(2026, 12, 31)


def test_a_gap_between_years_is_not_jumped() -> None:
    calendar = Calendar.of([2024, 2026], [date(2026, 1, 1)], [])
    with pytest.raises(CalendarYearNotEntered) as refused:
        calendar.add_working_days(date(2024, 12, 30), 5)
    assert refused.value.facts["year"] == "2025"
    with pytest.raises(CalendarYearNotEntered):
        calendar.working_days_between(date(2024, 12, 30), date(2026, 1, 5))
    assert calendar.add_working_days(date(2026, 1, 1), 0) == date(2026, 1, 2)
    assert not Calendar({}).years


def test_a_period_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(PeriodReversed):
        shanghai().working_days_between(date(2025, 2, 1), date(2025, 1, 1))


@given(
    st.sets(st.integers(2020, 2030), min_size=1, max_size=4),
    st.lists(st.dates(date(2020, 1, 1), date(2030, 12, 31)), max_size=20),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
def test_a_calendar_of_plain_lists(years: set[int], off: list[date], day: date) -> None:
    calendar = Calendar.of(years, off, [])
    if day.year in years:
        assert calendar.is_working_day(day) == (day.weekday() < 5 and day not in off)
    else:
        with pytest.raises(CalendarYearNotEntered):
            calendar.is_working_day(day)


YEAR: dict[str, Any] = {
    "document": "A",
    "holidays": [{"zh": "元旦", "en": "New Year", "from": "2025-01-01", "to": "2025-01-01"}],
    "make_up": ["2025-01-26"],
}


def holiday(first: str, last: str) -> list[dict[str, str]]:
    return [{"zh": "x", "en": "x", "from": first, "to": last}]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"extra": 1}, "exactly document"),
        ({"holidays": [{"zh": "x"}]}, "KeyError"),
        ({"holidays": holiday("2025-01-02", "2025-01-01")}, "ends before it begins"),
        ({"holidays": holiday("2024-12-31", "2025-01-01")}, "another year"),
        ({"make_up": ["2026-01-04"]}, "another year"),
        ({"make_up": ["2025-01-26", "2025-01-26"]}, "named twice"),
        ({"holidays": holiday("2025-01-26", "2025-01-26")}, "named twice"),
        ({"holidays": holiday("2025-01-01", "2025-01-02") * 2}, "named twice"),
        ({"make_up": ["2025-01-27"]}, "weekday already"),
        ({"make_up": [1]}, "TypeError"),
    ],
)
def test_faults_of_a_year_are_named(change: dict[str, Any], fault: str) -> None:
    faults: list[str] = []
    read_calendar({"2025": YEAR | change}, "calendar.toml", faults)
    assert len(faults) == 1
    assert fault in faults[0]


def test_a_good_year_reads_and_a_broken_file_stops_the_accessor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[str] = []
    calendar = read_calendar({"2025": YEAR}, "calendar.toml", faults)
    assert not faults
    assert not calendar.is_working_day(date(2025, 1, 1))
    broken = tmp_path / "calendar.toml"
    broken.write_text("[x]\n", encoding="utf-8")
    monkeypatch.setattr(module, "FILE", broken)
    with pytest.raises(ValueError, match=r"\[x\]"):
        shanghai.__wrapped__()
