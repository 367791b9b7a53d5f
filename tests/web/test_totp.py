"""Codes that follow the clock, against the vectors of RFC 6238 and an implementation of ours."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.web.signin import totp

RFC_SECRET = b"12345678901234567890"
# RFC 6238, appendix B, SHA-1; the last six of its eight digits.
RFC_VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("seconds", "code"), RFC_VECTORS)
def test_the_vectors_of_the_rfc(seconds: int, code: str) -> None:
    """RFC 6238, appendix B."""
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_of(RFC_SECRET, totp.step_at(at)) == code
    assert totp.matching_step(RFC_SECRET, code, at) == totp.step_at(at)


def plain_code(secret: bytes, step: int) -> str:
    """RFC 4226, section 5.3, written out."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), sha1)
    start = digest[-1] & 15
    return str((int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF) % 10**6).zfill(6)


@given(secret=st.binary(min_size=20, max_size=20), step=st.integers(0, 2**40))
def test_any_secret_and_step_agree_with_the_rfc_written_out(secret: bytes, step: int) -> None:
    """Our use of the library is the RFC's definition."""
    assert totp.code_of(secret, step) == plain_code(secret, step)


@pytest.mark.parametrize(
    ("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_one_step_of_drift_is_taken(off: int, taken: bool) -> None:
    """A clock half a minute off is accepted, a whole minute is not."""
    at = datetime(2026, 1, 5, 9, 0, 10, tzinfo=UTC)
    step = totp.step_at(at) + off
    found = totp.matching_step(RFC_SECRET, totp.code_of(RFC_SECRET, step), at)
    assert found == (step if taken else None)


def test_the_step_turns_every_thirty_seconds() -> None:
    """The boundary belongs to the new step."""
    at = datetime(2026, 1, 5, 9, 0, 0, tzinfo=UTC)
    assert (
        totp.step_at(at)
        == totp.step_at(at + timedelta(seconds=29.999))
        != totp.step_at(at + timedelta(seconds=30))
    )


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "１２３４５６", "28708２", "-87082"]
)
def test_what_is_no_code_matches_nothing(code: str) -> None:
    """Six ASCII digits, or nothing."""
    assert totp.matching_step(RFC_SECRET, code, datetime.fromtimestamp(59, UTC)) is None


def test_spaces_in_a_code_do_not_matter() -> None:
    """Phones show codes in two groups."""
    assert totp.matching_step(RFC_SECRET, " 287 082 ", datetime.fromtimestamp(59, UTC)) == 1


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    """Never the server's own idea of local time."""
    with pytest.raises(ValueError, match="no time zone"):
        totp.step_at(datetime(2026, 1, 5))  # noqa: DTZ001 the mistake under test


def test_the_address_carries_what_apps_read() -> None:
    """An otpauth address as the apps' common key URI format has it."""
    secret = totp.new_secret()
    parts = urlsplit(totp.address(secret, login="zhang.wei", issuer="沪碳 Hutan"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/沪碳 Hutan:zhang.wei"
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert base64.b32decode(query["secret"]) == secret
    assert (query["issuer"], query["digits"], query["period"]) == ("沪碳 Hutan", "6", "30")
    assert totp.readable(secret).replace(" ", "") == query["secret"]
    assert len(secret) == 20
