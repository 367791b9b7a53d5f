"""Codes that follow the clock: RFC 6238 with SHA-1, 30 seconds, 6 digits, as all phones know it.

One step on either side is accepted for clocks that are a little off. Which step a code belongs to
is returned, so that the caller can refuse to take the same step twice.
"""

from __future__ import annotations

import base64
import hmac
import os
import re
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from hutan.kernel.moments import aware

PERIOD = 30
DIGITS = 6
DRIFT = 1
_SECRET_BYTES = 20


def new_secret() -> bytes:
    """Return a fresh secret of 160 bits."""
    return os.urandom(_SECRET_BYTES)


def step_at(at: datetime) -> int:
    """Return the number of the 30-second step in which ``at`` lies."""
    return int(aware(at).timestamp()) // PERIOD


def code_of(secret: bytes, step: int) -> str:
    """Return the code of one step."""
    # SHA-1 is what RFC 6238 and every authenticator use here; HMAC keeps it sound.
    return HOTP(secret, DIGITS, SHA1()).generate(step).decode()  # noqa: S303


def matching_step(secret: bytes, code: str, at: datetime) -> int | None:
    """Return the step to which ``code`` belongs around ``at``, the latest first, or nothing."""
    given = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", given):
        return None
    now = step_at(at)
    found = None
    # All steps are compared, so that the time taken tells nothing.
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(code_of(secret, step), given):
            found = step
    return found


def readable(secret: bytes) -> str:
    """Return the secret as a person types it: groups of four letters of base 32."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(secret: bytes, *, login: str, issuer: str) -> str:
    """Return the ``otpauth:`` address that the QR code carries."""
    label = quote(f"{issuer}:{login}")
    query = urlencode(
        {
            "secret": base64.b32encode(secret).decode().rstrip("="),
            "issuer": issuer,
            "algorithm": "SHA1",
            "digits": DIGITS,
            "period": PERIOD,
        },
        quote_via=quote,
    )
    return f"otpauth://totp/{label}?{query}"
