"""The register of clauses: what each paragraph says, and what the platform owes it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hutan.kernel.canonical import Json
from hutan.kernel.clauses import is_clause
from hutan.rules.refusals import UnknownClause

FILE = Path(__file__).parent / "law" / "clauses.toml"
KINDS = (
    "function", "prohibition", "deadline", "parameter", "disclosure", "sanction", "interface",
    "none",
)  # fmt: skip
_FIELDS = ("zh", "en", "kind", "system", "owes", "text")


@dataclass(frozen=True)
class Clause:
    """One clause: short titles, the published paragraph, and the platform's duty under it."""

    id: str
    zh: str
    en: str
    kind: str
    system: str
    owes: str
    text: str


@dataclass(frozen=True)
class Clauses:
    """All clauses by id, in the order of the texts."""

    by_id: Mapping[str, Clause]

    def __iter__(self) -> Iterator[Clause]:
        return iter(self.by_id.values())

    def __contains__(self, id: str) -> bool:
        return id in self.by_id

    def __len__(self) -> int:
        return len(self.by_id)

    def find(self, id: str) -> Clause:
        """Return a clause, or refuse: ``UnknownClause``."""
        if id not in self.by_id:
            raise UnknownClause(id=id)
        return self.by_id[id]

    def to_record(self) -> Json:
        """Return the register as plain JSON."""
        return {clause.id: {**vars(clause)} for clause in self}


@cache
def register() -> Clauses:
    """Return the register of the law, read once a process."""
    faults: list[str] = []
    clauses = read_clauses(tomllib.loads(FILE.read_text(encoding="utf-8")), faults)
    if faults:
        raise ValueError("; ".join(faults))
    return clauses


def find(id: str) -> Clause:
    """Return a clause of the law, such as ``M21.1``, or refuse: ``UnknownClause``."""
    return register().find(id)


def read_clauses(content: Mapping[str, Any], faults: list[str]) -> Clauses:
    """Read the register; add a sentence to ``faults`` for everything that is wrong in it."""
    found: dict[str, Clause] = {}
    for id, entry in content.items():
        if not is_clause(id):
            faults.append(f"clauses.toml: {id} is no clause id")
        elif sorted(entry) != sorted(_FIELDS) or not all(entry.values()):
            faults.append(f"clauses.toml, {id}: needs exactly {', '.join(_FIELDS)}")
        elif entry["kind"] not in KINDS:
            faults.append(f"clauses.toml, {id}: unknown kind {entry['kind']}")
        else:
            found[id] = Clause(id=id, **entry)
    return Clauses(found)
