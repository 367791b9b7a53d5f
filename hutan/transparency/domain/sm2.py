"""SM2 signatures (GM/T 0003.2-2012, GB/T 32918.2-2016) over SM3, on the recommended curve.

The cryptography wheel signs no SM2 and hides its OpenSSL, and a system's OpenSSL may be absent; so
the signature is computed here. The nonce is hedged: HMAC-DRBG over the private key, the digest and
fresh randomness (RFC 6979, section 3.6), so that neither a repeated message nor a weak generator
gives the key away. Python's integers do not compute in constant time; the scalar and the point are
therefore blinded anew for every signature, the additions are complete formulas, and every scalar
takes the same number of steps. See docs/decisions/0303-sm2-in-python.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final, NamedTuple

from hutan.transparency.domain.hashing import AlgorithmName, keyed, sm3

# The curve of GM/T 0003.5-2012: y^2 = x^3 - 3x + B over the integers modulo P, of prime order N.
P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A: Final = P - 3
B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123

USER_ID: Final = b"1234567812345678"
"""The signer's distinguishing identifier where none is agreed (GM/T 0009-2012, section 10)."""

PUBLIC_SIZE, PRIVATE_SIZE, SIGNATURE_SIZE = 65, 32, 64


class Point(NamedTuple):
    """A point in projective coordinates: (x / z, y / z); (0, 1, 0) is the point at infinity."""

    x: int
    y: int
    z: int


G: Final = Point(
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
    1,
)
_INFINITY: Final = Point(0, 1, 0)


def public_key(private: bytes) -> bytes:
    """Return the public key of a private one: 0x04, x, y; 65 bytes.

    Raises ``ValueError`` if ``private`` is not 32 bytes of a number in [1, N - 2].
    """
    x, y = _affine(_multiply_secret(_scalar(private)))
    return b"\x04" + _bytes(x) + _bytes(y)


def new_private_key() -> bytes:
    """Return a private key from the operating system's generator."""
    # Sixty-four surplus bits make the bias of the remainder negligible (FIPS 186-5, A.2.1).
    return _bytes(int.from_bytes(os.urandom(40), "big") % (N - 2) + 1)


def digest(public: bytes, message: bytes, *, user_id: bytes = USER_ID) -> bytes:
    """Return e = SM3(Z || message), which is what is signed.

    Z binds the signer's identifier, the curve and the public key (GM/T 0003.2-2012, section 5.5).
    """
    length = (len(user_id) * 8).to_bytes(2, "big")
    curve = b"".join(_bytes(part) for part in (A, B, G.x, G.y))
    return sm3(sm3(length + user_id + curve + public[1:]) + message)


def sign(private: bytes, message: bytes, *, user_id: bytes = USER_ID) -> bytes:
    """Return the signature r || s over ``message``; 64 bytes."""
    number, e = _scalar(private), digest(public_key(private), message, user_id=user_id)
    tries = nonces("sm3", N, private, e, os.urandom(32))
    return next(filter(None, (attempt(number, int.from_bytes(e, "big"), k) for k in tries)))


def attempt(private: int, e: int, k: int) -> bytes | None:
    """Sign ``e`` with the nonce ``k``; ``None`` if the standard asks for another nonce."""
    x, _ = _affine(_multiply_secret(k))
    r = (e + x) % N
    # (1 + d) ** -1 is taken of a blinded value: Python's inversion takes time by its argument.
    blind = int.from_bytes(os.urandom(40), "big") % (N - 1) + 1
    inverse = pow((1 + private) * blind % N, -1, N) * blind
    s = inverse * (k - r * private) % N
    if r == 0 or r + k == N or s == 0:
        return None
    return _bytes(r) + _bytes(s)


def verify(public: bytes, message: bytes, signature: bytes, *, user_id: bytes = USER_ID) -> bool:
    """Tell whether ``signature`` is one over ``message`` by the holder of ``public``."""
    if not is_public_key(public) or len(signature) != SIGNATURE_SIZE:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    t = (r + s) % N
    if not (0 < r < N and 0 < s < N and t):
        return False
    e = int.from_bytes(digest(public, message, user_id=user_id), "big")
    found = _combine(s, t, Point(*_coordinates(public), 1))
    # A forged signature can lead to infinity, which has no coordinates.
    return found.z != 0 and (e + _affine(found)[0] - r) % N == 0


