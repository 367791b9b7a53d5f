"""``docs/clauses.md``: article, what it owes, the tests that prove it, and their result.

Runs the tests that are marked with a clause, and holds them against the register of clauses. A
clause of the systems built so far that no test names is missing, unless ``clauses_waiting.toml``
says which later part it waits for.
"""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REGISTER = ROOT / "hutan" / "rules" / "law" / "clauses.toml"
WAITING = ROOT / "tests" / "clauses_waiting.toml"
DOCUMENT = ROOT / "docs" / "clauses.md"

SYSTEMS = ("law", "identity", "ledger", "registry", "compliance")
"""The systems whose clauses have to be proved now."""


@dataclass(frozen=True)
class Clause:
    """A clause as the register has it."""

    id: str
    system: str
    kind: str
    owes: str

    @property
    def due(self) -> bool:
        """Tell whether a test has to prove it now."""
        return self.system in SYSTEMS and self.kind != "none"


@dataclass
class Outcome:
    """One test that names clauses: its id without parameters, and whether each run passed."""

    test: str
    results: set[str]

    @property
    def result(self) -> str:
        """Return ``passed`` only if every run of the test passed."""
        return next(
            (bad for bad in ("failed", "error", "skipped") if bad in self.results), "passed"
        )


class Recorder:
    """A plugin of pytest that notes which test proves which clause, with what result."""

    def __init__(self) -> None:
        self.proofs: dict[str, dict[str, Outcome]] = defaultdict(dict)
        self._clauses: dict[str, set[str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep only the tests that name a clause."""
        items[:] = [item for item in items if any(item.iter_markers("clause"))]
        for item in items:
            self._clauses[item.nodeid] = {mark.args[0] for mark in item.iter_markers("clause")}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a result; a failure while preparing or clearing up counts as one."""
        if report.when != "call" and report.passed:
            return
        result = report.outcome if report.when == "call" or report.skipped else "error"
        test = report.nodeid.partition("[")[0]
        for clause in self._clauses[report.nodeid]:
            self.proofs[clause].setdefault(test, Outcome(test, set())).results.add(result)


def register() -> list[Clause]:
    """Return all clauses in the order of the register."""
    entries: Mapping[str, Mapping[str, str]] = tomllib.loads(REGISTER.read_text("utf-8"))
    return [
        Clause(id, entry["system"], entry["kind"], entry["owes"]) for id, entry in entries.items()
    ]


def waiting() -> dict[str, str]:
    """Return which clauses wait, and for which later part."""
    return dict(tomllib.loads(WAITING.read_text("utf-8"))["waiting"])


def report(
    clauses: Sequence[Clause], waits: Mapping[str, str], proofs: Mapping[str, Mapping[str, Outcome]]
) -> tuple[str, bool]:
    """Return the document, and whether every clause that is due is proved or waits."""
    rows, counts = [], defaultdict[str, int](int)
    for clause in clauses:
        outcomes = list(proofs.get(clause.id, {}).values())
        if not (outcomes or clause.due or clause.id in waits):
            continue
        state = _state(clause, outcomes, waits)
        counts[state.partition(" ")[0]] += 1
        tests = "<br>".join(f"`{outcome.test}` {outcome.result}" for outcome in outcomes)
        rows.append(f"| {clause.id} | {clause.system} | {clause.owes} | {tests} | {state} |")
    total = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    text = (
        "# Clauses and the tests that prove them\n\n"
        "Made by `make clauses`. A clause is proved when every test that names it passes; what\n"
        "waits names the later part that brings it.\n\n"
        f"{total}.\n\n| clause | system | owes | tests | result |\n|---|---|---|---|---|\n"
        + "\n".join(rows) + "\n"
    )  # fmt: skip
    return text, not (counts["missing"] or counts["failed"])


def _state(clause: Clause, outcomes: Sequence[Outcome], waits: Mapping[str, str]) -> str:
    if outcomes:
        good = all(outcome.result == "passed" for outcome in outcomes)
        # A clause may be proved in part and wait for the rest.
        rest = f", in part; waiting for {waits[clause.id]}" if clause.id in waits else ""
        return f"{'proved' if good else 'failed'}{rest}"
    return f"waiting for {waits[clause.id]}" if clause.id in waits else "missing"


def main() -> int:
    """Run the tests, print and write the document; return 1 if something is missing or failed."""
    recorder = Recorder()
    pytest.main(["-m", "clause and not nightly", "-q", str(ROOT / "tests")], plugins=[recorder])
    text, complete = report(register(), waiting(), recorder.proofs)
    DOCUMENT.write_text(text, "utf-8")
    print(text)
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
