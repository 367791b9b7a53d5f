"""The decision cores: every question has an answer, and hostile input has a refusal."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.kernel.refusals import Refusal, Refusals
from hutan.transparency.domain.hashing import sm3
from hutan.transparency.domain.questions import answer_consistency, answer_inclusion, answer_root
from tests.transparency import model
from tests.transparency.test_tree import LEAVES, ROOTS

ENTRIES = [bytes([number]) * 2 for number in range(7)]
INCLUSION: dict[str, Any] = {
    "index": 4,
    "size": 7,
    "leaf_hash": model.sha256(b"\x00" + ENTRIES[4]).hex(),
    "proof": [hash_.hex() for hash_ in model.path(4, ENTRIES)],
    "root": model.mth(ENTRIES).hex(),
}
CONSISTENCY: dict[str, Any] = {
    "old_size": 3,
    "new_size": 7,
    "old_root": model.mth(ENTRIES[:3]).hex(),
    "new_root": model.mth(ENTRIES).hex(),
    "proof": [hash_.hex() for hash_ in model.proof(3, ENTRIES)],
}


def codes(answer: Any, question: dict[str, Any]) -> list[str]:
    """Return the codes of the refusals, in order."""
    with pytest.raises((Refusal, Refusals)) as caught:
        answer(question)
    found: Any = caught.value
    return [each.code for each in (found if isinstance(found, Refusals) else [found])]


def without(question: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in question.items() if name not in names}


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_published(size: int) -> None:
    as_hex: dict[str, Any] = {"leaves": [leaf.hex() for leaf in LEAVES[:size]]}
    as_base64 = {
        "encoding": "base64",
        "leaves": [base64.b64encode(leaf).decode() for leaf in LEAVES[:size]],
    }
    as_hashes = {"leaf_hashes": [model.sha256(b"\x00" + leaf).hex() for leaf in LEAVES[:size]]}
    for question in (as_hex, as_base64, as_hashes):
        assert answer_root(question) == {"algorithm": "sha256", "size": size, "root": ROOTS[size]}


def test_the_root_of_an_sm3_tree_over_text() -> None:
    question = {"algorithm": "sm3", "encoding": "utf-8", "leaves": ["沪", "碳", ""]}
    wanted = model.mth(["沪".encode(), "碳".encode(), b""], sm3).hex()
    assert answer_root(question) == {"algorithm": "sm3", "size": 3, "root": wanted}


def test_an_inclusion_is_answered() -> None:
    wanted = {
        "algorithm": "sha256",
        "verified": True,
        "computed_root": INCLUSION["root"],
        "root": INCLUSION["root"],
    }
    assert answer_inclusion(INCLUSION) == wanted
    as_data = without(INCLUSION, "leaf_hash") | {"leaf": ENTRIES[4].hex()}
    assert answer_inclusion(as_data) == wanted
    as_base64 = INCLUSION | {"root": base64.b64encode(model.mth(ENTRIES)).decode()}
    assert answer_inclusion(as_base64) == wanted
    wrong: Any = answer_inclusion(INCLUSION | {"index": 5})
    assert wrong["verified"] is False
    assert wrong["computed_root"] != wrong["root"] == INCLUSION["root"]


def test_a_consistency_is_answered() -> None:
    assert answer_consistency(CONSISTENCY) == {
        "algorithm": "sha256",
        "verified": True,
        "computed_old_root": CONSISTENCY["old_root"],
        "computed_new_root": CONSISTENCY["new_root"],
        "old_root": CONSISTENCY["old_root"],
        "new_root": CONSISTENCY["new_root"],
    }
    wrong: Any = answer_consistency(CONSISTENCY | {"new_root": "00" * 32})
    assert wrong["verified"] is False
    assert wrong["computed_new_root"] == CONSISTENCY["new_root"]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ({}, ["LOG-113"]),
        ({"leaves": [], "leaf_hashes": []}, ["LOG-113"]),
        ({"leaves": {}}, ["LOG-112"]),
        ({"leaves": None}, ["LOG-112"]),
        ({"leaves": ["0", "zz", 5]}, ["LOG-109", "LOG-109", "LOG-112"]),
        ({"encoding": "base64", "leaves": ["A", "AB==", "é"]}, ["LOG-109"] * 3),
        ({"encoding": "utf-8", "leaves": ["\ud800"]}, ["LOG-109"]),
        ({"encoding": "latin", "leaves": []}, ["LOG-112"]),
        ({"encoding": 7, "leaves": []}, ["LOG-112"]),
        ({"algorithm": "md5", "leaves": []}, ["LOG-112"]),
        ({"algorithm": ["sm3"], "leaves": []}, ["LOG-112"]),
        ({"leaf_hashes": ["00", "zz", "00" * 33]}, ["LOG-109", "LOG-106", "LOG-106"]),
        ({"leaves": [], "leafs": []}, ["LOG-111"]),
        ({"leaves": ["zz"], "\ud800": 1, "algorithm": "x"}, ["LOG-112", "LOG-109", "LOG-111"]),
    ],
)
def test_a_root_that_cannot_be_asked_for(question: dict[str, Any], wanted: list[str]) -> None:
    assert codes(answer_root, question) == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ({}, ["LOG-110", "LOG-110", "LOG-113", "LOG-110", "LOG-110"]),
        (INCLUSION | {"leaf": "00"}, ["LOG-113"]),
        (INCLUSION | {"index": True}, ["LOG-112"]),
        (INCLUSION | {"index": "4"}, ["LOG-112"]),
        (INCLUSION | {"size": 7.0}, ["LOG-112"]),
        (INCLUSION | {"size": None}, ["LOG-112"]),
        (INCLUSION | {"size": 0}, ["LOG-101"]),
        (INCLUSION | {"size": 2**63}, ["LOG-102"]),
        (INCLUSION | {"index": -1}, ["LOG-103"]),
        (INCLUSION | {"index": 7}, ["LOG-104"]),
        (INCLUSION | {"leaf_hash": "0"}, ["LOG-109"]),
        (INCLUSION | {"leaf_hash": ""}, ["LOG-106"]),
        (INCLUSION | {"root": {}}, ["LOG-112"]),
        (INCLUSION | {"proof": "".join(INCLUSION["proof"])}, ["LOG-112"]),
        (INCLUSION | {"proof": [*INCLUSION["proof"], "00" * 32]}, ["LOG-108"]),
        (INCLUSION | {"proof": INCLUSION["proof"][1:]}, ["LOG-107"]),
        (INCLUSION | {"proof": []}, ["LOG-107"]),
        (INCLUSION | {"proof": [[], "x", "00"]}, ["LOG-112", "LOG-109", "LOG-106"]),
        (
            {"index": 9, "size": 7, "leaf_hash": "zz", "proof": ["00"], "root": "00", "x": 1},
            ["LOG-109", "LOG-104", "LOG-106", "LOG-106", "LOG-111"],
        ),
        (
            without(INCLUSION, "leaf_hash") | {"leaf": "00", "encoding": "rot13"},
            ["LOG-112"],
        ),
    ],
)
def test_an_inclusion_that_cannot_be_asked_for(question: dict[str, Any], wanted: list[str]) -> None:
    assert codes(answer_inclusion, question) == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ({}, ["LOG-110"] * 5),
        (CONSISTENCY | {"old_size": 0}, ["LOG-101"]),
        (CONSISTENCY | {"old_size": 8}, ["LOG-105"]),
        (CONSISTENCY | {"old_size": -1, "new_size": 2**70}, ["LOG-101", "LOG-102"]),
        (CONSISTENCY | {"proof": CONSISTENCY["proof"][:-1]}, ["LOG-107"]),
        (CONSISTENCY | {"proof": [*CONSISTENCY["proof"], "00" * 32]}, ["LOG-108"]),
        (CONSISTENCY | {"old_root": "00", "new_root": "!"}, ["LOG-109", "LOG-106"]),
        (CONSISTENCY | {"leaves": []}, ["LOG-111"]),
    ],
)
def test_a_consistency_that_cannot_be_asked_for(
    question: dict[str, Any], wanted: list[str]
) -> None:
    assert codes(answer_consistency, question) == wanted


hostile = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text() | st.just("00" * 32),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
NAMES = [
    "algorithm", "encoding", "index", "size", "leaf", "leaf_hash", "leaves", "leaf_hashes",
    "proof", "root", "old_size", "new_size", "old_root", "new_root",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES) | st.text(), hostile))
def test_hostile_questions_are_refused_and_never_break(question: dict[str, Any]) -> None:
    for answer in (answer_root, answer_inclusion, answer_consistency):
        try:
            answer(question)
        except (Refusal, Refusals) as refused:
            for refusal in refused if isinstance(refused, Refusals) else [refused]:
                assert (refusal.sentence("zh") + refusal.sentence("en")).encode()
