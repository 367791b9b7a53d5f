"""Walking a log in memory: whatever is changed, deleted, inserted or moved is found and named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutan.kernel.refusals import Refusal
from hutan.transparency import refusals
from hutan.transparency.domain.hashing import leaf_hash, sha256
from hutan.transparency.domain.keys import SUITES, generate_key, usage_of
from hutan.transparency.domain.notes import Head, sign_note
from hutan.transparency.domain.records import Movements, write_entry
from hutan.transparency.domain.walk import NodeRow, Walked, walk
from tests.marks import clause
from tests.transparency.sample import AT, ORIGIN, Sample, key, sample


def walked(log: Sample, **options: Any) -> Walked:
    return walk(ORIGIN, log.suite, log.rows(), **options)


def damage(log: Sample, **options: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        walked(log, **options)
    return found.value


@pytest.mark.parametrize("suite", SUITES.values(), ids=list(SUITES))
def test_a_sound_log_is_walked_to_its_head(suite: Any) -> None:
    log = sample(suite)
    told: list[int] = []
    found = walked(log, progress=told.append)
    assert (found.size, found.movements, found.checkpoints) == (600, 603, 3)
    assert found.root == log.checkpoints[-1].root
    assert found.keys == (key(1, suite).verifier,)
    assert told == list(range(1, 601))


def test_an_empty_log_has_the_root_of_nothing() -> None:
    assert walked(Sample()) == Walked(root=sha256(b""))


def change(log: Sample, stream: str, index: int, **fields: Any) -> None:
    rows = getattr(log, stream)
    rows[index] = rows[index]._replace(**fields)


def rewrite(log: Sample, index: int, **fields: Any) -> None:
    """Change an entry's columns, and leave its leaf alone."""
    content = log.leaves[index].content
    assert content is not None
    change(log, "leaves", index, content=content._replace(**fields))


def forge(log: Sample, at: int, text: str) -> None:
    """Change an entry's record and its leaf's hash with it."""
    rewrite(log, at, record=text)
    change(log, "leaves", at, hash=leaf_hash(sha256, text.encode()))


def text(log: Sample, at: int) -> str:
    content = log.leaves[at].content
    assert content is not None
    return content.record


OTHER = b"\x01" * 32


def act(index: int) -> str:
    """Return the id that the sample gives the act of that entry."""
    return str(UUID(int=index))


