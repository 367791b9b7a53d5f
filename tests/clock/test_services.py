"""The city's clock: created once, moved forward only, its history true even past the service."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from hutan import clock
from hutan.clock import queries, services
from hutan.clock.domain.reading import END, START
from hutan.clock.models import City, Move
from hutan.clock.refusals import (
    CityNotCreated,
    ClockIsReal,
    ClockOnlyForward,
    ClockTooFar,
    MoveRepeatedDifferently,
    OtherKindOfPlace,
)
from hutan.kernel.ids import new_id
from hutan.kernel.moments import SHANGHAI, moment

REAL = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DEADLINE = moment("2025-06-30T17:00:00")


@pytest.fixture
def city(db: None) -> None:
    services.create(real=REAL)


def test_before_the_city_its_clock_stands_at_the_start(db: None) -> None:
    assert clock.now() == START
    assert queries.kind() is None
    with pytest.raises(CityNotCreated):
        services.advance(act=new_id(), who="anna", by=HOUR, real=REAL)


def test_created_it_runs(city: None) -> None:
    set_first = queries.setting()
    assert set_first is not None
    assert set_first.read(REAL + HOUR) == START + HOUR
    services.create(real=REAL + HOUR)
    assert queries.setting() == set_first
    assert clock.now().tzinfo is SHANGHAI


def test_a_move_is_kept_with_who_and_when(city: None) -> None:
    shown = services.set_to(act=new_id(), who="anna", to=DEADLINE, real=REAL + HOUR)
    assert shown == DEADLINE
    assert services.advance(act=new_id(), who="ben", by=HOUR, real=REAL + 3 * HOUR) == (
        DEADLINE + 3 * HOUR
    )
    first, second = queries.history()
    assert (first.who, first.real, first.moved_from, first.moved_to) == (
        "anna", REAL + HOUR, START + HOUR, DEADLINE,
    )  # fmt: skip
    assert (second.who, second.moved_from) == ("ben", DEADLINE + 2 * HOUR)


@pytest.mark.parametrize("to", [START - HOUR, START, START + HOUR])
def test_never_back_and_never_to_where_it_stands(city: None, to: datetime) -> None:
    with pytest.raises(ClockOnlyForward):
        services.set_to(act=new_id(), who="anna", to=to, real=REAL + HOUR)
    with pytest.raises(ClockOnlyForward):
        services.advance(act=new_id(), who="anna", by=timedelta(0), real=REAL)
    assert queries.history() == []


def test_a_slip_of_the_finger_does_not_end_the_calendar(city: None) -> None:
    with pytest.raises(ClockTooFar):
        services.set_to(act=new_id(), who="anna", to=END, real=REAL)
    for by in (END - START, timedelta.max):
        with pytest.raises(ClockTooFar):
            services.advance(act=new_id(), who="anna", by=by, real=REAL)
    services.set_to(act=new_id(), who="anna", to=END - HOUR, real=REAL)
    assert (
        refused_by(row(real=REAL, moved_from=END - HOUR, moved_to=END)) == "clock_move_before_end"
    )


def test_a_retry_changes_nothing_and_another_move_under_its_id_is_refused(city: None) -> None:
    act = new_id()
    services.advance(act=act, who="anna", by=HOUR, real=REAL)
    shown = services.advance(act=act, who="anna", by=HOUR, real=REAL + HOUR)
    assert shown == START + 2 * HOUR
    assert services.set_to(act=act, who="anna", to=START + HOUR, real=REAL) == START + HOUR
    with pytest.raises(MoveRepeatedDifferently):
        services.advance(act=act, who="anna", by=2 * HOUR, real=REAL)
    assert len(queries.history()) == 1


def test_a_real_clock_put_back_makes_it_stand_still(city: None) -> None:
    services.advance(act=new_id(), who="anna", by=HOUR, real=REAL + HOUR)
    shown = services.advance(act=new_id(), who="anna", by=HOUR, real=REAL - HOUR)
    assert shown == START + 3 * HOUR


def test_production_is_real_and_is_not_moved(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ENVIRONMENT", "production")
    services.create(real=REAL)
    assert queries.kind() == "production"
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    with pytest.raises(ClockIsReal):
        services.advance(act=new_id(), who="anna", by=HOUR, real=REAL)
    with pytest.raises(ClockIsReal):
        services.set_to(act=new_id(), who="anna", to=DEADLINE, real=REAL)
    monkeypatch.setattr(settings, "ENVIRONMENT", "demo")
    with pytest.raises(OtherKindOfPlace) as told:
        services.create(real=REAL)
    assert told.value.facts == {"kind": "production", "asked": "demo"}


def test_production_asks_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ENVIRONMENT", "production")
    # Without a database fixture any query would be refused here.
    assert clock.now().tzinfo is SHANGHAI


def row(**changed: object) -> Move:
    true = {"act": new_id(), "who": "x", "real": REAL + HOUR, "moved_from": START + HOUR,
            "moved_to": START + 2 * HOUR}  # fmt: skip
    return Move(**{**true, **changed})


def refused_by(move: Move) -> str | None:
    """Return the constraint by which the database refuses a row that no service wrote."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        move.save(force_insert=True)
    assert isinstance(refused.value.__cause__, psycopg.Error)
    return refused.value.__cause__.diag.constraint_name


@pytest.mark.parametrize(
    ("forged", "constraint"),
    [
        (lambda: row(moved_from=START + 2 * HOUR), "clock_move_from_what_it_showed"),
        (lambda: row(real=REAL - HOUR, moved_from=START - HOUR), "clock_move_from_what_it_showed"),
        (lambda: row(id=0), "clock_move_from_what_it_showed"),
        (lambda: row(moved_to=START + HOUR), "clock_move_forward"),
        (lambda: row(moved_to=START), "clock_move_forward"),
    ],
)
def test_the_database_refuses_a_move_that_is_not_true(
    city: None, forged: Callable[[], Move], constraint: str
) -> None:
    services.advance(act=new_id(), who="anna", by=timedelta(seconds=1), real=REAL)
    move = forged()
    move.moved_from += timedelta(seconds=1)
    if constraint == "clock_move_from_what_it_showed":
        move.moved_to += 4 * HOUR
    assert refused_by(move) == constraint


def test_the_true_row_would_have_been_taken(city: None) -> None:
    row().save(force_insert=True)
    assert len(queries.history()) == 1


def test_the_database_moves_no_clock_of_a_real_place(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused_by(row()) == "clock_move_demo_only"
    monkeypatch.setattr(settings, "ENVIRONMENT", "production")
    services.create(real=REAL)
    assert refused_by(row()) == "clock_move_demo_only"


@pytest.mark.parametrize("kind", ["", "both"])
def test_a_place_is_of_one_known_kind(db: None, kind: str) -> None:
    with pytest.raises(IntegrityError, match="clock_city_kind"), transaction.atomic():
        City.objects.create(kind=kind, real=REAL, city=START)
    with pytest.raises(IntegrityError, match="clock_city_one_row"), transaction.atomic():
        City.objects.create(id=2, kind="demo", real=REAL, city=START)


@pytest.mark.parametrize("table", ["clock_city", "clock_move"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_is_written_stays(city: None, table: str, change: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))


def test_moves_at_once_add_up(committed_db: str) -> None:
    services.create(real=REAL)

    def move(number: int) -> None:
        try:
            services.advance(act=new_id(), who=str(number), by=HOUR, real=REAL)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(move, range(16)))
    history = queries.history()
    assert history[-1].moved_to == START + 16 * HOUR
    assert all(earlier.moved_to == later.moved_from for earlier, later in pairwise(history))
