"""Reading the log: entries, checkpoints, proofs, receipts."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from hutan.kernel.canonical import Json
from hutan.transparency.domain import receipts
from hutan.transparency.domain.keys import SUITES, Suite, VerifierKey, read_verifier_key
from hutan.transparency.domain.receipts import Proved
from hutan.transparency.domain.records import read_entry
from hutan.transparency.domain.tree import (
    TILE_WIDTH,
    Range,
    Tile,
    Tiles,
    consistency_ranges,
    inclusion_ranges,
    tiles_for,
)
from hutan.transparency.refusals import (
    ActNotInLog,
    BeyondTree,
    MovementNotInAct,
    NoCheckpoint,
    NoCheckpointYet,
    NotYetInTree,
)


@dataclass(frozen=True)
class Opened:
    """The log's name and suite, fixed when it was opened."""

    origin: str
    suite: Suite
    at: datetime


@dataclass(frozen=True)
class Entry:
    """One act as recorded. ``record`` is the canonical text that its leaf is the hash of."""

    act: UUID
    kind: str
    at: datetime
    record: str

    @property
    def body(self) -> Mapping[str, Any]:
        """Return what the act says."""
        return read_entry(self.record).body


@dataclass(frozen=True)
class Checkpoint:
    """A signed head. ``note`` is its text with the log's and all witnesses' signatures."""

    origin: str
    size: int
    root: bytes
    at: datetime
    note: str


@dataclass(frozen=True)
class Placed:
    """A record, its place in a tree, and the hashes that lead from it to the root."""

    record: str
    index: int
    path: tuple[bytes, ...]

    def to_record(self) -> dict[str, Json]:
        """Return it as a receipt writes it."""
        path = [hash_.hex() for hash_ in self.path]
        return {"index": self.index, "path": path, "record": self.record}


@dataclass(frozen=True)
class Receipt:
    """What proves to anyone, offline, that an act (and a movement of it) is in the log."""

    entry: Placed
    checkpoint: Checkpoint
    movement: Placed | None = None

    def to_record(self) -> dict[str, Json]:
        """Return the receipt as its JSON file says it: see docs/log-format.md."""
        return {
            "format": "hutan-receipt/1",
            "entry": self.entry.to_record(),
            "movement": None if self.movement is None else self.movement.to_record(),
            "checkpoint": self.checkpoint.note,
        }

    def tlog_proof(self) -> str:
        """Return the proof of the entry in the text form of c2sp.org/tlog-proof."""
        extra = base64.b64encode(self.entry.record.encode()).decode()
        path = "".join(base64.b64encode(hash_).decode() + "\n" for hash_ in self.entry.path)
        head = f"c2sp.org/tlog-proof@v1\nextra {extra}\nindex {self.entry.index}\n"
        return f"{head}{path}\n{self.checkpoint.note}"


def opened() -> Opened | None:
    """Return the log's name and suite, or ``None`` before it is opened."""
    row = _row("SELECT origin, suite, opened_at FROM transparency_log")
    return None if row is None else Opened(row[0], SUITES[row[1]], row[2])


def keys_in_force() -> tuple[VerifierKey, ...]:
    """Return the keys that sign checkpoints now, as the log itself announced them."""
    row = _row(
        "SELECT record FROM transparency_entry JOIN transparency_leaf ON entry = id"
        " WHERE kind::text LIKE 'log.%%' ORDER BY id DESC LIMIT 1"
    )
    keys = [] if row is None else read_entry(row[0]).body.get("keys", [])
    return tuple(read_verifier_key(key) for key in keys)


def announced_keys() -> tuple[VerifierKey, ...]:
    """Return every key that ever signed, the oldest first: old receipts stay good."""
    rows = _rows(
        "SELECT record FROM transparency_entry JOIN transparency_leaf ON entry = id"
        " WHERE kind::text LIKE 'log.%%' ORDER BY id"
    )
    texts = [key for (record,) in rows for key in read_entry(record).body.get("keys", [])]
    return tuple(map(read_verifier_key, dict.fromkeys(texts)))


def check_receipt(receipt: object) -> Proved:
    """Return what a receipt (read from its JSON) proves about this log, by its own keys.

    Raises the refusals of :func:`hutan.transparency.domain.receipts.check_receipt`.
    """
    return receipts.check_receipt(receipt, announced_keys())


