"""The sequencer: what is committed becomes leaves, and a new head is signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from hutan.kernel.ids import derive_id
from hutan.transparency.domain.hashing import leaf_hash
from hutan.transparency.domain.keys import SigningKey
from hutan.transparency.domain.notes import Head, sign_note
from hutan.transparency.domain.records import read_entry
from hutan.transparency.domain.tree import Frontier, Node, Range, Tiles, complete_nodes, tiles_for
from hutan.transparency.queries import (
    Checkpoint,
    Opened,
    checkpoint,
    fetch_tiles,
    latest_checkpoint,
    tree_size,
)
from hutan.transparency.refusals import (
    BehindItsHead,
    KeysNotHandedOver,
    LogDamaged,
    SuiteFixed,
)
from hutan.transparency.services.recording import open_log, record_keys
from hutan.transparency.services.remembering import SignedHeads
from hutan.transparency.signing import signing_keys

BATCH: Final = 5_000
"""Entries that go under one checkpoint at most; more of them make more checkpoints."""

_LOCK: Final = 4_711_620_962
"""The advisory lock that only one sequencer holds at a time."""


def integrate(*, at: datetime) -> Checkpoint:
    """Make leaves of all entries that are committed and wait; sign a head; return the newest.

    Entries become leaves in the order in which they were written; one that commits later than a
    younger one comes after it, never lost and never moved. Leaves, inner nodes and the signed head
    are written in one transaction, so a crash anywhere leaves the last head standing. Several
    sequencers may run: they take turns. Nothing is written when nothing waits.

    Raises ``SuiteFixed``, ``KeyAbsent``, ``KeyExposed``, ``KeyMalformed``, ``KeyOfOtherLog``,
    ``KeysNotHandedOver``, ``BehindItsHead`` or ``LogDamaged``; then nothing is signed.
    """
    while True:
        with transaction.atomic():
            newest, taken = _integrate_batch(at)
        if taken < BATCH:
            return newest


def _integrate_batch(at: datetime) -> tuple[Checkpoint, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        log = open_log(at=at)
        keys = _keys(log)
        head = latest_checkpoint()
        frontier = _frontier(log, head)
        heads = SignedHeads(log)
        _compare(log, heads.last(), head)
        announced = _announce(cursor, keys, at)
        entries = _take(cursor, announced)
        if not entries:
            assert head is not None, "an open log has at least its first entry waiting"
            return head, 0
        _grow(cursor, log, frontier, entries, keys)
        signed = Head(log.origin, frontier.size, frontier.root())
        note = sign_note(signed.text(), keys)
        cursor.execute(
            "INSERT INTO transparency_checkpoint (size, previous, root, note, at)"
            " VALUES (%s, %s, %s, %s, %s)",
            [signed.size, head.size if head else 0, signed.root, str(note), at],
        )
    # Only what is committed can have been published, and only that must be remembered.
    transaction.on_commit(lambda: heads.remember(signed))
    return checkpoint(size=signed.size), len(entries)


def _keys(log: Opened) -> list[SigningKey]:
    configured = f"{settings.LOG_ORIGIN} ({settings.LOG_SUITE})"
    if configured != f"{log.origin} ({log.suite.name})":
        raise SuiteFixed(opened=f"{log.origin} ({log.suite.name})", configured=configured)
    return signing_keys(log.origin, log.suite)


def _frontier(log: Opened, head: Checkpoint | None) -> Frontier:
    """Return the tree's right edge, after seeing that it is the one that was signed."""
    size = tree_size()
    nodes = complete_nodes(0, size)
    ranges = [Range(n.position << n.level, n.position + 1 << n.level) for n in nodes]
    tiles = Tiles(log.suite.hash, fetch_tiles(tiles_for(ranges)))
    try:
        frontier = Frontier(log.suite.hash, size, [tiles.root(*each) for each in ranges])
    except AssertionError as lacking:
        raise LogDamaged(what=str(lacking)) from None
    if (head.size, head.root) != (size, frontier.root()) if head else size:
        raise LogDamaged(what=f"root at size {size}")
    return frontier


