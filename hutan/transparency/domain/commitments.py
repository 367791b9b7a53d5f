"""Personal data in the log: only as commitments whose keys are kept elsewhere and can be erased.

Each owner has one random key. A commitment is made under a key derived from it for one act and one
field, so that a retry makes the same commitment, no two acts can be linked by it, and one value can
be opened to an examiner without opening the others. When the owner's key is erased, all of the
owner's commitments become random text for good.
"""

from __future__ import annotations

import hmac
from uuid import UUID

from hutan.kernel.canonical import Json, canonical_bytes
from hutan.transparency.domain.hashing import ALGORITHMS, AlgorithmName, keyed

KEY_SIZE = 32


def opening(algorithm: AlgorithmName, key: bytes, *, act: UUID, field: str) -> bytes:
    """Return the key that opens the one commitment to ``field`` in ``act``."""
    assert len(key) == KEY_SIZE
    return keyed(algorithm, key, canonical_bytes(["hutan-commitment/1", str(act), field]))


def commitment(algorithm: AlgorithmName, opening_: bytes, value: Json) -> str:
    """Return the commitment to ``value``: the algorithm's name and 64 hexadecimal digits."""
    return f"hmac-{algorithm}:{keyed(algorithm, opening_, canonical_bytes(value)).hex()}"


def opens(text: str, opening_: bytes, value: Json) -> bool:
    """Tell whether ``text`` is the commitment to ``value`` under that opening."""
    return any(
        hmac.compare_digest(text.encode(), commitment(algorithm, opening_, value).encode())
        for algorithm in ALGORITHMS
    )