CASES: dict[str, tuple[Callable[[Sample], Any], Refusal]] = {
    "a record changed": (
        lambda log: rewrite(log, 5, record=text(log, 5).replace('"n":5', '"n":6')),
        refusals.EntryChanged(index=5, act=act(5)),
    ),
    "a leaf's hash changed": (
        lambda log: change(log, "leaves", 5, hash=OTHER),
        refusals.EntryChanged(index=5, act=act(5)),
    ),
    "a record and its leaf changed, within a stored node": (
        lambda log: forge(log, 5, text(log, 5).replace('"n":5', '"n":6')),
        refusals.NodeChanged(tree="log", level="8", position="0"),
    ),
    "a record and its leaf changed, beyond the last stored node": (
        lambda log: forge(log, 550, text(log, 550).replace('"n":550', '"n":551')),
        refusals.CheckpointContradicted(size=600, since=300, last=599),
    ),
    "an entry gone": (
        lambda log: change(log, "leaves", 7, content=None),
        refusals.EntryMissing(index=7, entry="107"),
    ),
    "a leaf gone": (lambda log: log.leaves.pop(7), refusals.LeafMissing(index=7)),
    "the last leaf gone": (lambda log: log.leaves.pop(), refusals.LeafMissing(index=599)),
    "two entries exchanged": (
        lambda log: _exchange_entries(log, 8, 9),
        refusals.EntryChanged(index=8, act=act(9)),
    ),
    "two leaves exchanged with their entries": (
        lambda log: log.leaves.__setitem__(
            slice(8, 10),
            [log.leaves[9]._replace(position=8), log.leaves[8]._replace(position=9)],
        ),
        refusals.NodeChanged(tree="log", level="8", position="0"),
    ),
    "a leaf put in behind the head": (
        lambda log: log.add("registry.note", {"n": 600}),
        refusals.LeavesUnsigned(size=600, present=601),
    ),
    "the column of the act changed": (
        lambda log: rewrite(log, 6, act=UUID(int=77)),
        refusals.EntryMalformed(index=6, act=act(77), what="act"),
    ),
    "the column of the kind changed": (
        lambda log: rewrite(log, 6, kind="registry.other"),
        refusals.EntryMalformed(index=6, act=act(6), what="kind"),
    ),
    "the column of the moment changed": (
        lambda log: rewrite(log, 6, at=AT),
        refusals.EntryMalformed(index=6, act=act(6), what="at"),
    ),
    "a record that is none": (
        lambda log: forge(log, 6, "{}"),
        refusals.EntryMalformed(index=6, act=act(6), what="format"),
    ),
    "a movement's record changed": (
        lambda log: change(
            log, "movements", 10, record=log.movements[10].record.replace(":9,", ":8,")
        ),
        refusals.MovementChanged(index=3, act=act(3), number=9, what="hash"),
    ),
    "a movement's hash changed": (
        lambda log: change(log, "movements", 10, hash=OTHER),
        refusals.MovementChanged(index=3, act=act(3), number=9, what="hash"),
    ),
    "a movement's record and hash changed": (
        lambda log: _forge_movement(log, 10, log.movements[10].record.replace(":9,", ":8,")),
        refusals.MovementChanged(index=3, act=act(3), number=9, what="act, number, key"),
    ),
    "a movement's amount and hash changed, within a stored node": (
        lambda log: _forge_movement(
            log, 10, log.movements[10].record.replace('"amount":9', '"amount":8')
        ),
        refusals.NodeChanged(tree=act(3), level="8", position="0"),
    ),
    "a movement's amount and hash changed, beyond the last stored node": (
        lambda log: _forge_movement(
            log, 600, log.movements[600].record.replace('"amount":599', '"amount":598')
        ),
        refusals.MovementsChanged(index=3, act=act(3), count=600),
    ),
    "a movement's record that is none": (
        lambda log: _forge_movement(log, 10, "{}"),
        refusals.MovementChanged(index=3, act=act(3), number=9, what="format"),
    ),
    "a movement's key changed": (
        lambda log: change(log, "movements", 10, key="x"),
        refusals.MovementChanged(index=3, act=act(3), number=9, what="act, number, key"),
    ),
    "a movement gone": (
        lambda log: log.movements.pop(10),
        refusals.MovementMissing(index=3, act=act(3), number=9),
    ),
    "an act's only movement gone": (
        lambda log: log.movements.pop(0),
        refusals.MovementMissing(index=2, act=act(2), number=0),
    ),
    "the log's last movement gone": (
        lambda log: log.movements.pop(),
        refusals.MovementMissing(index=300, act=act(300), number=1),
    ),
    "a movement too many": (
        lambda log: log.movements.insert(1, log.movements[0]._replace(number=1)),
        refusals.MovementSurplus(index=2, act=act(2), number=1),
    ),
    "a movement of an act that has none": (
        lambda log: log.movements.insert(601, log.movements[0]._replace(entry=104)),
        refusals.MovementSurplus(index=4, act=act(4), number=0),
    ),
    "a node changed": (
        lambda log: change(log, "nodes", 1, hash=OTHER),
        refusals.NodeChanged(tree="log", level="8", position="1"),
    ),
    "a node gone": (
        lambda log: log.nodes.pop(0),
        refusals.NodeMissing(tree="log", level="8", position="0"),
    ),
    "the last node gone": (
        lambda log: log.nodes.pop(),
        refusals.NodeMissing(tree="log", level="8", position="1"),
    ),
    "a node too many, first": (
        lambda log: log.nodes.insert(0, NodeRow(0, 3, 0, OTHER)),
        refusals.NodeSurplus(tree="log", level="3", position="0"),
    ),
    "a node too many, last": (
        lambda log: log.nodes.append(NodeRow(0, 16, 0, OTHER)),
        refusals.NodeSurplus(tree="log", level="16", position="0"),
    ),
    "a movement's node changed": (
        lambda log: change(log, "movement_nodes", 1, hash=OTHER),
        refusals.NodeChanged(tree=act(3), level="8", position="1"),
    ),
    "a movement's node gone": (
        lambda log: log.movement_nodes.pop(0),
        refusals.NodeMissing(tree=act(3), level="8", position="0"),
    ),
    "a movement's node too many": (
        lambda log: log.movement_nodes.append(NodeRow(103, 8, 2, OTHER)),
        refusals.NodeSurplus(tree=act(3), level="8", position="2"),
    ),
    "a movement's node of an act without": (
        lambda log: log.movement_nodes.insert(0, NodeRow(102, 8, 0, OTHER)),
        refusals.NodeSurplus(tree=act(2), level="8", position="0"),
    ),
    "a checkpoint gone from the middle": (
        lambda log: log.checkpoints.pop(1),
        refusals.CheckpointChanged(size=600, what="previous"),
    ),
    "the first checkpoint gone": (
        lambda log: log.checkpoints.pop(0),
        refusals.CheckpointChanged(size=300, what="previous"),
    ),
    "the last checkpoint gone": (
        lambda log: log.checkpoints.pop(),
        refusals.LeavesUnsigned(size=300, present=600),
    ),
    "a checkpoint's root changed": (
        lambda log: change(log, "checkpoints", 1, root=OTHER),
        refusals.CheckpointContradicted(size=300, since=3, last=299),
    ),
    "a checkpoint's note of another size": (
        lambda log: change(log, "checkpoints", 1, note=log.checkpoints[0].note),
        refusals.CheckpointChanged(size=300, what="note"),
    ),
    "a checkpoint's note that is none": (
        lambda log: change(log, "checkpoints", 1, note="note"),
        refusals.CheckpointChanged(size=300, what="note"),
    ),
    "a checkpoint's signature broken": (
        lambda log: change(log, "checkpoints", 1, note=_broken_signature(log.checkpoints[1].note)),
        refusals.CheckpointUnsigned(size=300),
    ),
    "a checkpoint signed by a stranger": (
        lambda log: _signed_by(log, key(9)),
        refusals.CheckpointUnsigned(size=300),
    ),
    "a checkpoint signed by a stranger beside the key": (
        lambda log: _signed_by(log, key(1), key(9)),
        refusals.CheckpointUnsigned(size=300),
    ),
    "a checkpoint put in": (
        lambda log: log.checkpoints.insert(
            1, log.checkpoints[0]._replace(size=4, previous=3, root=OTHER)
        ),
        refusals.CheckpointContradicted(size=4, since=3, last=3),
    ),
    "a checkpoint put in that ends nowhere": (
        lambda log: log.checkpoints.append(log.checkpoints[2]._replace(size=900, previous=600)),
        refusals.LeafMissing(index=600),
    ),
    "another suite in the first entry": (
        lambda log: forge(log, 0, text(log, 0).replace("sha256-ed25519", "sm3-sm2")),
        refusals.BirthChanged(),
    ),
}


