"""``hutan clock``: what a person types."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from hutan.cli.clock import app
from hutan.clock import queries, services
from hutan.clock.refusals import ClockOnlyForward
from tests.clock.test_services import REAL

run = CliRunner()


@pytest.fixture(autouse=True)
def city(db: None) -> None:
    services.create(real=REAL)


def test_set_and_advance_and_show() -> None:
    printed = run.invoke(app, ["set", "2035-06-30T16:59:00", "--who", "anna"]).output
    assert printed == "2035-06-30T16:59:00+08:00\n"
    assert run.invoke(app, ["advance", "1d2h3m4s"]).output.startswith("2035-07-01T19:02:0")
    assert run.invoke(app, ["show"]).output.startswith("2035-07-01T19:02:0")
    lines = run.invoke(app, ["show", "--history"]).output.splitlines()
    assert len(lines) == 3
    assert "anna" in lines[1]
    assert queries.history()[0].who == "anna"


def test_a_moment_without_an_offset_is_shanghais() -> None:
    printed = run.invoke(app, ["set", "2035-06-30T09:00:00Z"]).output
    assert printed == "2035-06-30T17:00:00+08:00\n"


@pytest.mark.parametrize("words", [["set", "tomorrow"], ["advance", ""], ["advance", "2 weeks"]])
def test_what_is_no_moment_or_duration_is_told(words: list[str]) -> None:
    done = run.invoke(app, words)
    assert done.exit_code == 2
    assert "such as" in done.output
    assert queries.history() == []


def test_back_is_refused() -> None:
    done = run.invoke(app, ["set", "2025-06-01"])
    assert isinstance(done.exception, ClockOnlyForward)
