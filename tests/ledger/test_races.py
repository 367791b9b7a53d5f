"""Real threads, real connections, real commits: no double spend, no deadlock, one effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connections

from hutan.kernel.ids import new_id
from hutan.ledger import queries
from hutan.ledger.services import (
    Answer,
    Instruction,
    Post,
    Posted,
    Reserve,
    Transfer,
    Void,
    all_posted,
    expire,
    post,
    post_one,
)
from tests.ledger.world import AT, later, open_world, stand

T = TypeVar("T")


def together(calls: Iterable[Callable[[], T]]) -> list[T]:
    """Run every call in a thread and connection of its own, all released at one moment."""
    waiting = list(calls)
    barrier = Barrier(len(waiting))

    def run(call: Callable[[], T]) -> T:
        try:
            connections["default"].ensure_connection()
            barrier.wait()
            return call()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(waiting)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in waiting]]


def doors(one: Instruction) -> list[Callable[[], Answer]]:
    return [
        lambda: post([one], at=AT)[0],
        lambda: post_one(one, at=AT),
    ]


@pytest.mark.parametrize("spenders", [2, 8, 64])
def test_the_same_units_are_spent_once(committed_db: str, spenders: int) -> None:
    world = open_world(units=10 * (spenders // 2))
    calls = [doors(Transfer(new_id(), world.unit, world.other, 10))[n % 2] for n in range(spenders)]
    answers = together(calls)
    assert sum(isinstance(one, Posted) for one in answers) == spenders // 2
    assert {one.code for one in answers if not isinstance(one, Posted)} <= {"LED-015"}
    assert stand(world.unit, world.other) == [(0, 0), (10 * (spenders // 2), 0)]
    assert queries.first_disagreement() is None


def test_retries_at_once_have_one_effect_and_one_answer(committed_db: str) -> None:
    world = open_world()
    for one in (
        Transfer(new_id(), world.unit, world.other, 10),
        Transfer(new_id(), world.unit, world.other, 1000),
        Transfer(new_id(), world.unit, 10**9, 10),
        Reserve(new_id(), world.unit, world.other, 10, later(60)),
    ):
        answers = together(doors(one)[n % 2] for n in range(16))
        assert answers == [queries.find_transfer(one.id)] * 16
    assert stand(world.unit, world.other) == [(90, 10), (10, 0)]


def test_one_id_for_different_transfers_at_once_has_one_answer(committed_db: str) -> None:
    """Callers that misuse ids wait for each other, even crosswise, and none breaks."""
    world = open_world()
    for _ in range(10):
        first, second = new_id(), new_id()
        there = [
            Transfer(first, world.unit, world.other, 1),
            Transfer(second, world.unit, world.other, 1),
        ]
        back = [
            Transfer(second, world.purse, world.other_purse, 1),
            Transfer(first, world.purse, world.other_purse, 1),
        ]
        answers = together(
            [lambda: post(there, at=AT), lambda: post(back, at=AT)]  # noqa: B023 run at once
        )
        codes = [[getattr(one, "code", "posted") for one in answer] for answer in answers]
        for place in (0, 1):
            assert sorted((codes[0][place], codes[1][1 - place])) == ["LED-001", "posted"]


def test_a_reservation_is_ended_once_by_many(committed_db: str) -> None:
    world = open_world()
    reserve = Reserve(new_id(), world.unit, world.other, 60, later(10))
    all_posted(post([reserve], at=AT))
    endings: list[Instruction] = [
        Post(new_id(), reserve.id) if n % 2 else Void(new_id(), reserve.id) for n in range(12)
    ]
    calls: list[Callable[[], object]] = [doors(one)[n % 2] for n, one in enumerate(endings)]
    calls += [lambda: expire(at=later(10))] * 4
    together(calls)
    assert stand(world.unit) in ([(100, 0)], [(40, 0)])
    assert queries.first_disagreement() is None


def test_crossing_batches_neither_deadlock_nor_lose(committed_db: str) -> None:
    world = open_world(units=10_000)
    allowances = [world.unit, world.other, world.third]
    money = [world.purse, world.other_purse]

    def trade(seed: int) -> int:
        random, posted = Random(seed), 0
        for _ in range(12):
            batch: list[Instruction] = []
            for _ in range(random.randint(1, 30)):
                group = new_id() if random.random() < 0.5 else None
                for accounts in (allowances, money):
                    giver, taker = random.sample(accounts, 2)
                    one = Transfer(new_id(), giver, taker, random.randint(1, 9), linked=group)
                    batch.append(one)
            posted += sum(isinstance(one, Posted) for one in post(batch, at=AT))
            single = Transfer(new_id(), world.unit, world.third, 1)
            posted += isinstance(post_one(single, at=AT), Posted)
        return posted

    assert sum(together(partial(trade, seed) for seed in range(8))) > 100
    assert sum(balance for balance, _ in stand(*allowances)) == 10_000
    assert sum(balance for balance, _ in stand(*money)) == 1000
    assert queries.first_disagreement() is None
