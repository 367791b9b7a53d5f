"""The sequencer: order, late commits, several at once, crashes between any two steps, keys."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, connections, transaction
from pytest_django.fixtures import Settings

from hutan.kernel.ids import new_id
from hutan.kernel.moments import SHANGHAI
from hutan.transparency import queries, refusals, services
from hutan.transparency.domain.keys import generate_key, read_signing_key, usage_of
from hutan.transparency.domain.notes import Head, read_head, read_note, verified_signers
from hutan.transparency.domain.records import write_entry
from hutan.transparency.services import integrating
from hutan.transparency.services.remembering import SignedHeads
from tests.marks import clause
from tests.transparency import model
from tests.transparency.conftest import ORIGIN, log_key
from tests.transparency.test_recording import rows

AT = datetime(2025, 6, 16, 9, tzinfo=SHANGHAI)


def record(count: int = 1, **change: Any) -> list[UUID]:
    """Record that many acts, each in its own transaction; return their ids."""
    acts = [new_id() for _ in range(count)]
    for act in acts:
        with transaction.atomic():
            fields: dict[str, Any] = {"kind": "registry.note", "body": {"act": str(act)}}
            services.record(act=act, at=AT, **fields | change)
    return acts


def in_tree() -> list[UUID]:
    """Return the acts in the order of the leaves, without the log's own."""
    return [
        act
        for act, kind in rows(
            "SELECT act, kind FROM transparency_leaf JOIN transparency_entry ON id = entry"
            " ORDER BY position"
        )
        if not kind.startswith("log.")
    ]


def records() -> list[bytes]:
    return [
        text.encode()
        for (text,) in rows(
            "SELECT record FROM transparency_leaf JOIN transparency_entry ON id = entry"
            " ORDER BY position"
        )
    ]


@clause("M26.1")
def test_entries_become_leaves_under_a_signed_head(committed_db: str) -> None:
    acts = record(5)
    head = services.integrate(at=AT)
    assert in_tree() == acts
    assert head == queries.latest_checkpoint() == queries.checkpoint(size=7)
    assert (head.size, head.origin, head.at) == (7, ORIGIN, AT)
    assert head.root == model.mth(records()) == queries.root_at(size=7)
    note = read_note(head.note)
    assert read_head(note.text).root == head.root
    assert verified_signers(note, queries.keys_in_force()) == [log_key().verifier]
    more = record(600)
    assert services.integrate(at=AT).root == model.mth(records())
    assert in_tree() == acts + more
    assert [each.size for each in queries.checkpoints(limit=1, below=607)] == [7]


def test_nothing_waiting_changes_nothing(committed_db: str) -> None:
    record(2)
    head = services.integrate(at=AT)
    assert services.integrate(at=AT) == head
    assert rows("SELECT count(*) FROM transparency_checkpoint") == [(1,)]


def test_an_empty_log_is_opened_and_signed(committed_db: str) -> None:
    assert queries.latest_checkpoint() is None
    assert queries.keys_in_force() == ()
    assert services.integrate(at=AT).size == 2
    kinds = rows("SELECT kind FROM transparency_entry ORDER BY id")
    assert kinds == [("log.opened",), ("log.keys",)]


def test_a_late_commit_comes_after_younger_entries(committed_db: str) -> None:
    services.integrate(at=AT)
    late, young = new_id(), new_id()

    def slow() -> None:
        with transaction.atomic():
            services.record(act=late, kind="registry.note", at=AT, body={})
            assert record_in_other_thread(young) == young
            services_integrate_in_other_thread()
            assert in_tree_elsewhere() == [young]

    def elsewhere(call: Callable[[], Any]) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(_closing, call).result()

    def record_in_other_thread(act: UUID) -> UUID:
        def call() -> UUID:
            with transaction.atomic():
                services.record(act=act, kind="registry.note", at=AT, body={})
            return act

        found: UUID = elsewhere(call)
        return found

    def services_integrate_in_other_thread() -> None:
        elsewhere(lambda: services.integrate(at=AT))

    def in_tree_elsewhere() -> list[UUID]:
        found: list[UUID] = elsewhere(in_tree)
        return found

    slow()
    services.integrate(at=AT)
    assert in_tree() == [young, late]
    [(first,), (second,)] = rows(
        "SELECT act FROM transparency_entry WHERE kind = 'registry.note' ORDER BY id"
    )
    assert (first, second) == (late, young)
    assert services.verify().sound


def _closing(call: Callable[[], Any]) -> Any:
    try:
        return call()
    finally:
        connections.close_all()