def checkpoints(*, limit: int = 20, below: int | None = None) -> tuple[Checkpoint, ...]:
    """Return the newest checkpoints first; ``below`` goes on from a page's last size."""
    return tuple(
        _checkpoint(row)
        for row in _rows(
            _CHECKPOINT + " WHERE %s::bigint IS NULL OR size < %s ORDER BY size DESC LIMIT %s",
            [below, below, limit],
        )
    )


def latest_checkpoint() -> Checkpoint | None:
    """Return the newest checkpoint, or ``None`` before the first."""
    return next(iter(checkpoints(limit=1)), None)


def checkpoint(*, size: int) -> Checkpoint:
    """Return the checkpoint of exactly that size; raise ``NoCheckpoint`` if none was signed."""
    row = _row(_CHECKPOINT + " WHERE size = %s", [size])
    if row is None:
        raise NoCheckpoint(size=size)
    return _checkpoint(row)


def witness_request(*, old: int) -> str:
    """Return what to send a witness that last signed ``old`` leaves (c2sp.org/tlog-witness).

    Raises ``NoCheckpointYet``, or ``BeyondTree`` if the witness has seen more.
    """
    head = latest_checkpoint()
    if head is None:
        raise NoCheckpointYet
    proof = () if old == 0 else consistency_proof(old=old, new=head.size)
    lines = "".join(base64.b64encode(hash_).decode() + "\n" for hash_ in proof)
    return f"old {old}\n{lines}\n{head.note}"


def entry(*, act: UUID) -> Entry:
    """Return the entry of an act; raise ``ActNotInLog`` if there is none."""
    row = _row("SELECT act, kind, at, record FROM transparency_entry WHERE act = %s", [act])
    if row is None:
        raise ActNotInLog(act=str(act))
    return Entry(*row)


def entries_of(*, subject: str, limit: int = 50) -> tuple[Entry, ...]:
    """Return the newest entries recorded with that subject."""
    return tuple(
        Entry(*row)
        for row in _rows(
            "SELECT act, kind, at, record FROM transparency_entry"
            " JOIN transparency_subject ON entry = id"
            " WHERE subject = %s ORDER BY id DESC LIMIT %s",
            [subject, limit],
        )
    )


def subjects_of(*, act: UUID) -> frozenset[str]:
    """Return the subjects an act was recorded with: whom it concerns. None for an unknown act."""
    return frozenset(
        subject
        for (subject,) in _rows(
            "SELECT subject FROM transparency_subject JOIN transparency_entry ON id = entry"
            " WHERE act = %s",
            [act],
        )
    )


def inclusion_proof(*, index: int, size: int) -> tuple[bytes, ...]:
    """Return the path from leaf ``index`` to the root of the tree of ``size`` leaves.

    Raises ``BeyondTree`` unless 0 <= index < size <= the log's size.
    """
    present = tree_size()
    _within("size", size, 1, present, present)
    _within("index", index, 0, size - 1, present)
    return _roots(inclusion_ranges(index, size))


def consistency_proof(*, old: int, new: int) -> tuple[bytes, ...]:
    """Return the proof that the tree of ``new`` leaves grew out of that of ``old`` leaves.

    Raises ``BeyondTree`` unless 1 <= old <= new <= the log's size.
    """
    present = tree_size()
    _within("new", new, 1, present, present)
    _within("old", old, 1, new, present)
    return _roots(consistency_ranges(old, new))


def root_at(*, size: int) -> bytes:
    """Return the root over the first ``size`` leaves; raise ``BeyondTree`` if there are fewer."""
    _within("size", size, 0, tree_size(), tree_size())
    return _roots([Range(0, size)])[0]


def tree_size() -> int:
    """Return how many leaves the tree has."""
    row = _row("SELECT position FROM transparency_leaf ORDER BY position DESC LIMIT 1")
    return 0 if row is None else int(row[0]) + 1


