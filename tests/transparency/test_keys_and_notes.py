"""Keys, notes, checkpoints and cosignatures in the forms of C2SP."""

from __future__ import annotations

import base64
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.transparency import refusals
from hutan.transparency.domain.keys import (
    SUITES,
    USAGES,
    SigningKey,
    VerifierKey,
    generate_key,
    read_signing_key,
    read_verifier_key,
    usage_of,
)
from hutan.transparency.domain.notes import (
    MOST_SIGNATURES,
    Head,
    Note,
    Signature,
    cosign,
    read_head,
    read_note,
    sign_note,
    verified_signers,
)

# c2sp.org/signed-note, section "Verifier keys", example.
C2SP_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = (
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuw"
    "HjG1Yu72IneyaQM=\n"
)

# golang.org/x/mod/sumdb/note, package documentation: a published key pair and what it signs.
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6"
    "KE6RyyBwJnAM=\n"
)

# c2sp.org/tlog-checkpoint, the example at its head.
C2SP_CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
)
# c2sp.org/tlog-cosignature: the message that a witness signs for that checkpoint.
C2SP_COSIGNED = "cosignature/v1\ntime 1679315147\n" + C2SP_CHECKPOINT

# Fixed keys: the names of tests must not differ between the processes that run them.
KEYS = {
    usage: SigningKey(f"log.example/{number}", usage, bytes([number + 1]) * 32)
    for number, usage in enumerate(USAGES)
}
LOG_KEYS = [key for usage, key in KEYS.items() if not usage.timestamped]
WITNESS_KEYS = [key for usage, key in KEYS.items() if usage.timestamped]


def test_the_example_of_signed_note_verifies() -> None:
    key = read_verifier_key(C2SP_KEY)
    note = read_note(C2SP_NOTE)
    assert verified_signers(note, [key]) == [key]
    assert (str(key), str(note)) == (C2SP_KEY, C2SP_NOTE)


def test_the_example_of_go_is_signed_to_the_byte() -> None:
    key = read_signing_key(GO_SECRET)
    assert (key.text(), str(key.verifier)) == (GO_SECRET, GO_PUBLIC)
    assert str(sign_note(GO_TEXT, [key])) == f"{GO_TEXT}\n{GO_SIGNATURE}"


def test_the_example_of_a_checkpoint_is_read_and_written() -> None:
    head = read_head(C2SP_CHECKPOINT)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert head.text() == C2SP_CHECKPOINT
    assert read_head(C2SP_CHECKPOINT + "an extension\n") == head


@pytest.mark.parametrize("key", WITNESS_KEYS, ids=str)
def test_a_witness_signs_the_message_of_the_specification(key: SigningKey) -> None:
    line = cosign(C2SP_CHECKPOINT, key, 1679315147)
    assert line.signature[:8] == (1679315147).to_bytes(8, "big")
    assert key.verifier.verify(C2SP_COSIGNED.encode(), line.signature[8:])
    note = Note(C2SP_CHECKPOINT, (line,))
    assert verified_signers(note, [key.verifier]) == [key.verifier]
    later = Signature(line.name, line.key_id, b"\x00" * 7 + b"\x01" + line.signature[8:])
    with pytest.raises(refusals.SignatureWrong):
        verified_signers(Note(C2SP_CHECKPOINT, (later,)), [key.verifier])
    beyond = Signature(line.name, line.key_id, b"\xff" * 8 + line.signature[8:])
    with pytest.raises(refusals.SignatureWrong):
        verified_signers(Note(C2SP_CHECKPOINT, (beyond,)), [key.verifier])


@pytest.mark.parametrize("key", KEYS.values(), ids=str)
def test_a_key_is_read_as_it_was_written(key: SigningKey) -> None:
    assert read_signing_key(key.text() + "\n") == key
    assert read_verifier_key(str(key.verifier)) == key.verifier
    assert key.text() not in repr(key)
    assert str(key.verifier) in repr(key)


def test_the_same_key_for_another_use_has_another_id() -> None:
    for suite in SUITES.values():
        public = KEYS[usage_of(suite)].verifier.public
        ids = {
            VerifierKey("one", usage_of(suite, timestamped=timed), public).id
            for timed in (False, True)
        }
        assert len(ids) == 2


SM2_KEY = str(LOG_KEYS[1].verifier)
SM2_SECRET = LOG_KEYS[1].text()


def changed(text: str, at: int, raw: bytes) -> str:
    """Return a key's text with the bytes of its last part replaced from ``at``."""
    # The encoding itself may hold a plus.
    *head, encoded = text.split("+", 4 if text.startswith("PRIVATE") else 2)
    old = base64.b64decode(encoded)
    new = old[:at] + raw + old[at + len(raw) :]
    return "+".join([*head, base64.b64encode(new).decode()])