def test_many_sequencers_and_recorders_lose_nothing(committed_db: str) -> None:
    services.integrate(at=AT)
    with ThreadPoolExecutor(6) as pool:
        recording = [pool.submit(_closing, lambda: record(40)) for _ in range(3)]
        growing = [
            pool.submit(_closing, lambda: [services.integrate(at=AT) for _ in range(15)])
            for _ in range(3)
        ]
        wanted = {act for each in recording for act in each.result()}
        for each in growing:
            sizes = [head.size for head in each.result()]
            assert sizes == sorted(sizes)
    services.integrate(at=AT)
    assert set(in_tree()) == wanted
    assert len(in_tree()) == 120
    assert services.verify().sound


class Crash(Exception):
    """The process ends here."""


@pytest.mark.parametrize("committed", [False, True])
def test_a_crash_between_any_two_statements_leaves_the_last_head(
    committed_db: str, committed: bool
) -> None:
    record(3)
    steps = 0
    while True:
        if committed:
            services.integrate(at=AT)
            record(60)
        before = rows("SELECT count(*), max(size) FROM transparency_checkpoint")
        left = steps

        def crash(execute: Any, *arguments: Any) -> Any:
            nonlocal left
            if left == 0:
                raise Crash
            left -= 1
            return execute(*arguments)

        try:
            with connection.execute_wrapper(crash):
                services.integrate(at=AT)
        except Crash:
            assert rows("SELECT count(*), max(size) FROM transparency_checkpoint") == before
            steps += 1
            continue
        break
    assert steps > 8
    assert services.verify().sound
    assert len(in_tree()) == 3 + 60 * (steps + 1) * committed


def test_a_connection_lost_at_any_time_loses_nothing(committed_db: str) -> None:
    acts = record(2000)
    url = os.environ["HUTAN_TEST_SUPER"].format(database="postgres")
    with psycopg.connect(url, autocommit=True) as control:
        for wait in range(10):
            with ThreadPoolExecutor(1) as pool:
                running = pool.submit(_closing, lambda: services.integrate(at=AT))
                time.sleep(0.004 * wait)
                control.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = %s AND query ILIKE '%%transparency_%%'"
                    " AND application_name = '' AND pid <> %s",
                    [committed_db.rpartition("/")[2], _own_pid()],
                )
                running.exception()
    services.integrate(at=AT)
    assert in_tree() == acts
    assert services.verify().sound


def _own_pid() -> int:
    [(pid,)] = rows("SELECT pg_backend_pid()")
    return int(pid)


_LOOP = """
import django, os
django.setup()
from datetime import datetime
from django.conf import settings
from django.db import transaction
from hutan.kernel.ids import new_id
from hutan.kernel.moments import SHANGHAI
from hutan.transparency import services
print("ready", flush=True)
at = datetime(2025, 6, 16, 9, tzinfo=SHANGHAI)
while True:
    for _ in range(20):
        with transaction.atomic():
            services.record(
                act=new_id(), kind="registry.note", at=at, body={}, movements=[{"id": "a"}]
            )
    services.integrate(at=at)
"""


