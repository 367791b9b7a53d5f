"""Numbers in Chinese characters: read back by a reader of its own, and by known examples."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.web.documents.numerals import article, capitals

DIGITS = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def read(text: str) -> int:
    """Read capitals from left to right, as a teller does."""
    whole = section = digit = 0
    for part in re.findall("万亿|.", text):
        if part in DIGITS:
            digit = DIGITS[part]
        elif part in PLACES:
            section, digit = section + digit * PLACES[part], 0
        else:
            section, digit = section + digit, 0
            whole, section = whole + section * {"万": 10**4, "亿": 10**8, "万亿": 10**12}[part], 0
    return whole + section + digit


@given(st.one_of(st.integers(0, 10**6), st.integers(0, 10**16 - 1)))
def test_capitals_read_back(value: int) -> None:
    said = capitals(value)
    assert read(said) == value
    assert "零零" not in said
    assert not said.endswith("零") or said == "零"


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "零"), (7, "柒"), (10, "壹拾"), (1409, "壹仟肆佰零玖"), (6007, "陆仟零柒"),
     (16409, "壹万陆仟肆佰零玖"), (107000, "壹拾万零柒仟"), (100000000, "壹亿"),
     (2697594, "贰佰陆拾玖万柒仟伍佰玖拾肆"), (10**12 + 5, "壹万亿零伍")],
)  # fmt: skip
def test_capitals_are_those_of_bills(value: int, said: str) -> None:
    """1,409 and 6,007, 16,409 and 107,000 stand as examples in the rules for bills."""
    assert capitals(value) == said


@pytest.mark.parametrize("value", [-1, 10**16])
def test_what_has_no_name_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match="is not from 0"):
        capitals(value)


@pytest.mark.parametrize(
    ("id", "said"),
    [("M21.4", "第二十一条第四款"), ("M7", "第七条"), ("M10.2", "第十条第二款"),
     ("M48", "第四十八条"), ("P20", "第二十条"), ("P11.3", "第十一条第三款")],
)  # fmt: skip
def test_a_clause_is_cited_by_its_place(id: str, said: str) -> None:
    assert article(id) == said
