"""The hash functions against their standards."""

from __future__ import annotations

import pytest

from hutan.transparency.domain.hashing import ALGORITHMS, keyed, leaf_hash, node_hash, sm3

# GM/T 0004-2012, appendix A.
SM3_VECTORS = [
    (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
]

# GM/T 0042-2015, appendix D.3.
HMAC_SM3_VECTORS = [
    (
        bytes(range(1, 0x21)),
        b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2,
        "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a",
    ),
    (
        bytes(range(1, 0x26)),
        b"\xcd" * 50,
        "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae",
    ),
]


@pytest.mark.parametrize(("data", "wanted"), SM3_VECTORS)
def test_sm3_is_that_of_the_standard(data: bytes, wanted: str) -> None:
    assert sm3(data).hex() == wanted


@pytest.mark.parametrize(("key", "data", "wanted"), HMAC_SM3_VECTORS)
def test_keyed_sm3_is_that_of_the_standard(key: bytes, data: bytes, wanted: str) -> None:
    assert keyed("sm3", key, data).hex() == wanted


def test_keyed_sha256_is_that_of_rfc_4231_case_2() -> None:
    wanted = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert keyed("sha256", b"Jefe", b"what do ya want for nothing?").hex() == wanted


@pytest.mark.parametrize("hash_", ALGORITHMS.values())
def test_a_leaf_never_passes_for_a_node(hash_: object) -> None:
    assert callable(hash_)
    left, right = hash_(b"left"), hash_(b"right")
    assert leaf_hash(hash_, left + right) != node_hash(hash_, left, right)
    assert node_hash(hash_, left, right) != node_hash(hash_, right, left)
