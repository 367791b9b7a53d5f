"""Recording an act: one entry in the caller's transaction, its movements beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from hutan.kernel.canonical import Record
from hutan.kernel.ids import new_id
from hutan.kernel.moments import aware
from hutan.transparency.domain.hashing import leaf_hash
from hutan.transparency.domain.keys import SUITES, Suite
from hutan.transparency.domain.records import (
    RESERVED,
    SALT_SIZE,
    Movements,
    canonical_text,
    read_entry,
    read_movement,
    write_entry,
    write_movements,
)
from hutan.transparency.domain.tree import Frontier, Node
from hutan.transparency.queries import Entry, Opened, opened
from hutan.transparency.refusals import ActRecordedOtherwise

FEW: Final = 50
"""Up to this many movements go along in the entry's own statement; more are copied."""

_RECORD = """
WITH log AS (SELECT suite FROM transparency_log),
entry AS (
  INSERT INTO transparency_entry (act, kind, at, record)
  SELECT %(act)s, %(kind)s, %(at)s, %(record)s FROM log WHERE suite = %(suite)s
  ON CONFLICT (act) DO NOTHING RETURNING id),
pending AS (INSERT INTO transparency_pending (entry) SELECT id FROM entry),
subject AS (
  INSERT INTO transparency_subject (subject, entry)
  SELECT subject, id FROM entry, unnest(%(subjects)s::text[]) AS subject),
movement AS (
  INSERT INTO transparency_movement (entry, number, key, hash, record)
  SELECT id, number - 1, key, hash, text FROM entry,
    unnest(%(keys)s::text[], %(hashes)s::bytea[], %(texts)s::text[])
    WITH ORDINALITY AS movement (key, hash, text, number))
SELECT (SELECT id FROM entry), (SELECT suite FROM log)
"""


def record(
    *,
    act: UUID,
    kind: str,
    at: datetime,
    body: Record,
    movements: Sequence[Record] = (),
    subjects: Sequence[str] = (),
) -> Entry:
    """Write one official act into the log, in the caller's transaction; return its entry.

    Call it last, when every lock that the act needs is held: entries become leaves in the order in
    which they were written, and that is then the order in which acts took effect.

    ``act``
        The act's id. A retry with the same kind, body, movements and subjects changes nothing and
        returns the first entry, whose moment stands. With other content it raises
        ``ActRecordedOtherwise``, which names what differs.
    ``kind``
        Namespaced by the context: ``registry.transfer``. Kinds under ``log.`` are the log's own.
    ``body``
        What the act says. Personal data enters only through :func:`commit`.
    ``movements``
        Records with a string ``id`` each, unique within the act; docs/log-format.md names the
        fields for units. Their order is kept. A salt is added to each.
    ``subjects``
        Account numbers, ids of organisations: an index by which a party finds its receipts. They
        are not part of the record, so that a receipt names nobody else.
    """
    assert not kind.startswith(RESERVED), f"{kind}: the log writes these kinds itself"
    return _record(act, kind, at, body, movements, subjects)


def open_log(*, at: datetime) -> Opened:
    """Give the log its name and suite from the settings, for life; later calls change nothing.

    The first ``record`` or ``integrate`` does this too; an installation does it beforehand.
    """
    if (log := opened()) is not None:
        return log
    suite = SUITES[settings.LOG_SUITE]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO transparency_log (id, origin, suite, opened_at) VALUES (1, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [settings.LOG_ORIGIN, suite.name, aware(at)],
        )
        if cursor.rowcount:
            body = {"origin": settings.LOG_ORIGIN, "suite": suite.name}
            _record(new_id(), "log.opened", at, body, (), ())
    log = opened()
    assert log is not None
    return log


def record_keys(*, act: UUID, at: datetime, keys: Sequence[str]) -> None:
    """Record which keys sign from here on: ``integrate`` alone calls this."""
    _record(act, "log.keys", at, {"keys": list(keys)}, (), ())