def _exchange_entries(log: Sample, one: int, two: int) -> None:
    first, second = log.leaves[one].content, log.leaves[two].content
    change(log, "leaves", one, content=second)
    change(log, "leaves", two, content=first)


def _forge_movement(log: Sample, at: int, record: str) -> None:
    change(log, "movements", at, record=record, hash=leaf_hash(sha256, record.encode()))


def _broken_signature(note: str) -> str:
    body, last = note[:-8], note[-8:]
    return body + ("AAA" if last[:3] != "AAA" else "BBB") + last[3:]


def _signed_by(log: Sample, *keys: Any) -> None:
    head = Head(ORIGIN, 300, log.checkpoints[1].root)
    change(log, "checkpoints", 1, note=str(sign_note(head.text(), keys)))


@clause("M47")
@pytest.mark.parametrize("name", CASES)
def test_tampering_is_found_and_named(name: str) -> None:
    tamper, wanted = CASES[name]
    log = sample()
    tamper(log)
    assert damage(log) == wanted


@pytest.mark.parametrize(("at", "wanted"), [(4, "NodeChanged"), (280, "CheckpointContradicted")])
def test_a_leaf_put_in_between_others(at: int, wanted: str) -> None:
    log, other = sample(), sample()
    other.add("registry.note", {"n": 777})
    more = [*log.leaves[:at], other.leaves[-1], *log.leaves[at:]]
    log.leaves = [row._replace(position=number) for number, row in enumerate(more)]
    assert type(damage(log)).__name__ == wanted


def test_a_birth_is_not_announced_twice() -> None:
    log = sample()
    log.add("log.opened", {"origin": ORIGIN, "suite": log.suite.name})
    log.sign(key(1))
    found = damage(log)
    assert isinstance(found, refusals.EntryMalformed)
    assert (found.facts["index"], found.facts["what"]) == (600, "kind")


