"""SHA-256, SM3 (GM/T 0004-2012) and the tree of RFC 9162, section 2.1."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

Hash = Callable[[bytes], bytes]


class Tree:
    """A growing tree: only the roots of its complete subtrees are kept, largest first."""

    __slots__ = ("_hash", "_peaks", "size")

    def __init__(self, hash_: Hash) -> None:
        self._hash = hash_
        self._peaks: list[bytes] = []
        self.size = 0

    def append(self, record: bytes) -> None:
        """Add the leaf that holds ``record``."""
        carried, count = self._hash(b"\x00" + record), self.size
        while count & 1:
            carried = self._hash(b"\x01" + self._peaks.pop() + carried)
            count >>= 1
        self._peaks.append(carried)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far; over none, the hash of nothing."""
        if not self._peaks:
            return self._hash(b"")
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = self._hash(b"\x01" + peak + found)
        return found


def sha256(content: bytes) -> bytes:
    """Return the SHA-256 of ``content``."""
    return hashlib.sha256(content).digest()


def sm3(content: bytes) -> bytes:
    """Return the SM3 of ``content``: from OpenSSL where Python's has it, else computed here."""
    return _OFFERED(content) if _OFFERED is not None else sm3_by_hand(content)


def sm3_by_hand(content: bytes) -> bytes:
    """Return the SM3 of ``content``, computed as the standard writes it."""
    state = _START
    padding = b"\x80" + bytes(-(len(content) + 9) % 64) + (8 * len(content)).to_bytes(8, "big")
    message = content + padding
    for start in range(0, len(message), 64):
        state = _compress(state, message[start : start + 64])
    return b"".join(word.to_bytes(4, "big") for word in state)


_Words = tuple[int, int, int, int, int, int, int, int]
_START: _Words = (
    0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E,
)  # fmt: skip
_MASK = 0xFFFFFFFF


def _turn(word: int, by: int) -> int:
    by %= 32
    return (word << by | word >> (32 - by)) & _MASK


_ROUNDS = tuple(_turn(0x79CC4519 if j < 16 else 0x7A879D8A, j) for j in range(64))


def _compress(state: _Words, block: bytes) -> _Words:
    words = [int.from_bytes(block[at : at + 4], "big") for at in range(0, 64, 4)]
    for j in range(16, 68):
        mixed = words[j - 16] ^ words[j - 9] ^ _turn(words[j - 3], 15)
        mixed ^= _turn(mixed, 15) ^ _turn(mixed, 23)
        words.append(mixed ^ _turn(words[j - 13], 7) ^ words[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        turned = _turn(a, 12)
        first = _turn(turned + e + _ROUNDS[j] & _MASK, 7)
        if j < 16:
            chosen, major = e ^ f ^ g, a ^ b ^ c
        else:
            chosen, major = e & f | ~e & g, a & b | a & c | b & c
        left = major + d + (first ^ turned) + (words[j] ^ words[j + 4]) & _MASK
        right = chosen + h + first + words[j] & _MASK
        a, b, c, d = left, a, _turn(b, 9), c
        e, f, g, h = right ^ _turn(right, 9) ^ _turn(right, 17), e, _turn(f, 19), g
    one, two, three, four, five, six, seven, eight = state
    return a ^ one, b ^ two, c ^ three, d ^ four, e ^ five, f ^ six, g ^ seven, h ^ eight


def _offered() -> Hash | None:
    try:
        hashlib.new("sm3")
    except ValueError:
        return None
    return lambda content: hashlib.new("sm3", content).digest()


_OFFERED = _offered()
HASHES: dict[str, Hash] = {"sha256-ed25519": sha256, "sm3-sm2": sm3}
"""The hash of each suite."""
