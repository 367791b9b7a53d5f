"""Verification codes: the same digest gives the same code, and a slip is found."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.kernel.verification import ALPHABET, LENGTH, checks, code_of, grouped, with_checks

digests = st.binary(min_size=16, max_size=32)


@given(secret=digests)
def test_a_digest_gives_one_code_that_checks(secret: bytes) -> None:
    code = code_of(secret)
    assert code == code_of(secret)
    letters = code.replace("-", "")
    assert len(letters) == LENGTH
    assert set(letters) <= set(ALPHABET)
    assert checks(letters)
    assert grouped(letters) == code


@given(secret=digests, place=st.integers(0, LENGTH - 1), letter=st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(secret: bytes, place: int, letter: str) -> None:
    letters = code_of(secret).replace("-", "")
    wrong = letters[:place] + letter + letters[place + 1 :]
    assert checks(wrong) is (wrong == letters)


def test_codes_spread_over_the_alphabet() -> None:
    made = {code_of(hashlib.sha256(bytes([n])).digest()) for n in range(200)}
    assert len(made) == 200
    assert {code[0] for code in made} == set(ALPHABET)


def test_a_digest_that_can_be_guessed_makes_no_code() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        code_of(b"short")


def test_the_checks_of_a_known_code_stay() -> None:
    """A printed code must be found for ever: this pair pins the arithmetic."""
    assert with_checks("23456789ABCDEF")[:14] == "23456789ABCDEF"
    assert checks(with_checks("23456789ABCDEF"))
    assert with_checks("2" * 14) == "2" * 16
