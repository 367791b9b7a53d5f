"""``verify`` on a real database in which the tables' owner has tampered, table by table."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction
from pytest_django.fixtures import Settings

from hutan.kernel.moments import SHANGHAI
from hutan.transparency import queries, refusals, services
from hutan.transparency.domain.keys import SigningKey, usage_of
from hutan.transparency.domain.notes import cosign, read_head, read_note
from tests.marks import clause
from tests.transparency.conftest import log_key

AT = datetime(2025, 6, 16, 9, tzinfo=SHANGHAI)
WITNESS = SigningKey(
    "witness.example", usage_of(log_key().usage.suite, timestamped=True), b"\x05" * 32
)


def act(number: int) -> str:
    """Return the id of the act that becomes entry ``number`` of the log."""
    return str(UUID(int=number))


def write(number: int, movements: int = 0) -> None:
    with transaction.atomic():
        services.record(
            act=UUID(int=number),
            kind="registry.note",
            at=AT,
            body={"n": number},
            movements=[{"id": f"m{each}", "amount": each} for each in range(movements)],
            subjects=[f"31-{number}"],
        )


def build() -> None:
    """A log of 300 entries under three heads, and two entries that wait."""
    services.open_log(at=AT)
    write(1, movements=2)
    services.integrate(at=AT)
    write(3, movements=600)
    for number in range(4, 280):
        write(number)
    services.integrate(at=AT)
    for number in range(280, 300):
        write(number)
    head = services.integrate(at=AT)
    line = cosign(read_note(head.note).text, WITNESS, 1_750_000_000).line()
    services.accept_cosignature(size=head.size, lines=line, witness=WITNESS.verifier)
    write(300, movements=60)
    write(301)


def test_a_sound_database_is_walked_to_its_head(committed_db: str) -> None:
    build()
    told: list[int] = []
    verdict = services.verify(trusted=[log_key().verifier], progress=told.append)
    assert verdict.damage is None
    assert verdict.sound
    assert (verdict.walked.size, verdict.walked.movements) == (300, 602)
    assert verdict.walked.checkpoints == 3
    assert verdict.walked.root == queries.root_at(size=300)
    assert told[-1] == 300


def test_before_the_log_is_opened_there_is_nothing_to_verify(committed_db: str) -> None:
    with pytest.raises(refusals.NoCheckpointYet):
        services.verify()


ENTRY_9 = "(SELECT entry FROM transparency_leaf WHERE position = 9)"
EIGHT_FOR_NINE = (
    f"UPDATE transparency_entry SET record = replace(record, ':9}}', ':8}}') WHERE id = {ENTRY_9}"
)
LEAF = "UPDATE transparency_leaf SET hash = sha256('\\x00'::bytea || convert_to(record, 'UTF8'))"
ENTRY_3 = "(SELECT entry FROM transparency_leaf WHERE position = 3)"

CASES: dict[str, tuple[str, refusals.Damage]] = {
    "an entry's record changed": (
        EIGHT_FOR_NINE,
        refusals.EntryChanged(index=9, act=act(9)),
    ),
    "an entry's kind changed": (
        f"UPDATE transparency_entry SET kind = 'registry.other' WHERE id = {ENTRY_9}",
        refusals.EntryMalformed(index=9, act=act(9), what="kind"),
    ),
    "an entry's moment changed": (
        f"UPDATE transparency_entry SET at = at - interval '1 second' WHERE id = {ENTRY_9}",
        refusals.EntryMalformed(index=9, act=act(9), what="at"),
    ),
    "an entry deleted": (
        f"DELETE FROM transparency_entry WHERE id = {ENTRY_9}",
        refusals.EntryMissing(index=9, entry="10"),
    ),
    "an entry inserted": (
        "INSERT INTO transparency_entry (id, act, kind, at, record) SELECT 9999, "
        "'00000000-0000-0000-0000-0000000f0000', kind, at,"
        " replace(record, act::text, '00000000-0000-0000-0000-0000000f0000')"
        f" FROM transparency_entry WHERE id = {ENTRY_9}",
        refusals.EntryOutsideTree(entry="9999", act="00000000-0000-0000-0000-0000000f0000"),
    ),
    "two entries exchanged": (
        "UPDATE transparency_leaf SET entry = -entry WHERE position IN (9, 10);"
        "UPDATE transparency_leaf SET entry = 21 + entry WHERE position IN (9, 10)",
        refusals.EntryChanged(index=9, act=act(10)),
    ),
    "a leaf deleted": (
        "DELETE FROM transparency_leaf WHERE position = 9",
        refusals.LeafMissing(index=9),
    ),
    "the last leaf deleted": (
        "DELETE FROM transparency_leaf WHERE position = 299",
        refusals.LeafMissing(index=299),
    ),
    "a leaf inserted": (
        "INSERT INTO transparency_leaf SELECT 300, entry, sha256('\\x00'::bytea ||"
        " convert_to(record, 'UTF8')) FROM transparency_pending"
        " JOIN transparency_entry ON id = entry ORDER BY entry DESC LIMIT 1",
        refusals.LeavesUnsigned(size=300, present=301),
    ),
    "a leaf's hash changed": (
        "UPDATE transparency_leaf SET hash = sha256(hash) WHERE position = 9",
        refusals.EntryChanged(index=9, act=act(9)),
    ),
    "an entry and its leaf changed": (
        f"{EIGHT_FOR_NINE};{LEAF} FROM transparency_entry WHERE id = entry AND position = 9",
        refusals.NodeChanged(tree="log", level="8", position="0"),
    ),
    "a young entry and its leaf changed": (
        "UPDATE transparency_entry SET record = replace(record, ':290}', ':291}')"
        " WHERE id = (SELECT entry FROM transparency_leaf WHERE position = 290);"
        f"{LEAF} FROM transparency_entry WHERE id = entry AND position = 290",
        refusals.CheckpointContradicted(size=300, since=280, last=299),
    ),
    "a node changed": (
        "UPDATE transparency_node SET hash = sha256(hash)",
        refusals.NodeChanged(tree="log", level="8", position="0"),
    ),
    "a node deleted": (
        "DELETE FROM transparency_node",
        refusals.NodeMissing(tree="log", level="8", position="0"),
    ),
    "a node inserted": (
        "INSERT INTO transparency_node SELECT 16, 0, hash FROM transparency_node",
        refusals.NodeSurplus(tree="log", level="16", position="0"),
    ),
    "a node at an absurd place": (
        "INSERT INTO transparency_node SELECT 32767, 9223372036854775807, hash"
        " FROM transparency_node",
        refusals.NodeSurplus(tree="log", level="32767", position="9223372036854775807"),
    ),
    "a movement changed": (
        "UPDATE transparency_movement SET record = replace(record, ':41,', ':14,')"
        f" WHERE entry = {ENTRY_3} AND number = 41",
        refusals.MovementChanged(index=3, act=act(3), number=41, what="hash"),
    ),
    "a movement's key changed": (
        f"UPDATE transparency_movement SET key = 'x' WHERE entry = {ENTRY_3} AND number = 41",
        refusals.MovementChanged(index=3, act=act(3), number=41, what="act, number, key"),
    ),
    "a movement deleted": (
        f"DELETE FROM transparency_movement WHERE entry = {ENTRY_3} AND number = 41",
        refusals.MovementMissing(index=3, act=act(3), number=41),
    ),
    "a movement inserted": (
        "INSERT INTO transparency_movement SELECT entry, 600, 'x', hash, record"
        f" FROM transparency_movement WHERE entry = {ENTRY_3} AND number = 41",
        refusals.MovementSurplus(index=3, act=act(3), number=600),
    ),
    "two movements exchanged": (
        "UPDATE transparency_movement SET number = number + 9000"
        f" WHERE entry = {ENTRY_3} AND number IN (41, 42);"
        "UPDATE transparency_movement SET number = 9083 - number"
        f" WHERE entry = {ENTRY_3} AND number IN (9041, 9042)",
        refusals.MovementChanged(index=3, act=act(3), number=41, what="act, number, key"),
    ),
    "a movement of another act": (
        f"UPDATE transparency_movement SET entry = 99999 WHERE entry = {ENTRY_3} AND number = 599",
        refusals.MovementMissing(index=3, act=act(3), number=599),
    ),
    "a movement of nothing": (
        "INSERT INTO transparency_movement SELECT 99999, 0, key, hash, record"
        f" FROM transparency_movement WHERE entry = {ENTRY_3} AND number = 41",
        refusals.PointsNowhere(table="transparency_movement", owner="99999"),
    ),
    "a movement's node changed": (
        "UPDATE transparency_movementnode SET hash = sha256(hash) WHERE position = 1",
        refusals.NodeChanged(tree=act(3), level="8", position="1"),
    ),
    "a movement's node deleted": (
        "DELETE FROM transparency_movementnode WHERE position = 1",
        refusals.NodeMissing(tree=act(3), level="8", position="1"),
    ),
    "a movement's node inserted": (
        "INSERT INTO transparency_movementnode SELECT entry, 8, 2, hash"
        " FROM transparency_movementnode WHERE position = 1",
        refusals.NodeSurplus(tree=act(3), level="8", position="2"),
    ),
    "a movement's node of nothing": (
        "INSERT INTO transparency_movementnode SELECT 99999, 8, 2, hash"
        " FROM transparency_movementnode WHERE position = 1",
        refusals.PointsNowhere(table="transparency_movementnode", owner="99999"),
    ),
    "a checkpoint deleted": (
        "DELETE FROM transparency_checkpoint WHERE size = 280",
        refusals.CheckpointChanged(size=300, what="previous"),
    ),
    "a checkpoint's root changed": (
        "UPDATE transparency_checkpoint SET root = sha256(root) WHERE size = 280",
        refusals.CheckpointContradicted(size=280, since=3, last=279),
    ),
    "a checkpoint's note changed": (
        "UPDATE transparency_checkpoint SET note = replace(note, '280', '281') WHERE size = 280",
        refusals.CheckpointChanged(size=280, what="note"),
    ),
    "a checkpoint's signature exchanged": (
        "UPDATE transparency_checkpoint SET note = split_part(note, E'\\n\\n', 1) || E'\\n\\n' ||"
        " (SELECT split_part(note, E'\\n\\n', 2) FROM transparency_checkpoint WHERE size = 3)"
        " WHERE size = 280",
        refusals.CheckpointUnsigned(size=280),
    ),
    "the name changed": (
        "UPDATE transparency_log SET origin = 'log.example/other'",
        refusals.BirthChanged(),
    ),
    "the birth forgotten": ("DELETE FROM transparency_log", refusals.BirthChanged()),
    "a waiting entry changed": (
        "UPDATE transparency_entry SET kind = 'registry.other' WHERE act ="
        " '00000000-0000-0000-0000-00000000012d'",
        refusals.EntryMalformed(index=-1, act=act(301), what="kind"),
    ),
    "a waiting entry's movement deleted": (
        "DELETE FROM transparency_movement m USING transparency_pending p"
        " WHERE m.entry = p.entry AND number = 7",
        refusals.MovementMissing(index=-1, act=act(300), number=7),
    ),
    "an entry taken out of the queue": (
        "DELETE FROM transparency_pending WHERE entry ="
        " (SELECT id FROM transparency_entry"
        "  WHERE act = '00000000-0000-0000-0000-00000000012d')",
        refusals.EntryOutsideTree(entry="302", act=act(301)),
    ),
    "a waiting entry deleted": (
        "DELETE FROM transparency_entry WHERE act = '00000000-0000-0000-0000-00000000012d'",
        refusals.QueueWrong(entry="302"),
    ),
    "an entry queued again": (
        f"INSERT INTO transparency_pending SELECT {ENTRY_9}",
        refusals.QueueWrong(entry="10"),
    ),
    "a subject of nothing": (
        "INSERT INTO transparency_subject VALUES ('31-0', 99999)",
        refusals.PointsNowhere(table="transparency_subject", owner="99999"),
    ),
    "a cosignature of nothing": (
        "UPDATE transparency_cosignature SET size = 299",
        refusals.PointsNowhere(table="transparency_cosignature", owner="299"),
    ),
}


@clause("M47")
@pytest.mark.parametrize("name", CASES)
def test_tampering_in_the_database_is_found_and_named(
    name: str, committed_db: str, as_owner: Callable[..., Any]
) -> None:
    build()
    tamper, wanted = CASES[name]
    for statement in tamper.split(";"):
        changed = as_owner(statement).rowcount
        assert changed > 0
    verdict = services.verify()
    assert not verdict.sound
    assert verdict.damage == wanted


@clause("M47")
def test_a_rolled_back_log_is_found_by_any_head_kept_elsewhere(
    committed_db: str, as_owner: Callable[..., Any], settings: Settings, tmp_path: Path
) -> None:
    build()
    published = queries.latest_checkpoint()
    assert published is not None
    as_owner("DELETE FROM transparency_cosignature")
    as_owner("DELETE FROM transparency_checkpoint WHERE size = 300")
    as_owner(
        "DELETE FROM transparency_entry USING transparency_leaf"
        " WHERE entry = id AND position >= 280"
    )
    as_owner("DELETE FROM transparency_leaf WHERE position >= 280")
    as_owner(
        "DELETE FROM transparency_subject WHERE entry NOT IN (SELECT id FROM transparency_entry)"
    )
    contradicted = refusals.HeadContradicted(size="300", root=published.root.hex())
    assert services.verify().damage == contradicted
    settings.LOG_HEADS = tmp_path / "forgotten"
    assert services.verify().sound
    head = read_head(read_note(published.note).text)
    assert services.verify(heads=[head]).damage == contradicted


def test_one_snapshot_is_walked_while_the_log_grows(committed_db: str) -> None:
    """A head signed in the middle of a walk does not confuse it."""
    build()
    grown: list[int] = []

    def grow() -> int:
        try:
            return services.integrate(at=AT).size
        finally:
            connections.close_all()

    def progress(size: int) -> None:
        if size == 150:
            with ThreadPoolExecutor(1) as pool:
                grown.append(pool.submit(grow).result())

    verdict = services.verify(progress=progress)
    assert grown == [302]
    assert verdict.damage is None
    assert verdict.walked.size == 300
