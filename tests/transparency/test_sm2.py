"""SM2 against the standard's example, against OpenSSL, and against every kind of forgery."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutan.transparency.domain import sm2
from hutan.transparency.domain.hashing import sha256

# GM/T 0003.5-2012, appendix A.2: key, message, nonce, digest e, signature.
PRIVATE = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
PUBLIC = bytes.fromhex(
    "04"
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
MESSAGE = b"message digest"
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
DIGEST = bytes.fromhex("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640")
SIGNATURE = bytes.fromhex(
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
D, E = int.from_bytes(PRIVATE, "big"), int.from_bytes(DIGEST, "big")

# The x coordinate of NONCE * G in the same example: with it a digest can be made to order.
X1 = 0x04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73


def test_the_example_of_the_standard() -> None:
    assert sm2.public_key(PRIVATE) == PUBLIC
    assert sm2.digest(PUBLIC, MESSAGE) == DIGEST
    assert sm2.attempt(D, E, NONCE) == SIGNATURE
    assert sm2.verify(PUBLIC, MESSAGE, SIGNATURE)


@pytest.mark.parametrize(
    "e",
    [-X1, -NONCE - X1, NONCE * pow(D, -1, sm2.N) - X1],
    ids=["r is 0", "r + k is n", "s is 0"],
)
def test_where_the_standard_asks_for_another_nonce(e: int) -> None:
    assert sm2.attempt(D, e % sm2.N, NONCE) is None


def test_another_identifier_is_another_signature() -> None:
    signature = sm2.sign(PRIVATE, MESSAGE, user_id=b"ALICE123@YAHOO.COM")
    assert sm2.verify(PUBLIC, MESSAGE, signature, user_id=b"ALICE123@YAHOO.COM")
    assert not sm2.verify(PUBLIC, MESSAGE, signature)


@pytest.mark.parametrize(
    ("message", "k"),
    [
        (b"sample", 0xA6E3C57DD01ABE90086538398355DD4C3B17AA873382B0F24D6129493D8AAD60),
        (b"test", 0xD16B6AE827F17175E040871A1C7EC3500192C4C92677336EC2537ACAEE0008E0),
    ],
)
def test_nonces_are_those_of_rfc_6979_a_2_5(message: bytes, k: int) -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    private = bytes.fromhex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
    found = sm2.nonces("sha256", order, private, sha256(message), b"")
    assert next(found) == k


def test_nonces_stay_below_the_order_and_differ() -> None:
    order = 2**255 - 19
    found = sm2.nonces("sm3", order, PRIVATE, DIGEST, b"")
    some = [next(found) for _ in range(20)]
    assert len(set(some)) == 20
    assert all(0 < k < order for k in some)
    hedged = next(sm2.nonces("sm3", order, PRIVATE, DIGEST, b"fresh randomness"))
    assert hedged != some[0]


def test_a_message_signed_twice_has_two_signatures() -> None:
    one, two = sm2.sign(PRIVATE, MESSAGE), sm2.sign(PRIVATE, MESSAGE)
    assert one != two
    assert sm2.verify(PUBLIC, MESSAGE, one)
    assert sm2.verify(PUBLIC, MESSAGE, two)


@settings(max_examples=10, deadline=None)
@given(st.binary(max_size=200))
def test_what_a_fresh_key_signs_verifies_and_nothing_else(message: bytes) -> None:
    private = sm2.new_private_key()
    public = sm2.public_key(private)
    signature = sm2.sign(private, message)
    assert sm2.verify(public, message, signature)
    assert not sm2.verify(public, message + b"!", signature)
    assert not sm2.verify(PUBLIC, message, signature)


def _pair(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


R, S = int.from_bytes(SIGNATURE[:32], "big"), int.from_bytes(SIGNATURE[32:], "big")


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        SIGNATURE[:-1],
        SIGNATURE + b"\x00",
        _pair(0, S),
        _pair(R, 0),
        _pair(sm2.N, S),
        _pair(R, sm2.N),
        _pair(R, sm2.N - R),
        _pair(S, R),
        _pair(R, S ^ 1),
        # s * G + t * P is infinity for s = -t d, so r = -s (1 + d) / d.
        _pair(-(1 + D) * pow(D, -1, sm2.N) % sm2.N, 1),
    ],
)
def test_a_forged_signature(signature: bytes) -> None:
    assert not sm2.verify(PUBLIC, MESSAGE, signature)


@pytest.mark.parametrize(
    "public",
    [
        b"",
        PUBLIC[:-1],
        b"\x02" + PUBLIC[1:],
        PUBLIC[:-1] + b"\x14",
        b"\x04" + bytes(64),
        b"\x04" + sm2.P.to_bytes(32, "big") + PUBLIC[33:],
        PUBLIC[:33] + (int.from_bytes(PUBLIC[33:], "big") + sm2.P).to_bytes(33, "big")[1:],
        PUBLIC[:33] + b"\xff" * 32,
    ],
)
def test_what_is_no_public_key(public: bytes) -> None:
    assert not sm2.is_public_key(public)
    assert not sm2.verify(public, MESSAGE, SIGNATURE)


@pytest.mark.parametrize("number", [0, sm2.N - 1, sm2.N, 2**256 - 1])
def test_what_is_no_private_key(number: int) -> None:
    with pytest.raises(ValueError, match="private key"):
        sm2.public_key(number.to_bytes(32, "big"))


def test_a_private_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="private key"):
        sm2.public_key(b"\x01" * 31)


def _openssl() -> str | None:
    program = shutil.which("openssl")
    if program is None:
        return None
    asked = [program, "ecparam", "-list_curves"]
    curves = subprocess.run(asked, capture_output=True, text=True, check=False)
    return program if "SM2" in curves.stdout else None


OPENSSL = _openssl()
# User identifier of both sides: OpenSSL has none by default.
OPTIONS = ["-sigopt", "distid:1234567812345678"]


@pytest.mark.skipif(OPENSSL is None, reason="this system has no OpenSSL with SM2 to compare with")
def test_openssl_agrees_in_both_directions(tmp_path: Path) -> None:
    private = sm2.new_private_key()
    public = sm2.public_key(private)
    # SEC 1: ECPrivateKey { 1, private, [0] curve 1.2.156.10197.1.301, [1] public }.
    der = (
        bytes.fromhex("3077020101") + b"\x04\x20" + private
        + bytes.fromhex("a00a06082a811ccf5501822d") + bytes.fromhex("a144034200") + public
    )  # fmt: skip
    body = base64.encodebytes(der).decode()
    key, message, out = tmp_path / "key.pem", tmp_path / "message", tmp_path / "signature"
    key.write_text(f"-----BEGIN EC PRIVATE KEY-----\n{body}-----END EC PRIVATE KEY-----\n")
    message.write_bytes(b"checkpoint")
    assert OPENSSL is not None
    subprocess.run(
        [OPENSSL, "dgst", "-sm3", "-sign", key, *OPTIONS, "-out", out, message], check=True
    )
    assert sm2.verify(public, b"checkpoint", _from_der(out.read_bytes()))
    out.write_bytes(_to_der(sm2.sign(private, b"checkpoint")))
    checked = subprocess.run(
        [OPENSSL, "dgst", "-sm3", "-prverify", key, *OPTIONS, "-signature", out, message],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.stdout.strip() == "Verified OK"


def _from_der(der: bytes) -> bytes:
    length = der[3]
    r, s = der[4 : 4 + length], der[6 + length :]
    return _pair(int.from_bytes(r, "big"), int.from_bytes(s, "big"))


def _to_der(signature: bytes) -> bytes:
    parts = b""
    for half in (signature[:32], signature[32:]):
        number = int.from_bytes(half, "big")
        raw = number.to_bytes(number.bit_length() // 8 + 1, "big")
        parts += b"\x02" + bytes([len(raw)]) + raw
    return b"\x30" + bytes([len(parts)]) + parts
