"""``first_disagreement`` names what somebody with the owner's rights has bent."""

from __future__ import annotations

import pytest
from django.db import connections

from hutan.kernel.ids import new_id
from hutan.ledger import queries
from hutan.ledger.services import Post, Reserve, Reverse, Transfer, Void, all_posted, post
from tests.ledger.world import AT, open_world

BENT = [
    (
        "an asset sums to zero",
        "UPDATE ledger_account SET balance = balance + 1 WHERE code = 'UNIT'",
    ),
    (
        "entries move the asset of their account",
        "UPDATE ledger_transfer SET asset = asset + 1 WHERE kind = 6",
    ),
    (
        "each entry names the one before it",
        "UPDATE ledger_transfer SET debit_before = 0 WHERE kind = 3",
    ),
    (
        "no account was below zero",
        "UPDATE ledger_transfer SET held = 500 WHERE kind = 2",
    ),
    (
        "balances are the sums of their entries",
        "UPDATE ledger_account SET balance = balance + CASE code WHEN 'UNIT' THEN 1 ELSE -1 END"
        " WHERE code IN ('UNIT', 'OTHER') AND asset = (SELECT min(id) FROM ledger_asset)",
    ),
    (
        "balances are the sums of their entries",
        "UPDATE ledger_transfer SET moved = moved + 1 WHERE kind = 6",
    ),
    (
        "folios are the balances at their entries",
        "UPDATE ledger_folio SET balance = balance + 1",
    ),
    (
        "reservations end once, as they were made",
        "UPDATE ledger_transfer SET subject = id WHERE kind = 4",
    ),
    (
        "open reservations are those that have not ended",
        "UPDATE ledger_reservation SET amount = amount + 1",
    ),
    (
        "open reservations are those that have not ended",
        "DELETE FROM ledger_reservation",
    ),
    (
        "reversals fit what they reverse",
        "UPDATE ledger_transfer SET subject = id WHERE kind = 6",
    ),
    (
        "every refused id has its refusal",
        "DELETE FROM ledger_refusal",
    ),
]


@pytest.fixture
def filled(committed_db: str) -> None:
    world = open_world()
    first, second, third = (Reserve(new_id(), world.unit, world.other, 10) for _ in range(3))
    done = Transfer(new_id(), world.unit, world.other, 10)
    post(
        [
            first, second, third, done, Post(new_id(), first.id), Void(new_id(), second.id),
            Reverse(new_id(), done.id, 4), Transfer(new_id(), world.unit, world.other, 10**6),
        ],
        at=AT,
    )  # fmt: skip
    batch = [Transfer(new_id(), world.bank, world.purse, 1) for _ in range(300)]
    all_posted(post(batch, at=AT))


@pytest.mark.parametrize(("check", "bending"), BENT)
def test_what_is_bent_is_named(filled: None, check: str, bending: str) -> None:
    assert queries.first_disagreement() is None
    with connections["owner"].cursor() as owner:
        for table in ("transfer", "refusal", "folio"):
            owner.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER append_only")
        owner.execute(bending)
    found = queries.first_disagreement()
    assert found is not None
    assert found.check == check
    assert found.computed != found.recorded
