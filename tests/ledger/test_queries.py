"""Balances of the past, history and statements, over many folios."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from hutan.kernel.ids import new_id
from hutan.ledger import queries
from hutan.ledger.services import (
    Instruction,
    Kind,
    Opening,
    Post,
    Reserve,
    Transfer,
    all_posted,
    open_accounts,
    post,
    post_one,
)
from tests.ledger.world import AT, World, later, open_world, sql


@pytest.fixture
def world(db: None) -> World:
    return open_world(units=10_000)


def trade(world: World, *, seconds: int, random: Random) -> None:
    """Post one entry of ``unit`` a second; every tenth is five seconds late."""
    for second in range(seconds):
        at = later(second - 5 if second % 10 == 9 else second)
        giver, taker = random.choice(((world.unit, world.other), (world.issue, world.unit)))
        post_one(Transfer(new_id(), giver, taker, random.randint(1, 9)), at=at)


def test_history_reads_like_a_statement(world: World) -> None:
    reserve = Reserve(new_id(), world.unit, world.other, 60)
    done = Post(new_id(), reserve.id, 50)
    orders: list[Instruction] = [Transfer(new_id(), world.issue, world.unit, 5), reserve, done]
    for second, one in enumerate(orders, start=1):
        all_posted(post([one], at=later(second)))
    lines = queries.history(world.unit)
    assert [
        (one.kind, one.counterparty, one.moved, one.held, one.balance, one.reserved)
        for one in lines
    ] == [
        (Kind.POST, world.other, -50, -60, 9955, 0),
        (Kind.RESERVE, world.other, 0, 60, 10005, 60),
        (Kind.TRANSFER, world.issue, 5, 0, 10005, 0),
        (Kind.TRANSFER, world.issue, 10000, 0, 10000, 0),
    ]
    assert [one.at for one in lines] == [later(3), later(2), later(1), AT]
    assert lines[0].subject == reserve.id
    # The reservation is no entry of the account that would receive.
    assert [one.kind for one in queries.history(world.other)] == [Kind.POST]


def test_pages_of_a_history_join_up(world: World) -> None:
    trade(world, seconds=700, random=Random(1))
    assert sql("SELECT count(*) FROM ledger_folio WHERE account = %s", world.unit) == [(2,)]
    whole = queries.history(world.unit, limit=1000)
    assert len(whole) == 701
    pages = [queries.history(world.unit, limit=90)]
    while pages[-1]:
        pages.append(queries.history(world.unit, before=pages[-1][-1], limit=90))
    assert [line for page in pages for line in page] == whole
    for newer, older in pairwise(whole):
        assert newer.before == older.sequence
        assert newer.balance == older.balance + newer.moved


def test_past_balances_over_folios(world: World) -> None:
    trade(world, seconds=700, random=Random(2))
    whole = queries.history(world.unit, limit=1000)
    for place in (0, 1, 255, 256, 257, 400, 700):
        line = whole[place]
        then = queries.balances_as_of([world.unit], sequence=line.sequence)
        assert then == [queries.Balance(world.unit, line.balance, line.reserved)]
    for second in (-1, 0, 3, 4, 8, 9, 250, 254, 260, 511, 600, 694, 699, 800):
        wanted = sum(line.moved for line in whole if line.at <= later(second))
        assert queries.balances_as_of([world.unit], at=later(second))[0].balance == wanted
    assert queries.balances_as_of([world.unit], sequence=0)[0].balance == 0
    with pytest.raises(ValueError, match="either at or sequence"):
        queries.balances_as_of([world.unit])
    with pytest.raises(ValueError, match="either at or sequence"):
        queries.balances_as_of([world.unit], at=AT, sequence=1)


def test_one_batch_larger_than_a_page_is_one_folio(world: World) -> None:
    batch = [Transfer(new_id(), world.unit, world.other, 1) for _ in range(1000)]
    done = all_posted(post(batch, at=later(1)))
    assert sql("SELECT count(*) FROM ledger_folio WHERE account = %s", world.unit) == [(1,)]
    middle = queries.balances_as_of([world.unit, world.other], sequence=done[499].sequence)
    assert [one.balance for one in middle] == [9500, 500]
    assert queries.balances_as_of([world.unit], at=AT)[0].balance == 10_000
    assert queries.balances_as_of([world.unit], at=later(1))[0].balance == 9000


def test_a_statement_covers_its_stretch_of_time(world: World) -> None:
    trade(world, seconds=700, random=Random(3))
    whole = queries.history(world.unit, limit=1000)
    for since, until in ((0, 700), (100, 101), (250, 270), (255, 600), (690, 5000), (800, 900)):
        found = queries.statement(world.unit, since=later(since), until=later(until))
        wanted = [line for line in whole if later(since) <= line.at < later(until)]
        assert list(found.lines) == wanted[::-1]
        moved = sum(line.moved for line in found.lines)
        assert found.opening.balance + moved == found.closing.balance
    with pytest.raises(LookupError):
        queries.statement(10**9, since=AT, until=later(1))


def test_reservations_of_the_past_do_not_depend_on_the_sweep(world: World) -> None:
    reserve = Reserve(new_id(), world.unit, world.other, 60, later(10))
    all_posted(post([reserve], at=later(1)))
    seen = []
    for _ in range(2):
        seen.append(
            [
                queries.balances_as_of([world.unit], at=later(second))[0].reserved
                for second in (0, 1, 9, 10, 11)
            ]
        )
        # Touching the account a minute later sweeps the reservation.
        post_one(Transfer(new_id(), world.unit, world.other, 1), at=later(60))
    assert seen == [[0, 60, 60, 0, 0]] * 2


def test_unknown_accounts_are_left_out(world: World) -> None:
    wanted = [world.other, 10**9, world.unit]
    assert [one.account for one in queries.balances(wanted)] == [world.other, world.unit]
    assert len(queries.balances_as_of(wanted, at=AT)) == 2
    assert queries.history(10**9) == []
    assert queries.find_transfer(new_id()) is None


def test_accounts_are_found_by_their_code(world: World) -> None:
    found = queries.find_accounts(["UNIT", "NOBODY"])
    assert [(one.id, one.asset) for one in found] == [
        (world.unit, "allowance:2024"),
        (world.purse, "cny"),
    ]
    assert [one.id for one in queries.find_accounts(["UNIT"], asset="cny")] == [world.purse]


def test_an_account_without_entries_has_nothing(world: World) -> None:
    fresh = open_accounts([Opening("cny", "NEW")])[0].id
    nothing = [queries.Balance(fresh, 0, 0)]
    assert queries.balances([fresh], at=AT) == nothing
    assert queries.balances_as_of([fresh], at=AT) == nothing
    assert queries.balances_as_of([fresh], sequence=10**15) == nothing
    assert queries.history(fresh) == []
    assert queries.statement(fresh, since=AT, until=later(1)).lines == ()
