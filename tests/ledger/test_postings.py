"""What a posting does, through both doors: the batch and the single call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from django.db import transaction

from hutan.kernel.ids import new_id
from hutan.kernel.quantities import Tonnes
from hutan.kernel.refusals import Refusal, Refusals
from hutan.ledger import queries, refusals
from hutan.ledger.services import (
    LARGEST,
    Answer,
    Instruction,
    Kind,
    Opening,
    Post,
    Posted,
    Reserve,
    Reverse,
    Transfer,
    Void,
    all_posted,
    expire,
    open_accounts,
    post,
    post_one,
)
from tests.ledger.world import AT, World, later, open_world, stand

Door = Callable[[Instruction, datetime], Answer]


@pytest.fixture(params=["post", "post_one"])
def door(request: pytest.FixtureRequest, db: None) -> Door:
    doors: dict[str, Door] = {
        "post": lambda one, at: post([one], at=at)[0],
        "post_one": lambda one, at: post_one(one, at=at),
    }
    return doors[request.param]


@pytest.fixture
def world(db: None) -> World:
    return open_world()


def code(answer: Answer) -> str:
    return "posted" if isinstance(answer, Posted) else answer.code


def test_a_transfer_debits_the_giver_and_credits_the_taker(world: World, door: Door) -> None:
    wanted = Transfer(new_id(), world.unit, world.other, 30)
    answer = door(wanted, AT)
    assert isinstance(answer, Posted)
    assert (answer.kind, answer.moved, answer.held, answer.at) == (Kind.TRANSFER, 30, 0, AT)
    assert stand(world.unit, world.other) == [(70, 0), (30, 0)]
    assert queries.find_transfer(wanted.id) == answer


def test_amounts_may_carry_their_unit(world: World, door: Door) -> None:
    answer = door(Transfer(new_id(), world.unit, world.other, Tonnes(30)), AT)
    assert isinstance(answer, Posted)
    assert type(answer.moved) is int


def test_a_reservation_posted_in_part_releases_the_rest(world: World, door: Door) -> None:
    reserve = Reserve(new_id(), world.unit, world.other, 60, later(10))
    assert code(door(reserve, AT)) == "posted"
    assert stand(world.unit, world.other) == [(100, 60), (0, 0)]
    assert queries.balances([world.unit])[0].available == 40
    assert [one.amount for one in queries.reservations([world.unit], at=AT)] == [60]
    done = door(Post(new_id(), reserve.id, 25), later(9))
    assert isinstance(done, Posted)
    assert (done.moved, done.held, done.subject) == (25, -60, reserve.id)
    assert stand(world.unit, world.other) == [(75, 0), (25, 0)]
    assert queries.reservations([world.unit], at=AT) == []


def test_a_voided_reservation_moves_nothing(world: World, door: Door) -> None:
    reserve = Reserve(new_id(), world.unit, world.other, 60)
    door(reserve, AT)
    assert code(door(Void(new_id(), reserve.id), AT)) == "posted"
    assert stand(world.unit, world.other) == [(100, 0), (0, 0)]


def test_a_reservation_ends_once(world: World, door: Door) -> None:
    reserve = Reserve(new_id(), world.unit, world.other, 10)
    other = Reserve(new_id(), world.unit, world.other, 10)
    for one in (reserve, other, Post(new_id(), reserve.id), Void(new_id(), other.id)):
        assert code(door(one, AT)) == "posted"
    for ended, reason in ((reserve, "LED-010"), (other, "LED-011")):
        assert code(door(Post(new_id(), ended.id), AT)) == reason
        assert code(door(Void(new_id(), ended.id), AT)) == reason


def test_at_its_expiry_a_reservation_holds_nothing_swept_or_not(world: World, door: Door) -> None:
    reserve = Reserve(new_id(), world.unit, world.other, 60, later(10))
    door(reserve, AT)
    spend = Transfer(new_id(), world.unit, world.third, 50)
    assert code(door(spend, later(9.999999))) == "LED-015"
    assert code(door(Transfer(new_id(), world.unit, world.third, 50), later(10))) == "posted"
    assert code(door(Post(new_id(), reserve.id), later(10))) == "LED-012"
    assert code(door(Void(new_id(), reserve.id), later(10))) == "LED-012"
    # It is refused at that moment even to somebody whose clock is behind.
    assert code(door(Post(new_id(), reserve.id), AT)) == "LED-012"


def test_an_unswept_reservation_is_refused_when_it_is_due(world: World, door: Door) -> None:
    reserve = Reserve(new_id(), world.unit, world.other, 60, later(10))
    door(reserve, AT)
    assert code(door(Post(new_id(), reserve.id), later(11))) == "LED-012"
    assert stand(world.unit) == [(100, 0)]


def test_expire_releases_what_is_due_and_nothing_else(world: World) -> None:
    wanted = [Reserve(new_id(), world.unit, world.other, 10, later(n)) for n in (5, 6, 7)]
    wanted += [Reserve(new_id(), world.unit, world.other, 10)]
    all_posted(post(wanted, at=AT))
    assert queries.balances([world.unit], at=later(6))[0].reserved == 20
    lapsed = expire(at=later(6))
    assert [one.subject for one in lapsed] == [wanted[0].id, wanted[1].id]
    assert [one.at for one in lapsed] == [later(5), later(6)]
    assert {one.kind for one in lapsed} == {Kind.LAPSE}
    assert stand(world.unit) == [(100, 20)]
    assert expire(at=later(6)) == []
    assert queries.first_disagreement() is None


def test_a_reversal_takes_back_in_parts_up_to_the_whole(world: World, door: Door) -> None:
    done = Transfer(new_id(), world.unit, world.other, 30)
    door(done, AT)
    first = Reverse(new_id(), done.id, 20)
    assert code(door(first, AT)) == "posted"
    assert stand(world.unit, world.other) == [(90, 0), (10, 0)]
    refused = door(Reverse(new_id(), done.id, 11), AT)
    assert isinstance(refused, refusals.MoreThanLeft)
    assert refused.facts["left"] == 10
    assert code(door(Reverse(new_id(), done.id, 10), AT)) == "posted"
    assert code(door(Reverse(new_id(), first.id, 20), AT)) == "posted"
    assert stand(world.unit, world.other) == [(80, 0), (20, 0)]


def test_what_was_spent_since_cannot_be_taken_back(world: World, door: Door) -> None:
    done = Transfer(new_id(), world.unit, world.other, 30)
    door(done, AT)
    door(Transfer(new_id(), world.other, world.third, 25), AT)
    assert code(door(Reverse(new_id(), done.id, 30), AT)) == "LED-015"


# Each line breaks one rule and, where it can, the next rule too: the first in order answers.
REFUSED: list[tuple[str, Callable[[World, UUID], Instruction]]] = [
    ("LED-003", lambda w, r: Transfer(new_id(), 10**9, 10**9, 0)),
    ("LED-003", lambda w, r: Transfer(new_id(), w.unit, w.other, -5)),
    ("LED-003", lambda w, r: Transfer(new_id(), w.unit, w.other, LARGEST + 1)),
    ("LED-003", lambda w, r: Reserve(new_id(), w.unit, w.other, 0, AT)),
    ("LED-003", lambda w, r: Post(new_id(), new_id(), 0)),
    ("LED-003", lambda w, r: Reverse(new_id(), new_id(), 0)),
    ("LED-004", lambda w, r: Reserve(new_id(), 10**9, 10**9, 5, AT)),
    ("LED-005", lambda w, r: Post(new_id(), new_id(), 5)),
    ("LED-005", lambda w, r: Void(new_id(), new_id())),
    ("LED-006", lambda w, r: Reverse(new_id(), new_id(), 5)),
    ("LED-006", lambda w, r: Reverse(new_id(), r, 5)),
    ("LED-007", lambda w, r: Transfer(new_id(), 10**9, 10**9, 5)),
    ("LED-007", lambda w, r: Reserve(new_id(), w.unit, 10**9, 5)),
    ("LED-008", lambda w, r: Transfer(new_id(), w.unit, w.unit, 5)),
    ("LED-009", lambda w, r: Transfer(new_id(), w.unit, w.purse, 500)),
    ("LED-009", lambda w, r: Reserve(new_id(), w.unit, w.purse, 500)),
    ("LED-013", lambda w, r: Post(new_id(), r, 11)),
    ("LED-015", lambda w, r: Transfer(new_id(), w.unit, w.other, 91)),
    ("LED-015", lambda w, r: Reserve(new_id(), w.unit, w.other, 91)),
]


@pytest.mark.parametrize(("expected", "make"), REFUSED)
def test_the_first_reason_answers_and_is_remembered(
    world: World, door: Door, expected: str, make: Callable[[World, UUID], Instruction]
) -> None:
    reserve = Reserve(new_id(), world.unit, world.other, 10)
    door(reserve, AT)
    wanted = make(world, reserve.id)
    before = stand(world.unit, world.other, world.purse)
    answer = door(wanted, AT)
    assert code(answer) == expected
    assert stand(world.unit, world.other, world.purse) == before
    # Whatever changes, the answer stays; and both doors know it.
    all_posted(post([Transfer(new_id(), world.issue, world.unit, 1000)], at=AT))
    assert door(wanted, later(1)) == answer
    assert post_one(wanted, at=later(1)) == answer == post([wanted], at=later(1))[0]
    assert queries.find_transfer(wanted.id) == answer
    assert isinstance(answer, Refusal)
    assert answer.sentence("zh")
    assert answer.sentence("en")


def test_balances_stay_within_what_can_be_counted(world: World, door: Door) -> None:
    outside = open_accounts([Opening("allowance:2024", "OUTSIDE", source=True)])[0].id
    assert code(door(Transfer(new_id(), world.issue, world.unit, LARGEST - 100), AT)) == "posted"
    assert code(door(Transfer(new_id(), outside, world.unit, 1), AT)) == "LED-016"
    assert code(door(Transfer(new_id(), world.issue, world.unit, 1), AT)) == "LED-016"
    assert code(door(Transfer(new_id(), world.issue, world.other, 1), AT)) == "LED-016"
    assert code(door(Reserve(new_id(), world.issue, world.other, LARGEST), AT)) == "posted"
    assert code(door(Reserve(new_id(), world.issue, world.other, 1), AT)) == "LED-016"


def test_a_refusal_names_accounts_as_people_know_them(world: World, door: Door) -> None:
    answer = door(Transfer(new_id(), world.unit, world.other, 101), AT)
    assert isinstance(answer, refusals.NotEnough)
    assert answer.facts == {
        "account": "UNIT", "asset": "allowance:2024", "available": 100, "amount": 101
    }  # fmt: skip


def test_a_retry_with_the_same_content_answers_the_same(world: World, door: Door) -> None:
    reserve = Reserve(new_id(), world.unit, world.other, 10, later(60))
    whole = Post(new_id(), reserve.id)
    done = Transfer(new_id(), world.unit, world.other, 10)
    for one in (done, reserve, whole, Reverse(new_id(), done.id, 3)):
        answer = door(one, AT)
        assert code(answer) == "posted"
        assert door(one, later(5)) == answer
    assert stand(world.unit, world.other) == [(83, 0), (17, 0)]
    assert code(door(Post(whole.id, reserve.id, 10), AT)) == "posted"


def test_a_retry_with_other_content_names_the_difference(world: World, door: Door) -> None:
    done = Transfer(new_id(), world.unit, world.other, 10)
    door(done, AT)
    answer = door(Transfer(done.id, world.unit, world.third, 11), AT)
    assert isinstance(answer, refusals.DifferentContent)
    assert answer.facts["differences"] == (
        f"credit: {world.other} -> {world.third}, amount: 10 -> 11"
    )
    answer = door(Void(done.id, done.id), AT)
    assert isinstance(answer, refusals.DifferentContent)
    assert "kind: transfer -> void" in str(answer.facts["differences"])
    # It never takes the place of the first answer.
    assert code(door(done, AT)) == "posted"


def test_linked_transfers_deliver_against_payment_or_not_at_all(world: World) -> None:
    deal = new_id()
    delivery = Transfer(new_id(), world.unit, world.other, 10, linked=deal)
    payment = Transfer(new_id(), world.other_purse, world.purse, 500, linked=deal)
    answers = post([delivery, payment], at=AT)
    assert [code(one) for one in answers] == ["LED-017", "LED-015"]
    assert isinstance(answers[0], Refusal)
    assert answers[0].facts == {"cause": str(payment.id), "reason": "LED-015"}
    assert stand(world.unit, world.other) == [(100, 0), (0, 0)]
    with pytest.raises(Refusals):
        all_posted(answers)
    assert post([delivery, payment], at=later(1)) == answers

    deal = new_id()
    delivery = Transfer(new_id(), world.unit, world.other, 10, linked=deal)
    payment = Transfer(new_id(), world.purse, world.other_purse, 500, linked=deal)
    assert len(all_posted(post([delivery, payment], at=AT))) == 2
    assert stand(world.unit, world.other, world.purse) == [(90, 0), (10, 0), (500, 0)]


def test_a_group_can_reserve_and_post_and_reverse_within_itself(world: World) -> None:
    group = new_id()
    reserve = Reserve(new_id(), world.unit, world.other, 10, linked=group)
    done = Post(new_id(), reserve.id, 8, linked=group)
    back = Reverse(new_id(), done.id, 3, linked=group)
    too_much = Reverse(new_id(), done.id, 6, linked=group)
    refused = post([reserve, done, back, too_much], at=AT)
    assert [code(one) for one in refused] == ["LED-017", "LED-017", "LED-017", "LED-014"]
    assert stand(world.unit, world.other) == [(100, 0), (0, 0)]
    group = new_id()
    reserve = Reserve(new_id(), world.unit, world.other, 10, linked=group)
    done = Post(new_id(), reserve.id, 8, linked=group)
    all_posted(post([reserve, done, Reverse(new_id(), done.id, 3, linked=group)], at=AT))
    assert stand(world.unit, world.other) == [(95, 0), (5, 0)]


def test_nobody_joins_a_group_that_was_decided(world: World) -> None:
    group = new_id()
    members = [Transfer(new_id(), world.unit, world.other, 1, linked=group) for _ in range(2)]
    answers = all_posted(post(members, at=AT))
    late = Transfer(new_id(), world.unit, world.other, 1, linked=group)
    again = post([members[0], late, members[1]], at=AT)
    assert [code(one) for one in again] == ["posted", "LED-002", "posted"]
    assert [again[0], again[2]] == answers


def test_a_batch_is_decided_in_order(world: World) -> None:
    answers = post(
        [
            Transfer(new_id(), world.other, world.third, 5),
            Transfer(new_id(), world.unit, world.other, 5),
            Transfer(new_id(), world.other, world.third, 5),
            Transfer(new_id(), world.other, world.third, 1),
        ],
        at=AT,
    )
    assert [code(one) for one in answers] == ["LED-015", "posted", "posted", "LED-015"]


def test_one_id_twice_in_a_batch_is_one_transfer(world: World) -> None:
    done = Transfer(new_id(), world.unit, world.other, 5)
    refused = Transfer(new_id(), world.unit, world.other, 500)
    answers = post(
        [done, refused, done, refused, Transfer(refused.id, world.unit, world.other, 501)], at=AT
    )
    assert answers[:2] == answers[2:4]
    assert code(answers[4]) == "LED-001"
    assert stand(world.other) == [(5, 0)]


def test_an_empty_batch_is_answered_by_nothing(world: World) -> None:
    assert post([], at=AT) == []


def test_a_moment_has_a_time_zone(world: World) -> None:
    naive = AT.replace(tzinfo=None)
    one = Transfer(new_id(), world.unit, world.other, 5)
    for call in (lambda: post([one], at=naive), lambda: post_one(one, at=naive)):
        with pytest.raises(ValueError, match="no time zone"):
            call()


def test_a_batch_has_a_largest_size(world: World) -> None:
    one = Transfer(new_id(), world.unit, world.other, 5)
    with pytest.raises(ValueError, match="at most 1048576"):
        post([one] * (2**20 + 1), at=AT)


def test_a_batch_that_breaks_off_leaves_nothing(world: World, door: Door) -> None:
    done = Transfer(new_id(), world.unit, world.other, 40)
    broken = Transfer(new_id(), world.unit, world.other, 1.5)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(TypeError, match="integer"), transaction.atomic():
        post([done, broken], at=AT)
    with pytest.raises(TypeError, match="integer"), transaction.atomic():
        door(broken, AT)
    assert queries.find_transfer(done.id) is None
    assert code(door(done, AT)) == "posted"
