"""Checking proofs: the right ones pass, and there is one test for each way to be wrong."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutan.kernel.refusals import Refusal, Refusals
from hutan.transparency import refusals
from hutan.transparency.domain.hashing import leaf_hash, sha256, sm3
from hutan.transparency.domain.proofs import check_consistency, check_inclusion
from tests.transparency import model

PROBES = json.loads(
    (Path(__file__).parent.parent / "golden" / "transparency" / "merkle_probes.json").read_text()
)


def hashes(encoded: list[str] | None) -> list[bytes]:
    return [base64.b64decode(each) for each in encoded or ()]


@pytest.mark.parametrize("name", PROBES["inclusion"])
def test_inclusion_probe(name: str) -> None:
    probe = PROBES["inclusion"][name]
    [root, leaf] = hashes([probe["root"] or "", probe["leafHash"] or ""])
    try:
        verified = check_inclusion(
            sha256,
            index=probe["leafIdx"],
            size=probe["treeSize"],
            leaf=leaf,
            path=hashes(probe["proof"]),
            root=root,
        ).verified
    except (Refusal, Refusals):
        verified = False
    assert verified is not probe["wantErr"]


# This probe gives the words "don't care" as roots and expects them to pass; here a root is a hash.
STRICTER = "additional/sizes-are-equal-one-and-proof-is-empty"


@pytest.mark.parametrize("name", sorted(PROBES["consistency"].keys() - {STRICTER}))
def test_consistency_probe(name: str) -> None:
    probe = PROBES["consistency"][name]
    [old_root, new_root] = hashes([probe["root1"] or "", probe["root2"] or ""])
    try:
        verified = check_consistency(
            sha256,
            old=probe["size1"],
            new=probe["size2"],
            path=hashes(probe["proof"]),
            old_root=old_root,
            new_root=new_root,
        ).verified
    except (Refusal, Refusals):
        verified = False
    assert verified is not probe["wantErr"]


def test_a_root_that_is_no_hash_is_refused() -> None:
    probe = PROBES["consistency"][STRICTER]
    [old_root, new_root] = hashes([probe["root1"], probe["root2"]])
    assert refused(
        check_consistency, old=1, new=1, path=[], old_root=old_root, new_root=new_root
    ) == ["WrongHashLength", "WrongHashLength"]


ENTRIES = [bytes([number]) * 3 for number in range(7)]
INCLUSION: dict[str, Any] = {
    "index": 4,
    "size": 7,
    "leaf": leaf_hash(sha256, ENTRIES[4]),
    "path": model.path(4, ENTRIES),
    "root": model.mth(ENTRIES),
}
CONSISTENCY: dict[str, Any] = {
    "old": 3,
    "new": 7,
    "path": model.proof(3, ENTRIES),
    "old_root": model.mth(ENTRIES[:3]),
    "new_root": model.mth(ENTRIES),
}


def refused(call: Any, **question: Any) -> list[str]:
    """Return the names of the refusals, in order."""
    with pytest.raises((Refusal, Refusals)) as caught:
        call(sha256, **question)
    found = caught.value
    return [type(each).__name__ for each in (found if isinstance(found, Refusals) else [found])]


def test_the_right_proofs_pass() -> None:
    assert check_inclusion(sha256, **INCLUSION).verified
    assert check_consistency(sha256, **CONSISTENCY).verified


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"size": 0}, ["SizeNotPositive"]),
        ({"size": -1}, ["SizeNotPositive"]),
        ({"size": 2**63}, ["SizeTooLarge"]),
        ({"index": -1}, ["IndexNegative"]),
        ({"index": 7}, ["IndexBeyondSize"]),
        ({"index": -1, "size": 0}, ["SizeNotPositive", "IndexNegative"]),
        ({"leaf": b""}, ["WrongHashLength"]),
        ({"root": b"x" * 31}, ["WrongHashLength"]),
        ({"path": []}, ["ProofTooShort"]),
        ({"path": INCLUSION["path"][:-1]}, ["ProofTooShort"]),
        ({"path": [*INCLUSION["path"], b"x" * 32]}, ["ProofTooLong"]),
        ({"path": [b"x", *INCLUSION["path"][1:]]}, ["WrongHashLength"]),
        ({"path": [b"x"], "index": 9}, ["IndexBeyondSize", "WrongHashLength"]),
        (
            {"path": [b"x"], "leaf": b"", "root": b""},
            ["WrongHashLength", "WrongHashLength", "WrongHashLength", "ProofTooShort"],
        ),
    ],
)
def test_an_inclusion_question_out_of_form(change: dict[str, Any], wanted: list[str]) -> None:
    assert refused(check_inclusion, **INCLUSION | change) == wanted


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"old": 0}, ["SizeNotPositive"]),
        ({"old": 0, "new": 0}, ["SizeNotPositive", "SizeNotPositive"]),
        ({"new": 2**64}, ["SizeTooLarge"]),
        ({"old": 8}, ["OldBeyondNew"]),
        ({"old_root": b""}, ["WrongHashLength"]),
        ({"new_root": b"x" * 33}, ["WrongHashLength"]),
        ({"path": CONSISTENCY["path"][1:]}, ["ProofTooShort"]),
        ({"path": [*CONSISTENCY["path"], b"x" * 32]}, ["ProofTooLong"]),
        ({"old": 7, "path": [b"x" * 32]}, ["ProofTooLong"]),
        ({"path": [b"", *CONSISTENCY["path"][1:]]}, ["WrongHashLength"]),
    ],
)
def test_a_consistency_question_out_of_form(change: dict[str, Any], wanted: list[str]) -> None:
    assert refused(check_consistency, **CONSISTENCY | change) == wanted


@pytest.mark.parametrize(
    "change",
    [
        {"index": 5},
        {"leaf": leaf_hash(sha256, ENTRIES[3])},
        {"root": model.mth(ENTRIES[:6])},
        {"path": INCLUSION["path"][::-1]},
        {"leaf": INCLUSION["root"]},
    ],
)
def test_a_wrong_inclusion_is_computed_and_does_not_verify(change: dict[str, Any]) -> None:
    answer = check_inclusion(sha256, **INCLUSION | change)
    assert not answer.verified
    assert answer.computed != answer.root


@pytest.mark.parametrize("change", [{"old_root": b"x" * 32}, {"new_root": b"x" * 32}])
def test_a_rewritten_history_does_not_verify(change: dict[str, Any]) -> None:
    assert not check_consistency(sha256, **CONSISTENCY | change).verified


def test_equal_trees_need_no_proof_but_equal_roots() -> None:
    root = CONSISTENCY["new_root"]
    same: dict[str, Any] = {"old": 7, "new": 7, "path": []}
    assert check_consistency(sha256, **same, old_root=root, new_root=root).verified
    assert not check_consistency(sha256, **same, old_root=root, new_root=b"x" * 32).verified


@settings(max_examples=60)
@given(st.data())
def test_no_flipped_bit_verifies(data: st.DataObject) -> None:
    hash_ = data.draw(st.sampled_from([sha256, sm3]))
    size = data.draw(st.integers(1, 40))
    index = data.draw(st.integers(0, size - 1))
    entries = [bytes([number]) for number in range(size)]
    pieces = [
        leaf_hash(hash_, entries[index]),
        model.mth(entries, hash_),
        *model.path(index, entries, hash_),
    ]
    leaf, root, *path = pieces
    right = check_inclusion(hash_, index=index, size=size, leaf=leaf, path=path, root=root)
    assert right.verified
    which = data.draw(st.integers(0, len(pieces) - 1))
    bit = data.draw(st.integers(0, 255))
    flipped = int.from_bytes(pieces[which], "big") ^ 1 << bit
    pieces[which] = flipped.to_bytes(32, "big")
    leaf, root, *path = pieces
    wrong = check_inclusion(hash_, index=index, size=size, leaf=leaf, path=path, root=root)
    assert not wrong.verified


@settings(max_examples=60)
@given(st.data())
def test_consistency_holds_between_any_two_sizes(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, 300))
    old = data.draw(st.integers(1, new))
    entries = [number.to_bytes(2, "big") for number in range(new)]
    question: dict[str, Any] = {
        "old": old,
        "new": new,
        "path": model.proof(old, entries),
        "old_root": model.mth(entries[:old]),
        "new_root": model.mth(entries),
    }
    assert check_consistency(sha256, **question).verified
    if question["path"]:
        at = data.draw(st.integers(0, len(question["path"]) - 1))
        question["path"][at] = sha256(question["path"][at])
        assert not check_consistency(sha256, **question).verified


def test_refusals_speak_both_languages() -> None:
    answer = refusals.ProofTooShort(given=1, wanted=3)
    assert answer.sentence("zh") == "证明只有 1 个散列值，须为 3 个。"
    assert answer.sentence("en") == "The proof has 1 hashes; 3 are needed."