def test_kill_9_at_any_time_leaves_a_sound_log(committed_db: str, settings: Settings) -> None:
    environment = os.environ | {
        "DATABASE_URL": committed_db,
        "DJANGO_SETTINGS_MODULE": "hutan.config.settings",
        "HUTAN_LOG_ORIGIN": ORIGIN,
        "HUTAN_LOG_KEY": log_key().text(),
        "HUTAN_LOG_HEADS": str(settings.LOG_HEADS),
    }
    size = 0
    for wait in (0.15, 0.23, 0.31):
        child = subprocess.Popen(
            [sys.executable, "-c", _LOOP], env=environment, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(wait)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        _wait_for_backends(committed_db)
        head = services.integrate(at=AT)
        assert head.size > size
        size = head.size
        assert services.verify().damage is None


def _wait_for_backends(database: str) -> None:
    # A killed client's backend notices at its next write; until then it may hold the lock.
    while rows(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    ):
        time.sleep(0.02)


def test_more_than_a_batch_makes_more_heads_each_under_announced_keys(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integrating, "BATCH", 10)
    acts = record(35)
    head = services.integrate(at=AT)
    assert head.size == 37
    assert [each.size for each in queries.checkpoints()] == [37, 31, 21, 11]
    assert in_tree() == acts
    assert services.verify().sound


def test_keys_are_handed_over_by_signing_with_both(committed_db: str, settings: Settings) -> None:
    record(1)
    services.integrate(at=AT)
    old, new = log_key(1), log_key(2)

    settings.LOG_KEY = new.text()
    with pytest.raises(refusals.KeysNotHandedOver):
        services.integrate(at=AT)

    settings.LOG_KEY = f"{old.text()}\n{new.text()}"
    both = services.integrate(at=AT)
    assert both.size == 4
    assert len(verified_signers(read_note(both.note), [old.verifier, new.verifier])) == 2

    settings.LOG_KEY = new.text()
    alone = services.integrate(at=AT)
    assert alone.size == 5
    assert queries.keys_in_force() == (new.verifier,)
    with pytest.raises(refusals.SignatureMissing):
        verified_signers(read_note(alone.note), [old.verifier])
    record(1)
    services.integrate(at=AT)
    assert services.verify(trusted=[new.verifier]).sound
    assert not services.verify(trusted=[old.verifier]).sound


def test_a_set_of_keys_that_returns_is_announced_again(
    committed_db: str, settings: Settings
) -> None:
    one, two = log_key(1), log_key(2)
    for keys in ([one], [one, two], [one], [two, one], [two]):
        settings.LOG_KEY = " ".join(key.text() for key in keys)
        services.integrate(at=AT)
    assert rows("SELECT count(*) FROM transparency_entry WHERE kind = 'log.keys'") == [(5,)]
    assert services.verify().sound


def test_an_announcement_by_another_is_not_signed(
    committed_db: str, as_owner: Callable[..., Any]
) -> None:
    services.integrate(at=AT)
    stranger = log_key(9)
    act = new_id()
    body = {"keys": [str(stranger.verifier)]}
    text = write_entry(act=act, kind="log.keys", at=AT, body=body, movements=None, salt=bytes(16))
    as_owner(
        "WITH e AS (INSERT INTO transparency_entry (act, kind, at, record)"
        " VALUES (%s, 'log.keys', %s, %s) RETURNING id)"
        " INSERT INTO transparency_pending SELECT id FROM e",
        [act, AT, text],
    )
    with pytest.raises(refusals.KeysNotHandedOver):
        services.integrate(at=AT)
    ours = [str(log_key().verifier)]
    again = write_entry(
        act=UUID(int=5), kind="log.keys", at=AT, body={"keys": ours}, movements=None,
        salt=bytes(16),
    )  # fmt: skip
    as_owner(
        "INSERT INTO transparency_entry (act, kind, at, record) VALUES (%s, 'log.keys', %s, %s)",
        [UUID(int=5), AT, again],
    )
    with pytest.raises(refusals.LogDamaged, match=r"log\.keys"):
        services.integrate(at=AT)


@clause("M47")
def test_a_database_older_than_its_head_is_not_signed(
    committed_db: str, as_owner: Callable[..., Any]
) -> None:
    """As if a backup had been restored: the last head's rows are gone."""
    record(3)
    services.integrate(at=AT)
    record(3)
    published = services.integrate(at=AT)
    as_owner("DELETE FROM transparency_checkpoint WHERE size > 5")
    as_owner("DELETE FROM transparency_leaf WHERE position >= 5")
    as_owner("DELETE FROM transparency_entry WHERE id NOT IN (SELECT entry FROM transparency_leaf)")
    found = services.verify().damage
    assert found == refusals.HeadContradicted(size="8", root=published.root.hex())
    record(4)
    with pytest.raises(refusals.BehindItsHead) as refused:
        services.integrate(at=AT)
    assert refused.value.facts == {"size": 8, "root": published.root.hex()}


def test_of_two_sequencers_the_larger_head_is_remembered(committed_db: str) -> None:
    head = services.integrate(at=AT)
    log = queries.opened()
    assert log is not None
    heads = SignedHeads(log)
    heads.remember(Head(ORIGIN, head.size - 1, bytes(32)))
    assert heads.last() == Head(ORIGIN, head.size, head.root)


def test_another_history_beyond_the_kept_head_is_not_signed(
    committed_db: str, as_owner: Callable[..., Any], settings: Settings, tmp_path: Path
) -> None:
    record(3)
    services.integrate(at=AT)
    kept = settings.LOG_HEADS
    as_owner("DELETE FROM transparency_checkpoint")
    as_owner("DELETE FROM transparency_leaf")
    as_owner("INSERT INTO transparency_pending SELECT id FROM transparency_entry")
    as_owner("UPDATE transparency_entry SET id = 1000 WHERE id = 3")
    as_owner("UPDATE transparency_pending SET entry = 1000 WHERE entry = 3")
    settings.LOG_HEADS = tmp_path / "forgotten"
    services.integrate(at=AT)
    record(1)
    services.integrate(at=AT)
    settings.LOG_HEADS = kept
    record(1)
    with pytest.raises(refusals.BehindItsHead):
        services.integrate(at=AT)


@pytest.mark.parametrize(
    ("tamper", "what"),
    [
        ("UPDATE transparency_leaf SET hash = sha256('') WHERE position = 1", "root at size 5"),
        ("DELETE FROM transparency_leaf WHERE position = 2", "lacks hashes"),
        ("DELETE FROM transparency_checkpoint", "root at size 5"),
        ("DELETE FROM transparency_entry WHERE id = 6", "entry 6"),
        ("DELETE FROM transparency_entry WHERE kind LIKE 'log.%'", "log.opened"),
    ],
)
def test_a_damaged_log_is_not_signed(
    committed_db: str, as_owner: Callable[..., Any], tamper: str, what: str
) -> None:
    record(3)
    services.integrate(at=AT)
    record(1)
    as_owner(tamper)
    before = rows("SELECT count(*) FROM transparency_checkpoint")
    with pytest.raises(refusals.LogDamaged, match=what):
        services.integrate(at=AT)
    assert rows("SELECT count(*) FROM transparency_checkpoint") == before


def test_the_configuration_must_name_this_log(committed_db: str, settings: Settings) -> None:
    services.integrate(at=AT)
    settings.LOG_ORIGIN = "log.example/other"
    with pytest.raises(refusals.SuiteFixed):
        services.integrate(at=AT)


@pytest.mark.parametrize(
    "key",
    [
        generate_key("log.example/other", log_key().usage),
        log_key(suite="sm3-sm2"),
        generate_key(ORIGIN, usage_of(log_key().usage.suite, timestamped=True)),
    ],
    ids=["another name", "another suite", "a witness's"],
)
def test_a_key_of_something_else_signs_nothing(
    committed_db: str, settings: Settings, key: Any
) -> None:
    settings.LOG_KEY = key.text()
    with pytest.raises(refusals.KeyOfOtherLog):
        services.integrate(at=AT)


@pytest.mark.usefixtures("db")
def test_where_the_key_comes_from(settings: Settings, tmp_path: Path) -> None:
    settings.LOG_KEY = ""
    settings.LOG_KEY_FILE = tmp_path / "secrets" / "log.key"
    settings.ENVIRONMENT = "production"
    with pytest.raises(refusals.KeyAbsent):
        services.integrate(at=AT)

    settings.ENVIRONMENT = "demo"
    services.integrate(at=AT)
    made = read_signing_key(settings.LOG_KEY_FILE.read_text())
    assert queries.keys_in_force() == (made.verifier,)
    assert stat.S_IMODE(settings.LOG_KEY_FILE.stat().st_mode) == 0o600

    settings.ENVIRONMENT = "production"
    services.integrate(at=AT)
    settings.LOG_KEY_FILE.chmod(0o640)
    with pytest.raises(refusals.KeyExposed, match="640"):
        services.integrate(at=AT)

    settings.LOG_KEY_FILE.chmod(0o600)
    settings.LOG_KEY_FILE.write_text("\n")
    with pytest.raises(refusals.KeyAbsent):
        services.integrate(at=AT)


@pytest.mark.usefixtures("db")
def test_a_test_without_a_key_gets_one_for_its_process(settings: Settings, tmp_path: Path) -> None:
    settings.LOG_KEY = ""
    settings.LOG_KEY_FILE = tmp_path / "none"
    services.integrate(at=AT)
    record(1)
    assert services.integrate(at=AT).size == 3


def test_the_chinese_suite_from_end_to_end(committed_db: str, suite: str) -> None:
    record(300, movements=[{"id": "a"}])
    head = services.integrate(at=AT)
    hash_ = log_key(suite=suite).usage.suite.hash
    assert head.root == model.mth(records(), hash_)
    assert services.verify(trusted=[log_key(suite=suite).verifier]).sound


def test_heads_are_consistent_with_each_other(committed_db: str) -> None:
    heads = []
    for count in (1, 6, 300, 77):
        record(count)
        heads.append(services.integrate(at=AT))
    for old in heads:
        for new in heads:
            if old.size > new.size:
                with pytest.raises(refusals.BeyondTree):
                    queries.consistency_proof(old=old.size, new=new.size)
                continue
            proof = queries.consistency_proof(old=old.size, new=new.size)
            assert list(proof) == model.proof(old.size, records()[: new.size])
    for index in (0, 5, 255, 256, 385):
        proof = queries.inclusion_proof(index=index, size=386)
        assert list(proof) == model.path(index, records())
    for index, size in ((-1, 5), (5, 5), (0, 0), (0, 387)):
        with pytest.raises(refusals.BeyondTree):
            queries.inclusion_proof(index=index, size=size)
    with pytest.raises(refusals.BeyondTree):
        queries.root_at(size=387)
    assert queries.root_at(size=0) == model.mth([])
