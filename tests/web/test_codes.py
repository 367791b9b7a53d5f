"""Verification codes: unguessable, and a slip of the pen is found."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.web.documents.codes import (
    ALPHABET,
    LENGTH,
    checked_code,
    checks,
    grouped,
    new_code,
    with_checks,
)
from hutan.web.refusals import WrongCodeForm

plain = st.text(alphabet=ALPHABET, min_size=14, max_size=14)


def test_codes_are_long_enough_not_to_be_guessed() -> None:
    """69 random bits: at the limit of 60 tries a minute, a million codes hide for ages."""
    assert 31**14 > 2**69
    assert len({new_code() for _ in range(500)}) == 500


def test_letters_that_look_alike_do_not_occur() -> None:
    """I, L, O and the digits 0 and 1 are left out, and 31 is a prime."""
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set("ILO01") & set(ALPHABET)


@given(letters=plain)
def test_a_code_checks_and_comes_back(letters: str) -> None:
    """In its printed form and as people type it."""
    code = with_checks(letters)
    assert len(code) == LENGTH
    assert checks(code)
    printed = grouped(code)
    for typed in (printed, printed.lower(), code, f" {printed} ", printed.replace("-", " ")):
        assert checked_code(typed) == printed


@given(letters=plain, data=st.data())
def test_any_two_wrong_characters_are_found(letters: str, data: st.DataObject) -> None:
    """Distance three over the field of 31 elements."""
    code = list(with_checks(letters))
    places = data.draw(st.sets(st.integers(0, LENGTH - 1), min_size=1, max_size=2))
    for place in places:
        code[place] = data.draw(st.sampled_from([one for one in ALPHABET if one != code[place]]))
    assert not checks("".join(code))


def test_every_exchange_of_two_is_found() -> None:
    """Neighbours or not."""
    code = with_checks("23456789ABCDEF")
    for left, right in combinations(range(LENGTH), 2):
        swapped = list(code)
        swapped[left], swapped[right] = swapped[right], swapped[left]
        if swapped != list(code):
            assert not checks("".join(swapped))


def test_the_checks_are_those_of_the_formula() -> None:
    """Golden: computed by hand. Values 1..14, sum 105, weighted sum 1015.

    b = 15*105 - 1015 = 560 = 2 (mod 31), a = -105 - 2 = -107 = 17 (mod 31): letters 17 and 2.
    """
    letters = "".join(ALPHABET[value] for value in range(1, 15))
    assert with_checks(letters)[-2:] == ALPHABET[17] + ALPHABET[2]


@pytest.mark.parametrize(
    "given", ["", "ABCD", "ABCD-EFGH-JKMN-PQR0", "I" * 16, "ABCD-EFGH-JKMN-PQR2-2", "<script>"]
)
def test_what_is_no_code_is_refused_with_what_was_given(given: str) -> None:
    """Cut to a length that fits the page."""
    with pytest.raises(WrongCodeForm) as refused:
        checked_code(given)
    assert refused.value.facts["given"] == given


def test_a_long_nonsense_is_cut() -> None:
    """The page is not flooded with what was typed."""
    with pytest.raises(WrongCodeForm) as refused:
        checked_code("x" * 1000)
    assert refused.value.facts["given"] == "x" * 40
