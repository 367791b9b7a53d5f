"""The files of an export: all there, as their manifest says, read line by line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO

from hutan.auditor.findings import Findings
from hutan.auditor.hashing import HASHES, Hash
from hutan.auditor.texts import Body, Misshapen

FORMAT = "hutan-export/1"
NEEDED = ("entries.jsonl", "movements.jsonl", "checkpoints.jsonl", "checkpoint", "keys")
CLAIMS = "claims.jsonl"
_PIECE = 1 << 20

LONGEST = 1 << 25
"""Bytes that a line may have: one act that names more has its cases as movements."""


@dataclass(frozen=True)
class Manifest:
    """What the export says it is: the log, its suite, how many leaves, the root over them."""

    origin: str
    suite: str
    size: int
    root: str
    files: tuple[str, ...]

    @property
    def hash(self) -> Hash:
        """Return the function that hashes this log's tree."""
        return HASHES[self.suite]


def read_manifest(folder: Path, findings: Findings) -> Manifest | None:
    """Return the manifest after holding every file against it, or nothing if there is none."""
    place = "manifest.json"
    try:
        with _opened(folder / place) as file:
            raw = file.read(LONGEST)
        body = Body(json.loads(raw.decode()), place)
        if body.text("format") != FORMAT or body.text("suite") not in HASHES:
            raise Misshapen(place, "its format or suite is unknown")
        files = [_Stated.read(one) for one in body.many("files")]
        found = Manifest(
            origin=body.text("origin"),
            suite=body.text("suite"),
            size=body.whole("size"),
            root=body.text("root"),
            files=tuple(one.name for one in files),
        )
    except (OSError, ValueError, RecursionError, Misshapen) as wrong:
        findings.add("AUD-101", place, str(wrong)[:200])
        return None
    missing = [name for name in NEEDED if name not in found.files]
    for name in missing:
        findings.add("AUD-101", name, "the manifest does not name it")
    whole = [_hold(folder, one, findings) for one in files]
    return found if all(whole) and not missing else None


def lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file; only U+000A ends one. What is no UTF-8 is marked as such.

    Raises ``Misshapen`` for a line that is longer than any of a log.
    """
    with path.open("rb") as file:
        for number in count(1):
            raw = file.readline(LONGEST + 1)
            if not raw:
                return
            if len(raw) > LONGEST:
                raise Misshapen(f"{path.name}:{number}", f"it has more than {LONGEST} bytes")
            yield raw.removesuffix(b"\n").decode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class _Stated:
    """What the manifest says of a file."""

    name: str
    lines: int
    bytes: int
    sha256: str

    @classmethod
    def read(cls, body: Body) -> _Stated:
        """Read it; raise ``Misshapen`` for what is not of its form."""
        return cls(body.text("name"), body.whole("lines"), body.whole("bytes"), body.text("sha256"))


def _hold(folder: Path, said: _Stated, findings: Findings) -> bool:
    """Hold a file against what the manifest says of it; tell whether it can be read at all."""
    if "/" in said.name or said.name.startswith("."):
        findings.add("AUD-101", said.name, "a file outside the export")
        return False
    digest, size, ends = hashlib.sha256(), 0, 0
    try:
        with _opened(folder / said.name) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size, ends = size + len(piece), ends + piece.count(b"\n")
    except (OSError, ValueError) as wrong:
        findings.add("AUD-101", said.name, str(wrong)[:200])
        return False
    stated = (said.lines, said.bytes, said.sha256)
    if stated != (ends, size, digest.hexdigest()):
        findings.add("AUD-102", said.name, stated, (ends, size, digest.hexdigest()))
    return True


def _opened(path: Path) -> BinaryIO:
    """Open a file of the export; raise ``OSError`` or ``ValueError`` if it is no plain file.

    A link could lead anywhere, and a pipe or device would never end.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise ValueError("it is no plain file")
    return path.open("rb")
