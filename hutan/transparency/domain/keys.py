"""The log's keys in the text forms of C2SP signed-note, for Ed25519 and for SM2 with SM3.

A verifier key is ``name+id+base64(type || public key)``; a signing key is the same behind
``PRIVATE+KEY+`` with the private key in place of the public one (as golang.org/x/mod/sumdb/note
writes it). The specification assigns no type byte to SM2, so it stands behind 0xff with its object
identifier, as the specification asks.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hutan.transparency.domain import sm2
from hutan.transparency.domain.hashing import ALGORITHMS, AlgorithmName, Hash
from hutan.transparency.refusals import KeyMalformed

SuiteName = Literal["sha256-ed25519", "sm3-sm2"]

_SM2_TYPE = b"\xffoid/1.2.156.10197.1.501"


@dataclass(frozen=True)
class Scheme:
    """A signature scheme: how to make keys, sign and verify, and how long each piece is."""

    name: str
    private_size: int
    public_size: int
    signature_size: int
    generate: Callable[[], bytes]
    public: Callable[[bytes], bytes]
    is_public: Callable[[bytes], bool]
    sign: Callable[[bytes, bytes], bytes]
    verify: Callable[[bytes, bytes, bytes], bool]


def _ed25519_public(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _ed25519_sign(seed: bytes, message: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def _ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


ED25519: Final = Scheme(
    "Ed25519", 32, 32, 64, lambda: os.urandom(32), _ed25519_public, lambda _: True,
    _ed25519_sign, _ed25519_verify,
)  # fmt: skip
SM2: Final = Scheme(
    "SM2", sm2.PRIVATE_SIZE, sm2.PUBLIC_SIZE, sm2.SIGNATURE_SIZE, sm2.new_private_key,
    sm2.public_key, sm2.is_public_key, sm2.sign, sm2.verify,
)  # fmt: skip


@dataclass(frozen=True)
class Suite:
    """A hash and a signature scheme that go together; a log keeps its suite for life."""

    name: SuiteName
    algorithm: AlgorithmName
    scheme: Scheme

    @property
    def hash(self) -> Hash:
        """Return the function that hashes the tree."""
        return ALGORITHMS[self.algorithm]


SUITES: Final[dict[str, Suite]] = {
    suite.name: suite
    for suite in (Suite("sha256-ed25519", "sha256", ED25519), Suite("sm3-sm2", "sm3", SM2))
}


@dataclass(frozen=True)
class Usage:
    """What a key signs: notes, or (a witness's key) checkpoints together with a time."""

    suite: Suite
    type_bytes: bytes
    timestamped: bool


USAGES: Final = (
    Usage(SUITES["sha256-ed25519"], b"\x01", timestamped=False),
    Usage(SUITES["sha256-ed25519"], b"\x04", timestamped=True),
    Usage(SUITES["sm3-sm2"], _SM2_TYPE, timestamped=False),
    Usage(SUITES["sm3-sm2"], _SM2_TYPE + b"/cosignature-v1", timestamped=True),
)


def usage_of(suite: Suite, *, timestamped: bool = False) -> Usage:
    """Return how keys of ``suite`` are used by a log, or (``timestamped``) by a witness."""
    return next(u for u in USAGES if (u.suite, u.timestamped) == (suite, timestamped))


@dataclass(frozen=True)
class VerifierKey:
    """A public key under its name."""

    name: str
    usage: Usage
    public: bytes

    @property
    def id(self) -> bytes:
        """Return the four bytes that stand before a signature by this key."""
        named = self.name.encode() + b"\n" + self.usage.type_bytes + self.public
        return hashlib.sha256(named).digest()[:4]

    def __str__(self) -> str:
        encoded = base64.b64encode(self.usage.type_bytes + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Tell whether ``signature`` is this key's over ``message``."""
        scheme = self.usage.suite.scheme
        if len(signature) != scheme.signature_size:
            return False
        return scheme.verify(self.public, message, signature)


@dataclass(frozen=True)
class SigningKey:
    """A private key under its name. Its text and its fields never go into a log or an error."""

    name: str
    usage: Usage
    private: bytes

    def __repr__(self) -> str:
        return f"SigningKey({self.verifier})"

    @property
    def verifier(self) -> VerifierKey:
        """Return the public half."""
        return VerifierKey(self.name, self.usage, self.usage.suite.scheme.public(self.private))

    def text(self) -> str:
        """Write the key as one line: a secret."""
        encoded = base64.b64encode(self.usage.type_bytes + self.private).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.id.hex()}+{encoded}"

    def sign(self, message: bytes) -> bytes:
        """Return the signature over ``message``."""
        return self.usage.suite.scheme.sign(self.private, message)


def is_name(name: str) -> bool:
    """Tell whether ``name`` can name a key: UTF-8, not empty, no space, plus or control."""
    return bool(name) and not any(
        c.isspace() or c == "+" or ord(c) < 0x20 or 0xD800 <= ord(c) < 0xE000 for c in name
    )


def generate_key(name: str, usage: Usage) -> SigningKey:
    """Return a fresh key from the operating system's generator."""
    assert is_name(name)
    return SigningKey(name, usage, usage.suite.scheme.generate())


def read_verifier_key(text: str) -> VerifierKey:
    """Read a verifier key; raise ``KeyMalformed`` if it is none, or its id is not its own."""
    name, key_id, encoded = _three_parts(text.strip())
    raw = decode_base64(encoded)
    for usage in USAGES:
        public = (raw or b"").removeprefix(usage.type_bytes)
        key = VerifierKey(name, usage, public)
        if (
            raw == usage.type_bytes + public
            and len(public) == usage.suite.scheme.public_size
            and usage.suite.scheme.is_public(public)
            and key.id.hex() == key_id
        ):
            return key
    raise KeyMalformed


def read_signing_key(text: str) -> SigningKey:
    """Read a signing key; raise ``KeyMalformed``, without a word of the text, if it is none."""
    prefix, stripped = "PRIVATE+KEY+", text.strip()
    if not stripped.startswith(prefix):
        raise KeyMalformed
    name, key_id, encoded = _three_parts(stripped.removeprefix(prefix))
    raw = decode_base64(encoded)
    for usage in USAGES:
        private = (raw or b"").removeprefix(usage.type_bytes)
        if raw != usage.type_bytes + private or len(private) != usage.suite.scheme.private_size:
            continue
        key = SigningKey(name, usage, private)
        try:
            own = key.verifier.id.hex() == key_id
        except ValueError:  # an SM2 number out of range
            own = False
        if own:
            return key
    raise KeyMalformed


def decode_base64(text: str) -> bytes | None:
    """Return what ``text`` encodes in RFC 4648's base64, or ``None`` if that is not its writing."""
    try:
        raw = base64.b64decode(text.encode(), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    return raw if base64.b64encode(raw).decode() == text else None


def _three_parts(text: str) -> tuple[str, str, str]:
    parts = text.split("+", 2)
    if len(parts) != 3 or not is_name(parts[0]):
        raise KeyMalformed
    return parts[0], parts[1], parts[2]
