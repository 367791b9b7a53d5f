"""The witness: it signs what grows out of what it saw, remembers it, and nothing else."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from hutan.kernel.ids import new_id
from hutan.kernel.moments import SHANGHAI
from hutan.kernel.refusals import Refusal
from hutan.transparency import queries, refusals, services
from hutan.transparency.domain.keys import SUITES, SigningKey, usage_of
from hutan.transparency.domain.notes import Head, read_note, sign_note, verified_signers
from hutan.transparency.memory import HeadMemory
from hutan.transparency.witness import Witness
from tests.transparency import model
from tests.transparency.conftest import log_key

AT = datetime(2025, 6, 16, 9, tzinfo=SHANGHAI)
ORIGIN = "log.example/witnessed"
ENTRIES = [bytes([number]) for number in range(20)]


def key(number: int = 1, suite: str = "sha256-ed25519") -> SigningKey:
    return SigningKey(ORIGIN, usage_of(SUITES[suite]), bytes([number]) * 32)


def witness_key(suite: str = "sha256-ed25519") -> SigningKey:
    usage = usage_of(SUITES[suite], timestamped=True)
    return SigningKey("witness.example/w1", usage, b"\x07" * 32)


def head(size: int, signer: SigningKey | None = None, root: bytes | None = None) -> str:
    signed = Head(ORIGIN, size, model.mth(ENTRIES[:size]) if root is None else root)
    return str(sign_note(signed.text(), [signer or key()]))


def request(old: int, size: int, **change: Any) -> str:
    proof = model.proof(old, ENTRIES[:size]) if 0 < old <= size else []
    lines = "".join(base64.b64encode(hash_).decode() + "\n" for hash_ in proof)
    return f"old {old}\n{lines}\n{head(size, **change)}"


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(witness_key(), [key().verifier], HeadMemory(tmp_path / "memory"))


def test_it_signs_each_head_that_grows_out_of_the_last(witness: Witness, tmp_path: Path) -> None:
    for old, size in ((0, 3), (3, 3), (3, 8), (8, 20)):
        line = witness.add_checkpoint(request(old, size), at=AT)
        note = read_note(head(size) + line)
        assert verified_signers(note, [witness_key().verifier]) == [witness_key().verifier]
        assert note.signatures[-1].signature[:8] == int(AT.timestamp()).to_bytes(8, "big")
    again = Witness(witness_key(), [key().verifier], HeadMemory(tmp_path / "memory"))
    with pytest.raises(refusals.OldSizeStale):
        again.add_checkpoint(request(8, 20), at=AT)


def refused(witness: Witness, text: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        witness.add_checkpoint(text, at=AT)
    return caught.value


def test_what_it_does_not_sign(witness: Witness) -> None:
    witness.add_checkpoint(request(0, 8), at=AT)
    forked = [*ENTRIES[:7], b"other", *ENTRIES[8:]]
    wrong: list[tuple[str, type[Refusal]]] = [
        (request(0, 12), refusals.OldSizeStale),
        (request(3, 12), refusals.OldSizeStale),
        (request(9, 8), refusals.RequestMalformed),
        (request(8, 8, root=model.mth(forked[:8])), refusals.HistoryRewritten),
        (request(8, 12, root=model.mth(forked[:12])), refusals.HistoryRewritten),
        (request(8, 12, signer=key(2)), refusals.SignatureMissing),
        (request(8, 12).replace("\n12\n", "\n13\n"), refusals.SignatureWrong),
        (request(8, 12).replace("old 8\n", "old 8\n" + "A" * 43 + "=\n"), refusals.ProofTooLong),
        (request(8, 12).replace("old 8\n", "old 8\nAAAA\n"), Refusal),
    ]
    for text, reason in wrong[:-1]:
        assert type(refused(witness, text)) is reason
    assert witness.add_checkpoint(request(8, 12), at=AT)


def test_a_log_it_does_not_know(witness: Witness) -> None:
    other = SigningKey("log.example/other", key().usage, b"\x01" * 32)
    text = str(sign_note(Head(other.name, 1, bytes(32)).text(), [other]))
    assert isinstance(refused(witness, f"old 0\n\n{text}"), refusals.UnknownLog)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("old 0\n", 1),
        ("old 00\n\n", 1),
        ("old -1\n\n", 1),
        ("size 0\n\n", 1),
        ("old 1\nnot base64\n\n", 2),
        ("old 1\n" + "AAAA\n" * 64 + "\n", 1),
    ],
)
def test_a_request_out_of_form(witness: Witness, text: str, line: int) -> None:
    found = refused(witness, text)
    assert isinstance(found, refusals.RequestMalformed)
    assert found.facts["line"] == line


def test_about_an_empty_log(witness: Witness) -> None:
    empty = request(0, 0)
    assert isinstance(refused(witness, request(0, 0, root=b"x" * 32)), refusals.HistoryRewritten)
    proved = empty.replace("old 0\n", "old 0\n" + base64.b64encode(bytes(32)).decode() + "\n")
    assert isinstance(refused(witness, proved), refusals.HistoryRewritten)
    assert witness.add_checkpoint(empty, at=AT)
    assert witness.add_checkpoint(request(0, 5), at=AT)


def test_a_broken_note_and_a_broken_head(witness: Witness) -> None:
    assert isinstance(refused(witness, "old 0\n\nnote"), refusals.NoteMalformed)
    note = str(sign_note("not a head\n", [key()]))
    assert isinstance(refused(witness, f"old 0\n\n{note}"), refusals.CheckpointMalformed)


def test_a_key_of_a_log_is_no_witness(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        Witness(key(), [], HeadMemory(tmp_path))


def test_two_forks_at_once_get_one_signature(witness: Witness) -> None:
    witness.add_checkpoint(request(0, 8), at=AT)

    def ask(size: int) -> str:
        try:
            return witness.add_checkpoint(request(8, size), at=AT)
        except refusals.OldSizeStale:
            return ""

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, [12, 13, 14, 15, 16, 17, 18, 19]))
    assert len([answer for answer in answers if answer]) == 1


@pytest.mark.usefixtures("db")
def test_our_log_and_a_witness(suite: str, tmp_path: Path) -> None:
    """From the request to the receipt that carries the witness's signature."""
    own = witness_key(suite)
    witness = Witness(own, [log_key(suite=suite).verifier], HeadMemory(tmp_path / "memory"))
    with pytest.raises(refusals.NoCheckpointYet):
        queries.witness_request(old=0)
    seen = 0
    for _ in range(3):
        act = new_id()
        with transaction.atomic():
            services.record(act=act, kind="registry.note", at=AT, body={})
        checkpoint = services.integrate(at=AT)
        line = witness.add_checkpoint(queries.witness_request(old=seen), at=AT)
        seen = checkpoint.size
        for _ in range(2):
            services.accept_cosignature(size=seen, lines=line, witness=own.verifier)
        note = read_note(queries.receipt(act=act).checkpoint.note)
        assert len(note.signatures) == 2
        assert verified_signers(note, [own.verifier]) == [own.verifier]
    with pytest.raises(refusals.BeyondTree):
        queries.witness_request(old=seen + 1)
    with pytest.raises(refusals.SignatureWrong):
        services.accept_cosignature(size=3, lines=line, witness=own.verifier)
    with pytest.raises(refusals.SignatureMissing):
        services.accept_cosignature(
            size=seen, lines=line, witness=SigningKey("w", own.usage, b"\x09" * 32).verifier
        )
    with pytest.raises(refusals.NoCheckpoint):
        services.accept_cosignature(size=1, lines=line, witness=own.verifier)
