"""Identifiers. The caller makes the id of an act; what follows from an act derives its own."""

from __future__ import annotations

import os
import time
from functools import lru_cache
from uuid import UUID, uuid5

_FAMILY = UUID("5f0c9c43-7d2b-5d5e-9a51-8a6d0f6d1e11")


def new_id() -> UUID:
    """Return a fresh UUID of version 7 (RFC 9562): time first, so that indexes grow at one end."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76
    value |= (random >> 62 & 0xFFF) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    return UUID(int=value)


def derive_id(parent: UUID, *parts: str | int) -> UUID:
    """Return the id of what follows from ``parent``: the same parts always give the same id.

    A retried act thereby repeats the ids of all its consequences, and nothing happens twice.
    """
    return uuid5(_family_of(parent), "/".join(map(str, parts)))


@lru_cache(maxsize=1024)
def _family_of(parent: UUID) -> UUID:
    """Return the name space of a parent; a bulk act asks for its own thousands of times."""
    return uuid5(_FAMILY, str(parent))