def _record(
    act: UUID,
    kind: str,
    at: datetime,
    body: Record,
    movements: Sequence[Record],
    subjects: Sequence[str],
) -> Entry:
    assert connection.in_atomic_block, "an entry belongs into the transaction of its act"
    aware(at)
    named = sorted(set(subjects))
    suite = SUITES[settings.LOG_SUITE]
    salt = os.urandom(SALT_SIZE)
    written = list(write_movements(act, movements, os.urandom(SALT_SIZE * len(movements))))
    while True:
        hashes = [leaf_hash(suite.hash, text.encode()) for _, text in written]
        tree, nodes = _tree(suite, hashes)
        text = write_entry(act=act, kind=kind, at=at, body=body, movements=tree, salt=salt)
        few = len(written) <= FEW
        with connection.cursor() as cursor:
            cursor.execute(
                _RECORD,
                {
                    "act": act,
                    "kind": kind,
                    "at": at,
                    "record": text,
                    "suite": suite.name,
                    "subjects": named,
                    "keys": [key for key, _ in written] if few else [],
                    "hashes": hashes if few else [],
                    "texts": [text for _, text in written] if few else [],
                },
            )
            entry, born = cursor.fetchone()
            if entry is not None:
                if not few:
                    _copy(cursor, entry, written, hashes, nodes)
                return Entry(act=act, kind=kind, at=at, record=text)
        if born is None:
            born = open_log(at=at).suite.name
        elif born == suite.name:
            return _retried(act, kind, body, movements, named)
        # The log was opened with the other suite: its movements are hashed once more.
        suite = SUITES[born]


def _tree(
    suite: Suite, hashes: Sequence[bytes]
) -> tuple[Movements | None, list[tuple[Node, bytes]]]:
    if not hashes:
        return None, []
    frontier, nodes = Frontier(suite.hash), []
    for hash_ in hashes:
        nodes += frontier.extend(hash_)
    return Movements(len(hashes), frontier.root()), nodes


def _copy(
    cursor: Any,
    entry: int,
    written: list[tuple[str, str]],
    hashes: list[bytes],
    nodes: list[tuple[Node, bytes]],
) -> None:
    with cursor.copy(
        "COPY transparency_movement (entry, number, key, hash, record) FROM STDIN (FORMAT BINARY)"
    ) as copy:
        copy.set_types(["int8", "int4", "text", "bytea", "text"])
        for number, ((key, text), hash_) in enumerate(zip(written, hashes, strict=True)):
            copy.write_row((entry, number, key, hash_, text))
    with cursor.copy(
        "COPY transparency_movementnode (entry, level, position, hash) FROM STDIN (FORMAT BINARY)"
    ) as copy:
        copy.set_types(["int8", "int2", "int8", "bytea"])
        for node, hash_ in nodes:
            copy.write_row((entry, node.level, node.position, hash_))


def _retried(
    act: UUID, kind: str, body: Record, movements: Sequence[Record], subjects: list[str]
) -> Entry:
    """Return the entry that is there, or refuse: the same act was recorded with other content."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, record FROM transparency_entry WHERE act = %s", [act])
        entry, text = cursor.fetchone()
        cursor.execute(
            "SELECT subject FROM transparency_subject WHERE entry = %s"
            ' ORDER BY subject COLLATE "C"',
            [entry],
        )
        known_subjects = [subject for (subject,) in cursor.fetchall()]
    known = read_entry(text)
    differs = [
        name
        for name, same in (
            ("kind", known.kind == kind),
            ("body", canonical_text(known.body) == canonical_text(body)),
            ("movements", _same_movements(entry, movements)),
            ("subjects", known_subjects == subjects),
        )
        if not same
    ]
    if differs:
        raise ActRecordedOtherwise(act=str(act), differs=", ".join(differs))
    return Entry(act=act, kind=kind, at=known.at, record=text)


def _same_movements(entry: int, movements: Sequence[Record]) -> bool:
    given = iter(movements)
    for known in _known_movements(entry):
        body = next(given, None)
        if body is None or canonical_text(known) != canonical_text(body):
            return False
    return next(given, None) is None


def _known_movements(entry: int) -> Iterator[Record]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record FROM transparency_movement WHERE entry = %s ORDER BY number", [entry]
        )
        for (text,) in cursor:
            yield read_movement(text).body
