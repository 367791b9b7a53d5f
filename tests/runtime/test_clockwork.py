"""The worker's table of jobs: due in time, one failing does not stop the others."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from hutan.cli import clockwork
from hutan.cli.clockwork import JOBS, Clockwork, Job
from hutan.clock.domain.reading import START

_calls: list[str] = []


def integrate(*, at: object) -> None:
    assert at == START
    _calls.append("integrate")


def expire(*, at: object) -> None:
    _calls.append("expire")
    raise RuntimeError("no luck")


TABLE = (
    Job("integrate", timedelta(seconds=2), f"{__name__}:integrate"),
    Job("expire", timedelta(seconds=60), f"{__name__}:expire"),
)


def test_jobs_run_when_due(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(clockwork, "monotonic", lambda: clock[0])
    _calls.clear()
    work = Clockwork(TABLE, lambda: START)
    with caplog.at_level(logging.ERROR):
        # Both at the start, then each at its own pace.
        assert work.tick() == 2.0
        for _ in range(30):
            clock[0] += 1.0
            work.tick()
    assert _calls == ["integrate", "expire"] + ["integrate"] * 15
    assert "expire failed; it is tried again in 0:01:00" in caplog.text
    clock[0] += 30
    work.tick()
    assert _calls.count("expire") == 2


def test_an_empty_table_waits() -> None:
    assert Clockwork((), lambda: START).tick() == 5.0


def test_a_row_that_names_nothing_stops_the_start() -> None:
    with pytest.raises(AttributeError):
        Clockwork([Job("none", timedelta(1), f"{__name__}:nothing")], lambda: START)


def test_the_table_of_the_platform_names_what_exists() -> None:
    Clockwork(JOBS, lambda: START)
    assert len({job.name for job in JOBS}) == len(JOBS)
