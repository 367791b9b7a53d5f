"""Refusals: declared completely or not at all, spoken in two languages, listed by code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hutan.kernel.refusals import (
    Refusal,
    Refusals,
    known_refusals,
    placeholders,
    refuse,
    said,
    summary,
)


class NoMore(Refusal):
    """Nothing is left."""

    code = "KTS-001"
    clause = "M12.1"
    zh = "{what}已用完。"
    en = "No more {what}."
    cure_zh = "请等到{day}。"
    cure_en = "Wait until {day}."


def declared(**fields: str) -> type[Refusal]:
    given = {
        "code": "KTS-002", "basis": "test", "zh": "否", "en": "no",
        "cure_zh": "等", "cure_en": "wait",
    }  # fmt: skip
    return type("Sample", (Refusal,), given | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"code": ""},
        {"zh": ""},
        {"cure_en": ""},
        {"basis": ""},
        {"clause": "21.1"},
        {"zh": "{a}", "en": "{b}"},
        {"code": "KTS-001"},
    ],
)
def test_an_incomplete_declaration_fails_at_import(fields: dict[str, str]) -> None:
    with pytest.raises(TypeError):
        declared(**fields)


def test_it_speaks_both_languages_and_keeps_the_facts() -> None:
    one = NoMore(what="煤", day="明天", extra=1)
    assert one.sentence() == "煤已用完。"
    assert one.cure("en") == "Wait until 明天."
    assert one.cure() == "请等到明天。"
    assert str(one) == "KTS-001 No more 煤."
    record = one.to_record()
    assert (record["code"], record["clause"], record["facts"]) == (
        "KTS-001", "M12.1", {"what": "煤", "day": "明天", "extra": 1},
    )  # fmt: skip


def test_a_fact_that_is_words_is_said_in_each_language() -> None:
    one = NoMore(what=said("煤", "coal"), day=said("明天", "tomorrow"))
    assert (one.sentence(), one.cure()) == ("煤已用完。", "请等到明天。")
    assert (one.sentence("en"), one.cure("en")) == ("No more coal.", "Wait until tomorrow.")
    assert one.to_record()["facts"] == {
        "what": {"zh": "煤", "en": "coal"},
        "day": {"zh": "明天", "en": "tomorrow"},
    }


def test_a_missing_fact_is_a_bug() -> None:
    with pytest.raises(TypeError, match="day"):
        NoMore(what="煤")


def test_two_are_equal_if_kind_and_facts_are() -> None:
    one = NoMore(what="a", day="b")
    assert one == NoMore(what="a", day="b")
    assert one != NoMore(what="a", day="c")
    assert one != Exception()
    assert len({one, one}) == 1


def test_refuse_raises_nothing_one_or_all() -> None:
    one, two = NoMore(what="a", day="b"), NoMore(what="c", day="d")
    refuse([])
    with pytest.raises(NoMore):
        refuse([one])
    with pytest.raises(Refusals) as raised:
        refuse([one, two])
    assert list(raised.value) == [one, two]
    assert str(raised.value) == "KTS-001 No more a.; KTS-001 No more c."
    with pytest.raises(ValueError, match="nothing"):
        Refusals([])


def test_all_are_known_by_code() -> None:
    codes = [one.code for one in known_refusals()]
    assert NoMore in known_refusals()
    assert codes == sorted(set(codes))
    assert summary(NoMore) == "Nothing is left."
    assert summary(declared(code="KTS-003")) == ""
    assert placeholders("{a} and {b} {{not}}") == {"a", "b"}


def test_declaring_the_same_class_again_is_no_clash() -> None:
    make: Callable[..., Any] = declared
    assert make(code="KTS-004") is not make(code="KTS-004")
