"""Signed notes, checkpoints and cosignatures in the text forms of C2SP.

Sources: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature. For an SM3 log
the root and the signatures are those of its suite; everything else is as specified.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from hutan.transparency.domain.hashing import SIZE
from hutan.transparency.domain.keys import SigningKey, VerifierKey, decode_base64, is_name
from hutan.transparency.refusals import (
    CheckpointMalformed,
    NoteMalformed,
    SignatureMissing,
    SignatureWrong,
)

MOST_SIGNATURES: Final = 64
"""Signatures a note may carry here; the specification asks for at least 16."""

_DASH: Final = "— "
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Signature:
    """One signature line: the key's name and id, and the bytes after the id."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Write the line, with its newline."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"

    def is_by(self, key: VerifierKey) -> bool:
        """Tell whether the line claims to be by ``key``."""
        return (self.name, self.key_id) == (key.name, key.id)


@dataclass(frozen=True)
class Note:
    """A text that ends in a newline, and the signatures under it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)


@dataclass(frozen=True)
class Head:
    """What a checkpoint says: the log, its number of leaves, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Write the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def read_note(raw: str) -> Note:
    """Read a signed note; raise ``NoteMalformed`` naming the first line that is not in form."""
    for number, line in enumerate(raw.split("\n"), start=1):
        if any(ord(character) < 0x20 or 0xD800 <= ord(character) < 0xE000 for character in line):
            raise NoteMalformed(line=number)
    text, blank, block = raw.rpartition("\n\n")
    first = text.count("\n") + 3
    if not blank or not block.endswith("\n"):
        raise NoteMalformed(line=raw.count("\n") + 1)
    lines = block[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteMalformed(line=first + MOST_SIGNATURES)
    signatures = tuple(_read_signature(line, number) for number, line in enumerate(lines, first))
    return Note(text + "\n", signatures)


def read_head(text: str) -> Head:
    """Read a checkpoint's text; raise ``CheckpointMalformed`` naming the line."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1]:
        raise CheckpointMalformed(line=len(lines))
    if not lines[0]:
        raise CheckpointMalformed(line=1)
    if not _DECIMAL.fullmatch(lines[1]):
        raise CheckpointMalformed(line=2)
    root = decode_base64(lines[2])
    if root is None or len(root) != SIZE:
        raise CheckpointMalformed(line=3)
    for number, line in enumerate(lines[3:-1], start=4):
        if not line:
            raise CheckpointMalformed(line=number)
    return Head(lines[0], int(lines[1]), root)


def sign_note(text: str, keys: Sequence[SigningKey]) -> Note:
    """Sign ``text`` with each of ``keys``."""
    note = Note(text, tuple(_signature(key, key.sign(text.encode())) for key in keys))
    # A faulty signature can betray a key, so nothing leaves that does not verify.
    assert len(verified_signers(note, [key.verifier for key in keys])) == len(note.signatures)
    return note


def cosign(text: str, key: SigningKey, timestamp: int) -> Signature:
    """Sign a checkpoint's text as a witness does, with the time in seconds since 1970."""
    signature = key.sign(_cosigned(text, timestamp))
    return _signature(key, timestamp.to_bytes(8, "big") + signature)


def verified_signers(note: Note, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
    """Return those of ``keys`` that signed ``note``, in the order of their signatures.

    Signatures by other keys are ignored. Raises ``SignatureWrong`` if a signature by one of
    ``keys`` does not verify, ``SignatureMissing`` if there is none.
    """
    known, signers = list(keys), []
    for signature in note.signatures:
        for key in known:
            if signature.is_by(key):
                if not _verifies(note.text, key, signature.signature):
                    raise SignatureWrong(key=f"{key.name}+{key.id.hex()}")
                signers.append(key)
    if not signers:
        raise SignatureMissing(keys=", ".join(f"{key.name}+{key.id.hex()}" for key in known))
    return signers


def _verifies(text: str, key: VerifierKey, signature: bytes) -> bool:
    if not key.usage.timestamped:
        return key.verify(text.encode(), signature)
    timestamp = int.from_bytes(signature[:8], "big")
    return timestamp < 1 << 63 and key.verify(_cosigned(text, timestamp), signature[8:])


def _cosigned(text: str, timestamp: int) -> bytes:
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def _signature(key: SigningKey, signature: bytes) -> Signature:
    return Signature(key.name, key.verifier.id, signature)


def _read_signature(line: str, number: int) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    raw = decode_base64(encoded)
    if not line.startswith(_DASH) or not is_name(name) or raw is None or len(raw) <= 4:
        raise NoteMalformed(line=number)
    return Signature(name, raw[:4], raw[4:])
