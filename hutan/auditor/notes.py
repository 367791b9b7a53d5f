"""Keys, signed notes and checkpoints in the text forms of C2SP: see docs/log-format.md."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache

from hutan.auditor.ed25519 import Ed25519Key
from hutan.auditor.sm2 import Sm2Key
from hutan.auditor.texts import Misshapen

_ED25519 = b"\x01"
_SM2 = b"\xffoid/1.2.156.10197.1.501"
_LINE = re.compile("— ([^ +]+) ([A-Za-z0-9+/=]+)")
_HEAD = re.compile(r"(0|[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class Key:
    """A key of the log. ``id`` is the four bytes that stand before its signatures."""

    text: str
    name: str
    id: bytes
    verifier: Ed25519Key | Sm2Key = field(compare=False, repr=False)


@dataclass(frozen=True)
class Note:
    """A signed text: what is signed, and each line's name, key id and signature."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]


@dataclass(frozen=True)
class Head:
    """What a checkpoint says: the log, how many leaves, the root over them; and its note."""

    origin: str
    size: int
    root: bytes
    note: Note


@lru_cache(maxsize=64)
def read_key(text: str) -> Key:
    """Read ``name+id+base64(type || public key)``; raise ``Misshapen`` for what is no such key."""
    parts = text.strip().split("+", 2)
    raw = _unbase64(parts[2]) if len(parts) == 3 else b""
    id_ = hashlib.sha256(f"{parts[0]}\n".encode() + raw).digest()[:4]
    if not raw or id_.hex() != parts[1]:
        raise Misshapen("key", f"{text[:60]!r} is no key, or its id is not its own")
    try:
        if raw.startswith(_ED25519):
            return Key(text.strip(), parts[0], id_, Ed25519Key(raw[len(_ED25519) :]))
        if raw.startswith(_SM2):
            return Key(text.strip(), parts[0], id_, Sm2Key(raw[len(_SM2) :]))
    except ValueError:
        pass
    raise Misshapen("key", f"{text[:60]!r} is of no kind that signs a log")


def read_checkpoint(raw: str, place: str) -> Head:
    """Read a signed checkpoint; raise ``Misshapen`` if it is none."""
    text, blank, block = raw.rpartition("\n\n")
    lines = [*text.split("\n"), ""]
    if not blank or not block.endswith("\n") or len(lines) < 4:
        raise Misshapen(place, "it is no signed note")
    if any(character < " " and character != "\n" for character in raw):
        raise Misshapen(place, "it has control characters")
    root = _unbase64(lines[2])
    if not lines[0] or not _HEAD.fullmatch(lines[1]) or len(root) != 32:
        raise Misshapen(place, "it is no checkpoint")
    signatures = []
    for line in block[:-1].split("\n"):
        match = _LINE.fullmatch(line)
        signature = _unbase64(match[2]) if match else b""
        if match is None or len(signature) <= 4:
            raise Misshapen(place, "a signature line is not in form")
        signatures.append((match[1], signature[:4], signature[4:]))
    return Head(lines[0], int(lines[1]), root, Note(text + "\n", tuple(signatures)))


def signers(note: Note, keys: list[Key]) -> tuple[set[Key], list[str]]:
    """Return those of ``keys`` that signed, and what is wrong with lines under their name.

    A line under the log's name that none of its keys has made is wrong; witnesses' lines, under
    names of their own, are left to those who trust them.
    """
    good: set[Key] = set()
    wrong: list[str] = []
    names = {key.name for key in keys}
    for name, id_, signature in note.signatures:
        key = next((one for one in keys if (one.name, one.id) == (name, id_)), None)
        if key is not None and key.verifier.verifies(note.text.encode(), signature):
            good.add(key)
        elif key is not None or name in names:
            wrong.append(f"{name}+{id_.hex()}")
    return good, wrong


def _unbase64(text: str) -> bytes:
    """Return what ``text`` encodes, or nothing if it is not base64 in its one proper writing."""
    try:
        raw = base64.b64decode(text.encode(), validate=True)
    except ValueError:
        return b""
    return raw if base64.b64encode(raw).decode() == text else b""
