"""Canonical JSON, moments and ids as the log writes them: own code for RFC 8785 and RFC 9562."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from functools import lru_cache
from typing import Any, NoReturn

SHANGHAI = timezone(timedelta(hours=8))
"""Shanghai's clock; the log begins long after its last summer time."""

WHOLE = re.compile("[0-9]{1,15}")
"""A whole number that is written as a text."""

_LARGEST = 2**53 - 1
_FAMILY = bytes.fromhex("5f0c9c437d2b5d5e9a518a6d0f6d1e11")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DECIMAL = re.compile(r"[0-9]{1,40}(\.[0-9]{1,40})?")
_LARGE = re.compile("[0-9]{16}")
_STRANGE = re.compile("[\ud800-\udfff\U00010000-\U0010ffff]")
"""Half surrogate pairs, and characters by which names sort otherwise in UTF-16."""


class Misshapen(Exception):
    """A text or a body is not of the form that docs/log-format.md gives: ``place`` and why."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")
        self.place, self.why = place, why


def read_canonical(text: str, place: str) -> dict[str, Any]:
    """Read an object from a canonical text; raise ``Misshapen`` if a byte of it is otherwise."""
    try:
        found = _decode(text)
        # Only what is odd is looked at value by value; the encoder alone decides the rest.
        odd = _LARGE.search(text) or not (text.isascii() or _STRANGE.search(text) is None)
        plain = write_canonical(found) if odd else _encode_sorted(found)
    except (ValueError, RecursionError) as wrong:
        raise Misshapen(place, f"it is no JSON of the log: {str(wrong)[:80]}") from None
    # The same bytes again also exclude names that stand twice.
    if plain != text:
        raise Misshapen(place, "it is not in canonical form")
    if not isinstance(found, dict):
        raise Misshapen(place, "it is no object")
    return found


def write_canonical(value: Any) -> str:
    """Write RFC 8785 over strings, whole numbers, booleans, null, lists and objects."""
    ascii_names = _checked(value)
    if not ascii_names:
        value = _sorted(value)
    return _encode_sorted(value) if ascii_names else _encode(value)


def moment(text: Any, place: str) -> datetime:
    """Read a moment in its one writing: ISO 8601, Shanghai's offset."""
    try:
        found = datetime.fromisoformat(text)
        plain = found.tzinfo is not None and written(found) == text
    except (TypeError, ValueError, OverflowError):
        raise Misshapen(place, f"{str(text)[:40]!r} is no moment") from None
    if not plain:
        raise Misshapen(place, f"{text[:40]!r} is not written as the log writes moments")
    return found


