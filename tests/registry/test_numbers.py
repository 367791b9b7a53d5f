"""Account numbers and allowance numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.registry.domain.numbers import (
    KIND_LETTERS,
    account_number,
    allowance_number,
    allowance_position,
    checked_account_number,
)
from hutan.registry.refusals import AccountNumberWrong

numbers = st.builds(
    account_number, st.sampled_from(sorted(KIND_LETTERS)), st.integers(1, 10**8 - 1)
)


def iso_7064_mod_97_10(text: str) -> int:
    """Judge a number by the standard's definition, digit by digit: right ones leave 1."""
    remainder = 0
    for character in text:
        for digit in str(int(character, 36)):
            remainder = (remainder * 10 + int(digit)) % 97
    return remainder


@given(numbers)
def test_a_number_satisfies_the_standard(number: str) -> None:
    assert iso_7064_mod_97_10(number) == 1
    assert checked_account_number(f" {number[:4].lower()} {number[4:]} ") == number


@given(numbers, st.data())
def test_one_wrong_digit_or_two_swapped_are_found(number: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(4, 12))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    typo = number[:place] + other + number[place + 1 :]
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    for wrong in {typo, swapped} - {number}:
        with pytest.raises(AccountNumberWrong):
            checked_account_number(wrong)


def test_the_refusal_names_the_digits_that_would_fit() -> None:
    number = account_number("unit", 1)
    with pytest.raises(AccountNumberWrong) as refused:
        checked_account_number(number[:-2] + ("00" if number[-2:] != "00" else "11"))
    assert refused.value.facts["expected"] == number[-2:]


@pytest.mark.parametrize("text", ["", "SHXX0000000101", "SHUN000000010", "SHUN00000001O1", "１"])
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(AccountNumberWrong):
        checked_account_number(text)


def test_serials_end_at_eight_digits() -> None:
    for serial in (0, 10**8):
        with pytest.raises(ValueError, match="eight digits"):
            account_number("unit", serial)


def test_allowance_numbers_go_there_and_back() -> None:
    assert allowance_number(2024, 17) == "2024-00000000017"
    assert allowance_position(" 2024-00000000017 ") == (2024, 17)
    for wrong in ("2024", "24-1", "2024-", "2024-x", "2024-123456789012"):
        with pytest.raises(ValueError, match="not an allowance number"):
            allowance_position(wrong)
