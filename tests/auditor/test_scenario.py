"""The long stories: the auditor agrees with them, and they leave out nothing that can happen."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hutan
from hutan.auditor.auditing import audit
from hutan.auditor.catalogue import TYPES
from hutan.auditor.claims import KEYS
from hutan.auditor.replay import KINDS
from hutan.parties.acts import act_kinds
from tests.auditor.conftest import Exports
from tests.auditor.verdicts import agrees
from tests.marks import clause

SOURCE = Path(hutan.__file__).parent
CATALOGUE = tomllib.loads((SOURCE / "registry" / "catalogue.toml").read_text("utf-8"))
ROWS = CATALOGUE.keys() - {"checks"}


@clause("M47", "M26.1")
def test_the_auditor_agrees_with_the_long_stories(exports: Exports) -> None:
    for folder in (exports.scenario, exports.history):
        agrees(audit(folder))


def test_every_row_of_the_catalogue_has_its_leaf(exports: Exports) -> None:
    found = {one["type"] for one in transactions(exports)}
    # A freeze is an act of its own and moves nothing: its row has the checks of its subject.
    assert "registry.freeze" in kinds(exports)
    assert ROWS - {"freeze"} == found


def test_the_auditor_knows_every_row_of_the_catalogue() -> None:
    assert TYPES.keys() == ROWS - {"freeze"}


def test_every_kind_of_act_of_two_people_was_done(exports: Exports) -> None:
    done = exports.approved(exports.scenario) | exports.approved(exports.history)
    assert {kind.code for kind in act_kinds()} - done == set()


def test_every_kind_of_leaf_that_the_platform_writes_is_there_and_known(exports: Exports) -> None:
    written = set(recorded())
    assert len(written) > 25
    assert written - kinds(exports) == set()
    assert kinds(exports) == KINDS.keys()


def test_every_kind_of_claim_is_there(exports: Exports) -> None:
    claimed = {
        json.loads(line)["claim"]
        for folder in (exports.scenario, exports.history)
        for line in (folder / "claims.jsonl").read_text("utf-8").splitlines()
    }
    assert claimed == KEYS.keys() | {"head"}


def test_every_state_and_status_occurs(exports: Exports) -> None:
    states = {one["state"] for one in transactions(exports)}
    assert states == {"executed", "waiting"}
    statuses = {
        claim["status"]
        for folder in (exports.scenario, exports.history)
        for claim in map(json.loads, (folder / "claims.jsonl").read_text("utf-8").splitlines())
        if claim["claim"] == "standing"
    }
    assert {"met", "met_late", "short", "excluded", "not_yet_obliged"} <= statuses


def kinds(exports: Exports) -> set[str]:
    return {entry["kind"] for entry in records(exports, "entries.jsonl")}


def transactions(exports: Exports) -> list[dict[str, Any]]:
    """Return every transaction that stands anywhere in the two logs."""
    found = []
    for name in ("entries.jsonl", "movements.jsonl"):
        for record in records(exports, name):
            body = record["body"]
            found += [one for one in [body, *body.get("transactions", ())] if "giver" in one]
    return found


def records(exports: Exports, name: str) -> Iterator[dict[str, Any]]:
    for folder in (exports.scenario, exports.history):
        for line in (folder / name).read_bytes().decode().split("\n")[:-1]:
            yield json.loads(line)


def recorded() -> Iterator[str]:
    """Yield every kind of leaf that stands in the source as a constant of a ``record`` call."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            values = [one.value for one in node.keywords if one.arg == "kind"]
            values += node.args[1:2] if name == "_record" else []
            if name not in ("record", "_record"):
                continue
            for value in values:
                if isinstance(value, ast.Constant) and "." in str(value.value):
                    yield str(value.value)
