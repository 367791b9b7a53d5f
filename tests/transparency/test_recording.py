"""Recording: in the act's own transaction, once, and never changed afterwards."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import (
    IntegrityError,
    ProgrammingError,
    connection,
    connections,
    transaction,
)
from pytest_django.fixtures import Settings

from hutan.kernel.canonical import Record
from hutan.kernel.ids import new_id
from hutan.kernel.moments import SHANGHAI
from hutan.kernel.quantities import Tonnes
from hutan.transparency import queries, refusals, services
from hutan.transparency.domain.commitments import opens
from hutan.transparency.domain.hashing import ALGORITHMS
from hutan.transparency.domain.keys import SUITES
from hutan.transparency.domain.records import read_entry, read_movement
from hutan.transparency.services.recording import FEW
from tests.marks import clause
from tests.transparency import model

AT = datetime(2025, 6, 16, 9, tzinfo=SHANGHAI)
ACT = UUID("0197b1c4-6b5a-7c3d-9c1a-0123456789ab")
BODY: Record = {"document": "沪环气候〔2024〕254号", "total": 5000}


def rows(statement: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[Any] = cursor.fetchall()
        return found


def transfers(count: int) -> list[Record]:
    return [{"id": f"t{n}", "amount": Tonnes(n), "blocks": [[n, n + 9]]} for n in range(count)]


def recorded(**change: Any) -> queries.Entry:
    fields: dict[str, Any] = {"act": ACT, "kind": "registry.transfer", "at": AT, "body": BODY}
    with transaction.atomic():
        return services.record(**fields | change)


@clause("M47")
@pytest.mark.usefixtures("db")
def test_an_act_is_recorded_with_who_when_and_what() -> None:
    entry = recorded(subjects=["31-1", "31-2", "31-1"])
    assert queries.entry(act=ACT) == entry
    read = read_entry(entry.record)
    assert (read.act, read.kind, read.at, read.body) == (ACT, "registry.transfer", AT, BODY)
    assert read.movements is None
    assert entry.body == BODY
    assert [e.act for e in queries.entries_of(subject="31-2")] == [ACT]
    assert queries.entries_of(subject="31-3") == ()
    assert "31-1" not in entry.record


@pytest.mark.usefixtures("db")
def test_equal_acts_have_different_salts() -> None:
    one, two = recorded(act=new_id()), recorded(act=new_id())
    assert json.loads(one.record)["salt"] != json.loads(two.record)["salt"]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("count", [1, 2, FEW, FEW + 1, 700])
def test_movements_lead_to_the_root_in_the_record(count: int, suite: str) -> None:
    hash_ = ALGORITHMS[SUITES[suite].algorithm]
    entry = recorded(movements=transfers(count))
    stored = rows("SELECT number, key, hash, record FROM transparency_movement ORDER BY number")
    assert [row[:2] for row in stored] == [(n, f"t{n}") for n in range(count)]
    assert [read_movement(row[3]).body for row in stored] == transfers(count)
    assert [bytes(row[2]) for row in stored] == [hash_(b"\x00" + row[3].encode()) for row in stored]
    tree = read_entry(entry.record).movements
    assert tree is not None
    assert tree.count == count
    assert tree.root == model.mth([row[3].encode() for row in stored], hash_)
    salts = {json.loads(row[3])["salt"] for row in stored}
    assert len(salts) == count
    nodes = rows("SELECT level, position FROM transparency_movementnode ORDER BY 1, 2")
    assert nodes == [(8, n) for n in range(count // 256)]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("count", [0, 3, 60])
def test_a_retry_changes_nothing_and_the_first_moment_stands(count: int) -> None:
    first = recorded(movements=transfers(count), subjects=["b", "a"])
    before = rows("SELECT count(*) FROM transparency_movement")
    later = AT + timedelta(minutes=5)
    again = recorded(movements=transfers(count), subjects=["a", "b"], at=later)
    assert again == first
    assert rows("SELECT count(*) FROM transparency_movement") == before
    assert rows("SELECT count(*) FROM transparency_entry WHERE act = %s", ACT) == [(1,)]


@clause("M47")
@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"kind": "registry.reverse"}, "kind"),
        ({"body": {**BODY, "total": 5001}}, "body"),
        ({"movements": transfers(3)}, "movements"),
        ({"movements": transfers(1)}, "movements"),
        ({"movements": []}, "movements"),
        ({"movements": transfers(2)[::-1]}, "movements"),
        ({"subjects": []}, "subjects"),
        ({"kind": "registry.reverse", "body": {}}, "kind, body"),
    ],
)
def test_another_content_under_the_same_id_is_refused(change: dict[str, Any], differs: str) -> None:
    first = recorded(movements=transfers(2), subjects=["a"])
    with pytest.raises(refusals.ActRecordedOtherwise) as refused:
        recorded(**{"movements": transfers(2), "subjects": ["a"]} | change)
    assert refused.value.facts == {"act": str(ACT), "differs": differs}
    assert queries.entry(act=ACT) == first


@pytest.mark.usefixtures("db")
def test_what_belongs_to_the_log_itself_nobody_else_records() -> None:
    with pytest.raises(AssertionError, match=r"log\.keys"):
        recorded(kind="log.keys")


def test_an_entry_outside_a_transaction_is_a_bug(committed_db: str) -> None:
    with pytest.raises(AssertionError, match="transaction of its act"):
        services.record(act=ACT, kind="registry.transfer", at=AT, body=BODY)
    with pytest.raises(AssertionError, match="transaction of its act"):
        services.commit(owner="p", act=ACT, field="name", value="王")


def test_an_act_that_is_rolled_back_leaves_no_entry(committed_db: str) -> None:
    recorded(act=new_id())

    with transaction.atomic():
        services.record(
            act=ACT, kind="registry.transfer", at=AT, body=BODY, movements=transfers(60),
            subjects=["a"],
        )  # fmt: skip
        transaction.set_rollback(True)
    with pytest.raises(refusals.ActNotInLog):
        queries.entry(act=ACT)
    assert rows("SELECT count(*) FROM transparency_movement") == [(0,)]
    assert rows("SELECT count(*) FROM transparency_subject") == [(0,)]
    assert rows("SELECT count(*) FROM transparency_pending") == [(2,)]


TABLES = [
    "log", "entry", "subject", "movement", "movementnode", "leaf", "node", "checkpoint",
    "cosignature",
]  # fmt: skip


@clause("M47")
@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET {} = {}"])
def test_the_serving_role_cannot_change_history(table: str, statement: str) -> None:
    name = f"transparency_{table}"
    [(column,), *_] = rows(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s", name
    )
    with pytest.raises(ProgrammingError, match="permission denied"):
        rows(statement.format(name, column, column))


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO transparency_log VALUES (2, 'other', 'sm3-sm2', now())",
        "INSERT INTO transparency_entry (act, kind, at, record)"
        " VALUES (gen_random_uuid(), 'registry.x', now(), '{\"act\":\"other\",}')",
        "INSERT INTO transparency_entry (act, kind, at, record) SELECT a, 'X', now(),"
        " '{\"act\":\"' || a || '\",' FROM gen_random_uuid() a",
        "INSERT INTO transparency_leaf (position, entry, hash) VALUES (-1, 1, sha256(''))",
        "INSERT INTO transparency_leaf (position, entry, hash) VALUES (1, 1, '')",
        "INSERT INTO transparency_node (level, position, hash) VALUES (0, 1, sha256(''))",
        "INSERT INTO transparency_node (level, position, hash) VALUES (8, 1, '\\x00')",
        "INSERT INTO transparency_movement (entry, number, key, hash, record)"
        " VALUES (1, -1, 'a', sha256(''), '')",
        "INSERT INTO transparency_movement (entry, number, key, hash, record)"
        " VALUES (1, 0, 'a', sha256(''), ''), (1, 1, 'a', sha256(''), '')",
        "INSERT INTO transparency_checkpoint (size, previous, root, note, at)"
        " VALUES (5, 5, '', '', now())",
        "INSERT INTO transparency_checkpoint (size, previous, root, note, at)"
        " VALUES (5, 0, '', '', now()), (6, 0, '', '', now())",
    ],
)
def test_the_database_refuses_what_the_code_would_not_write(statement: str) -> None:
    with pytest.raises(IntegrityError):
        rows(statement)


def _in_thread(call: Any) -> Any:
    try:
        return call()
    finally:
        connections.close_all()


def test_the_same_act_from_many_hands_is_recorded_once(committed_db: str) -> None:
    def call() -> queries.Entry:
        return recorded(movements=transfers(3), subjects=["a"])

    with ThreadPoolExecutor(8) as pool:
        entries = {each.record for each in pool.map(_in_thread, [call] * 16)}
    assert len(entries) == 1
    assert rows("SELECT count(*) FROM transparency_entry WHERE kind <> 'log.opened'") == [(1,)]
    assert rows("SELECT count(*) FROM transparency_movement") == [(3,)]


def test_the_log_is_opened_once_and_its_birth_comes_first(committed_db: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        calls = [lambda: recorded(act=new_id()) for _ in range(16)]
        list(pool.map(_in_thread, calls))
    services.integrate(at=AT)
    [(first,)] = rows(
        "SELECT kind FROM transparency_leaf JOIN transparency_entry ON id = entry"
        " WHERE position = 0"
    )
    assert first == "log.opened"
    assert rows("SELECT count(*) FROM transparency_entry WHERE kind = 'log.opened'") == [(1,)]
    assert services.verify().sound


@pytest.mark.usefixtures("db")
def test_a_log_keeps_the_suite_it_was_opened_with(settings: Settings) -> None:
    settings.LOG_SUITE = "sm3-sm2"
    assert services.open_log(at=AT).suite == SUITES["sm3-sm2"]
    settings.LOG_SUITE = "sha256-ed25519"
    assert services.open_log(at=AT).suite == SUITES["sm3-sm2"]
    entry = recorded(movements=transfers(60))
    tree = read_entry(entry.record).movements
    stored = rows("SELECT record FROM transparency_movement ORDER BY number")
    assert tree is not None
    assert tree.root == model.mth([text.encode() for (text,) in stored], ALGORITHMS["sm3"])


@clause("M26.2")
@pytest.mark.usefixtures("db")
def test_personal_data_is_unreadable_once_the_key_is_erased(suite: str) -> None:
    text = services.commit(owner="person-1", act=ACT, field="name", value="王小明")
    assert services.commit(owner="person-1", act=ACT, field="name", value="王小明") == text
    opening = services.opening_of(owner="person-1", act=ACT, field="name")
    assert opening is not None
    assert opens(text, opening, "王小明")
    recorded(body={"applicant": text})
    assert services.erase_personal_key(owner="person-1")
    assert services.opening_of(owner="person-1", act=ACT, field="name") is None
    assert not services.erase_personal_key(owner="person-1")
    fresh = services.commit(owner="person-1", act=ACT, field="name", value="王小明")
    assert fresh != text
    with pytest.raises(ProgrammingError, match="permission denied"):
        rows("UPDATE transparency_personalkey SET key = key")
