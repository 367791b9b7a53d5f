"""A log in memory, as the services would have written it: for walks and for tampering."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from hutan.kernel.canonical import Record
from hutan.kernel.moments import SHANGHAI
from hutan.transparency.domain.hashing import leaf_hash
from hutan.transparency.domain.keys import SUITES, SigningKey, Suite, usage_of
from hutan.transparency.domain.notes import Head, sign_note
from hutan.transparency.domain.records import Movements, write_entry, write_movements
from hutan.transparency.domain.tree import Frontier
from hutan.transparency.domain.walk import (
    CheckpointRow,
    EntryRow,
    LeafRow,
    MovementRow,
    NodeRow,
    Rows,
)

ORIGIN = "log.example/sample"
AT = datetime(2025, 6, 16, 9, tzinfo=SHANGHAI)


def key(number: int, suite: Suite = SUITES["sha256-ed25519"]) -> SigningKey:
    """Return a fixed key of the log."""
    return SigningKey(ORIGIN, usage_of(suite), bytes([number]) * 32)


@dataclass
class Sample:
    """A growing log; its lists of rows can be changed at will before they are walked."""

    suite: Suite = SUITES["sha256-ed25519"]
    leaves: list[LeafRow] = field(default_factory=list)
    movements: list[MovementRow] = field(default_factory=list)
    movement_nodes: list[NodeRow] = field(default_factory=list)
    nodes: list[NodeRow] = field(default_factory=list)
    checkpoints: list[CheckpointRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.frontier = Frontier(self.suite.hash)

    def add(self, kind: str, body: Record, movements: Sequence[Record] = ()) -> EntryRow:
        """Append an act; its entry's row id is its position plus 100."""
        position = self.frontier.size
        act, entry = UUID(int=position), position + 100
        at = AT + timedelta(seconds=position)
        tree = Frontier(self.suite.hash)
        salts = bytes(16 * len(movements))
        for number, (own, text) in enumerate(write_movements(act, movements, salts)):
            hash_ = leaf_hash(self.suite.hash, text.encode())
            self.movements.append(MovementRow(entry, number, own, hash_, text))
            for node, value in tree.extend(hash_):
                self.movement_nodes.append(NodeRow(entry, *node, value))
        summed = Movements(tree.size, tree.root()) if movements else None
        text = write_entry(
            act=act,
            kind=kind,
            at=at,
            body=body,
            movements=summed,
            salt=bytes([position % 256] * 16),
        )
        row = EntryRow(act, kind, at, text)
        hash_ = leaf_hash(self.suite.hash, text.encode())
        self.leaves.append(LeafRow(position, entry, hash_, row))
        for node, value in self.frontier.extend(hash_):
            self.nodes.append(NodeRow(0, *node, value))
        return row

    def open(self, *keys: SigningKey) -> None:
        """Append the log's first entries."""
        self.add("log.opened", {"origin": ORIGIN, "suite": self.suite.name})
        self.announce(*keys)

    def announce(self, *keys: SigningKey) -> None:
        """Append the entry that says who signs."""
        self.add("log.keys", {"keys": sorted(str(each.verifier) for each in keys)})

    def sign(self, *keys: SigningKey) -> Head:
        """Sign the tree as it is."""
        head = Head(ORIGIN, self.frontier.size, self.frontier.root())
        previous = self.checkpoints[-1].size if self.checkpoints else 0
        note = str(sign_note(head.text(), keys))
        self.checkpoints.append(CheckpointRow(head.size, previous, head.root, note))
        return head

    def rows(self) -> Rows:
        """Return what a walk reads."""
        return Rows(self.leaves, self.movements, self.movement_nodes, self.nodes, self.checkpoints)


def sample(suite: Suite = SUITES["sha256-ed25519"]) -> Sample:
    """Return a log of 600 entries under three heads: two tiles full, one act with two as well."""
    log = copy(_sample(suite.name))
    for name in ("leaves", "movements", "movement_nodes", "nodes", "checkpoints"):
        setattr(log, name, list(getattr(log, name)))
    log.frontier = deepcopy(log.frontier)
    return log


@cache
def _sample(suite_name: str) -> Sample:
    suite = SUITES[suite_name]
    log = Sample(suite)
    log.open(key(1, suite))
    log.add("registry.transfer", {"n": 2}, [{"id": "t1", "amount": 5}])
    log.sign(key(1, suite))
    log.add("registry.issue", {"n": 3}, [{"id": f"m{n}", "amount": n} for n in range(600)])
    while log.frontier.size < 300:
        log.add("registry.note", {"n": log.frontier.size})
    log.sign(key(1, suite))
    log.add("registry.transfer", {"n": 300}, [{"id": "a"}, {"id": "b"}])
    while log.frontier.size < 600:
        log.add("registry.note", {"n": log.frontier.size})
    log.sign(key(1, suite))
    return log
