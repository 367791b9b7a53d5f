"""The files of an export: all there, as their manifest says, read line by line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hutan.auditor.findings import Findings
from hutan.auditor.hashing import HASHES, Hash
from hutan.auditor.texts import Body, Misshapen

FORMAT = "hutan-export/1"
NEEDED = ("entries.jsonl", "movements.jsonl", "checkpoints.jsonl", "checkpoint", "keys")
CLAIMS = "claims.jsonl"
_PIECE = 1 << 20


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
        raw = (folder / place).read_text(encoding="utf-8")
        body = Body(json.loads(raw), place)
        if body.text("format") != FORMAT or body.text("suite") not in HASHES:
            raise Misshapen(place, "its format or suite is unknown")
        files = [(one.text("name"), one) for one in body.many("files")]
        found = Manifest(
            origin=body.text("origin"),
            suite=body.text("suite"),
            size=body.whole("size"),
            root=body.text("root"),
            files=tuple(name for name, _ in files),
        )
    except (OSError, ValueError, RecursionError, Misshapen) as wrong:
        findings.add("AUD-101", place, str(wrong)[:200])
        return None
    for name in NEEDED:
        if name not in found.files:
            findings.add("AUD-101", name, "the manifest does not name it")
    for name, said in files:
        _hold(folder, name, said, findings)
    return found if set(NEEDED) <= set(found.files) else None


def lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file; only U+000A ends one. What is no UTF-8 is marked as such."""
    with path.open("rb") as file:
        for raw in file:
            yield raw.removesuffix(b"\n").decode("utf-8", "surrogateescape")


def _hold(folder: Path, name: str, said: Body, findings: Findings) -> None:
    if "/" in name or name.startswith("."):
        findings.add("AUD-101", name, "a file outside the export")
        return
    digest, size, count = hashlib.sha256(), 0, 0
    try:
        with (folder / name).open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size, count = size + len(piece), count + piece.count(b"\n")
    except OSError as wrong:
        findings.add("AUD-101", name, str(wrong.strerror))
        return
    stated = (said.whole("lines"), said.whole("bytes"), said.text("sha256"))
    if stated != (count, size, digest.hexdigest()):
        findings.add("AUD-102", name, stated, (count, size, digest.hexdigest()))
