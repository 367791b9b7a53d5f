"""Walking the log in the database, row by row, against what was signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from hutan.kernel.refusals import Refusal
from hutan.transparency.domain.keys import VerifierKey
from hutan.transparency.domain.notes import Head
from hutan.transparency.domain.walk import (
    Acts,
    CheckpointRow,
    EntryRow,
    LeafRow,
    MovementRow,
    NodeRow,
    Rows,
    Walked,
    walk,
)
from hutan.transparency.queries import Opened, opened
from hutan.transparency.refusals import (
    BirthChanged,
    EntryOutsideTree,
    NoCheckpointYet,
    PointsNowhere,
    QueueWrong,
)
from hutan.transparency.services.remembering import SignedHeads
from hutan.transparency.services.streams import stream

_LEAVES = """
SELECT position, entry, hash, act, kind, at, record
FROM transparency_leaf LEFT JOIN transparency_entry ON id = entry ORDER BY position
"""
_MOVEMENTS = """
SELECT entry, number, key, m.hash, record
FROM transparency_leaf JOIN transparency_movement m USING (entry) ORDER BY position, number
"""
_MOVEMENT_NODES = """
SELECT entry, n.level, n.position, n.hash
FROM transparency_leaf l JOIN transparency_movementnode n USING (entry)
ORDER BY l.position, (n.position::numeric + 1) * 2 ^ least(n.level, 64)::numeric, n.level
"""
_NODES = """
SELECT 0, level, position, hash FROM transparency_node
ORDER BY (position::numeric + 1) * 2 ^ least(level, 64)::numeric, level
"""
_CHECKPOINTS = "SELECT size, previous, root, note FROM transparency_checkpoint ORDER BY size"

_WAITING = """
SELECT entry, act, kind, at, record
FROM transparency_pending JOIN transparency_entry ON id = entry ORDER BY entry
"""
_WAITING_MOVEMENTS = """
SELECT entry, number, key, hash, record
FROM transparency_pending JOIN transparency_movement USING (entry) ORDER BY entry, number
"""
_WAITING_NODES = """
SELECT entry, level, position, hash
FROM transparency_pending JOIN transparency_movementnode USING (entry)
ORDER BY entry, (position::numeric + 1) * 2 ^ least(level, 64)::numeric, level
"""

_OUTSIDE = """
SELECT id, act FROM transparency_entry
WHERE NOT EXISTS (SELECT FROM transparency_leaf WHERE entry = id)
  AND NOT EXISTS (SELECT FROM transparency_pending WHERE entry = id) ORDER BY id
"""
_WRONGLY_WAITING = """
SELECT entry FROM transparency_pending p
WHERE EXISTS (SELECT FROM transparency_leaf l WHERE l.entry = p.entry)
   OR NOT EXISTS (SELECT FROM transparency_entry WHERE id = entry) ORDER BY entry
"""
_ORPHANS: Final = {
    table: f"""
SELECT {column} FROM transparency_{table} o
WHERE NOT EXISTS (SELECT FROM transparency_{owner} w WHERE w.{id_} = o.{column}) ORDER BY {column}
"""  # noqa: S608 every name in it is written below
    for table, column, owner, id_ in (
        ("movement", "entry", "entry", "id"),
        ("movementnode", "entry", "entry", "id"),
        ("subject", "entry", "entry", "id"),
        ("cosignature", "size", "checkpoint", "size"),
    )
}


@dataclass(frozen=True)
class Verdict:
    """What a walk through the log found: ``damage`` is the first wrong row, if there is one."""

    walked: Walked
    damage: Refusal | None

    @property
    def sound(self) -> bool:
        """Tell whether everything is as it was written and signed."""
        return self.damage is None


def verify(
    *,
    heads: Sequence[Head] = (),
    trusted: Sequence[VerifierKey] = (),
    progress: Callable[[int], None] = lambda size: None,
) -> Verdict:
    """Walk every row of the log in one snapshot; find what was changed, deleted, inserted or moved.

    ``heads`` are kept elsewhere (a witness's, an old receipt's) and must lie in the log's past, as
    must the one that the sequencer remembers; ``trusted`` keys must be among those that sign now.
    Not to be called inside a transaction. Raises ``NoCheckpointYet`` if there is no log yet.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        log = opened()
        if log is None:
            cursor.execute("SELECT EXISTS (SELECT FROM transparency_entry)")
            if cursor.fetchone()[0]:
                return Verdict(Walked(), BirthChanged())
            raise NoCheckpointYet
        try:
            kept = SignedHeads(log).last()
            walked = walk(
                log.origin,
                log.suite,
                _rows(),
                heads=[*heads, *([kept] if kept else [])],
                trusted=trusted,
                progress=progress,
            )
            _check_waiting(log)
            _check_surroundings(cursor)
        except Refusal as damage:
            return Verdict(Walked(), damage)
    return Verdict(walked, None)


def _rows() -> Rows:
    return Rows(
        leaves=map(_leaf, stream(_LEAVES)),
        movements=map(_movement, stream(_MOVEMENTS)),
        movement_nodes=map(_node, stream(_MOVEMENT_NODES)),
        nodes=map(_node, stream(_NODES)),
        checkpoints=(
            CheckpointRow(size, previous, bytes(root), note)
            for size, previous, root, note in stream(_CHECKPOINTS)
        ),
    )


def _check_waiting(log: Opened) -> None:
    """Entries that wait for the next head are checked as they will go into the tree."""
    acts = Acts(
        log.suite.hash,
        map(_movement, stream(_WAITING_MOVEMENTS)),
        map(_node, stream(_WAITING_NODES)),
    )
    for entry, *columns in stream(_WAITING):
        acts.check(entry, -1, EntryRow(*columns))


def _check_surroundings(cursor: Any) -> None:
    """Look for rows that no walk along the tree comes upon."""
    if row := _first(cursor, _OUTSIDE):
        raise EntryOutsideTree(entry=str(row[0]), act=str(row[1]))
    if row := _first(cursor, _WRONGLY_WAITING):
        raise QueueWrong(entry=str(row[0]))
    for table, statement in _ORPHANS.items():
        if row := _first(cursor, statement):
            raise PointsNowhere(table=f"transparency_{table}", owner=str(row[0]))


def _first(cursor: Any, statement: str) -> Any:
    cursor.execute(statement + " LIMIT 1")
    return cursor.fetchone()


def _leaf(row: Any) -> LeafRow:
    position, entry, hash_, *columns = row
    content = None if columns[0] is None else EntryRow(*columns)
    return LeafRow(position, entry, bytes(hash_), content)


def _movement(row: Any) -> MovementRow:
    entry, number, key, hash_, record = row
    return MovementRow(entry, number, key, bytes(hash_), record)


def _node(row: Any) -> NodeRow:
    entry, level, position, hash_ = row
    return NodeRow(entry, level, position, bytes(hash_))
