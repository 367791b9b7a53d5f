"""Canonical records: one text for one content, and nothing else is read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hutan.kernel.canonical import canonical_bytes
from hutan.kernel.moments import SHANGHAI
from hutan.kernel.quantities import Tonnes
from hutan.transparency.domain.commitments import commitment, opening, opens
from hutan.transparency.domain.records import (
    Malformed,
    Movements,
    canonical_text,
    read_entry,
    read_movement,
    write_entry,
    write_movements,
)
from tests.marks import clause

ACT = UUID("0197b1c4-6b5a-7c3d-9c1a-0123456789ab")
AT = datetime(2025, 6, 30, 16, 59, 59, tzinfo=SHANGHAI)
SALT = bytes(range(16))
BODY: dict[str, Any] = {"unit": "91310000ABCDEFGH12", "surrendered": 5000, "说明": "清缴"}

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def entry(**change: Any) -> str:
    """Write the example entry, with a field changed."""
    fields: dict[str, Any] = {
        "act": ACT, "kind": "registry.transfer", "at": AT, "body": BODY,
        "movements": Movements(2, b"\x07" * 32), "salt": SALT,
    }  # fmt: skip
    return write_entry(**fields | change)


@given(plain)
@example({"\uffff": 1, "\U00010000": 2})
@example({"control": '\x00\x1f\x7f\u2028"\\/'})
def test_the_quick_way_writes_what_rfc_8785_writes(value: Any) -> None:
    try:
        slow = canonical_bytes(value).decode()
    except ValueError:
        with pytest.raises(ValueError, match=r"(?s).*"):
            canonical_text(value).encode()
    else:
        assert canonical_text(value) == slow


def test_quantities_are_written_as_the_numbers_they_are() -> None:
    assert canonical_text({"amount": Tonnes(12), "pair": (1, True, None)}) == (
        '{"amount":12,"pair":[1,true,null]}'
    )


@pytest.mark.parametrize("value", [1.5, {1: 2}, b"x", {"a": {1, 2}}, [object()]])
def test_what_has_no_single_writing_is_a_bug(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical_text(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), {"deep": [2**60]}])
def test_integers_that_json_readers_would_bend_are_a_bug(value: Any) -> None:
    with pytest.raises(ValueError, match="beyond"):
        canonical_text(value)


def test_an_entry_to_the_byte() -> None:
    assert entry() == (
        '{"act":"0197b1c4-6b5a-7c3d-9c1a-0123456789ab","at":"2025-06-30T16:59:59+08:00",'
        '"body":{"surrendered":5000,"unit":"91310000ABCDEFGH12","说明":"清缴"},'
        '"format":"hutan-entry/1","kind":"registry.transfer",'
        f'"movements":{{"count":2,"root":"{"07" * 32}"}},'
        '"salt":"000102030405060708090a0b0c0d0e0f"}'
    )


def test_movements_to_the_byte() -> None:
    bodies: list[Any] = [{"id": "a", "amount": 1}, {"id": "b", "from": "31-1", "blocks": [[1, 2]]}]
    assert list(write_movements(ACT, bodies, SALT + SALT)) == [
        (
            "a",
            f'{{"act":"{ACT}","body":{{"amount":1,"id":"a"}},"format":"hutan-movement/1",'
            '"number":0,"salt":"000102030405060708090a0b0c0d0e0f"}',
        ),
        (
            "b",
            f'{{"act":"{ACT}","body":{{"blocks":[[1,2]],"from":"31-1","id":"b"}},'
            '"format":"hutan-movement/1","number":1,"salt":"000102030405060708090a0b0c0d0e0f"}',
        ),
    ]


@given(st.dictionaries(st.text(alphabet=st.characters(codec="utf-8")), plain))
def test_a_movement_is_canonical_as_a_whole(body: dict[str, Any]) -> None:
    try:
        [(_, text)] = write_movements(ACT, [body | {"id": "a"}], SALT)
        text.encode()
    except ValueError:
        return
    assert canonical_bytes(json.loads(text)).decode() == text
    assert read_movement(text).body == json.loads(text)["body"]


@pytest.mark.parametrize("bodies", [[{}], [{"id": ""}], [{"id": 7}], [{"id": "a"}, {"id": "a"}]])
def test_a_movement_has_an_id_of_its_own(bodies: list[Any]) -> None:
    with pytest.raises(ValueError, match="needs an id"):
        list(write_movements(ACT, bodies, SALT * len(bodies)))


@pytest.mark.parametrize(
    "kind", ["transfer", "Registry.transfer", "registry.", "registry..x", "registry.x.", "r.x\n"]
)
def test_a_kind_is_namespaced(kind: str) -> None:
    with pytest.raises(ValueError, match="is not a kind"):
        entry(kind=kind)


def test_an_entry_is_read_as_it_was_written() -> None:
    read = read_entry(entry())
    assert (read.act, read.kind, read.at, read.body) == (ACT, "registry.transfer", AT, BODY)
    assert read.movements == Movements(2, b"\x07" * 32)
    assert read_entry(entry(movements=None)).movements is None
    assert read_entry(entry(at=AT.astimezone(UTC))).at == AT


ENTRY_CHANGES: list[tuple[str, Any, str]] = [
    ("act", "0197B1C4-6B5A-7C3D-9C1A-0123456789AB", "act"),
    ("act", "0197", "act"),
    ("act", 7, "act"),
    ("at", "2025-06-30T16:59:59", "at"),
    ("at", "2025-06-30T08:59:59+00:00", "at"),
    ("at", "yesterday", "at"),
    ("at", None, "at"),
    ("body", [], "body"),
    ("format", "hutan-entry/2", "format"),
    ("kind", "transfer", "kind"),
    ("kind", 7, "kind"),
    ("movements", [], "movements"),
    ("movements", {"count": 2}, "movements"),
    ("movements", {"count": 0, "root": "07" * 32}, "movements"),
    ("movements", {"count": True, "root": "07" * 32}, "movements"),
    ("movements", {"count": 2, "root": "07" * 31}, "movements"),
    ("movements", {"count": 2, "root": 7}, "movements"),
    ("salt", "00", "salt"),
    ("salt", 7, "salt"),
    ("extra", 1, "fields"),
]


@pytest.mark.parametrize(("field", "value", "fault"), ENTRY_CHANGES)
def test_an_entry_with_a_wrong_field(field: str, value: Any, fault: str) -> None:
    fields = json.loads(entry()) | {field: value}
    with pytest.raises(Malformed, match=f"^{fault}$"):
        read_entry(canonical_bytes(fields).decode())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "format"),
        ("{}", "format"),
        ('{"format":1.5}', "JSON"),
        ('{"format":NaN}', "JSON"),
        ('{"format":99999999999999999999}', "JSON"),
        ('{"format":"\\ud800"}', "JSON"),
        (entry() + " ", "canonical form"),
        (entry().replace(",", ", ", 1), "canonical form"),
        (entry().replace('"act":', '"act":"x","act":', 1), "canonical form"),
        (entry().replace("清缴", "\\u6e05\\u7f34"), "canonical form"),
    ],
)
def test_what_is_no_canonical_record(text: str, fault: str) -> None:
    with pytest.raises(Malformed, match=f"^{fault}$"):
        read_entry(text)


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("number", -1, "number"),
        ("number", "0", "number"),
        ("body", {"id": ""}, "id"),
        ("body", {"amount": 1}, "id"),
        ("body", [], "body"),
        ("act", "x", "act"),
        ("format", "hutan-entry/1", "format"),
    ],
)
def test_a_movement_with_a_wrong_field(field: str, value: Any, fault: str) -> None:
    [(_, text)] = write_movements(ACT, [{"id": "a"}], SALT)
    with pytest.raises(Malformed, match=f"^{fault}$"):
        read_movement(canonical_bytes(json.loads(text) | {field: value}).decode())


KEY = bytes(32)


@clause("M26.2")
def test_a_commitment_opens_to_its_value_alone() -> None:
    first = opening("sha256", KEY, act=ACT, field="name")
    text = commitment("sha256", first, "王小明")
    assert text.startswith("hmac-sha256:")
    assert opens(text, first, "王小明")
    assert not opens(text, first, "王小红")
    assert not opens(text, opening("sha256", KEY, act=ACT, field="address"), "王小明")
    assert not opens(text, opening("sha256", bytes(31) + b"\x01", act=ACT, field="name"), "王小明")
    assert not opens("hmac-sha256:王", first, "王小明")


@clause("M26.2")
def test_commitments_of_two_acts_cannot_be_linked() -> None:
    other = UUID("0197b1c4-6b5a-7c3d-9c1a-0123456789ac")
    made = {
        commitment(name, opening(name, KEY, act=act, field="name"), "王小明")
        for name in ("sha256", "sm3")
        for act in (ACT, other)
    }
    assert len(made) == 4
    again = commitment("sm3", opening("sm3", KEY, act=ACT, field="name"), "王小明")
    assert again in made
    assert opens(again, opening("sm3", KEY, act=ACT, field="name"), "王小明")