def renamed(key: VerifierKey, public: bytes) -> str:
    """Return the text of a key whose id belongs to it."""
    return str(VerifierKey(key.name, key.usage, public))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "two words+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "half\ud800+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3w==",
        "example.com/foo+530d903a+\ud800",
        changed(C2SP_KEY, 0, b"\x02"),
        changed(SM2_KEY, 1, b"X"),
        renamed(LOG_KEYS[1].verifier, b"\x04" + bytes(64)),
        renamed(LOG_KEYS[1].verifier, b"\x04" * 64),
    ],
)
def test_what_is_no_public_key(text: str) -> None:
    with pytest.raises(refusals.KeyMalformed):
        read_verifier_key(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        GO_PUBLIC,
        GO_SECRET.replace("c74f20a3", "c74f20a4"),
        GO_SECRET[:-4],
        "PRIVATE+KEY+PeterNeumann",
        changed(GO_SECRET, 0, b"\x07"),
        changed(SM2_SECRET, len(b"\xffoid/1.2.156.10197.1.501"), bytes(32)),
    ],
)
def test_what_is_no_private_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(refusals.KeyMalformed) as refused:
        read_signing_key(text)
    assert refused.value.facts == {}


@pytest.mark.parametrize("key", KEYS.values(), ids=str)
def test_a_signature_of_another_length_is_none(key: SigningKey) -> None:
    signature = key.sign(b"text")
    assert key.verifier.verify(b"text", signature)
    assert not key.verifier.verify(b"text", signature[:-1])
    assert not key.verifier.verify(b"text", signature + b"\x00")
    assert not key.verifier.verify(b"texts", signature)


LINE = "— example.com/foo Uw2QOkn8srV1yJGh"


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("", 1),
        ("text", 1),
        ("text\n", 2),
        ("text\n\n", 3),
        (f"text\n{LINE}\n", 3),
        (f"text\n\n{LINE}", 3),
        (f"text\n\n{LINE}\n\n", 5),
        ("text\n\n- example.com/foo Uw2QOkn8srV1yJGh\n", 3),
        ("text\n\n— Uw2QOkn8srV1yJGh\n", 3),
        ("text\n\n— example.com/foo \n", 3),
        ("text\n\n— example.com/foo Uw2QOg==\n", 3),
        ("text\n\n— example.com/foo Uw2QOkn8srV1yJG\n", 3),
        ("text\n\n— example.com+foo Uw2QOkn8srV1yJGh\n", 3),
        (f"text\n\n{LINE}\n— broken\n", 4),
        (f"te\txt\n\n{LINE}\n", 1),
        (f"text\r\n\n{LINE}\n", 1),
        (f"text\n\ud800\n\n{LINE}\n", 2),
        (f"text\n\n{LINE}\n" * 1 + f"{LINE}\n" * MOST_SIGNATURES, 3 + MOST_SIGNATURES),
    ],
)
def test_what_is_no_note(raw: str, line: int) -> None:
    with pytest.raises(refusals.NoteMalformed) as refused:
        read_note(raw)
    assert refused.value.facts["line"] == line


def test_a_note_may_hold_empty_lines_and_many_signatures() -> None:
    raw = f"one\n\ntwo\n\n{LINE}\n" + f"{LINE}\n" * (MOST_SIGNATURES - 1)
    note = read_note(raw)
    assert note.text == "one\n\ntwo\n"
    assert len(note.signatures) == MOST_SIGNATURES
    assert str(note) == raw


ROOT = base64.b64encode(b"r" * 32).decode()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        (f"log\n1\n{ROOT}", 3),
        (f"\n1\n{ROOT}\n", 1),
        (f"log\n01\n{ROOT}\n", 2),
        (f"log\n-1\n{ROOT}\n", 2),
        (f"log\n١\n{ROOT}\n", 2),
        (f"log\n{'9' * 20}\n{ROOT}\n", 2),
        (f"log\n1\n{ROOT[:-4]}\n", 3),
        ("log\n1\nAAAA\n", 3),
        (f"log\n1\n{ROOT}\n\n", 4),
        (f"log\n1\n{ROOT}\nmore\n\nmore\n", 5),
    ],
)
def test_what_is_no_checkpoint(text: str, line: int) -> None:
    with pytest.raises(refusals.CheckpointMalformed) as refused:
        read_head(text)
    assert refused.value.facts["line"] == line


def test_signatures_by_others_are_ignored_and_wrong_ones_are_not() -> None:
    one, two = LOG_KEYS
    note = sign_note("text\n", [one, two])
    assert verified_signers(note, [two.verifier]) == [two.verifier]
    assert verified_signers(note, [two.verifier, one.verifier]) == [one.verifier, two.verifier]
    other = generate_key(one.name, one.usage)
    with pytest.raises(refusals.SignatureMissing):
        verified_signers(note, [other.verifier])
    with pytest.raises(refusals.SignatureMissing):
        verified_signers(note, [])
    with pytest.raises(refusals.SignatureWrong) as refused:
        verified_signers(Note("texts\n", note.signatures), [one.verifier])
    assert one.verifier.id.hex() in refused.value.sentence("en")


@given(st.text(max_size=60))
def test_no_text_makes_the_readers_stumble(text: str) -> None:
    readers: list[Any] = [read_note, read_head, read_verifier_key, read_signing_key]
    for read in readers:
        with suppress(refusals.NoteMalformed, refusals.CheckpointMalformed, refusals.KeyMalformed):
            read(text)


@given(st.integers(0, 10**18), st.binary(min_size=32, max_size=32))
def test_a_head_is_read_as_it_was_written(size: int, root: bytes) -> None:
    head = Head("hutan.example/log", size, root)
    assert read_head(head.text()) == head
