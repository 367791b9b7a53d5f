"""Fields read from outside: amounts, lists, inner objects, moments without an offset."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from hutan.kernel.moments import SHANGHAI
from hutan.kernel.reading import Fields, FieldWrong
from hutan.kernel.refusals import Refusals

GOOD: dict[str, Any] = {
    "amount": "12.500001",
    "whole": 7,
    "at": "2025-06-30T17:00:00",
    "flag": False,
    "days": ["2025-01-01", "2025-05-01"],
    "years": [2024, 2025],
    "inner": {"x": "y"},
    "word": "noon",
}


def noon(text: str) -> int:
    if text != "noon":
        raise ValueError(text)
    return 12


def read(content: object) -> tuple[Any, ...]:
    fields = Fields(content)
    found = (
        fields.decimal("amount"),
        fields.decimal("whole"),
        fields.optional_decimal("none"),
        fields.moment("at", local=True),
        fields.optional_moment("later", local=True),
        fields.boolean("flag", needed=True),
        fields.days("days", most=3),
        fields.integers("years", least=2000, most=2100, longest=3),
        fields.inner("inner").text("x"),
        fields.parsed("word", noon, 0, "noon"),
    )
    fields.done()
    return found


def faults(content: object) -> list[str]:
    with pytest.raises((FieldWrong, Refusals)) as refused:
        read(content)
    value = refused.value
    every = list(value) if isinstance(value, Refusals) else [value]
    return [str(one.facts["name"]) for one in every if isinstance(one, FieldWrong)]


def test_a_good_object_reads() -> None:
    five = datetime(2025, 6, 30, 17, tzinfo=SHANGHAI)
    assert read(GOOD) == (
        Decimal("12.500001"), Decimal(7), None, five, None, False,
        [date(2025, 1, 1), date(2025, 5, 1)], [2024, 2025], "y", 12,
    )  # fmt: skip
    more = read(GOOD | {"none": "1", "later": "2025-06-30T09:00:00+00:00"})
    assert (more[2], more[4]) == (Decimal(1), five)


@pytest.mark.parametrize(
    ("change", "faulty"),
    [
        ({"amount": "-1"}, ["amount"]),
        ({"amount": "1e3"}, ["amount"]),
        ({"amount": "NaN"}, ["amount"]),
        ({"amount": "1.0000001"}, ["amount"]),
        ({"amount": "1234567890123"}, ["amount"]),
        ({"amount": "١٢"}, ["amount"]),
        ({"amount": Decimal("1.5")}, ["amount"]),
        ({"amount": 10**13}, ["amount"]),
        ({"amount": True}, ["amount"]),
        ({"none": []}, ["none"]),
        ({"at": "2025-06-30"}, ["at"]),
        ({"at": "9999-12-31T23:59:59-12:00"}, ["at"]),
        ({"at": "0001-01-01T00:00:00+14:00"}, ["at"]),
        ({"later": 5}, ["later"]),
        ({"flag": None}, ["flag"]),
        ({"days": "2025-01-01"}, ["days"]),
        ({"days": ["2025-01-01", 5, "x"]}, ["days[1].day", "days[2].day"]),
        ({"days": ["2025-01-01"] * 4}, ["days"]),
        ({"years": [1999, "2024"]}, ["years[0].number", "years[1].number"]),
        ({"years": [2024] * 4}, ["years"]),
        ({"inner": None}, ["inner", "inner.x"]),
        ({"inner": {"x": "y", "z": 1}}, ["inner.z"]),
        ({"word": "dusk"}, ["word"]),
        ({"\ud800": 1}, ["\\ud800"]),
        ({"x" * 100: 1}, ["x" * 60]),
    ],
)
def test_each_fault_is_named(change: dict[str, Any], faulty: list[str]) -> None:
    assert faults(GOOD | change) == faulty
