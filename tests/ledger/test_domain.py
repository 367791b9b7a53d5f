"""The decision core alone: a plain book, no database."""

from __future__ import annotations

from hutan.kernel.ids import new_id
from hutan.ledger import refusals
from hutan.ledger.domain.answers import Remembered, again, content_of
from hutan.ledger.domain.batches import decide
from hutan.ledger.domain.decisions import AccountState, Book, Outcome, Refused
from hutan.ledger.domain.instructions import (
    LARGEST,
    Instruction,
    Kind,
    Post,
    Posted,
    Reserve,
    Reverse,
    Transfer,
    Void,
)
from tests.ledger.world import AT, later

FIRST = 5 << 20


def book(*balances: int) -> Book:
    """Return a book of accounts 1, 2 ... of one asset."""
    accounts = {
        number: AccountState(id=number, asset=1, source=False, balance=balance, reserved=0, last=0)
        for number, balance in enumerate(balances, start=1)
    }
    return Book(accounts)


def answer(instructions: list[Instruction], on: Book, at: float = 0) -> list[Outcome]:
    return list(decide(instructions, on, at=later(at), first=FIRST))


def test_rows_are_chained_along_each_account() -> None:
    on = book(10, 0, 0)
    rows = answer(
        [Transfer(new_id(), 1, 2, 5), Transfer(new_id(), 2, 3, 2), Transfer(new_id(), 1, 3, 1)], on
    )
    assert [
        (row.sequence, row.debit_before, row.credit_before)
        for row in rows
        if isinstance(row, Posted)
    ] == [(FIRST, 0, 0), (FIRST + 1, FIRST, 0), (FIRST + 2, FIRST, FIRST + 1)]
    assert [state.last for state in on.accounts.values()] == [FIRST + 2, FIRST + 1, FIRST + 2]


def test_a_reserve_is_no_entry_of_the_receiver() -> None:
    on = book(10, 0)
    (row,) = answer([Reserve(new_id(), 1, 2, 5)], on)
    assert isinstance(row, Posted)
    assert (row.debit_before, row.credit_before) == (0, None)
    assert on.accounts[2].last == 0


def test_an_expired_reservation_is_refused_even_if_nobody_swept_it() -> None:
    reserve = Posted(new_id(), Kind.RESERVE, 1, 2, 0, 5, AT, 7, 0, None, expires_at=later(10))
    for ending in (Post(new_id(), reserve.id), Void(new_id(), reserve.id)):
        on = book(10, 0)
        on.accounts[1].reserved = 5
        on.subjects[reserve.id.int] = reserve
        (found,) = answer([ending], on, at=10)
        assert isinstance(found, Refused)
        assert found.reason is refusals.ReservationExpired
        (found,) = answer([type(ending)(new_id(), reserve.id)], on, at=9)
        assert isinstance(found, Posted)


def test_a_group_that_fails_leaves_no_trace() -> None:
    on = book(10, 0, 0)
    group = new_id()
    reserve = Reserve(new_id(), 1, 2, 5, linked=group)
    done = Post(new_id(), reserve.id, 3, linked=group)
    members: list[Instruction] = [
        reserve,
        done,
        Reverse(new_id(), done.id, 2, linked=group),
        Transfer(new_id(), 3, 1, 1, linked=group),
    ]
    outcomes = answer(members, on)
    assert [one.reason.code for one in outcomes if isinstance(one, Refused)] == [
        "LED-017", "LED-017", "LED-017", "LED-015"
    ]  # fmt: skip
    assert on.accounts == book(10, 0, 0).accounts
    assert on.closed == {}
    assert set(on.reversed.values()) <= {0}


