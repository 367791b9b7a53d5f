"""The two hash functions a log can be born with, and RFC 9162's two ways to apply them.

A leaf and an inner node are hashed behind different first bytes, so that neither can pass for the
other (RFC 9162, section 2.1.1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

AlgorithmName = Literal["sha256", "sm3"]
Hash: TypeAlias = Callable[[bytes], bytes]

SIZE: Final = 32
"""Bytes of a hash, for both functions."""


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 of ``data`` (FIPS 180-4)."""
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """Return the SM3 of ``data`` (GM/T 0004-2012, GB/T 32905-2016)."""
    # Not every build of Python offers SM3 in hashlib; the cryptography wheel always does.
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


ALGORITHMS: Final[dict[AlgorithmName, Hash]] = {"sha256": sha256, "sm3": sm3}

_KEYED: Final[dict[AlgorithmName, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sm3": hashes.SM3(),
}


def leaf_hash(hash_: Hash, data: bytes) -> bytes:
    """Return the hash of a leaf that holds ``data``."""
    return hash_(b"\x00" + data)


def node_hash(hash_: Hash, left: bytes, right: bytes) -> bytes:
    """Return the hash of the inner node over ``left`` and ``right``."""
    return hash_(b"\x01" + left + right)


def keyed(algorithm: AlgorithmName, key: bytes, data: bytes) -> bytes:
    """Return HMAC (RFC 2104) of ``data`` under ``key``."""
    code = HMAC(key, _KEYED[algorithm])
    code.update(data)
    return code.finalize()
