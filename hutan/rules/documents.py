"""The texts themselves: number, title, days in force, what replaced them.

``governing("carbon emission management", day)`` answers which text rules a subject on a day: the
2013 trial measures to 2025-03-31, the Measures of 2025 from 2025-04-01 (M48).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hutan.kernel.canonical import Json
from hutan.rules.refusals import NoTextInForce, UnknownDocument

KINDS = ("law", "notice", "standard", "report", "foreign")
_TEXTS = ("zh", "en", "kind", "issuer", "subject", "letter", "ended_by", "note")
_DAYS = ("dated", "from", "until")
_FIELDS = frozenset((*_TEXTS, *_DAYS, "aliases"))


@dataclass(frozen=True)
class Document:
    """A text by its number. ``first`` and ``last`` bound its force; ``None`` is open or unknown."""

    number: str
    zh: str
    en: str
    kind: str
    issuer: str
    dated: date | None
    first: date | None
    last: date | None
    subject: str
    letter: str
    ended_by: str
    aliases: tuple[str, ...]
    note: str

    def in_force(self, day: date) -> bool:
        """Tell whether the text is in force on ``day``; one without a first day never is."""
        if self.first is None or day < self.first:
            return False
        return self.last is None or day <= self.last


@dataclass(frozen=True)
class Documents:
    """Every text the rulebook cites, by number."""

    by_number: Mapping[str, Document]

    def __iter__(self) -> Iterator[Document]:
        return iter(self.by_number.values())

    def __contains__(self, number: str) -> bool:
        return number in self.by_number

    def find(self, number: str) -> Document:
        """Return the text of a number (or of another way to write it), or refuse."""
        for document in self:
            if number == document.number or number in document.aliases:
                return document
        raise UnknownDocument(number=number)

    @property
    def subjects(self) -> tuple[str, ...]:
        """Return what texts of the register govern."""
        return tuple(dict.fromkeys(document.subject for document in self if document.subject))

    def governing(self, subject: str, day: date) -> Document:
        """Return the one text that governs ``subject`` on ``day``, or refuse."""
        for document in self:
            if document.subject == subject and document.in_force(day):
                return document
        raise NoTextInForce(
            subject=subject, day=day.isoformat(), subjects=", ".join(self.subjects) or "-"
        )

    def to_record(self) -> Json:
        """Return the register as plain JSON."""
        return [
            {name: str(value) for name, value in sorted(vars(document).items())}
            for document in self
        ]


def read_documents(content: Mapping[str, Any], faults: list[str]) -> Documents:
    """Read the register; add a sentence to ``faults`` for everything that is wrong in it."""
    found: dict[str, Document] = {}
    for number, entry in content.items():
        try:
            found[number] = _document(number, entry)
        except ValueError as error:
            faults.append(f"documents.toml, {number}: {error}")
    documents = Documents(found)
    for document in documents:
        if document.ended_by and document.ended_by not in documents:
            faults.append(f"documents.toml, {document.number}: unknown {document.ended_by}")
    faults.extend(_overlaps(documents))
    return documents


def _document(number: str, entry: Mapping[str, Any]) -> Document:
    if unknown := sorted(entry.keys() - _FIELDS):
        raise ValueError(f"unknown field {', '.join(unknown)}")
    texts = {name: entry.get(name, "") for name in _TEXTS}
    if missing := [name for name in ("zh", "en", "issuer") if not texts[name]]:
        raise ValueError(f"{', '.join(missing)} is missing")
    if texts["kind"] not in KINDS:
        raise ValueError(f"kind is none of {', '.join(KINDS)}")
    days = {name: date.fromisoformat(entry[name]) if name in entry else None for name in _DAYS}
    first, last = days["from"], days["until"]
    if last is not None and (first is None or last < first):
        raise ValueError("until needs an earlier from")
    return Document(
        number=number,
        dated=days["dated"],
        first=first,
        last=last,
        aliases=tuple(entry.get("aliases", ())),
        **texts,
    )


def _overlaps(documents: Documents) -> Iterator[str]:
    governing = [one for one in documents if one.subject and one.first is not None]
    for place, one in enumerate(governing):
        for other in governing[place + 1 :]:
            later = one if one.first >= other.first else other  # type: ignore[operator]  # filtered
            earlier = other if later is one else one
            if one.subject == other.subject and earlier.in_force(later.first):  # type: ignore[arg-type]  # filtered
                yield f"documents.toml: {one.number} and {other.number} govern one subject at once"
