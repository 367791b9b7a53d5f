"""Past the services: what the database itself refuses, whatever code posts."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import errors

from hutan.kernel.ids import new_id
from hutan.ledger import queries
from hutan.ledger.services import (
    Opening,
    Post,
    Reserve,
    Reverse,
    Transfer,
    all_posted,
    open_accounts,
    post,
)
from tests.ledger.world import AT, World, later, open_world, sql, stand

INSERT = """
INSERT INTO ledger_transfer (id, kind, asset, debit, credit, moved, held, at, debit_before,
                             credit_before, subject, expires_at)
VALUES (%s, %s, (SELECT asset FROM ledger_account WHERE id = %s), %s, %s, %s, %s, %s, %s, %s, %s,
        %s)
"""


def last(account: int) -> int:
    found = sql("SELECT last_sequence FROM ledger_account WHERE id = %s", account)
    return int(found[0][0]) if found else 0


def insert(
    *,
    debit: int,
    credit: int,
    kind: int = 1,
    moved: int = 0,
    held: int = 0,
    asset_of: int | None = None,
    at: datetime = AT,
    subject: UUID | None = None,
    expires_at: datetime | None = None,
    debit_before: int | None = None,
) -> None:
    """Insert one row as well formed as it can be, except for what the test makes wrong."""
    sql(
        INSERT, new_id(), kind, asset_of or debit, debit, credit, moved, held, at,
        last(debit) if debit_before is None else debit_before,
        last(credit) if moved else None, subject, expires_at,
    )  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return open_world()


def refused(error: type[psycopg.Error], **row: object) -> None:
    before = sql("SELECT id, balance, reserved, last_sequence FROM ledger_account ORDER BY id")
    with pytest.raises(error), transaction.atomic():
        insert(**row)  # type: ignore[arg-type]  # each test names fields of insert
    after = sql("SELECT id, balance, reserved, last_sequence FROM ledger_account ORDER BY id")
    assert after == before


def test_a_well_formed_row_moves_both_balances(world: World) -> None:
    insert(debit=world.unit, credit=world.other, moved=30)
    assert stand(world.unit, world.other) == [(70, 0), (30, 0)]
    assert queries.first_disagreement() is None


def test_no_account_but_a_source_goes_below_zero(world: World) -> None:
    refused(errors.CheckViolation, debit=world.unit, credit=world.other, moved=101)
    insert(debit=world.issue, credit=world.other, moved=10**9)


def test_what_is_reserved_cannot_be_spent(world: World) -> None:
    insert(kind=2, debit=world.unit, credit=world.other, held=60)
    refused(errors.CheckViolation, debit=world.unit, credit=world.other, moved=41)
    refused(errors.CheckViolation, kind=2, debit=world.unit, credit=world.other, held=41)


@pytest.mark.parametrize("moved", [0, -1])
def test_an_amount_is_above_zero(world: World, moved: int) -> None:
    refused(errors.CheckViolation, debit=world.unit, credit=world.other, moved=moved)


def test_an_account_cannot_give_to_itself(world: World) -> None:
    refused(errors.CheckViolation, debit=world.unit, credit=world.unit, moved=1)


def test_both_accounts_exist(world: World) -> None:
    refused(errors.IntegrityError, debit=world.unit, credit=10**9, moved=1)
    refused(errors.IntegrityError, kind=2, debit=world.unit, credit=10**9, held=1)
    refused(errors.IntegrityError, debit=10**9, credit=world.unit, moved=1, asset_of=world.unit)


def test_both_accounts_hold_the_asset_of_the_transfer(world: World) -> None:
    refused(errors.IntegrityError, debit=world.unit, credit=world.purse, moved=1)
    refused(
        errors.IntegrityError, debit=world.unit, credit=world.other, moved=1, asset_of=world.purse
    )
    refused(errors.IntegrityError, kind=2, debit=world.unit, credit=world.purse, held=1)


def test_an_entry_names_the_one_before_it(world: World) -> None:
    stale = last(world.unit)
    insert(debit=world.unit, credit=world.other, moved=1)
    refused(
        errors.IntegrityError, debit=world.unit, credit=world.other, moved=1, debit_before=stale
    )


def test_a_sequence_belongs_to_a_commit(world: World) -> None:
    asset = sql("SELECT asset FROM ledger_account WHERE id = %s", world.unit)[0][0]
    for sequence in (2**60, 1):
        with pytest.raises(errors.IntegrityError), transaction.atomic():
            sql(
                "INSERT INTO ledger_transfer (id, sequence, kind, asset, debit, credit, moved,"
                " held, at, debit_before, credit_before)"
                " VALUES (%s, %s, 1, %s, %s, %s, 1, 0, %s, %s, %s)",
                new_id(), sequence, asset, world.unit, world.other, AT, last(world.unit),
                last(world.other),
            )  # fmt: skip


def reserve(world: World, *, amount: int = 40, expires_at: datetime | None = None) -> UUID:
    wanted = Reserve(new_id(), world.unit, world.other, amount, expires_at)
    all_posted(post([wanted], at=AT))
    return wanted.id


def test_a_reservation_is_posted_or_voided_once(world: World) -> None:
    subject = reserve(world)
    insert(kind=3, debit=world.unit, credit=world.other, moved=40, held=-40, subject=subject)
    for kind, moved in ((3, 40), (4, 0), (5, 0)):
        refused(
            errors.IntegrityError, kind=kind, debit=world.unit, credit=world.other, moved=moved,
            held=-40, subject=subject,
        )  # fmt: skip
    assert stand(world.unit, world.other) == [(60, 0), (40, 0)]


def test_two_postings_of_one_reservation_in_one_statement(world: World) -> None:
    subject = reserve(world)
    row = "(gen_random_uuid(), 4, %s, %s, %s, 0, -20, now(), %s, %s)"
    asset = sql("SELECT asset FROM ledger_account WHERE id = %s", world.unit)[0][0]
    fields = (asset, world.unit, world.other, last(world.unit), subject)
    with pytest.raises(errors.IntegrityError), transaction.atomic():
        sql(
            "INSERT INTO ledger_transfer (id, kind, asset, debit, credit, moved, held, at,"
            f" debit_before, subject) VALUES {row}, {row}",
            *fields,
            *fields,
        )


def test_anothers_reservation_cannot_be_posted(world: World) -> None:
    subject = reserve(world)
    post([Transfer(new_id(), world.issue, world.third, 50)], at=AT)
    wrong = errors.IntegrityError
    refused(
        wrong, kind=3, debit=world.third, credit=world.other, moved=40, held=-40, subject=subject
    )
    refused(
        wrong, kind=3, debit=world.unit, credit=world.third, moved=40, held=-40, subject=subject
    )
    refused(wrong, kind=4, debit=world.unit, credit=world.other, held=-39, subject=subject)
    refused(wrong, kind=4, debit=world.unit, credit=world.other, held=-40, subject=new_id())


def test_more_than_reserved_cannot_be_posted(world: World) -> None:
    subject = reserve(world)
    refused(
        errors.CheckViolation, kind=3, debit=world.unit, credit=world.other, moved=41, held=-40,
        subject=subject,
    )  # fmt: skip


def test_an_expired_reservation_cannot_be_posted(world: World) -> None:
    subject = reserve(world, expires_at=later(10))
    row: dict[str, Any] = {"debit": world.unit, "credit": world.other, "subject": subject}
    for kind, moved in ((3, 40), (4, 0)):
        refused(errors.IntegrityError, **row, kind=kind, moved=moved, held=-40, at=later(10))
    # A lapse is dated at the expiry, neither before nor after it.
    refused(errors.IntegrityError, **row, kind=5, held=-40, at=later(9))
    insert(**row, kind=5, held=-40, at=later(10))


def test_a_reservation_expires_after_it_is_made(world: World) -> None:
    refused(
        errors.CheckViolation, kind=2, debit=world.unit, credit=world.other, held=1, expires_at=AT
    )


def test_a_reversal_fits_what_it_reverses_and_no_more(world: World) -> None:
    done = Transfer(new_id(), world.unit, world.other, 30)
    all_posted(post([done, Transfer(new_id(), world.issue, world.other, 99)], at=AT))
    wrong = errors.IntegrityError
    back = {"kind": 6, "debit": world.other, "credit": world.unit, "subject": done.id}
    refused(wrong, **back, moved=31)
    refused(wrong, kind=6, debit=world.unit, credit=world.other, moved=1, subject=done.id)
    refused(wrong, kind=6, debit=world.other, credit=world.third, moved=1, subject=done.id)
    refused(wrong, kind=6, debit=world.other, credit=world.unit, moved=1, subject=new_id())
    all_posted(post([Reverse(new_id(), done.id, 20)], at=AT))
    refused(wrong, **back, moved=11)
    insert(kind=6, debit=world.other, credit=world.unit, subject=done.id, moved=10)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": 1, "moved": 1, "held": 1},
        {"kind": 2, "moved": 1, "held": 1},
        {"kind": 4, "moved": 1, "held": -1},
        {"kind": 0, "moved": 0, "held": 0},
        {"kind": 7, "moved": 1, "held": 0},
    ],
)
def test_each_kind_has_its_form(world: World, wrong: dict[str, int]) -> None:
    subject = new_id() if wrong["kind"] == 4 else None
    refused(errors.CheckViolation, debit=world.unit, credit=world.other, subject=subject, **wrong)


def test_no_id_is_used_twice(world: World) -> None:
    done = Transfer(new_id(), world.unit, world.other, 1)
    all_posted(post([done], at=AT))
    with pytest.raises(errors.UniqueViolation), transaction.atomic():
        sql(
            "INSERT INTO ledger_transfer (id, kind, moved, held, at) VALUES (%s, 0, 0, 0, %s)",
            done.id, AT,
        )  # fmt: skip


FORBIDDEN = [
    "UPDATE ledger_account SET balance = balance + 1",
    "UPDATE ledger_account SET source = true",
    "UPDATE ledger_account SET last_sequence = 0",
    "DELETE FROM ledger_account",
    "INSERT INTO ledger_account (asset, code, source, serialised, balance)"
    " SELECT asset, 'RICH', false, false, 10 FROM ledger_account LIMIT 1",
    "UPDATE ledger_asset SET unit = 'g'",
    "DELETE FROM ledger_asset",
    "UPDATE ledger_transfer SET moved = 1",
    "DELETE FROM ledger_transfer",
    "TRUNCATE ledger_transfer",
    "TRUNCATE ledger_transfer, ledger_refusal, ledger_account CASCADE",
    "UPDATE ledger_refusal SET code = 'LED-003'",
    "DELETE FROM ledger_refusal",
    "INSERT INTO ledger_reservation SELECT * FROM ledger_reservation",
    "UPDATE ledger_reservation SET amount = 1",
    "DELETE FROM ledger_reservation",
    "INSERT INTO ledger_folio SELECT * FROM ledger_folio",
    "UPDATE ledger_folio SET balance = 1",
    "DELETE FROM ledger_folio",
    "ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_apply",
    "DROP TRIGGER ledger_apply ON ledger_transfer",
    "SELECT setval('ledger_commit', 1)",
    "SET session_replication_role = replica",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_serving_role_may_not(world: World, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege), transaction.atomic():
        sql(statement)


@pytest.mark.parametrize("table", ["ledger_transfer", "ledger_refusal", "ledger_folio"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_not_even_the_owner_changes_history_by_accident(
    committed_db: str, table: str, statement: str
) -> None:
    url = os.environ["HUTAN_TEST_OWNER"].format(database=connection.settings_dict["NAME"])
    with (
        psycopg.connect(url) as owner,
        pytest.raises(psycopg.Error, match="append-only"),
    ):
        owner.execute(statement.format(table))


def test_the_registry_holds_serialised_accounts_against_their_blocks(committed_db: str) -> None:
    """Only a serialised account needs blocks, and only when the transaction ends."""
    world = open_world()
    (numbered,) = open_accounts([Opening("allowance:2024", "NUMBERED", serialised=True)])
    all_posted(post([Transfer(new_id(), world.unit, world.third, 5)], at=AT))
    reached = []

    @transaction.atomic
    def move_without_blocks() -> None:
        all_posted(post([Transfer(new_id(), world.unit, numbered.id, 5)], at=AT))
        reached.append("the end of the transaction")

    with pytest.raises(IntegrityError, match="blocks add up to 0, the ledger says 5"):
        move_without_blocks()
    assert reached, "the constraint waits for the commit"
    assert stand(world.unit, numbered.id) == [(95, 0), (0, 0)]


def test_posting_in_the_callers_transaction_is_undone_with_it(committed_db: str) -> None:
    world = open_world()
    done = Reserve(new_id(), world.unit, world.other, 5)

    @transaction.atomic
    def act() -> None:
        all_posted(post([done, Post(new_id(), done.id)], at=AT))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert stand(world.unit, world.other) == [(100, 0), (0, 0)]
    assert queries.find_transfer(done.id) is None
    assert not connection.in_atomic_block
