"""Verification codes: 16 characters that cannot be guessed and rarely be mistyped unnoticed.

14 random characters of 31 (69 bits) and two check characters over the field of 31 elements, a
Reed-Solomon code of distance three: any one or two wrong characters, and so any two exchanged, are
found. Letters and digits that look alike (I, L, O, 0, 1) do not occur.
"""

from __future__ import annotations

import re
import secrets

from hutan.web.refusals import WrongCodeForm

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_BASE = 31
_RANDOM = 14
LENGTH = _RANDOM + 2
assert len(ALPHABET) == _BASE


def new_code() -> str:
    """Return a fresh code as it is printed: ``ABCD-EFGH-JKMN-PQRS``."""
    return grouped(with_checks("".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))))


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


def checked_code(given: str) -> str:
    """Return a code as it is kept, from what a person typed; refuse with ``WrongCodeForm``."""
    letters = re.sub(r"[\s\-\N{EN DASH}\N{FULLWIDTH HYPHEN-MINUS}]", "", given).upper()
    if not re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", letters) or not checks(letters):
        raise WrongCodeForm(given=given[:40])
    return grouped(letters)


def grouped(letters: str) -> str:
    """Write a code in four groups of four."""
    return "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))