def receipt(*, act: UUID, movement: str | None = None, size: int | None = None) -> Receipt:
    """Return the receipt for an act, or for the movement of that id within it.

    It leads to the newest checkpoint, or to the one of ``size``. Raises ``ActNotInLog``,
    ``NotYetInTree``, ``NoCheckpoint`` or ``MovementNotInAct``.
    """
    row = _row(
        "SELECT id, record, position FROM transparency_entry"
        " LEFT JOIN transparency_leaf ON entry = id WHERE act = %s",
        [act],
    )
    if row is None:
        raise ActNotInLog(act=str(act))
    entry_id, record, position = row
    head = latest_checkpoint() if size is None else checkpoint(size=size)
    if position is None or head is None or head.size <= position:
        raise NotYetInTree(act=str(act))
    placed = Placed(record, position, _roots(inclusion_ranges(position, head.size)))
    moved = None if movement is None else _placed_movement(act, entry_id, record, movement)
    return Receipt(placed, head, moved)


def _placed_movement(act: UUID, entry_id: int, record: str, key: str) -> Placed:
    row = _row(
        "SELECT number, record FROM transparency_movement WHERE entry = %s AND key = %s",
        [entry_id, key],
    )
    tree = read_entry(record).movements
    if row is None or tree is None:
        raise MovementNotInAct(act=str(act), movement=key)
    ranges = inclusion_ranges(row[0], tree.count)
    suite = _suite()
    tiles = {tile: _movement_tile(entry_id, tile) for tile in tiles_for(ranges)}
    roots = Tiles(suite.hash, tiles)
    return Placed(row[1], row[0], tuple(roots.root(*each) for each in ranges))


def _movement_tile(entry_id: int, tile: Tile) -> bytes:
    first = tile.position * TILE_WIDTH
    if tile.level == 0:
        statement = (
            "SELECT string_agg(hash, ''::bytea ORDER BY number) FROM transparency_movement"
            " WHERE entry = %s AND %s = 0 AND number >= %s AND number < %s"
        )
    else:
        statement = (
            "SELECT string_agg(hash, ''::bytea ORDER BY position) FROM transparency_movementnode"
            " WHERE entry = %s AND level = %s AND position >= %s AND position < %s"
        )
    row = _row(statement, [entry_id, tile.level, first, first + TILE_WIDTH])
    return bytes(row[0] or b"")


def _roots(ranges: Sequence[Range]) -> tuple[bytes, ...]:
    tiles = Tiles(_suite().hash, fetch_tiles(tiles_for(ranges)))
    return tuple(tiles.root(*each) for each in ranges)


def fetch_tiles(tiles: Iterable[Tile]) -> dict[Tile, bytes]:
    """Return stored tiles of the tree, as far as they are filled, in one statement."""
    wanted = list(tiles)
    rows = _rows(
        """
        SELECT level, tile, CASE level
          WHEN 0 THEN (SELECT string_agg(hash, ''::bytea ORDER BY position) FROM transparency_leaf
                       WHERE position >= tile * %(width)s AND position < (tile + 1) * %(width)s)
          ELSE (SELECT string_agg(hash, ''::bytea ORDER BY position) FROM transparency_node n
                WHERE n.level = wanted.level
                  AND position >= tile * %(width)s AND position < (tile + 1) * %(width)s)
          END
        FROM unnest(%(levels)s::int[], %(tiles)s::bigint[]) AS wanted (level, tile)
        """,
        {
            "width": TILE_WIDTH,
            "levels": [tile.level for tile in wanted],
            "tiles": [tile.position for tile in wanted],
        },
    )
    return {Tile(level, position): bytes(run or b"") for level, position, run in rows}


def _within(name: str, given: int, least: int, most: int, present: int) -> None:
    if not least <= given <= most:
        raise BeyondTree(name=name, given=str(given), size=present)


def _suite() -> Suite:
    log = opened()
    assert log is not None
    return log.suite


_CHECKPOINT = """
SELECT size, root, at, note || coalesce((
  SELECT string_agg(line, '' ORDER BY witness COLLATE "C") FROM transparency_cosignature c
  WHERE c.size = transparency_checkpoint.size), ''),
  (SELECT origin FROM transparency_log)
FROM transparency_checkpoint
"""


def _checkpoint(row: Sequence[Any]) -> Checkpoint:
    size, root, at, note, origin = row
    return Checkpoint(origin, size, bytes(root), at, note)


def _rows(statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[Any] = cursor.fetchall()
        return rows


def _row(statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()
