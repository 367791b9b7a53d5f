"""One byte string for one record: RFC 8785 over strings, integers, booleans, lists and objects.

Hashes, receipts and proposals all rest on it. Floats are refused: a figure is an integer or a
decimal written as a string. Integers beyond 2^53 are refused too, as JSON readers would bend them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import rfc8785

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
Record: TypeAlias = Mapping[str, Json]

_SAFE_INTEGER = 2**53 - 1


def canonical_bytes(record: Json) -> bytes:
    """Return the canonical UTF-8 JSON of ``record``.

    Raises ``TypeError`` for a float or any other type that has no single writing, ``ValueError``
    for an integer beyond 2^53.
    """
    return rfc8785.dumps(_plain(record))


def digest(record: Json) -> str:
    """Return the SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical_bytes(record)).hexdigest()


def _plain(value: Json) -> Json:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        if abs(value) > _SAFE_INTEGER:
            raise ValueError(f"{value} is beyond 2^53: write it as a string")
        return int(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("a record's keys are strings")
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [_plain(inner) for inner in value]
    raise TypeError(f"{type(value).__name__} has no canonical writing: {value!r}")