def _compare(log: Opened, kept: Head | None, head: Checkpoint | None) -> None:
    """Refuse to sign on if the database does not contain the last head that was signed."""
    if kept is None:
        return
    size, root = (head.size, head.root) if head else (0, b"")
    if size > kept.size:
        whole = Range(0, kept.size)
        size, root = kept.size, Tiles(log.suite.hash, fetch_tiles(tiles_for([whole]))).root(*whole)
    if (size, root) != (kept.size, kept.root):
        raise BehindItsHead(size=kept.size, root=kept.root.hex())


def _announce(cursor: Any, keys: Sequence[SigningKey], at: datetime) -> int | None:
    """Record which keys sign, where that differs from the last such record; return its entry."""
    cursor.execute(
        "SELECT act, record FROM transparency_entry"
        " WHERE kind::text LIKE 'log.%' ORDER BY id DESC LIMIT 1"
    )
    act, text = cursor.fetchone()
    configured, in_force = _texts(keys), _announced(text)
    if configured == in_force:
        return None
    if in_force and not set(in_force) & set(configured):
        raise KeysNotHandedOver(configured=", ".join(configured), in_force=", ".join(in_force))
    fresh = derive_id(act, *configured)
    record_keys(act=fresh, at=at, keys=configured)
    cursor.execute("SELECT id FROM transparency_entry WHERE act = %s", [fresh])
    return int(cursor.fetchone()[0])


def _announced(text: str) -> list[str]:
    return list(read_entry(text).body.get("keys", []))


def _texts(keys: Sequence[SigningKey]) -> list[str]:
    return sorted(str(key.verifier) for key in keys)


def _take(cursor: Any, announced: int | None) -> list[tuple[int, str, str]]:
    """Take the oldest waiting entries out of the queue: id, kind and record of each.

    The announcement of keys does not wait for its turn: the head signed with them must cover it.
    """
    cursor.execute(
        "DELETE FROM transparency_pending WHERE entry = ANY (%s || ARRAY("
        "  SELECT entry FROM transparency_pending ORDER BY entry LIMIT %s)) RETURNING entry",
        [[] if announced is None else [announced], BATCH],
    )
    waiting = sorted(entry for (entry,) in cursor.fetchall())
    cursor.execute(
        "SELECT id, kind, record FROM transparency_entry WHERE id = ANY(%s) ORDER BY id", [waiting]
    )
    entries: list[tuple[int, str, str]] = cursor.fetchall()
    found = {entry for entry, _, _ in entries}
    for entry in waiting:
        if entry not in found:
            raise LogDamaged(what=f"entry {entry}")
    return entries


def _grow(
    cursor: Any,
    log: Opened,
    frontier: Frontier,
    entries: Sequence[tuple[int, str, str]],
    keys: Sequence[SigningKey],
) -> None:
    leaves: list[tuple[int, int, bytes]] = []
    nodes: list[tuple[Node, bytes]] = []
    for entry, kind, text in entries:
        # Nobody but this sequencer announces keys, whoever can write into the table.
        if kind == "log.keys" and _announced(text) != _texts(keys):
            raise LogDamaged(what=f"entry {entry}: log.keys")
        hash_ = leaf_hash(log.suite.hash, text.encode())
        leaves.append((frontier.size, entry, hash_))
        nodes += frontier.extend(hash_)
    with cursor.copy(
        "COPY transparency_leaf (position, entry, hash) FROM STDIN (FORMAT BINARY)"
    ) as copy:
        copy.set_types(["int8", "int8", "bytea"])
        for leaf in leaves:
            copy.write_row(leaf)
    with cursor.copy(
        "COPY transparency_node (level, position, hash) FROM STDIN (FORMAT BINARY)"
    ) as copy:
        copy.set_types(["int2", "int8", "bytea"])
        for node, hash_ in nodes:
            copy.write_row((*node, hash_))