@pytest.mark.parametrize("keys", [None, [], "key", ["key"], [7]])
def test_keys_that_are_none(keys: Any) -> None:
    log = Sample()
    log.open(key(1))
    log.add("log.keys", {"keys": keys} if keys is not None else {})
    assert damage(log) == refusals.KeysMalformed(index=2)


def test_a_log_signed_before_its_key_is_announced() -> None:
    log = Sample()
    log.add("log.opened", {"origin": ORIGIN, "suite": log.suite.name})
    log.sign(key(1))
    assert damage(log) == refusals.CheckpointUnsigned(size=1)


def test_a_handover_needs_both_keys_once() -> None:
    log = Sample()
    log.open(key(1))
    log.sign(key(1))
    log.announce(key(1), key(2))
    log.sign(key(1), key(2))
    log.announce(key(2))
    log.sign(key(2))
    assert walked(log).keys == (key(2).verifier,)

    log.announce(key(3))
    log.sign(key(3))
    assert damage(log) == refusals.CheckpointUnsigned(size=5)


def test_during_a_handover_both_must_sign() -> None:
    log = Sample()
    log.open(key(1))
    log.sign(key(1))
    log.announce(key(1), key(2))
    log.sign(key(1))
    assert damage(log) == refusals.CheckpointUnsigned(size=3)


def test_a_retired_key_signs_no_more() -> None:
    log = Sample()
    log.open(key(1), key(2))
    log.sign(key(1), key(2))
    log.announce(key(2))
    log.sign(key(1))
    assert damage(log) == refusals.CheckpointUnsigned(size=3)


def test_heads_kept_elsewhere_must_lie_in_the_past() -> None:
    log = sample()
    heads = [Head(ORIGIN, row.size, row.root) for row in log.checkpoints]
    assert walked(log, heads=heads).size == 600
    for wrong in (Head(ORIGIN, 300, OTHER), Head(ORIGIN, 601, OTHER)):
        assert damage(log, heads=[wrong, *heads]) == refusals.HeadContradicted(
            size=str(wrong.size), root=OTHER.hex()
        )


def test_a_trusted_key_must_be_signing() -> None:
    log = sample()
    assert walked(log, trusted=[key(1).verifier]).size == 600
    stranger = generate_key(ORIGIN, usage_of(log.suite)).verifier
    assert isinstance(damage(log, trusted=[stranger]), refusals.SignatureMissing)


def test_an_act_whose_record_hides_its_movements() -> None:
    """Movements are counted by the record, whatever rows say."""
    log = Sample()
    log.open(key(1))
    row = log.add("registry.transfer", {}, [{"id": "a"}, {"id": "b"}])
    for summed, wanted in (
        (None, refusals.MovementSurplus),
        (Movements(1, OTHER), refusals.MovementSurplus),
        (Movements(2, OTHER), refusals.MovementsChanged),
        (Movements(3, OTHER), refusals.MovementMissing),
    ):
        record = write_entry(
            act=row.act, kind=row.kind, at=row.at, body={}, movements=summed, salt=bytes(16)
        )
        forge(log, 2, record)
        assert type(damage(log)) is wanted


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_random_tampering_goes_unseen(data: st.DataObject) -> None:
    log = sample()
    stream = data.draw(
        st.sampled_from(["leaves", "movements", "movement_nodes", "nodes", "checkpoints"])
    )
    rows = getattr(log, stream)
    at = data.draw(st.integers(0, len(rows) - 1))
    way = data.draw(st.sampled_from(["delete", "double", "exchange", "change"]))
    if way == "delete":
        rows.pop(at)
    elif way == "double":
        rows.insert(at, rows[at])
    elif way == "exchange":
        other = data.draw(st.integers(0, len(rows) - 1).filter(lambda n: n != at))
        rows[at], rows[other] = rows[other], rows[at]
    else:
        name = data.draw(st.sampled_from([n for n in rows[at]._fields if n != "content"]))
        rows[at] = rows[at]._replace(**{name: _altered(getattr(rows[at], name))})
        # Which row of the table an entry stands in is no part of what was recorded.
        if (stream, name) == ("leaves", "entry") and rows[at].position not in (2, 3, 300):
            return
    damage(log)


def _altered(value: Any) -> Any:
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    return value + 1 if isinstance(value, int) else value.replace("1", "2", 1) + "x"
