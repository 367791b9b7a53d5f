"""Sealing what must be unreadable at rest: personal data and second-factor secrets.

A sealed value is ``version, key id, nonce, ciphertext and tag``. Each context (for example
``"web.second_factor:<user>"``) has a key of its own, derived by HKDF, and is bound into the tag: a
value moved to another place does not open. A new key is put in front of the old ones; values sealed
under an old key still open, and ``stale`` finds them for sealing again. What finds a sealed value
again is ``blind_index``, a keyed digest whose key never changes.

The keys come from ``HUTAN_DATA_KEY``, or from the file that ``HUTAN_DATA_KEY_FILE`` names:
``index=<base64>`` and ``<id>=<algorithm>:<base64>``, separated by commas or line ends, the newest
first. ``new_key_ring()`` writes a fresh one.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = 1
_NONCE, _TAG = 12, 16
_ALGORITHMS = {"aes256gcm": (AES, 32), "sm4gcm": (SM4, 16)}
_KEY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_INDEX = "index"


class SealingTrouble(Exception):
    """The keys cannot be used; the message is one sentence with its cure."""


class SealBroken(Exception):
    """A sealed value does not open: changed, moved to another context, or its key is missing."""


@dataclass(frozen=True)
class Key:
    """One sealing key. Its material never shows in a representation."""

    id: str
    algorithm: str
    material: bytes = field(repr=False)


@dataclass(frozen=True)
class KeyRing:
    """The keys of one installation: ``keys[0]`` seals, all of them open; ``index`` finds."""

    keys: tuple[Key, ...]
    index: bytes = field(repr=False)

    def seal(self, plain: bytes, *, context: str) -> bytes:
        """Return ``plain`` sealed under the newest key, bound to ``context``."""
        key = self.keys[0]
        head = bytes([_VERSION, len(key.id)]) + key.id.encode()
        nonce = os.urandom(_NONCE)
        encryptor = Cipher(_cipher(key, context), GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(head + context.encode())
        return head + nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def unseal(self, sealed: bytes, *, context: str) -> bytes:
        """Return what was sealed for ``context``; raise ``SealBroken`` if it does not open."""
        key = self._key_of(sealed)
        head, rest = sealed[: 2 + len(key.id)], sealed[2 + len(key.id) :]
        if len(rest) < _NONCE + _TAG:
            raise SealBroken("the sealed value is cut short")
        nonce, text, tag = rest[:_NONCE], rest[_NONCE:-_TAG], rest[-_TAG:]
        decryptor = Cipher(_cipher(key, context), GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(head + context.encode())
        try:
            return decryptor.update(text) + decryptor.finalize()
        except InvalidTag:
            raise SealBroken(f"a value does not open as {context!r}") from None

    def stale(self, sealed: bytes) -> bool:
        """Tell whether ``sealed`` is under an old key and should be sealed again."""
        return self._key_of(sealed).id != self.keys[0].id

    def blind_index(self, plain: bytes, *, context: str) -> bytes:
        """Return 32 bytes by which ``plain`` is found again; useless without the index key."""
        return hmac.digest(_derive(self.index, f"index/{context}", 32), plain, sha256)

    def _key_of(self, sealed: bytes) -> Key:
        if len(sealed) < 2 or sealed[0] != _VERSION:
            raise SealBroken("this is not a sealed value")
        wanted = sealed[2 : 2 + sealed[1]]
        for key in self.keys:
            if key.id.encode() == wanted:
                return key
        raise SealBroken(f"key {wanted.decode(errors='replace')!r} is not on the ring")


def parse_key_ring(text: str) -> KeyRing:
    """Read a key ring; raise ``SealingTrouble`` if anything about it is wrong."""
    keys: list[Key] = []
    index = b""
    for entry in filter(None, (part.strip() for part in re.split(r"[,\n]", text))):
        name, _, value = entry.partition("=")
        if name == _INDEX:
            index = _material(name, value, 32)
            continue
        algorithm, _, encoded = value.partition(":")
        if not _KEY_ID.fullmatch(name) or algorithm not in _ALGORITHMS:
            raise SealingTrouble(
                f"The data key {name!r} is not written as <id>=<algorithm>:<base64> with one of "
                f"{', '.join(_ALGORITHMS)}."
            )
        if name in (key.id for key in keys):
            raise SealingTrouble(f"The data key {name!r} stands twice; give each its own id.")
        keys.append(Key(name, algorithm, _material(name, encoded, _ALGORITHMS[algorithm][1])))
    if not keys or not index:
        raise SealingTrouble("The data keys lack a sealing key or the index key; restore them.")
    return KeyRing(tuple(keys), index)


def new_key_ring(key_id: str = "k1", algorithm: str = "aes256gcm") -> str:
    """Return the text of a fresh key ring, to be kept where only the platform reads it."""
    size = _ALGORITHMS[algorithm][1]
    return f"{_INDEX}={_written(32)}\n{key_id}={algorithm}:{_written(size)}\n"


def key_ring_from(environment: Mapping[str, str]) -> KeyRing:
    """Return the ring the environment names, or raise ``SealingTrouble``."""
    if text := environment.get("HUTAN_DATA_KEY"):
        return parse_key_ring(text)
    if name := environment.get("HUTAN_DATA_KEY_FILE"):
        try:
            return parse_key_ring(Path(name).read_text("utf-8"))
        except OSError as error:
            raise SealingTrouble(
                f"The data keys cannot be read ({error.strerror}: {name}); restore the file."
            ) from error
    raise SealingTrouble("No data keys: set HUTAN_DATA_KEY or HUTAN_DATA_KEY_FILE; ./run does.")


@cache
def key_ring() -> KeyRing:
    """Return this process's ring, read once."""
    return key_ring_from(os.environ)


def seal(plain: bytes, *, context: str) -> bytes:
    """Seal under this installation's newest key: see ``KeyRing.seal``."""
    return key_ring().seal(plain, context=context)


def unseal(sealed: bytes, *, context: str) -> bytes:
    """Open what this installation sealed: see ``KeyRing.unseal``."""
    return key_ring().unseal(sealed, context=context)


def stale(sealed: bytes) -> bool:
    """Tell whether a value waits to be sealed under the newest key."""
    return key_ring().stale(sealed)


def blind_index(plain: bytes, *, context: str) -> bytes:
    """Return the keyed digest by which a sealed value is found: see ``KeyRing.blind_index``."""
    return key_ring().blind_index(plain, context=context)


def _cipher(key: Key, context: str) -> BlockCipherAlgorithm:
    algorithm, size = _ALGORITHMS[key.algorithm]
    return algorithm(_derive(key.material, f"seal/{context}", size))


def _derive(material: bytes, purpose: str, size: int) -> bytes:
    return HKDF(hashes.SHA256(), size, salt=None, info=f"hutan/{purpose}".encode()).derive(material)


def _material(name: str, encoded: str, size: int) -> bytes:
    try:
        material = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SealingTrouble(f"The data key {name!r} is not base64; restore it.") from error
    if len(material) != size:
        raise SealingTrouble(f"The data key {name!r} has {len(material)} bytes, not {size}.")
    return material


def _written(size: int) -> str:
    return base64.b64encode(os.urandom(size)).decode()
