"""Verifying SM2 signatures over SM3 (GM/T 0003.2-2012, curve of GM/T 0003.5-2012)."""

from __future__ import annotations

from hutan.auditor.hashing import sm3

_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_BASE_POINT = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
_SIGNER = b"1234567812345678"

Point = tuple[int, int, int]
"""Jacobian coordinates: x / z**2, y / z**3; infinity where z is 0."""
_INFINITY: Point = (1, 1, 0)


class Sm2Key:
    """A public key of 65 bytes (04, x, y); ``ValueError`` if it is no point of the curve."""

    def __init__(self, public: bytes) -> None:
        if len(public) != 65 or public[0] != 4:
            raise ValueError("no point")
        x, y = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")
        if x >= _P or y >= _P or (y * y - (x * x - 3) * x - _B) % _P:
            raise ValueError("no point")
        self._table = _table((x, y, 1))
        self._identity = sm3(_HEAD + public[1:])

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Tell whether r = e + x of s * G + (r + s) * public key."""
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        t = (r + s) % _ORDER
        if len(signature) != 64 or not (0 < r < _ORDER and 0 < s < _ORDER and t):
            return False
        x, _, z = _added(_times(_BASE, s), _times(self._table, t))
        if z == 0:
            return False
        e = int.from_bytes(sm3(self._identity + message), "big")
        return (e + x * pow(z * z, -1, _P) % _P - r) % _ORDER == 0


def _added(one: Point, two: Point) -> Point:
    x1, y1, z1 = one
    x2, y2, z2 = two
    if z1 == 0 or z2 == 0:
        return two if z1 == 0 else one
    zz1, zz2 = z1 * z1 % _P, z2 * z2 % _P
    u1, u2 = x1 * zz2 % _P, x2 * zz1 % _P
    s1, s2 = y1 * z2 * zz2 % _P, y2 * z1 * zz1 % _P
    if u1 == u2:
        return _doubled(one) if s1 == s2 else _INFINITY
    h, r = u2 - u1, s2 - s1
    hh = h * h % _P
    hhh, v = h * hh % _P, u1 * hh % _P
    x = (r * r - hhh - 2 * v) % _P
    return x, (r * (v - x) - s1 * hhh) % _P, z1 * z2 * h % _P


def _doubled(point: Point) -> Point:
    x, y, z = point
    if y == 0:
        return _INFINITY
    zz, yy = z * z % _P, y * y % _P
    slope = 3 * (x - zz) * (x + zz) % _P
    middle = 4 * x * yy % _P
    found = (slope * slope - 2 * middle) % _P
    return found, (slope * (middle - found) - 8 * yy * yy) % _P, 2 * y * z % _P


def _table(point: Point) -> list[list[Point]]:
    """Return n * 16**row * point for n from 0 to 15, for every row a scalar can need."""
    rows = []
    for _ in range(64):
        row = [_INFINITY]
        for _ in range(15):
            row.append(_added(row[-1], point))
        rows.append(row)
        point = _added(row[15], point)
    return rows


def _times(table: list[list[Point]], scalar: int) -> Point:
    found = _INFINITY
    for row in table:
        if scalar & 15:
            found = _added(found, row[scalar & 15])
        scalar >>= 4
    return found


_HEAD = (8 * len(_SIGNER)).to_bytes(2, "big") + _SIGNER + b"".join(
    number.to_bytes(32, "big") for number in (_P - 3, _B, *_BASE_POINT)
)  # fmt: skip
_BASE = _table((*_BASE_POINT, 1))
