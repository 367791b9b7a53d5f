"""Fields read from outside: all faults at once, none by traceback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.kernel.moments import SHANGHAI
from hutan.kernel.reading import Fields, FieldWrong, unwritable
from hutan.kernel.refusals import Refusals

GOOD: dict[str, Any] = {
    "text": " 甲厂 ",
    "amount": 5,
    "flag": True,
    "kind": "unit",
    "id": "00000000-0000-0000-0000-000000000007",
    "day": "2025-06-30",
    "at": "2025-06-30T17:00:00+08:00",
    "items": [{"n": 1}, {"n": 2}],
    "more": {"a": 1},
}


def read(content: object) -> tuple[Any, ...]:
    fields = Fields(content)
    found = (
        fields.text("text"),
        fields.integer("amount", least=1, most=10),
        fields.optional_integer("perhaps"),
        fields.boolean("flag"),
        fields.choice("kind", {"unit", "trading"}),
        fields.uuid("id"),
        fields.day("day"),
        fields.moment("at"),
        [inner.integer("n") for inner in fields.objects("items", most=3)],
        fields.object("more"),
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
    assert read(GOOD | {"perhaps": 3}) == (
        "甲厂", 5, 3, True, "unit", UUID(int=7), date(2025, 6, 30),
        datetime(2025, 6, 30, 17, tzinfo=SHANGHAI), [1, 2], {"a": 1},
    )  # fmt: skip
    assert read(GOOD)[2] is None


@pytest.mark.parametrize(
    ("change", "faulty"),
    [
        ({"text": ""}, ["text"]),
        ({"text": 5}, ["text"]),
        ({"text": "x" * 401}, ["text"]),
        ({"text": "a\x00b"}, ["text"]),
        ({"text": "\ud800"}, ["text"]),
        ({"amount": 0}, ["amount"]),
        ({"amount": 11}, ["amount"]),
        ({"amount": 1.5}, ["amount"]),
        ({"amount": True}, ["amount"]),
        ({"amount": "5"}, ["amount"]),
        ({"perhaps": "5"}, ["perhaps"]),
        ({"flag": 1}, ["flag"]),
        ({"kind": "king"}, ["kind"]),
        ({"id": "7"}, ["id"]),
        ({"day": "30.6.2025"}, ["day"]),
        ({"at": "2025-06-30T17:00:00"}, ["at"]),
        ({"items": {}}, ["items"]),
        ({"items": [{}, {}, {}, {}]}, ["items"]),
        (
            {"items": [7, {"n": "x", "m": 1}]},
            ["items[0]", "items[0].n", "items[1].n", "items[1].m"],
        ),
        ({"more": None}, ["more"]),
        ({"extra": 1}, ["extra"]),
    ],
)
def test_each_fault_is_named(change: dict[str, Any], faulty: list[str]) -> None:
    assert faults(GOOD | change) == faulty


def test_an_empty_object_lacks_all_that_is_needed() -> None:
    assert faults({}) == ["text", "amount", "kind", "id", "day", "at", "items", "more"]
    assert faults([])[0] == "-"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*GOOD, "extra"]), anything))
def test_nothing_from_outside_gives_a_traceback(content: dict[str, Any]) -> None:
    try:
        read(content)
    except (FieldWrong, Refusals):
        return


TEXTS = st.text(st.sampled_from("ab沪\x00\ud800\udfff😀"), max_size=3)
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(content=VALUES)
def test_exactly_what_utf_8_and_the_database_cannot_keep_is_unwritable(content: Any) -> None:
    def every(found: Any) -> Iterator[str]:
        if isinstance(found, str):
            yield found
        for one in found if isinstance(found, list | dict) else ():
            yield from every(one)
        for one in found.values() if isinstance(found, dict) else ():
            yield from every(one)

    def keeps(text: str) -> bool:
        try:
            return b"\x00" not in text.encode()
        except UnicodeEncodeError:
            return False

    found = unwritable(content)
    assert len(found) == sum(not keeps(text) for text in every(content))
    assert all(keeps(fault.sentence()) for fault in found)
