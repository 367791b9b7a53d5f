"""The small words of the kernel: canonical bytes, clauses, moments, ids, events, workings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.kernel.canonical import canonical_bytes, digest
from hutan.kernel.clauses import clause, is_clause
from hutan.kernel.events import Event, publish, subscribe, subscriptions
from hutan.kernel.ids import derive_id, new_id
from hutan.kernel.moments import SHANGHAI, aware, canonical, day_of, moment
from hutan.kernel.working import ParameterUse, Step, Working

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(plain)
def test_a_record_has_one_writing_that_json_reads_back(record: object) -> None:
    text = canonical_bytes(record)  # type: ignore[arg-type]  # generated as plain JSON
    assert json.loads(text) == record
    assert canonical_bytes(json.loads(text)) == text


def test_the_published_example_of_rfc_8785_comes_out() -> None:
    # RFC 8785, section 3.2.4, without its numbers with a point.
    record = {"string": '\u20ac$\u000f\nA\'B"\\\\"/', "literals": [None, True, False]}
    assert canonical_bytes(record) == (
        b'{"literals":[null,true,false],"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})


@pytest.mark.parametrize("wrong", [1.5, {1: 2}, b"x", [object()]])
def test_what_has_no_single_writing_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        canonical_bytes(wrong)  # type: ignore[arg-type]  # the mistake that is tested


def test_integers_that_readers_would_bend_are_refused() -> None:
    with pytest.raises(ValueError, match=r"2\^53"):
        canonical_bytes({"a": [2**53]})


def test_clause_ids_have_a_form() -> None:
    assert clause("M21.1") == "M21.1"
    assert is_clause("A4")
    for wrong in ("", "X1", "M0", "M21.", "m21.1", "M21.1 "):
        assert not is_clause(wrong)
        with pytest.raises(ValueError, match="is not a clause id"):
            clause(wrong)


def test_moments_are_aware_and_days_are_shanghais() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        aware(datetime(2025, 6, 30, 17))  # noqa: DTZ001 the mistake that is tested
    late = datetime(2025, 6, 30, 16, 30, tzinfo=UTC)
    assert day_of(late) == date(2025, 7, 1)
    assert canonical(late) == "2025-07-01T00:30:00+08:00"
    assert moment("2025-06-30T17:00:00") == datetime(2025, 6, 30, 17, tzinfo=SHANGHAI)
    assert moment("2025-06-30T09:00:00Z") == datetime(2025, 6, 30, 17, tzinfo=SHANGHAI)


def test_new_ids_are_version_7_and_grow() -> None:
    one, two = new_id(), new_id()
    assert one.version == 7
    assert one.variant == UUID(int=0x8000 << 48).variant
    assert one.int >> 80 <= two.int >> 80
    assert one != two


def test_derived_ids_repeat_and_differ_by_their_parts() -> None:
    act = uuid4()
    assert derive_id(act, "item", 1) == derive_id(act, "item", "1")
    assert derive_id(act, "item", 1) != derive_id(act, "item", 2)
    assert derive_id(act, "item") != derive_id(uuid4(), "item")


@dataclass(frozen=True, kw_only=True)
class Rang(Event):
    """A bell rang."""


def test_followers_are_told_in_order_once() -> None:
    heard: list[str] = []

    def first(event: Rang) -> None:
        heard.append(f"first {event.act}")

    subscribe(Rang, first)
    subscribe(Rang, first)
    subscribe(Rang, lambda event: heard.append("second"))
    event = Rang(act=uuid4(), at=datetime.now(UTC))
    publish(event)
    assert heard == [f"first {event.act}", "second"]
    assert subscriptions()[Rang][0] is first


def test_a_working_says_whether_it_rests_on_an_assumption() -> None:
    use = ParameterUse("k", "2024", "1", "t", "M1", "d", "assumed")
    step = Step("s", "步", "step", "a", "1", "t")
    working = Working("题", "title", {"a": "1"}, (use,), (step,), "s")
    assert working.assumed
    assert not Working("题", "title", {}).assumed
    record = working.to_record()
    assert record["result"] == "s"
    assert json.loads(canonical_bytes(record)) == record
