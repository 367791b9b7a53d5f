"""Verification codes of documents: they cannot be guessed and are rarely mistyped unnoticed.

16 characters: 14 of 31 letters and digits (69 bits) and two that check them over the field of 31
elements, a Reed-Solomon code of distance three. Any one or two wrong characters, and so any two
exchanged, are found. Letters and digits that look alike (I, L, O, 0, 1) do not occur.
"""

from __future__ import annotations

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
PLAIN = 14
LENGTH = PLAIN + 2
_BASE = 31
assert len(ALPHABET) == _BASE


def code_of(secret: bytes) -> str:
    """Return the code, in groups of four, that a keyed digest of at least 16 bytes stands for.

    The same digest always gives the same code, so that a retried act makes no second document.
    """
    if len(secret) < 16:
        raise ValueError("a code needs 16 bytes that nobody can guess")
    value = int.from_bytes(secret, "big")
    letters = []
    for _ in range(PLAIN):
        value, place = divmod(value, _BASE)
        letters.append(ALPHABET[place])
    return grouped(with_checks("".join(letters)))


def with_checks(letters: str) -> str:
    """Return 14 characters with the two that check them."""
    values = [ALPHABET.index(letter) for letter in letters]
    plain = sum(values)
    weighted = sum(place * value for place, value in enumerate(values, start=1))
    # a and b stand at places 15 and 16: plain + a + b = 0 and weighted + 15a + 16b = 0 (mod 31).
    b = (15 * plain - weighted) % _BASE
    a = (-plain - b) % _BASE
    return letters + ALPHABET[a] + ALPHABET[b]


def checks(letters: str) -> bool:
    """Tell whether 16 characters check."""
    values = [ALPHABET.index(letter) for letter in letters]
    weighted = sum(place * value for place, value in enumerate(values, start=1))
    return sum(values) % _BASE == 0 and weighted % _BASE == 0


def grouped(letters: str) -> str:
    """Write a code in four groups of four."""
    return "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))
