"""Passwords and authenticators of the city's people, and the file that the start prints.

Both follow from one secret of the installation, so that an interrupted fill gives the same ones
again, and no two installations share any.
"""

from __future__ import annotations

import base64
import hmac
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from hutan.cli.demo.city import Body, Human
from hutan.kernel.verification import ALPHABET
from hutan.parties.domain.roles import role
from hutan.runtime.place import Place

LOGINS = "demo-logins.txt"
AUTHENTICATORS = "demo-authenticators.txt"
_ISSUER = "Hutan demo"
_LETTERS, _GROUP = 12, 4
_SECRET_BYTES = 20


@dataclass(frozen=True)
class Keys:
    """What one login is opened with."""

    password: str
    authenticator: bytes


class KeyCabinet:
    """The keys of one installation, by login."""

    def __init__(self, place: Place) -> None:
        self._secret = bytes.fromhex(place.secret("demo-people"))

    def of(self, login: str) -> Keys:
        """Return password and authenticator secret of a login: always the same ones."""
        drawn = self._draw("password", login)
        letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in drawn[:_LETTERS]).lower()
        groups = [letters[start : start + _GROUP] for start in range(0, _LETTERS, _GROUP)]
        return Keys("-".join(groups), self._draw("authenticator", login)[:_SECRET_BYTES])

    def _draw(self, use: str, login: str) -> bytes:
        return hmac.digest(self._secret, f"{use}/{login}".encode(), sha256)


def write(
    place: Place, people: Iterable[Human], bodies: Mapping[str, Body], note: str = ""
) -> None:
    """Write both files, readable by the owner alone."""
    cabinet = KeyCabinet(place)
    open_ones = [human for human in people if human.password]
    rows = [
        (
            human.login,
            cabinet.of(human.login).password,
            role(human.role).en,
            f"{role(human.role).zh}，{bodies[human.at].zh}",
        )
        for human in open_ones
    ]
    lines = [
        "One login per role; the sign-in page shows the second factor's code. 每个岗位一个登录：",
        *_aligned(rows),
        "",
        "An act needs two people: who proposed it cannot approve it. 经办与复核须由两人分别办理。",
        *([note] if note else []),
        f"Authenticator secrets: {place.home / AUTHENTICATORS}",
    ]
    place.keep(LOGINS, "\n".join(lines) + "\n")
    addresses = [_address(one.login, cabinet.of(one.login).authenticator) for one in open_ones]
    place.keep(AUTHENTICATORS, "\n".join(addresses) + "\n")


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return rows as lines with even columns; a Chinese character is two columns wide."""
    widths = [max(_width(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  "
        + "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _address(login: str, secret: bytes) -> str:
    text = base64.b32encode(secret).decode().rstrip("=")
    return f"otpauth://totp/{quote(f'{_ISSUER}:{login}')}?secret={text}&issuer={quote(_ISSUER)}"