def any_moment(text: str, place: str) -> datetime:
    """Read a moment in whatever writing of ISO 8601 another register gave it."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Misshapen(place, f"{text[:40]!r} is no moment") from None
    if found.tzinfo is None:
        raise Misshapen(place, f"{text!r} has no time zone")
    return found


def written(at: datetime) -> str:
    """Write a moment as the log does."""
    return at.astimezone(SHANGHAI).isoformat()


def day_of(at: datetime) -> date:
    """Return the day in Shanghai on which ``at`` falls."""
    return at.astimezone(SHANGHAI).date()


def derived(parent: str, *parts: str | int) -> str:
    """Return the id of what follows from ``parent``, by the rule of docs/log-format.md."""
    name = "/".join(map(str, parts))
    found = _uuid5(_uuid5(_FAMILY, parent), name).hex()
    return f"{found[:8]}-{found[8:12]}-{found[12:16]}-{found[16:20]}-{found[20:]}"


@lru_cache(maxsize=4096)
def exact(text: str) -> Fraction:
    """Return a decimal exactly; raise ``ValueError`` for what is none, negative or endless."""
    # An exponent of nine digits would be computed for days.
    if not _DECIMAL.fullmatch(text):
        raise ValueError(text[:40])
    return Fraction(text)


class Body:
    """One object of the log, read field by field; every fault is a ``Misshapen`` with its path."""

    __slots__ = ("_read", "content", "place")

    def __init__(self, content: Any, place: str) -> None:
        if not isinstance(content, dict):
            raise Misshapen(place, "it is no object")
        self.content: dict[str, Any] = content
        self.place = place
        self._read: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self.content

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text."""
        found = self._take(name, default)
        return found if isinstance(found, str) else self._not(name, "a text")

    def whole(self, name: str, default: int | None = None) -> int:
        """Return a whole number that is not negative."""
        found = self._take(name, default)
        return found if type(found) is int and found >= 0 else self._not(name, "a whole number")

    def whole_or_none(self, name: str) -> int | None:
        """Return a whole number that is not negative, or nothing where the field is null."""
        found = self._take(name, None)
        return None if found is None else self.whole(name)

    def flag(self, name: str, default: bool | None = None) -> bool:
        """Return true or false."""
        found = self._take(name, default)
        return found if isinstance(found, bool) else self._not(name, "true or false")

    def number(self, name: str) -> Fraction:
        """Return a decimal that is written as a text, exactly, not negative."""
        try:
            return exact(self.text(name))
        except ValueError:
            return self._not(name, "a decimal from 0 on")

    def moment(self, name: str) -> datetime:
        """Return a moment."""
        return moment(self._take(name, None), f"{self.place}.{name}")

    def moment_or_none(self, name: str) -> datetime | None:
        """Return a moment, or nothing where the field is an empty text."""
        return None if self.text(name) == "" else self.moment(name)

    def inner(self, name: str) -> Body:
        """Return an object inside this one."""
        return Body(self._take(name, None), f"{self.place}.{name}")

    def many(self, name: str) -> list[Body]:
        """Return a list of objects."""
        return [Body(one, f"{self.place}.{name}[{n}]") for n, one in enumerate(self.entries(name))]

    def entries(self, name: str) -> Sequence[Any]:
        """Return a list as it is."""
        found = self._take(name, None)
        return found if isinstance(found, list) else self._not(name, "a list")

    def texts(self, name: str) -> Sequence[str]:
        """Return a list of texts."""
        found = self.entries(name)
        return found if all(isinstance(one, str) for one in found) else self._not(name, "texts")

    def same(self, name: str, as_name: str) -> None:
        """See that two fields say the same: the id of a case, and what it is the case of."""
        if self.text(name) != self.text(as_name):
            raise Misshapen(f"{self.place}.{name}", f"it is not {as_name}")

    def skip(self, *names: str) -> None:
        """Count fields as read that say nothing to recompute: reasons, documents."""
        self._read += names

    def unread(self) -> Iterator[str]:
        """Yield the fields that nobody has read."""
        known = set(self._read)
        return (f"{self.place}.{name}" for name in self.content if name not in known)

    def _take(self, name: str, default: Any) -> Any:
        self._read.append(name)
        return self.content.get(name, default)

    def _not(self, name: str, wanted: str) -> NoReturn:
        if name not in self.content:
            raise Misshapen(f"{self.place}.{name}", "it is missing")
        shown = str(self.content[name])[:40]
        raise Misshapen(f"{self.place}.{name}", f"{shown!r} is not {wanted}")


def _checked(value: Any) -> bool:
    """Tell whether all names are ASCII; raise ``ValueError`` for what has no canonical writing."""
    kind = type(value)
    if kind is str:
        if not value.isascii() and _SURROGATE.search(value):
            raise ValueError("half a surrogate pair")
        return True
    if kind is int:
        if not -_LARGEST <= value <= _LARGEST:
            raise ValueError("a number beyond 2^53")
        return True
    if kind is dict:
        plain = True
        for name, inner in value.items():
            plain &= name.isascii()
            plain &= _checked(name) and _checked(inner)
        return plain
    if kind is list:
        plain = True
        for inner in value:
            plain &= _checked(inner)
        return plain
    return True


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return {name: _sorted(value[name]) for name in names}
    return [_sorted(inner) for inner in value] if isinstance(value, list) else value


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no whole number")


def _uuid5(family: bytes, name: str) -> bytes:
    """Return the UUID of a name in a family (RFC 9562, section 5.5)."""
    digest = bytearray(hashlib.sha1(family + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    return bytes(digest)


_decode = json.JSONDecoder(parse_float=_no_number, parse_constant=_no_number).decode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
