"""Sealing: what is sealed opens only as itself, in its place, with its key; keys rotate."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from hutan.runtime.sealing import (
    KeyRing,
    SealBroken,
    SealingTrouble,
    blind_index,
    key_ring_from,
    new_key_ring,
    parse_key_ring,
    seal,
    stale,
    unseal,
)

RINGS = {name: parse_key_ring(new_key_ring("k1", name)) for name in ("aes256gcm", "sm4gcm")}
ring = pytest.mark.parametrize("ring", RINGS.values(), ids=RINGS.keys())


@ring
def test_what_is_sealed_opens_as_itself(ring: KeyRing) -> None:
    """Bytes come back; two sealings of the same bytes differ; nothing of them shows."""
    plain = "上海市浦东新区 310115199001011234".encode()
    one, two = ring.seal(plain, context="a"), ring.seal(plain, context="a")
    assert ring.unseal(one, context="a") == plain == ring.unseal(two, context="a")
    assert one != two
    assert plain not in one
    assert len(one) == 2 + len("k1") + 12 + len(plain) + 16


@given(plain=st.binary(max_size=200), context=st.text(max_size=30))
def test_any_bytes_and_context_come_back(plain: bytes, context: str) -> None:
    """There is no special case of content or place."""
    for one in RINGS.values():
        assert one.unseal(one.seal(plain, context=context), context=context) == plain


@ring
def test_a_moved_value_does_not_open(ring: KeyRing) -> None:
    """The sealed secret of one person is worthless in the row of another."""
    sealed = ring.seal(b"secret", context="web.second_factor:1")
    with pytest.raises(SealBroken):
        ring.unseal(sealed, context="web.second_factor:2")


@ring
def test_any_changed_byte_is_found(ring: KeyRing) -> None:
    """Version, key id, nonce, text, tag: each byte counts, and so does the length."""
    sealed = ring.seal(b"secret", context="a")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            ring.unseal(bytes(changed), context="a")
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            ring.unseal(sealed[:length], context="a")


def test_another_installation_cannot_open_it() -> None:
    """The same key id with other material is another key."""
    mine, theirs = parse_key_ring(new_key_ring()), parse_key_ring(new_key_ring())
    with pytest.raises(SealBroken):
        theirs.unseal(mine.seal(b"secret", context="a"), context="a")


def test_keys_rotate() -> None:
    """The newest key seals; old ones still open; what is under an old one is found."""
    old_text = new_key_ring("2025")
    old = parse_key_ring(old_text)
    index, first = old_text.strip().split("\n")
    fresh = new_key_ring("2026", "sm4gcm").strip().split("\n")[1]
    both = parse_key_ring("\n".join([index, fresh, first]))
    sealed = old.seal(b"secret", context="a")
    assert both.stale(sealed)
    assert both.unseal(sealed, context="a") == b"secret"
    again = both.seal(b"secret", context="a")
    assert not both.stale(again)
    only_new = parse_key_ring(f"{index},{fresh}")
    assert only_new.unseal(again, context="a") == b"secret"
    with pytest.raises(SealBroken, match="2025"):
        only_new.unseal(sealed, context="a")


def test_an_index_finds_and_does_not_tell() -> None:
    """Equal in one context under one index key whatever the sealing keys; different otherwise."""
    text = new_key_ring("a")
    index = text.split("\n")[0]
    one = parse_key_ring(text)
    two = parse_key_ring("\n".join([index, new_key_ring("b").split("\n")[1]]))
    found = one.blind_index(b"310115", context="person")
    assert len(found) == 32
    assert found == two.blind_index(b"310115", context="person")
    assert found != one.blind_index(b"310116", context="person")
    assert found != one.blind_index(b"310115", context="unit")
    assert found != parse_key_ring(new_key_ring()).blind_index(b"310115", context="person")


def test_each_context_has_a_key_of_its_own() -> None:
    """The key is derived: the ring's own material opens nothing directly."""
    one = RINGS["aes256gcm"]
    sealed = one.seal(b"secret", context="a")
    head, nonce, rest = sealed[:4], sealed[4:16], sealed[16:]
    with pytest.raises(InvalidTag):
        AESGCM(one.keys[0].material).decrypt(nonce, rest, head + b"a")


def test_keys_do_not_show() -> None:
    """Neither a ring nor a key prints its material."""
    one = RINGS["aes256gcm"]
    shown = repr(one) + repr(one.keys[0])
    assert repr(one.keys[0].material) not in shown
    assert repr(one.index) not in shown


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "lack a sealing key or the index"),
        ("index=AAAA", "has 3 bytes, not 32"),
        ("index=!", "not base64"),
        ("k1=aes256gcm:AAAA", "has 3 bytes, not 32"),
        ("k1=des:AAAA", "not written as"),
        ("K1=aes256gcm:AAAA", "not written as"),
        (new_key_ring().split("\n")[0], "lack a sealing key or the index"),
        (new_key_ring().split("\n")[1], "lack a sealing key or the index"),
        (new_key_ring() + new_key_ring().split("\n")[1], "stands twice"),
    ],
    ids=range(9),
)
def test_a_wrong_ring_is_refused_with_a_sentence(text: str, complaint: str) -> None:
    """Nothing is guessed about keys."""
    with pytest.raises(SealingTrouble, match=complaint):
        parse_key_ring(text)


def test_the_ring_comes_from_the_environment(tmp_path: Path) -> None:
    """From the variable, or from the file; without either it says what to set."""
    text = new_key_ring()
    file = tmp_path / "keys"
    file.write_text(text)
    sealed = parse_key_ring(text).seal(b"secret", context="a")
    for environment in ({"HUTAN_DATA_KEY": text}, {"HUTAN_DATA_KEY_FILE": str(file)}):
        assert key_ring_from(environment).unseal(sealed, context="a") == b"secret"
    with pytest.raises(SealingTrouble, match="HUTAN_DATA_KEY"):
        key_ring_from({})
    with pytest.raises(SealingTrouble, match="cannot be read"):
        key_ring_from({"HUTAN_DATA_KEY_FILE": str(tmp_path / "none")})


def test_the_process_uses_its_own_ring() -> None:
    """The plain functions work on the installation's ring."""
    sealed = seal(b"secret", context="a")
    assert unseal(sealed, context="a") == b"secret"
    assert not stale(sealed)
    assert blind_index(b"x", context="a") == blind_index(b"x", context="a")


def test_a_process_without_keys_says_so() -> None:
    """No key, no default key."""
    environment = {name: value for name, value in os.environ.items() if "HUTAN" not in name}
    done = subprocess.run(
        [sys.executable, "-c", "from hutan.runtime.sealing import seal; seal(b'', context='')"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "SealingTrouble: No data keys" in done.stderr
