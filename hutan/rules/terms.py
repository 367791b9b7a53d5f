"""Words the law defines, word for word (P41.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hutan.rules.refusals import UnknownTerm

_NEEDED = ("zh", "en", "clause", "meaning")


@dataclass(frozen=True)
class Term:
    """A defined word; ``unit`` is how its amount is counted, where the text says so."""

    zh: str
    en: str
    clause: str
    meaning: str
    unit: str = ""


@dataclass(frozen=True)
class Terms:
    """All defined words, in the order of the text."""

    all: tuple[Term, ...] = ()

    def __iter__(self) -> Iterator[Term]:
        return iter(self.all)

    def find(self, word: str) -> Term:
        """Return the definition of a Chinese or English word, or refuse: ``UnknownTerm``."""
        for term in self.all:
            if word in (term.zh, term.en):
                return term
        raise UnknownTerm(term=word)


def read_terms(content: Mapping[str, Any], faults: list[str]) -> Terms:
    """Read the definitions; add a sentence to ``faults`` for each incomplete one."""
    found = []
    for entry in content.get("term", ()):
        if missing := [name for name in _NEEDED if not entry.get(name)]:
            faults.append(f"terms.toml, {entry.get('zh', '?')}: lacks {', '.join(missing)}")
        elif unknown := sorted(entry.keys() - {*_NEEDED, "unit"}):
            faults.append(f"terms.toml, {entry['zh']}: unknown field {', '.join(unknown)}")
        else:
            found.append(Term(**entry))
    return Terms(tuple(found))
