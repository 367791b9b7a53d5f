"""Reading a clock that was set: real speed, never back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.clock.domain.reading import START, Setting
from hutan.kernel.moments import SHANGHAI

REAL = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)

moments = st.integers(-10_000_000_000, 10_000_000_000).map(
    lambda milliseconds: REAL + timedelta(milliseconds=milliseconds)
)


def test_the_city_begins_on_a_monday_morning_before_the_deadline() -> None:
    assert START.isoformat() == "2025-06-16T09:00:00+08:00"


@given(real=moments, later=moments)
def test_it_runs_at_real_speed_and_never_back(real: datetime, later: datetime) -> None:
    read = Setting(real, START).read(later)
    assert read - START == max(later - real, timedelta(0))
    assert read.tzinfo is SHANGHAI


def test_a_naive_moment_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Setting(REAL, START).read(REAL.replace(tzinfo=None))
