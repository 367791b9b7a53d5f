"""An export as an insider could rewrite it: change what it says, and every hash and signature fits.

Roots are computed by the recursive definition of RFC 9162, manifests and signatures anew.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hutan.transparency.domain.keys import SigningKey
from hutan.transparency.domain.notes import Head, sign_note
from tests.transparency.conftest import log_key

_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?")

Path_ = tuple[str | int, ...]
"""The way to a value inside nested objects and lists."""


class Forged:
    """An export in memory: entries, each one's movements, claims, and where checkpoints stand."""

    def __init__(self, folder: Path) -> None:
        """Read the export in ``folder``."""
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.entries = _read(folder / "entries.jsonl")
        self.claims = _read(folder / "claims.jsonl")
        self.sizes = [
            int(one["note"].split("\n")[1]) for one in _read(folder / "checkpoints.jsonl")
        ]
        left = iter(_read(folder / "movements.jsonl"))
        self.movements = [
            [next(left) for _ in range((entry["movements"] or {"count": 0})["count"])]
            for entry in self.entries
        ]

    def of_kind(self, kind: str) -> list[int]:
        """Return the places of the entries of a kind."""
        return [n for n, entry in enumerate(self.entries) if entry["kind"] == kind]

    def body(self, kind: str, nth: int = 0) -> tuple[int, dict[str, Any]]:
        """Return the place and the body of the nth entry of a kind."""
        place = self.of_kind(kind)[nth]
        body: dict[str, Any] = self.entries[place]["body"]
        return place, body

    def transaction(self, type_: str, nth: int = 0, **fields: object) -> tuple[int, dict[str, Any]]:
        """Return the nth transaction of a type in which these fields are so, and its place."""
        found = [
            (place, one)
            for place, entry in enumerate(self.entries)
            for one in (
                *entry["body"].get("transactions", ()),
                *(movement["body"] for movement in self.movements[place]),
            )
            if one.get("type") == type_
            and all(one.get(name) == value for name, value in fields.items())
        ]
        return found[nth]

    def cases(self, place: int, record: str) -> list[dict[str, Any]]:
        """Return an entry's cases of a sort."""
        bodies = [movement["body"] for movement in self.movements[place]]
        return [one for one in bodies if one.get("record") == record]

    def insert(self, place: int, entry: dict[str, Any]) -> int:
        """Put an entry without movements before that place."""
        self.entries.insert(place, entry)
        self.movements.insert(place, [])
        self.sizes = [len(self.entries)]
        return place

    def again(self, place: int, id_: str) -> dict[str, Any]:
        """Return a copy of an entry as another act's."""
        copied: dict[str, Any] = json.loads(json.dumps(self.entries[place]))
        return copied | {"act": id_}

    def claims_of(self, kind: str) -> list[dict[str, Any]]:
        """Return the claims of a kind, to be changed."""
        return [claim for claim in self.claims if claim["claim"] == kind]

    def drop(self, place: int) -> None:
        """Leave an entry out, with its movements."""
        del self.entries[place], self.movements[place]
        self.sizes = [len(self.entries)]

    def write(self, folder: Path, key: SigningKey | None = None) -> Path:
        """Write it all into ``folder`` with hashes, roots and signatures that fit."""
        key = key or log_key(suite=self.manifest["suite"])
        hash_ = key.usage.suite.hash
        folder.mkdir(parents=True, exist_ok=True)
        for entry, movements in zip(self.entries, self.movements, strict=True):
            for number, movement in enumerate(movements):
                movement["number"], movement["act"] = number, entry["act"]
            root = mth([canonical_text(one).encode() for one in movements], hash_).hex()
            entry["movements"] = {"count": len(movements), "root": root} if movements else None
        lines = [canonical_text(entry).encode() for entry in self.entries]
        notes = [
            str(sign_note(Head(key.name, size, mth(lines[:size], hash_)).text(), [key]))
            for size in self.sizes
        ]
        for claim in self.claims_of("head"):
            claim["size"], claim["root"] = len(lines), mth(lines, hash_).hex()
        at = self.entries[-1]["at"]
        files = [
            _write(folder / "entries.jsonl", lines),
            _write(
                folder / "movements.jsonl",
                [canonical_text(one).encode() for few in self.movements for one in few],
            ),
            _write(
                folder / "checkpoints.jsonl",
                [canonical_text({"at": at, "note": note}).encode() for note in notes],
            ),
            _write(folder / "checkpoint", notes[-1][:-1].encode().split(b"\n")),
            _write(folder / "keys", [str(key.verifier).encode()]),
            _write(folder / "claims.jsonl", [canonical_text(one).encode() for one in self.claims]),
        ]
        manifest = self.manifest | {
            "origin": key.name, "size": len(lines), "root": mth(lines, hash_).hex(), "files": files,
        }  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(manifest))
        return folder


def mth(records: Sequence[bytes], hash_: Any) -> bytes:
    """Return the root over records, by the definition in RFC 9162, section 2.1.1."""
    if len(records) < 2:
        found: bytes = hash_(b"\x00" + records[0]) if records else hash_(b"")
        return found
    half = 1 << (len(records) - 1).bit_length() - 1
    both: bytes = hash_(b"\x01" + mth(records[:half], hash_) + mth(records[half:], hash_))
    return both


def values(content: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Yield every single value inside ``content`` with the way to it."""
    if isinstance(content, dict):
        for name, inner in content.items():
            yield from values(inner, (*path, name))
    elif isinstance(content, list):
        for place, inner in enumerate(content):
            yield from values(inner, (*path, place))
    else:
        yield path, content


def canonical_text(value: Any) -> str:
    """Write RFC 8785 for records whose names are ASCII, which those of a log are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def other(value: Any) -> Any:
    """Return another value of the same form: the smallest lie."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return 1
    if _UUID.fullmatch(value):
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    if _DECIMAL.fullmatch(value):
        return str(Decimal(value) + 1)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        pass
    else:
        return (day + timedelta(days=1)).isoformat()
    try:
        return (datetime.fromisoformat(value) + timedelta(seconds=1)).isoformat()
    except ValueError:
        return f"{value}x"


def put(content: Any, path: Path_, value: Any) -> None:
    """Replace the value at the end of ``path``."""
    for step in path[:-1]:
        content = content[step]
    content[path[-1]] = value


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().decode().split("\n")[:-1]]


def _write(path: Path, lines: Sequence[bytes]) -> dict[str, Any]:
    raw = b"".join(line + b"\n" for line in lines)
    path.write_bytes(raw)
    return {
        "name": path.name,
        "lines": len(lines),
        "bytes": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
    }
