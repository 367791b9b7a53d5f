"""Walking the whole log: is every row still what follows from what was signed?

The rows come in as streams, each in the order of the leaves, so a log of any size is walked in flat
memory. The first row that is not right ends the walk with the :class:`Damage` that names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from hutan.kernel.refusals import Refusal
from hutan.transparency.domain.hashing import Hash, leaf_hash
from hutan.transparency.domain.keys import Suite, VerifierKey, read_verifier_key
from hutan.transparency.domain.notes import Head, read_note, verified_signers
from hutan.transparency.domain.records import (
    RESERVED,
    EntryRecord,
    Malformed,
    read_entry,
    read_movement,
)
from hutan.transparency.domain.tree import Frontier
from hutan.transparency.refusals import (
    BirthChanged,
    CheckpointChanged,
    CheckpointContradicted,
    CheckpointUnsigned,
    EntryChanged,
    EntryMalformed,
    EntryMissing,
    HeadContradicted,
    KeysMalformed,
    LeafMissing,
    LeavesUnsigned,
    MovementChanged,
    MovementMissing,
    MovementsChanged,
    MovementSurplus,
    NodeChanged,
    NodeMissing,
    NodeSurplus,
    SignatureMissing,
)

T = TypeVar("T")


class EntryRow(NamedTuple):
    """An entry's columns."""

    act: UUID
    kind: str
    at: datetime
    record: str


class LeafRow(NamedTuple):
    """A leaf, and the entry its row names; ``None`` if that entry does not exist."""

    position: int
    entry: int
    hash: bytes
    content: EntryRow | None


class MovementRow(NamedTuple):
    """A movement, in the order of its entry's leaf, then by number."""

    entry: int
    number: int
    key: str
    hash: bytes
    record: str


class NodeRow(NamedTuple):
    """A stored inner node; ``entry`` says of which act's own tree, or is 0 for the log's."""

    entry: int
    level: int
    position: int
    hash: bytes

    @property
    def order(self) -> tuple[int, int]:
        """Nodes come in the order in which a growing tree completes them."""
        return (self.position + 1) << min(self.level, 64), self.level


class CheckpointRow(NamedTuple):
    """A signed head, by size."""

    size: int
    previous: int
    root: bytes
    note: str


@dataclass(frozen=True)
class Rows:
    """All that is stored of a log, as streams."""

    leaves: Iterable[LeafRow]
    movements: Iterable[MovementRow] = ()
    movement_nodes: Iterable[NodeRow] = ()
    nodes: Iterable[NodeRow] = ()
    checkpoints: Iterable[CheckpointRow] = ()


@dataclass
class Walked:
    """What a walk has seen so far; at its end, what was proved."""

    size: int = 0
    root: bytes = b""
    movements: int = 0
    checkpoints: int = 0
    keys: tuple[VerifierKey, ...] = field(default=())


class Ahead(Generic[T]):
    """A stream of which the next row can be seen before it is taken."""

    def __init__(self, rows: Iterable[T]) -> None:
        self._rows = iter(rows)
        self.next: T | None = next(self._rows, None)

    def take(self) -> T:
        """Return the next row and move on."""
        assert self.next is not None
        taken, self.next = self.next, next(self._rows, None)
        return taken


def walk(
    origin: str,
    suite: Suite,
    rows: Rows,
    *,
    heads: Sequence[Head] = (),
    trusted: Sequence[VerifierKey] = (),
    progress: Callable[[int], None] = lambda size: None,
) -> Walked:
    """Walk a log from its first leaf to its last signed head; return what was proved.

    ``heads`` are kept elsewhere and must lie in this log's past; ``trusted`` keys must be among
    those that sign at its end. Raises the first :class:`Damage`, or ``SignatureMissing``.
    """
    walked, frontier = Walked(), Frontier(suite.hash)
    acts = Acts(suite.hash, rows.movements, rows.movement_nodes)
    nodes, checkpoints = Ahead(rows.nodes), Ahead(rows.checkpoints)
    signing: tuple[VerifierKey, ...] = ()
    previous = 0
    kept = sorted(heads, key=lambda head: head.size, reverse=True)
    for leaf in rows.leaves:
        content = _content(suite.hash, leaf, walked.size)
        record = acts.check(leaf.entry, leaf.position, content)
        _check_own_kinds(origin, suite, leaf.position, record)
        if record.kind == "log.keys":
            walked.keys = _announced(leaf.position, record)
        for node, hash_ in frontier.extend(leaf.hash):
            _check_node(nodes, NodeRow(0, *node, hash_), "log")
        walked.size, walked.movements = frontier.size, acts.seen
        if checkpoints.next is not None and checkpoints.next.size == walked.size:
            row = checkpoints.take()
            _check_checkpoint(row, Head(origin, walked.size, frontier.root()), previous)
            signing = _check_signatures(row, walked.keys, signing)
            previous, walked.checkpoints = row.size, walked.checkpoints + 1
        while kept and kept[-1].size == walked.size:
            if (head := kept.pop()).root != frontier.root():
                raise HeadContradicted(size=str(head.size), root=head.root.hex())
        progress(walked.size)
    walked.root = frontier.root()
    if nodes.next is not None:
        raise _surplus("log", nodes.next)
    if checkpoints.next is not None:
        raise LeafMissing(index=walked.size)
    if previous != walked.size:
        raise LeavesUnsigned(size=previous, present=walked.size)
    if kept:
        raise HeadContradicted(size=str(kept[-1].size), root=kept[-1].root.hex())
    if any(key not in walked.keys for key in trusted):
        raise SignatureMissing(keys=", ".join(str(key) for key in trusted))
    return walked


