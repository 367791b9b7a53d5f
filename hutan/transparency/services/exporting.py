"""Writing the whole log as plain files for an auditor: see docs/log-format.md, byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from django.db import connection, transaction

from hutan.kernel.canonical import Json, Record
from hutan.kernel.moments import canonical
from hutan.transparency.domain.notes import Head
from hutan.transparency.domain.records import canonical_text
from hutan.transparency.queries import keys_in_force, latest_checkpoint, opened
from hutan.transparency.refusals import EntriesWait, FolderNotEmpty, NoCheckpointYet
from hutan.transparency.services.streams import FETCH, stream

FORMAT: Final = "hutan-export/1"

_ENTRIES = """
SELECT record FROM transparency_leaf JOIN transparency_entry ON id = entry ORDER BY position
"""
_MOVEMENTS = """
SELECT record FROM transparency_leaf JOIN transparency_movement USING (entry)
ORDER BY position, number
"""
_CHECKPOINTS = """
SELECT at, note || coalesce((
  SELECT string_agg(line, '' ORDER BY witness COLLATE "C") FROM transparency_cosignature c
  WHERE c.size = p.size), '')
FROM transparency_checkpoint p ORDER BY p.size
"""


Beside = Mapping[str, Callable[[Head], Iterable[Record]]]
"""Files that belong beside the log, by name: the records of each, given the head they are about."""


def export(
    folder: Path,
    *,
    beside: Beside = MappingProxyType({}),
    progress: Callable[[str, int], None] = lambda name, lines: None,
) -> dict[str, Json]:
    """Write the log up to its newest head into ``folder``; return the manifest.

    All files show one snapshot, and so do those that the caller has written ``beside`` them; what
    these say is about exactly the acts under the head. The manifest is written last, so a folder
    without one is an export that was broken off. ``progress`` is told each file's name and its
    lines so far. Raises ``FolderNotEmpty``, ``EntriesWait`` where something is written beside the
    log while acts are not under a head, or ``NoCheckpointYet`` before the first head.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FolderNotEmpty(folder=str(folder))
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if beside:
            _refuse_waiting(cursor)
        log, head = opened(), latest_checkpoint()
        if log is None or head is None:
            raise NoCheckpointYet
        files = [
            _write(folder / "entries.jsonl", _records(_ENTRIES), progress),
            _write(folder / "movements.jsonl", _records(_MOVEMENTS), progress),
            _write(folder / "checkpoints.jsonl", _checkpoints(), progress),
            _write(folder / "checkpoint", head.note.removesuffix("\n").split("\n"), progress),
            _write(folder / "keys", map(str, keys_in_force()), progress),
        ]
        about = Head(log.origin, head.size, head.root)
        for name, records in beside.items():
            files.append(_write(folder / name, map(canonical_text, records(about)), progress))
        manifest: dict[str, Json] = {
            "format": FORMAT,
            "origin": log.origin,
            "suite": log.suite.name,
            "size": head.size,
            "root": head.root.hex(),
            "files": files,
        }
    (folder / "manifest.json").write_text(
        json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    return manifest


def _refuse_waiting(cursor: Any) -> None:
    cursor.execute("SELECT count(*) FROM transparency_pending")
    (waiting,) = cursor.fetchone()
    if waiting:
        raise EntriesWait(count=waiting)


def _records(statement: str) -> Iterator[str]:
    for (record,) in stream(statement):
        yield record


def _checkpoints() -> Iterator[str]:
    for at, note in stream(_CHECKPOINTS):
        yield canonical_text({"at": canonical(at), "note": note})


def _write(
    path: Path, lines: Iterable[str], progress: Callable[[str, int], None]
) -> dict[str, Json]:
    digest, size, count = hashlib.sha256(), 0, 0
    with path.open("wb") as file:
        for line in lines:
            raw = line.encode() + b"\n"
            file.write(raw)
            digest.update(raw)
            size, count = size + len(raw), count + 1
            if count % FETCH == 0:
                progress(path.name, count)
    progress(path.name, count)
    return {"name": path.name, "lines": count, "bytes": size, "sha256": digest.hexdigest()}
