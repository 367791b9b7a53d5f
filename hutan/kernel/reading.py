"""Reading fields of JSON that came from outside: every fault of it at once, none by traceback."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from hutan.kernel.canonical import Json
from hutan.kernel.moments import SHANGHAI, in_shanghai
from hutan.kernel.refusals import Refusal, refuse

T = TypeVar("T")

LARGEST_AMOUNT = 10**12
"""No amount that comes in from outside is larger; it keeps sums within 2^53."""


class FieldWrong(Refusal):
    """A field of a request is missing, superfluous or of the wrong form."""

    code = "REQ-001"
    basis = "docs/commands.md"
    zh = "字段 {name} 不可用：{reason}。"
    en = "Field {name} cannot be used: {reason}."
    cure_zh = "请按接口说明填写该字段。"
    cure_en = "Fill it in as the interface's description says."


class Fields:
    """Reads one object field by field, and collects what is wrong.

    .. code-block:: python

        fields = Fields(content)
        giver = fields.text("giver")
        amount = fields.integer("amount", least=1)
        fields.done()          # raises everything that was wrong, and names what nobody read

    A faulty field reads as the type's empty value, so that reading goes on to the next fault.
    """

    def __init__(self, content: object, *, within: str = "") -> None:
        """``within`` is the path of this object inside a larger one, with a trailing dot."""
        self._within = within
        self._faults: list[Refusal] = []
        self._read: set[str] = set()
        self._inner: list[Fields] = []
        self._content: Mapping[str, Any] = {}
        if isinstance(content, Mapping):
            self._content = content
        else:
            self._fault("", f"it is a {_kind(content)}, not an object")

    def text(self, name: str, *, optional: bool = False, longest: int = 400) -> str:
        """Return a string without surrounding blanks, at most ``longest`` characters."""
        found = self._take(name, str, "", optional=optional).strip()
        if not found and not optional and isinstance(self._content.get(name), str):
            self._fault(name, "it is empty")
        if len(found) > longest:
            self._fault(name, f"it has {len(found)} characters, more than {longest}")
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", found):
            self._fault(name, "it has control characters")
            return ""
        return found

    def integer(self, name: str, *, least: int = 0, most: int = LARGEST_AMOUNT) -> int:
        """Return a whole number from ``least`` to ``most``."""
        found = self._take(name, int, least)
        if not least <= found <= most:
            self._fault(name, f"{found} is not from {least} to {most}")
            return least
        return found

    def optional_integer(self, name: str, *, least: int = 0) -> int | None:
        """Return a whole number, or nothing where the field is absent or null."""
        if self._content.get(name) is None:
            self._read.add(name)
            return None
        return self.integer(name, least=least)

    def boolean(self, name: str, *, default: bool = False, needed: bool = False) -> bool:
        """Return true or false; ``default`` where the field is absent, unless it is needed."""
        return bool(self._take(name, bool, default, optional=not needed))

    def choice(self, name: str, choices: frozenset[str] | set[str]) -> str:
        """Return one of ``choices``."""
        found = self.text(name)
        if found and found not in choices:
            self._fault(name, f"{found!r} is none of {', '.join(sorted(choices))}")
        return found

    def uuid(self, name: str) -> UUID:
        """Return a UUID."""
        return self.parsed(name, UUID, UUID(int=0), "a UUID")

    def day(self, name: str) -> date:
        """Return a day written YYYY-MM-DD."""
        return self.parsed(name, date.fromisoformat, date.min, "a day YYYY-MM-DD")

    def moment(self, name: str, *, local: bool = False) -> datetime:
        """Return a moment in ISO 8601.

        One without an offset is refused; with ``local`` it is read on Shanghai's clock.
        """
        empty = datetime.min.replace(tzinfo=SHANGHAI)
        found = self.parsed(name, _moment, empty, "a moment in ISO 8601")
        if found.tzinfo is None and not local:
            self._fault(name, "it has no time zone")
            return empty
        return found.replace(tzinfo=SHANGHAI) if found.tzinfo is None else found

    def optional_moment(self, name: str, *, local: bool = False) -> datetime | None:
        """Return a moment, or nothing where the field is absent or null."""
        if self._content.get(name) is None:
            self._read.add(name)
            return None
        return self.moment(name, local=local)

    def decimal(self, name: str) -> Decimal:
        """Return an amount that is not negative: a whole number, or a text such as "12.5"."""
        if isinstance(self._content.get(name), str):
            return self.parsed(name, _decimal, Decimal(0), 'an amount such as "12.5"')
        return Decimal(self.integer(name))

    def optional_decimal(self, name: str) -> Decimal | None:
        """Return an amount, or nothing where the field is absent or null."""
        if self._content.get(name) is None:
            self._read.add(name)
            return None
        return self.decimal(name)

    def days(self, name: str, *, most: int = 10_000) -> list[date]:
        """Return a list of days, each written YYYY-MM-DD."""
        return [one.day("day") for one in self._each(name, "day", most)]

    def integers(self, name: str, *, least: int, most: int, longest: int = 1000) -> list[int]:
        """Return a list of whole numbers from ``least`` to ``most``."""
        each = self._each(name, "number", longest)
        return [one.integer("number", least=least, most=most) for one in each]

    def inner(self, name: str) -> Fields:
        """Return an object inside this one, to be read in turn; ``done`` covers it too."""
        found = self._take(name, dict, {})
        inner = Fields(found, within=f"{self._within}{name}.")
        self._inner.append(inner)
        return inner

    def objects(self, name: str, *, optional: bool = False, most: int = 100_000) -> list[Fields]:
        """Return a list of objects, each to be read in turn; ``done`` covers them too."""
        found = self._take(name, list, [], optional=optional)
        if len(found) > most:
            self._fault(name, f"it has {len(found)} entries, more than {most}")
            return []
        inner = [
            Fields(one, within=f"{self._within}{name}[{place}].") for place, one in enumerate(found)
        ]
        self._inner.extend(inner)
        return inner

    def object(self, name: str, *, optional: bool = False) -> Mapping[str, Json]:
        """Return an object as it is."""
        return self._take(name, dict, {}, optional=optional)

    def done(self) -> None:
        """Raise all faults of this object and those inside it; a field nobody read is one."""
        refuse(self._all())

    def _all(self) -> list[Refusal]:
        unread = [
            FieldWrong(name=self._within + _printable(name), reason="no such field")
            for name in self._content
            if name not in self._read
        ]
        return [*self._faults, *unread, *(fault for one in self._inner for fault in one._all())]

    def _each(self, name: str, as_name: str, most: int) -> list[Fields]:
        """Return each entry of a plain list as an object with one field of that name."""
        found = self._take(name, list, [])
        if len(found) > most:
            self._fault(name, f"it has {len(found)} entries, more than {most}")
            found = []
        each = [
            Fields({as_name: one}, within=f"{self._within}{name}[{place}].")
            for place, one in enumerate(found)
        ]
        self._inner.extend(each)
        return each

    def _take(self, name: str, wanted: type[T], empty: T, *, optional: bool = False) -> T:
        self._read.add(name)
        found = self._content.get(name)
        if found is None:
            if not optional:
                self._fault(name, "it is missing")
            return empty
        if not isinstance(found, wanted) or (wanted is int and isinstance(found, bool)):
            self._fault(name, f"it is a {_kind(found)}, not a {_NAMES[wanted]}")
            return empty
        return found

    def parsed(self, name: str, parse: Callable[[str], T], empty: T, wanted: str) -> T:
        """Return what ``parse`` makes of a text; its ``ValueError`` says it is not ``wanted``."""
        found = self._take(name, str, "")
        if not isinstance(self._content.get(name), str):
            return empty
        try:
            return parse(found)
        except (ValueError, OverflowError):
            self._fault(name, f"{found[:40]!r} is not {wanted}")
            return empty

    def _fault(self, name: str, reason: str) -> None:
        self._faults.append(
            FieldWrong(name=(self._within + name).rstrip(".") or "-", reason=reason)
        )


def unwritable(content: Json) -> list[Refusal]:
    """Return every text of a JSON value, name or value, that no database can keep.

    PostgreSQL keeps no NUL, and a lone surrogate has no UTF-8; neither has a use in a request.
    """
    faults: list[Refusal] = []
    waiting: list[tuple[str, object]] = [("", content)]
    while waiting:
        path, found = waiting.pop()
        if isinstance(found, str) and _UNWRITABLE.search(found):
            faults.append(FieldWrong(name=path or "-", reason="it has control characters"))
        elif isinstance(found, Mapping):
            for name, value in reversed(list(found.items())):
                inner = f"{path}.{_printable(name)}".lstrip(".")
                if _UNWRITABLE.search(str(name)):
                    faults.append(FieldWrong(name=inner, reason="its name has control characters"))
                waiting.append((inner, value))
        elif isinstance(found, list | tuple):
            inside = [(f"{path}[{place}]", one) for place, one in enumerate(found)]
            waiting.extend(reversed(inside))
    return faults


_UNWRITABLE = re.compile(r"[\x00\ud800-\udfff]")

_NAMES: Mapping[type, str] = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    list: "list",
    dict: "object",
}


def _moment(text: str) -> datetime:
    """Read a moment that has a time of day and lies within the years that clocks can show."""
    found = datetime.fromisoformat(text)
    if len(text) <= len("2025-06-30"):
        raise ValueError("a day alone is no moment")
    in_shanghai(found if found.tzinfo is not None else found.replace(tzinfo=SHANGHAI))
    return found


def _decimal(text: str) -> Decimal:
    if not re.fullmatch(r"\d{1,12}(\.\d{1,6})?", text, re.ASCII):
        raise ValueError(text)
    return Decimal(text)


def _printable(name: object) -> str:
    """Return a name as a refusal can carry it: short, without NUL and lone surrogates."""
    written = str(name)[:60].replace("\x00", "\\x00")
    return written.encode("utf-8", "backslashreplace").decode()


def _kind(found: object) -> str:
    return _NAMES.get(type(found), type(found).__name__)