def test_the_same_member_twice_in_a_group_is_one() -> None:
    group = new_id()
    one = Transfer(new_id(), 1, 2, 5, linked=group)
    other = Transfer(new_id(), 1, 2, 1, linked=group)
    on = book(10, 0)
    first, second, third = answer([one, other, one], on)
    assert first is third
    assert isinstance(second, Posted)
    assert on.accounts[1].balance == 4
    # Refused together, they share their answer too.
    on = book(0, 0)
    first, second, third = answer([one, other, one], on)
    assert isinstance(first, Refused)
    assert first is third
    changed = Transfer(one.id, 1, 2, 6, linked=group)
    on = book(10, 0)
    outcomes = answer([one, other, changed], on)
    assert isinstance(outcomes[2], refusals.DifferentContent)
    assert [o.reason.code for o in outcomes[:2] if isinstance(o, Refused)] == ["LED-017"] * 2


def test_no_balance_passes_the_largest_figure() -> None:
    on = book(LARGEST, 10)
    on.accounts[1].source = True
    for wanted, account in (
        (Transfer(new_id(), 2, 1, 1), 1),
        (Reserve(new_id(), 1, 2, LARGEST), None),
        (Reserve(new_id(), 1, 2, 1), 1),
        (Transfer(new_id(), 1, 2, LARGEST), 2),
    ):
        (found,) = answer([wanted], on)
        assert (found.facts["account"] if isinstance(found, Refused) else None) == account


def test_differences_are_named_field_by_field() -> None:
    one, reservation = new_id(), new_id()
    then = Reserve(one, 1, 2, 5, later(10))
    row = Posted(one, Kind.RESERVE, 1, 2, 0, 5, AT, 7, 0, None, expires_at=later(10))
    assert again(then, row) is row
    for changed, named in (
        (Reserve(one, 1, 2, 5), "expires_at: 2025-06-16T09:00:10+08:00 -> -"),
        (Reserve(one, 1, 3, 6, later(10)), "credit: 2 -> 3, amount: 5 -> 6"),
        (Reserve(one, 1, 2, 5, later(10), linked=reservation), f"linked: - -> {reservation}"),
        (Void(one, reservation), f"kind: reserve -> void, debit: 1 -> -, credit: 2 -> -, amount: "
         f"5 -> -, expires_at: 2025-06-16T09:00:10+08:00 -> -, subject: - -> {reservation}"),
    ):  # fmt: skip
        found = again(changed, row)
        assert isinstance(found, refusals.DifferentContent)
        assert found.facts["differences"] == named


def test_a_whole_posting_is_one_of_its_whole_amount() -> None:
    one, subject = new_id(), new_id()
    whole = Posted(one, Kind.POST, 1, 2, 5, -5, AT, 7, 0, 0, subject=subject)
    part = Posted(one, Kind.POST, 1, 2, 4, -5, AT, 7, 0, 0, subject=subject)
    assert again(Post(one, subject), whole) is whole
    assert again(Post(one, subject, 5), whole) is whole
    assert again(Post(one, subject, 4), part) is part
    assert isinstance(again(Post(one, subject), part), refusals.DifferentContent)


def test_a_remembered_refusal_is_given_for_its_content_only() -> None:
    wanted = Reverse(new_id(), new_id(), 5)
    refusal = refusals.NothingToReverse(transfer=str(wanted.subject))
    earlier = Remembered(content_of(wanted), refusal)
    assert again(wanted, earlier) is refusal
    changed = Reverse(wanted.id, wanted.subject, 6)
    assert isinstance(again(changed, earlier), refusals.DifferentContent)


def test_a_void_and_a_lapse_are_told_apart() -> None:
    one, subject = new_id(), new_id()
    lapse = Posted(one, Kind.LAPSE, 1, 2, 0, -5, AT, 7, 0, None, subject=subject)
    found = again(Void(one, subject), lapse)
    assert isinstance(found, refusals.DifferentContent)
    assert found.facts["differences"] == "kind: lapse -> void"


def test_refusals_are_listed_in_the_order_in_which_they_are_checked() -> None:
    codes = [refusal.code for refusal in refusals.POSTING]
    assert codes == [f"LED-{number:03d}" for number in range(1, 18)]
