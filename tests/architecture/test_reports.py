"""The documents made from the code are up to date, and the tests name clauses that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports import clauses, refusals
from tests.reports.clauses import Clause, Outcome

HAVE_REGISTER = pytest.mark.skipif(
    not clauses.REGISTER.exists(), reason="the register of clauses is not part of this checkout"
)


def test_the_list_of_refusals_is_up_to_date() -> None:
    written = refusals.DOCUMENT.read_text("utf-8")
    assert written == refusals.text(), "run: make refusals"


@HAVE_REGISTER
def test_what_waits_is_due_and_not_more() -> None:
    due = {clause.id for clause in clauses.register() if clause.due}
    assert set(clauses.waiting()) <= due
    assert all(clauses.waiting().values())


@HAVE_REGISTER
def test_tests_name_clauses_that_exist(request: pytest.FixtureRequest) -> None:
    known = {clause.id for clause in clauses.register()}
    named = {mark.args[0] for item in request.session.items for mark in item.iter_markers("clause")}
    assert named <= known


def clause(id: str, system: str = "law", kind: str = "parameter") -> Clause:
    return Clause(id, system, kind, "owes something")


def passed(test: str, *results: str) -> dict[str, Outcome]:
    return {test: Outcome(test, set(results))}


@pytest.mark.parametrize(
    ("one", "waits", "proofs", "state", "complete"),
    [
        (clause("M1"), {}, passed("t", "passed"), "proved", True),
        (clause("M1"), {}, passed("t", "passed", "failed"), "failed", False),
        (clause("M1"), {}, passed("t", "skipped"), "failed", False),
        (clause("M1"), {}, {}, "missing", False),
        (clause("M1"), {"M1": "the market"}, {}, "waiting for the market", True),
        (clause("M1"), {"M1": "the market"}, passed("t", "passed"),
         "proved, in part; waiting for the market", True),
        (clause("M1", "market"), {}, passed("t", "passed"), "proved", True),
        (clause("M1", "market"), {}, passed("t", "failed"), "failed", False),
    ],
)  # fmt: skip
def test_a_clause_is_proved_waiting_or_missing(
    one: Clause, waits: dict[str, str], proofs: dict[str, Outcome], state: str, complete: bool
) -> None:
    text, good = clauses.report([one], waits, {one.id: proofs} if proofs else {})
    row = text.splitlines()[-1]
    assert row.endswith(f"| {state} |")
    assert good is complete


def test_what_is_not_due_is_left_out() -> None:
    text, good = clauses.report([clause("M1", "market"), clause("M2", "law", "none")], {}, {})
    assert "| M1 |" not in text
    assert "| M2 |" not in text
    assert good


def test_marked_tests_are_run_and_noted(tmp_path: Path) -> None:
    (tmp_path / "test_probe.py").write_text(
        "import pytest\n"
        "from tests.marks import clause\n"
        "@clause('M21.2', 'M47')\n"
        "@pytest.mark.parametrize('one', [1, 2])\n"
        "def test_half(one): assert one == 1\n"
        "@clause('M47')\n"
        "def test_good(): pass\n"
        "def test_unmarked(): raise AssertionError\n"
    )
    recorder = clauses.Recorder()
    # In this process: the modules of the tests that run now stay as they are.
    pytest.main(["-q", "-p", "no:django", "--no-header", f"--rootdir={tmp_path}", str(tmp_path)],
                plugins=[recorder])  # fmt: skip
    assert {name: {o.test.split("::")[1]: o.result for o in tests.values()}
            for name, tests in recorder.proofs.items()} == {
        "M21.2": {"test_half": "failed"},
        "M47": {"test_half": "failed", "test_good": "passed"},
    }  # fmt: skip
