"""docs/log-format.md lists every kind of leaf and field; docs/auditor.md what is only read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hutan
from hutan.auditor.auditing import audit
from hutan.auditor.claims import KEYS
from hutan.auditor.findings import REASONS
from hutan.auditor.replay import KINDS
from tests.auditor.conftest import Exports
from tests.auditor.forge import Forged, other, put, values
from tests.auditor.verdicts import wrong

DOCS = Path(hutan.__file__).parents[1] / "docs"
PEOPLE = {"proposer", "approver"}
SHAPES = PEOPLE | {"issuer", "transactions", "working", "rules", "limits", "refused.facts"}
"""Fields whose own fields the text describes once for all."""

_TOKEN = re.compile(r"`([a-z0-9_]+)`|([()])")


def rows(document: str) -> Iterator[list[str]]:
    """Yield the cells of every row of every table."""
    for line in (DOCS / document).read_text("utf-8").splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def fields_of(cell: str) -> set[str]:
    """Read `a`, `b` (`c`): a, b, b.c."""
    found, path, last = set(), [], ""
    for name, bracket in _TOKEN.findall(cell):
        if bracket == "(":
            path.append(last)
        elif bracket == ")":
            path.pop()
        else:
            last = name
            found.add(".".join([*path, name]))
    return found


def documented() -> dict[tuple[str, str], set[str]]:
    """Return the fields that the document gives each kind and each of its cases."""
    found: dict[tuple[str, str], set[str]] = {}
    kind, transaction = "", set()
    for name, what, fields in (row for row in rows("log-format.md") if len(row) == 3):
        if name.strip("`") in KINDS:
            kind = name.strip("`")
            found[kind, ""] = fields_of(fields) | (PEOPLE if "two people" in what else set())
            found[kind, ""] |= {"co_signed"} if "co-signed" in what else set()
        elif name.startswith("case") and fields == "transaction":
            found[kind, "transaction"] = {"record"}
        elif name.startswith("case"):
            found[kind, name.removeprefix("case").strip(" `") or "case"] = fields_of(fields)
        elif name == "transaction":
            transaction = fields_of(fields) - {"state.executed", "state.waiting"}
    for (_, sort), fields in found.items():
        if sort == "transaction":
            fields |= transaction
    found["registry.transaction", "case"] = transaction
    found["", "transaction"] = transaction
    return found


def names(content: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield the names of all fields of a body, those inside of shapes left out."""
    for name, value in content.items():
        inner = path + name
        yield inner
        if inner not in SHAPES:
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict):
                    yield from names(one, f"{inner}.")


def written(exports: Exports) -> dict[tuple[str, str], set[str]]:
    """Return the fields that the two stories gave each kind and each of its cases."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for folder in (exports.scenario, exports.history):
        log = Forged(folder)
        for entry, movements in zip(log.entries, log.movements, strict=True):
            found[entry["kind"], ""].update(names(entry["body"]))
            for one in entry["body"].get("transactions", ()):
                found["", "transaction"].update(names(one))
            for movement in movements:
                body = movement["body"]
                found[entry["kind"], body.get("record", "case")].update(names(body))
    return found


def test_every_field_of_every_kind_of_leaf_is_documented(exports: Exports) -> None:
    of_document, of_leaves = documented(), written(exports)
    assert {kind for kind, _ in of_document} - {""} == KINDS.keys()
    assert of_leaves.keys() <= of_document.keys()
    for place, fields in of_leaves.items():
        assert fields <= of_document[place], place
    whole = {place for place in of_document if place[1] not in ("transaction", "case")}
    for place in whole | {("", "transaction")}:
        assert of_document[place] == of_leaves[place] | optional(place), place


def optional(place: tuple[str, str]) -> set[str]:
    """Return the fields that the stories have no occasion for."""
    if place[0] in ("registry.plan", "compliance.pre_allocate", "compliance.list"):
        return {"co_signed"} | ({"debts"} if place[0] != "compliance.list" else set())
    return set()


def test_every_reason_and_every_kind_of_claim_is_documented() -> None:
    text = (DOCS / "auditor.md").read_text("utf-8")
    codes = {row[0].strip("`"): row[1:] for row in rows("auditor.md") if row[0].startswith("`AUD-")}
    assert codes == {code: [en, zh] for code, (zh, en) in REASONS.items()}
    for kind, keys in KEYS.items():
        assert f"| `{kind}` | {', '.join(f'`{key}`' for key in keys)} |" in text


def only_read() -> dict[str, set[str]]:
    """Return the fields of which the document says that they are only read, by kind or case."""
    found = {}
    for row in rows("auditor.md"):
        if len(row) == 3 and row[0].strip("`").split()[0] in KINDS:
            found[row[0].strip("`")] = {name for name, _ in _TOKEN.findall(row[1]) if name}
    return found


GROUPS = ("log.", "parties.", "registry.transaction", "registry.", "compliance.")


@pytest.mark.parametrize("group", GROUPS)
def test_a_changed_field_is_found_unless_it_is_documented_as_only_read(
    group: str, exports: Exports, tmp_path: Path
) -> None:
    """An insider changes one value, and every hash and signature fits: what can he change?"""
    missed: dict[str, set[str]] = defaultdict(set)
    seen: set[tuple[str, str]] = set()
    for story in (exports.scenario, exports.history):
        log = Forged(story)
        log.sizes = log.sizes[-1:]
        for place, entry in enumerate(log.entries):
            if next(one for one in GROUPS if entry["kind"].startswith(one)) != group:
                continue
            for label, body in bodies(log, place):
                for path, value in list(values(body)):
                    name = ".".join(step for step in path if isinstance(step, str))
                    if (label, name) in seen:
                        continue
                    seen.add((label, name))
                    put(body, path, other(value))
                    found = wrong(audit(log.write(tmp_path / "changed")))
                    put(body, path, value)
                    if not found:
                        missed[" ".join(label.split()[:2])].add(name.split(".")[0])
    said = {label: names for label, names in only_read().items() if in_group(label, group)}
    assert missed == said
    assert seen


def in_group(label: str, group: str) -> bool:
    return next(one for one in GROUPS if label.startswith(one)) == group


def bodies(log: Forged, place: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield an entry's body and its cases', each with kind, sort and type."""
    kind = log.entries[place]["kind"]
    yield kind, log.entries[place]["body"]
    for movement in log.movements[place]:
        body = movement["body"]
        yield f"{kind} {body.get('record', 'case')} {body.get('type', '')}", body
