"""Small files that must outlast a crash: private keys, and the last head signed for each log.

The memory of heads lies outside the database: a database restored from an older backup would
otherwise grow into a second history under the same key. A witness has one of its own.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hutan.transparency.domain.notes import Head


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner can read; an existing file is an error."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


class HeadMemory:
    """The last head signed for each log, one small file each, replaced whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes out between reading a head and replacing it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def last(self, name: str) -> Head | None:
        """Return the last head kept under ``name`` (a short name fit for a file)."""
        try:
            kept = json.loads((self._folder / f"{name}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return Head(kept["origin"], kept["size"], bytes.fromhex(kept["root"]))

    def keep(self, name: str, head: Head) -> None:
        """Replace what is kept under ``name``; it is on the disk when this returns."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = json.dumps({"origin": head.origin, "size": head.size, "root": head.root.hex()})
        fresh = self._folder / f"{name}.new"
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._folder / f"{name}.json")
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