class Acts:
    """Checks entries and their movements, one act after the other, in the order of the streams."""

    def __init__(
        self, hash_: Hash, movements: Iterable[MovementRow], nodes: Iterable[NodeRow]
    ) -> None:
        self._hash = hash_
        self._movements, self._nodes = Ahead(movements), Ahead(nodes)
        self.seen = 0

    def check(self, entry: int, index: int, row: EntryRow) -> EntryRecord:
        """Check one entry's columns, movements and their nodes against its record."""
        act = str(row.act)
        try:
            record = read_entry(row.record)
        except Malformed as why:
            raise EntryMalformed(index=index, act=act, what=str(why)) from None
        for what in ("act", "kind", "at"):
            if getattr(record, what) != getattr(row, what):
                raise EntryMalformed(index=index, act=act, what=what)
        count = record.movements.count if record.movements else 0
        frontier = Frontier(self._hash)
        for number in range(count):
            if not self._has(entry, number):
                raise MovementMissing(index=index, act=act, number=number)
            movement = self._movements.take()
            if fault := _movement_fault(self._hash, movement, row.act, number):
                raise MovementChanged(index=index, act=act, number=number, what=fault)
            for node, hash_ in frontier.extend(movement.hash):
                _check_node(self._nodes, NodeRow(entry, *node, hash_), act)
        following = self._movements.next
        if following is not None and following.entry == entry:
            raise MovementSurplus(index=index, act=act, number=following.number)
        if record.movements and record.movements.root != frontier.root():
            raise MovementsChanged(index=index, act=act, count=count)
        spare = self._nodes.next
        if spare is not None and spare.entry == entry:
            raise _surplus(act, spare)
        self.seen += count
        return record

    def _has(self, entry: int, number: int) -> bool:
        row = self._movements.next
        return row is not None and (row.entry, row.number) == (entry, number)


def _content(hash_: Hash, leaf: LeafRow, expected: int) -> EntryRow:
    if leaf.position != expected:
        raise LeafMissing(index=expected)
    if leaf.content is None:
        raise EntryMissing(index=expected, entry=str(leaf.entry))
    if leaf_hash(hash_, leaf.content.record.encode()) != leaf.hash:
        raise EntryChanged(index=expected, act=str(leaf.content.act))
    return leaf.content


def _movement_fault(hash_: Hash, row: MovementRow, act: UUID, number: int) -> str:
    if leaf_hash(hash_, row.record.encode()) != row.hash:
        return "hash"
    try:
        record = read_movement(row.record)
    except Malformed as why:
        return str(why)
    if (record.act, record.number, record.key) != (act, number, row.key):
        return "act, number, key"
    return ""


def _check_own_kinds(origin: str, suite: Suite, index: int, record: EntryRecord) -> None:
    """The first entry says which log this is; no later one says it again."""
    if index == 0:
        if (record.kind, record.body) != ("log.opened", {"origin": origin, "suite": suite.name}):
            raise BirthChanged
    elif record.kind.startswith(RESERVED) and record.kind != "log.keys":
        raise EntryMalformed(index=index, act=str(record.act), what="kind")


def _announced(index: int, record: EntryRecord) -> tuple[VerifierKey, ...]:
    keys = record.body.get("keys")
    if not isinstance(keys, list) or not keys or not all(isinstance(key, str) for key in keys):
        raise KeysMalformed(index=index)
    try:
        return tuple(map(read_verifier_key, keys))
    except Refusal:
        raise KeysMalformed(index=index) from None


def _check_node(stored: Ahead[NodeRow], wanted: NodeRow, tree: str) -> None:
    row = stored.next
    where = {"tree": tree, "level": str(wanted.level), "position": str(wanted.position)}
    if row is None or row.entry != wanted.entry or row.order > wanted.order:
        raise NodeMissing(**where)
    if row.order < wanted.order:
        raise _surplus(tree, row)
    if stored.take().hash != wanted.hash:
        raise NodeChanged(**where)


def _surplus(tree: str, row: NodeRow) -> NodeSurplus:
    # Whatever number stands in the row: a fact beyond 2^53 must be written as text.
    return NodeSurplus(tree=tree, level=str(row.level), position=str(row.position))


def _check_checkpoint(row: CheckpointRow, head: Head, previous: int) -> None:
    if row.previous != previous:
        raise CheckpointChanged(size=row.size, what="previous")
    if row.root != head.root:
        raise CheckpointContradicted(size=row.size, since=previous, last=row.size - 1)
    try:
        text = read_note(row.note).text
    except Refusal:
        text = ""
    if text != head.text():
        raise CheckpointChanged(size=row.size, what="note")


def _check_signatures(
    row: CheckpointRow, in_force: tuple[VerifierKey, ...], before: tuple[VerifierKey, ...]
) -> tuple[VerifierKey, ...]:
    """Every key in force has signed, nobody else has, and one of them signed the head before."""
    note = read_note(row.note)
    try:
        signers = verified_signers(note, in_force)
    except Refusal:
        raise CheckpointUnsigned(size=row.size) from None
    known = not before or any(key in before for key in in_force)
    if not known or set(signers) != set(in_force) or len(note.signatures) != len(in_force):
        raise CheckpointUnsigned(size=row.size)
    return in_force
