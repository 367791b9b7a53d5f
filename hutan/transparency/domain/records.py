"""The canonical records: what a leaf of the log and a movement of an act say, byte for byte.

Both are RFC 8785 JSON, so that anyone can write the same bytes from the same content, and carry a
random salt, so that nobody can guess a short record from its hash. A movement record is a leaf of
its act's own tree; the entry holds that tree's root.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NoReturn
from uuid import UUID

from hutan.kernel.canonical import Json, Record, canonical_bytes
from hutan.kernel.moments import canonical, moment

ENTRY_FORMAT: Final = "hutan-entry/1"
MOVEMENT_FORMAT: Final = "hutan-movement/1"
SALT_SIZE: Final = 16

KIND: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)+")
"""A kind is namespaced by its context: ``registry.transfer``."""

RESERVED: Final = "log."
"""Kinds that the log writes itself."""


@dataclass(frozen=True)
class Movements:
    """How many movements an act has, and the root over their records."""

    count: int
    root: bytes


@dataclass(frozen=True)
class EntryRecord:
    """What one leaf of the log says. ``movements`` is ``None`` for an act that moves nothing."""

    act: UUID
    kind: str
    at: datetime
    body: Mapping[str, Any]
    movements: Movements | None


@dataclass(frozen=True)
class MovementRecord:
    """What one leaf of an act's own tree says: the ``number``-th movement, from 0."""

    act: UUID
    number: int
    body: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Return the movement's own id, unique within its act."""
        return str(self.body["id"])


class Malformed(ValueError):
    """A text is not a record in canonical form; the message says why."""


def write_entry(
    *,
    act: UUID,
    kind: str,
    at: datetime,
    body: Record,
    movements: Movements | None,
    salt: bytes,
) -> str:
    """Return the record of an entry.

    Raises ``TypeError`` or ``ValueError`` as :func:`canonical_text` does, and ``ValueError`` for a
    kind that is not namespaced: mistakes in the program, not refusals.
    """
    if not KIND.fullmatch(kind):
        raise ValueError(f"{kind!r} is not a kind such as registry.transfer")
    assert len(salt) == SALT_SIZE
    summed: Record | None = None
    if movements is not None:
        summed = {"count": movements.count, "root": movements.root.hex()}
    return canonical_text(
        {
            "act": str(act),
            "at": canonical(at),
            "body": body,
            "format": ENTRY_FORMAT,
            "kind": kind,
            "movements": summed,
            "salt": salt.hex(),
        }
    )


def write_movements(act: UUID, bodies: Sequence[Record], salts: bytes) -> Iterator[tuple[str, str]]:
    """Yield the id and the record of each movement; ``salts`` are 16 bytes for each.

    Raises ``ValueError`` if a movement lacks a string ``id`` or two share one.
    """
    assert len(salts) == SALT_SIZE * len(bodies)
    seen: set[str] = set()
    for number, body in enumerate(bodies):
        key = body.get("id")
        if not isinstance(key, str) or not key or key in seen:
            raise ValueError(f"movement {number} of {act} needs an id of its own, not {key!r}")
        seen.add(key)
        salt = salts[number * SALT_SIZE : (number + 1) * SALT_SIZE].hex()
        # The keys stand in RFC 8785's order, so the text can be put together around the body.
        yield (
            key,
            (
                f'{{"act":"{act}","body":{canonical_text(body)},"format":"{MOVEMENT_FORMAT}",'
                f'"number":{number},"salt":"{salt}"}}'
            ),
        )


def read_entry(text: str) -> EntryRecord:
    """Read an entry's record; raise ``Malformed`` if a byte of it is not as written here."""
    fields = _read(text, ENTRY_FORMAT, {"act", "at", "body", "kind", "movements", "salt"})
    if not isinstance(fields["kind"], str) or not KIND.fullmatch(fields["kind"]):
        raise Malformed("kind")
    try:
        at = moment(fields["at"])
    except (TypeError, ValueError):
        raise Malformed("at") from None
    if canonical(at) != fields["at"]:
        raise Malformed("at")
    movements = _read_movements(fields["movements"])
    return EntryRecord(_act(fields), fields["kind"], at, _body(fields), movements)


def read_movement(text: str) -> MovementRecord:
    """Read a movement's record; raise ``Malformed`` if a byte of it is not as written here."""
    fields = _read(text, MOVEMENT_FORMAT, {"act", "body", "number", "salt"})
    body, number = _body(fields), fields["number"]
    if type(number) is not int or number < 0:
        raise Malformed("number")
    if not isinstance(body.get("id"), str) or not body["id"]:
        raise Malformed("id")
    return MovementRecord(_act(fields), number, body)


_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def canonical_text(record: Json) -> str:
    """Return the text of :func:`hutan.kernel.canonical.canonical_bytes`, several times as fast.

    The standard library's encoder writes RFC 8785 wherever all keys are ASCII and all values are
    plain; whatever else there is goes the slow way, which also refuses what has no writing.
    """
    if _is_plain(record):
        return _encode(record)
    return canonical_bytes(record).decode()


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is str:
        # A lone surrogate has no UTF-8; only the slow way says so.
        return bool(value.isascii() or value.isprintable())
    if kind is int:
        return bool(-_SAFE <= value <= _SAFE)
    if kind is dict:
        return all(
            type(key) is str and key.isascii() and _is_plain(inner) for key, inner in value.items()
        )
    if kind is list or kind is tuple:
        return all(map(_is_plain, value))
    return value is None or kind is bool


_SAFE = 2**53 - 1


def _read(text: str, format_: str, names: set[str]) -> dict[str, Any]:
    try:
        fields = json.loads(text, parse_float=_no_number, parse_constant=_no_number)
        plain = canonical_text(fields)
    except (ValueError, TypeError, RecursionError):
        raise Malformed("JSON") from None
    if not isinstance(fields, dict) or fields.get("format") != format_:
        raise Malformed("format")
    # Equal texts also rule out doubled keys, of which a reader would see only the last.
    if plain != text:
        raise Malformed("canonical form")
    if fields.keys() != names | {"format"}:
        raise Malformed("fields")
    if not isinstance(fields["salt"], str) or not re.fullmatch("[0-9a-f]{32}", fields["salt"]):
        raise Malformed("salt")
    return fields


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not an integer")


def _act(fields: dict[str, Any]) -> UUID:
    try:
        act = UUID(fields["act"])
    except (ValueError, AttributeError, TypeError):
        raise Malformed("act") from None
    if str(act) != fields["act"]:
        raise Malformed("act")
    return act


def _body(fields: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(fields["body"], dict):
        raise Malformed("body")
    return fields["body"]


def _read_movements(value: object) -> Movements | None:
    if value is None:
        return None
    if not isinstance(value, dict) or value.keys() != {"count", "root"}:
        raise Malformed("movements")
    count, root = value["count"], value["root"]
    if type(count) is not int or count < 1:
        raise Malformed("movements")
    if not isinstance(root, str) or not re.fullmatch("[0-9a-f]{64}", root):
        raise Malformed("movements")
    return Movements(count, bytes.fromhex(root))
