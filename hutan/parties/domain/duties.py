"""What a department may read for its duty (M3.2): data in ``duties.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Duty:
    """One department's duty, and the subjects whose unpublished records it reads."""

    code: str
    zh: str
    en: str
    reads: frozenset[str]


@cache
def duties() -> Mapping[str, Duty]:
    """Return all duties by code."""
    table = tomllib.loads((Path(__file__).parent.parent / "duties.toml").read_text("utf-8"))
    return {
        code: Duty(code, row["zh"], row["en"], frozenset(row["reads"]))
        for code, row in table.items()
    }
