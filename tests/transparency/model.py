"""RFC 9162, section 2.1, word for word: recursive, over whole lists, as slow as it likes.

Nothing here is shared with the product. It judges the product's roots, proofs and verifier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Hash = Callable[[bytes], bytes]


def sha256(data: bytes) -> bytes:
    """Hash as most logs do."""
    return hashlib.sha256(data).digest()


def mth(entries: Sequence[bytes], hash_: Hash = sha256) -> bytes:
    """MTH(D_n), section 2.1.1: the root over entries (data, not hashes)."""
    if not entries:
        return hash_(b"")
    if len(entries) == 1:
        return hash_(b"\x00" + entries[0])
    k = split(len(entries))
    return hash_(b"\x01" + mth(entries[:k], hash_) + mth(entries[k:], hash_))


def path(m: int, entries: Sequence[bytes], hash_: Hash = sha256) -> list[bytes]:
    """PATH(m, D_n), section 2.1.3.1."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path(m, entries[:k], hash_), mth(entries[k:], hash_)]
    return [*path(m - k, entries[k:], hash_), mth(entries[:k], hash_)]


def proof(m: int, entries: Sequence[bytes], hash_: Hash = sha256) -> list[bytes]:
    """PROOF(m, D_n), section 2.1.4.1."""
    return subproof(m, entries, True, hash_)


def subproof(m: int, entries: Sequence[bytes], known: bool, hash_: Hash) -> list[bytes]:
    """SUBPROOF(m, D_n, b), section 2.1.4.1."""
    if m == len(entries):
        return [] if known else [mth(entries, hash_)]
    k = split(len(entries))
    if m <= k:
        return [*subproof(m, entries[:k], known, hash_), mth(entries[k:], hash_)]
    return [*subproof(m - k, entries[k:], False, hash_), mth(entries[:k], hash_)]


def split(n: int) -> int:
    """Return the largest power of two below ``n``."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k