def is_public_key(public: bytes) -> bool:
    """Tell whether ``public`` writes a point of the curve (never infinity) uncompressed."""
    if len(public) != PUBLIC_SIZE or public[0] != 4:
        return False
    x, y = _coordinates(public)
    return x < P and y < P and (y * y - (x * x * x + A * x + B)) % P == 0


def nonces(
    algorithm: AlgorithmName, order: int, private: bytes, digest_: bytes, extra: bytes
) -> Iterator[int]:
    """Yield nonces in [1, order) as RFC 6979, section 3.2, with ``extra`` randomness (3.6).

    For a 256-bit order and 32-byte digests, where no bits need to be cut.
    """
    reduced = _bytes(int.from_bytes(digest_, "big") % order)
    value, key = b"\x01" * 32, b"\x00" * 32
    for separator in (b"\x00", b"\x01"):
        key = keyed(algorithm, key, value + separator + private + reduced + extra)
        value = keyed(algorithm, key, value)
    while True:
        value = keyed(algorithm, key, value)
        k = int.from_bytes(value, "big")
        if 0 < k < order:
            yield k
        key = keyed(algorithm, key, value + b"\x00")
        value = keyed(algorithm, key, value)


def _scalar(private: bytes) -> int:
    number = int.from_bytes(private, "big")
    if len(private) != PRIVATE_SIZE or not 1 <= number <= N - 2:
        raise ValueError("an SM2 private key is 32 bytes of a number in [1, n - 2]")
    return number


def _bytes(number: int) -> bytes:
    return number.to_bytes(32, "big")


def _coordinates(public: bytes) -> tuple[int, int]:
    return int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")


def _affine(point: Point) -> tuple[int, int]:
    inverse = pow(point.z, -1, P)
    return point.x * inverse % P, point.y * inverse % P


def _multiply_secret(scalar: int) -> Point:
    """Return scalar * G by a Montgomery ladder of fixed length over blinded values."""
    scalar += (int.from_bytes(os.urandom(8), "big") | 1 << 63) * N
    factor = int.from_bytes(os.urandom(40), "big") % (P - 1) + 1
    steps = [_INFINITY, Point(G.x * factor % P, G.y * factor % P, factor)]
    for at in range(_LADDER - 1, -1, -1):
        bit = scalar >> at & 1
        steps[1 - bit] = _add(steps[0], steps[1])
        steps[bit] = _add(steps[bit], steps[bit])
    return steps[0]


_LADDER: Final = 256 + 64
"""Bits of a scalar after blinding: every signature walks this many."""


def _combine(s: int, t: int, other: Point) -> Point:
    """Return s * G + t * other; all of it is public, so its time may show."""
    table = (_INFINITY, G, other, _add(G, other))
    found = _INFINITY
    for at in range(255, -1, -1):
        found = _add(found, found)
        found = _add(found, table[(s >> at & 1) | (t >> at & 1) << 1])
    return found


def _add(one: Point, two: Point) -> Point:
    """Add two points by the complete formula for a = -3, which has no exceptional cases.

    Source: Renes, Costello, Batina, "Complete addition formulas for prime order elliptic curves"
    (2015), algorithm 4.
    """
    (x1, y1, z1), (x2, y2, z2) = one, two
    xx, yy, zz = x1 * x2 % P, y1 * y2 % P, z1 * z2 % P
    xy = (x1 + y1) * (x2 + y2) - xx - yy
    yz = (y1 + z1) * (y2 + z2) - yy - zz
    xz = (x1 + z1) * (x2 + z2) - xx - zz
    shift = 3 * (xz - B * zz) % P
    mixed = 3 * (B * xz - 3 * zz - xx) % P
    low, high, slope = yy - shift, yy + shift, 3 * (xx - zz)
    return Point(
        (xy * high - yz * mixed) % P,
        (high * low + slope * mixed) % P,
        (yz * low + xy * slope) % P,
    )
