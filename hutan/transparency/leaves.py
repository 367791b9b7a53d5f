"""The public side of the log's entries: place and hash, never what an act says.

A record is for those whom its act concerns; everybody may see that it is there, at which place, and
follow its hash to a signed head. The log's own records (its opening, its keys) speak of nobody and
are shown whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from hutan.transparency.queries import Checkpoint, checkpoint, inclusion_proof


@dataclass(frozen=True)
class Leaf:
    """A leaf by its place, from 0; ``record`` is empty unless it is one of the log's own."""

    index: int
    hash: bytes
    record: str


@dataclass(frozen=True)
class ProvenLeaf:
    """A leaf, the first signed head over it, and the path to the head asked for."""

    leaf: Leaf
    first: Checkpoint
    head: Checkpoint
    path: tuple[bytes, ...]


_LEAF = """
SELECT position, hash, CASE WHEN kind::text LIKE 'log.%%' THEN record ELSE '' END
FROM transparency_leaf JOIN transparency_entry ON entry = id
"""


def leaves(*, below: int, limit: int) -> list[Leaf]:
    """Return ``limit`` leaves in front of place ``below``, the newest first."""
    rows = _rows(_LEAF + " WHERE position < %s ORDER BY position DESC LIMIT %s", [below, limit])
    return [Leaf(position, bytes(hash_), record) for position, hash_, record in rows]


def proven_leaf(index: int, head: Checkpoint) -> ProvenLeaf | None:
    """Return the leaf at a place with its path to ``head``, or nothing beyond that head."""
    if not 0 <= index < head.size:
        return None
    (leaf,) = leaves(below=index + 1, limit=1)
    ((size,),) = _rows("SELECT min(size) FROM transparency_checkpoint WHERE size > %s", [index])
    path = inclusion_proof(index=index, size=head.size)
    return ProvenLeaf(leaf, checkpoint(size=size), head, path)


def _rows(statement: str, given: list[int]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows: list[Any] = cursor.fetchall()
        return rows
