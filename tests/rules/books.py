"""Copies of the law's book with something changed, for tests of what then follows."""

from __future__ import annotations

import shutil
from pathlib import Path

from hutan.rules.parameters import LAW


def changed(folder: Path, file: str, old: str, new: str, *, base: Path = LAW) -> Path:
    """Copy a book's folder and replace ``old`` in one file, which must stand there."""
    shutil.copytree(base, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, f"{file} does not say {old!r}"
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder
