"""What a replay left behind, as hashes: two replays of one file by the same rules have the same.

``acts`` covers every entry of the log in the order of its leaves, with its moment, its content and
its movements; ``checkpoints`` where the log was signed and when; ``claims`` all that stands now, as
the auditor gets it: accounts, holdings with their numbers, plans, transactions, listings,
determinations, uses, closings. Left out is what is drawn at random or belongs to one installation:
the salts of entries and movements and the roots that follow from them, the
ids of the log's own entries, its keys and signatures.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hutan.cli.claims import FILE, export_with_claims
from hutan.kernel.canonical import Json, Record
from hutan.kernel.moments import canonical

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

Line = Mapping[str, Any]


def state(*, at: datetime) -> Record:
    """Return the hashes (SHA-256 over JSON lines) with the number of lines of each.

    ``at`` is the moment of the statuses among the claims: two replays are compared at one moment.
    """
    with TemporaryDirectory(prefix="hutan-state-") as name:
        folder = Path(name) / "export"
        export_with_claims(folder, at=at)
        return {
            "at": canonical(at),
            "acts": _hash(folder / "entries.jsonl", _entry),
            "movements": _hash(folder / "movements.jsonl", _movement),
            "checkpoints": _hash(folder / "checkpoints.jsonl", _checkpoint),
            "claims": _hash(folder / FILE, _claim),
        }


def _entry(line: Line) -> Line:
    if line["kind"].startswith("log."):
        return {"kind": line["kind"], "at": line["at"]}
    count = line["movements"]["count"] if line["movements"] else 0
    return {**_movement(line), "movements": count}


def _movement(line: Line) -> Line:
    return {name: value for name, value in line.items() if name != "salt"}


def _checkpoint(line: Line) -> Line:
    origin, size, *_ = line["note"].split("\n")
    return {"at": line["at"], "origin": origin, "size": size}


def _claim(line: Line) -> Line:
    return {"claim": "head", "size": line["size"]} if line["claim"] == "head" else line


def _hash(path: Path, plain: Callable[[Line], Line]) -> Mapping[str, Json]:
    digest, count = hashlib.sha256(), 0
    for line in _lines(path):
        digest.update(_encode(plain(line)).encode() + b"\n")
        count += 1
    return {"lines": count, "sha256": digest.hexdigest()}


def _lines(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for text in file:
            yield json.loads(text)
