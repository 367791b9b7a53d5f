"""Unified social credit codes: each part, against the standard's tables and a library."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from hutan.kernel.refusals import Refusals
from hutan.rules.codes import (
    CheckWrong,
    check_character,
    credit_code_faults,
    organisation_check,
    read_credit_code,
)

GOOD = "91110000600037341L"
"""From the examples of python-stdnum (stdnum.cn.uscc)."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
KINDS = {
    "1": "1239", "2": "19", "3": "123459", "4": "19", "5": "1239", "6": "129", "7": "129",
    "8": "19", "9": "123", "A": "19", "N": "1239", "Y": "1",
}  # fmt: skip
"""Departments and the kinds of body of each (GB 32100-2015, tables 1 and 2)."""


def made(head: str, body: str) -> str:
    """Return the code of a department, kind, division and the first eight of the organisation."""
    first = head + body + organisation_check(body)
    return first + check_character(first)


codes = st.builds(
    lambda kind, division, body: made(kind + division, body),
    st.sampled_from([department + kind for department, kinds in KINDS.items() for kind in kinds]),
    st.sampled_from(["310115", "110000", "100000", "820000", "659001"]),
    st.text(ALPHABET, min_size=8, max_size=8),
)


def names(code: str) -> list[str]:
    return [fault.code for fault in credit_code_faults(code)]


def test_a_good_code_is_read_into_its_parts() -> None:
    assert read_credit_code(GOOD).to_record() == {
        "code": GOOD,
        "department": "工商",
        "kind": "企业",
        "province": "北京市",
        "division": "110000",
        "organisation": "600037341",
    }


@given(codes)
def test_what_is_put_together_right_has_no_fault(code: str) -> None:
    assert names(code) == []
    if code[0].isdigit():
        # The library knows only departments with a digit: N and A are refused by it, wrongly.
        assert uscc.is_valid(code)


@given(codes)
def test_the_check_character_agrees_with_the_library(code: str) -> None:
    assert check_character(code) == uscc.calc_check_digit(code[:17])


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_found(code: str, place: int, character: str) -> None:
    wrong = code[:place] + character + code[place + 1 :]
    assert bool(names(wrong)) == (wrong != code)


@given(codes, st.integers(0, 15))
def test_two_neighbours_swapped_are_found(code: str, place: int) -> None:
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert bool(names(wrong)) == (wrong != code)


@pytest.mark.parametrize("department", sorted(set(ALPHABET) - KINDS.keys()))
def test_unknown_departments_are_refused(department: str) -> None:
    assert names(made(department + "1310115", "60003734")) == ["RUL-203"]


@pytest.mark.parametrize("department", KINDS)
def test_kinds_belong_to_their_department(department: str) -> None:
    for kind in ALPHABET:
        expected = [] if kind in KINDS[department] else ["RUL-204"]
        assert names(made(department + kind + "310115", "60003734")) == expected


@pytest.mark.parametrize(
    ("division", "good"),
    [("310000", True), ("310115", True), ("100000", True), ("000000", False), ("990000", False),
     ("A10000", False), ("31011A", False), ("380000", False)],
)  # fmt: skip
def test_divisions(division: str, good: bool) -> None:
    assert names(made("91" + division, "60003734")) == ([] if good else ["RUL-205"])


def test_the_expected_check_characters_are_named() -> None:
    faults = credit_code_faults(GOOD[:17] + "0")
    assert [type(fault) for fault in faults] == [CheckWrong]
    assert faults[0].facts == {"expected": "L", "found": "0"}
    body = credit_code_faults(GOOD[:16] + "2" + GOOD[17])
    assert [fault.code for fault in body] == ["RUL-206", "RUL-207"]
    assert body[0].facts == {"expected": "1", "found": "2"}


def test_all_faults_of_a_code_are_named_at_once() -> None:
    with pytest.raises(Refusals) as refused:
        read_credit_code("B" + "9" * 17)
    found = [fault.code for fault in refused.value]
    assert found == ["RUL-203", "RUL-205", "RUL-206", "RUL-207"]


def test_a_check_of_ten_is_an_x() -> None:
    """A body whose weighed sum leaves 1 has the check X (GB 11714)."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    bodies = [f"{number:08}" for number in range(200)]
    checks = {body: organisation_check(body) for body in bodies}
    for body, check in checks.items():
        weighed = sum(int(one) * weight for one, weight in zip(body, weights, strict=True))
        value = (11 - weighed % 11) % 11
        assert check == ("X" if value == 10 else str(value))
    assert "X" in checks.values()


@pytest.mark.parametrize(
    ("code", "faults"),
    [
        ("", ["RUL-201"]),
        (GOOD[:17], ["RUL-201"]),
        (GOOD + "0", ["RUL-201"]),
        (GOOD.lower(), ["RUL-202"]),
        ("9111000060003734I0", ["RUL-202"]),
        ("９１１１００００６０００３７３４１Ｌ", ["RUL-202"]),
        ("911100006000373\ud8001L", ["RUL-202"]),
    ],
)
def test_wrong_length_and_wrong_characters(code: str, faults: list[str]) -> None:
    assert names(code) == faults


def test_wrong_characters_are_placed() -> None:
    fault = credit_code_faults("91110000600037I4O1")[0]
    assert fault.facts["places"] == "15, 17"
    assert fault.sentence("en").startswith("The characters at 15, 17 ('I' 'O')")
