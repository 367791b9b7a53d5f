"""Checking a receipt with nothing but the log's public keys: what the public page answers.

Whoever does not want to trust that page uses ``tools/verify_receipt.py``, which shares no code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hutan.transparency.domain.hashing import Hash, leaf_hash
from hutan.transparency.domain.keys import VerifierKey
from hutan.transparency.domain.notes import Head, read_head, read_note, verified_signers
from hutan.transparency.domain.proofs import check_inclusion
from hutan.transparency.domain.records import (
    EntryRecord,
    Malformed,
    MovementRecord,
    read_entry,
    read_movement,
)
from hutan.transparency.refusals import ReceiptMalformed, ReceiptOfOtherLog, ReceiptProvesNothing


@dataclass(frozen=True)
class Proved:
    """What a receipt proves: the act is entry ``index`` of the log that ``head`` sums up."""

    head: Head
    signer: VerifierKey
    index: int
    entry: EntryRecord
    movement: MovementRecord | None


def check_receipt(receipt: object, keys: Iterable[VerifierKey]) -> Proved:
    """Return what a receipt proves under any of ``keys``.

    Raises ``ReceiptMalformed``, the refusals of a note and of a proof's form,
    ``ReceiptOfOtherLog`` or ``ReceiptProvesNothing``.
    """
    names = {"format", "entry", "movement", "checkpoint"}
    fields = _object(receipt, names, "fields")
    if fields["format"] != "hutan-receipt/1":
        raise ReceiptMalformed(what="format")
    if not isinstance(fields["checkpoint"], str):
        raise ReceiptMalformed(what="checkpoint")
    note = read_note(fields["checkpoint"])
    signer = verified_signers(note, keys)[0]
    head = read_head(note.text)
    if head.origin != signer.name:
        raise ReceiptOfOtherLog(origin=head.origin)
    hash_ = signer.usage.suite.hash
    text, index, path = _placed(fields["entry"], "entry")
    try:
        entry = read_entry(text)
    except Malformed as why:
        raise ReceiptMalformed(what=f"entry.record: {why}") from None
    _follow(hash_, text, index, path, head.size, head.root, "entry")
    movement = None
    if fields["movement"] is not None:
        movement = _movement(hash_, fields["movement"], entry)
    return Proved(head, signer, index, entry, movement)


def _movement(hash_: Hash, given: object, entry: EntryRecord) -> MovementRecord:
    text, index, path = _placed(given, "movement")
    try:
        movement = read_movement(text)
    except Malformed as why:
        raise ReceiptMalformed(what=f"movement.record: {why}") from None
    tree = entry.movements
    if tree is None or (movement.act, movement.number) != (entry.act, index):
        raise ReceiptProvesNothing(part="movement")
    _follow(hash_, text, index, path, tree.count, tree.root, "movement")
    return movement


def _follow(
    hash_: Hash, text: str, index: int, path: list[bytes], size: int, root: bytes, part: str
) -> None:
    leaf = leaf_hash(hash_, text.encode())
    found = check_inclusion(hash_, index=index, size=size, leaf=leaf, path=path, root=root)
    if not found.verified:
        raise ReceiptProvesNothing(part=part)


def _placed(given: object, name: str) -> tuple[str, int, list[bytes]]:
    fields = _object(given, {"index", "path", "record"}, name)
    text, index, path = fields["record"], fields["index"], fields["path"]
    if not isinstance(text, str) or type(index) is not int or not isinstance(path, list):
        raise ReceiptMalformed(what=name)
    for number, each in enumerate(path):
        if not isinstance(each, str) or not re.fullmatch("[0-9a-f]{64}", each):
            raise ReceiptMalformed(what=f"{name}.path[{number}]")
    return text, index, [bytes.fromhex(each) for each in path]


def _object(given: object, names: set[str], what: str) -> Mapping[str, Any]:
    if not isinstance(given, dict) or given.keys() != names:
        raise ReceiptMalformed(what=what)
    return given
