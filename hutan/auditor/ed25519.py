"""Verifying Ed25519 signatures (RFC 8032), with tables for keys that sign again and again."""

from __future__ import annotations

import hashlib

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)

Point = tuple[int, int, int, int]
_NEUTRAL: Point = (0, 1, 1, 0)


class Ed25519Key:
    """A public key of 32 bytes; ``ValueError`` if the bytes are no point of the curve."""

    def __init__(self, public: bytes) -> None:
        self._public = public
        self._minus = _table(_negated(_decoded(public)))

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Tell whether s * B - h * A is R, written as the signature writes it."""
        if len(signature) != 64:
            return False
        scalar = int.from_bytes(signature[32:], "little")
        if scalar >= _ORDER:
            return False
        hashed = hashlib.sha512(signature[:32] + self._public + message).digest()
        h = int.from_bytes(hashed, "little") % _ORDER
        found = _added(_times(_BASE, scalar), _times(self._minus, h))
        return _encoded(found) == signature[:32]


def _added(one: Point, two: Point) -> Point:
    x1, y1, z1, t1 = one
    x2, y2, z2, t2 = two
    a = (y1 - x1) * (y2 - x2) % _P
    b = (y1 + x1) * (y2 + x2) % _P
    c = 2 * t1 * t2 * _D % _P
    d = 2 * z1 * z2 % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _negated(point: Point) -> Point:
    x, y, z, t = point
    return -x % _P, y, z, -t % _P


_Table = list[list[Point]]


def _table(point: Point) -> _Table:
    """Return n * 16**row * point for n from 0 to 15, for every row a scalar can need."""
    rows = []
    for _ in range(64):
        row = [_NEUTRAL]
        for _ in range(15):
            row.append(_added(row[-1], point))
        rows.append(row)
        point = _added(row[15], point)
    return rows


def _times(table: _Table, scalar: int) -> Point:
    found = _NEUTRAL
    for row in table:
        if scalar & 15:
            found = _added(found, row[scalar & 15])
        scalar >>= 4
    return found


def _encoded(point: Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, -1, _P)
    return (y * inverse % _P | (x * inverse % _P & 1) << 255).to_bytes(32, "little")


def _decoded(raw: bytes) -> Point:
    number = int.from_bytes(raw, "little")
    y, odd = number & (1 << 255) - 1, number >> 255
    if len(raw) != 32 or y >= _P:
        raise ValueError("no point")
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if x * x % _P != square or (x == 0 and odd):
        raise ValueError("no point")
    if x & 1 != odd:
        x = _P - x
    return x, y, 1, x * y % _P


_BASE = _table(_decoded((4 * pow(5, -1, _P) % _P).to_bytes(32, "little")))
