"""Three installations and three years, worked out by hand on paper.

A: 2006 leaves 20 t over. 2007 needs 130 t and hands in 110: the 20 t of 2006 and 90 t of 2007; it
is 20 t short, and 10 t of 2007 lapse. 2008 hands in 90 t for 60: 50 t of 2008 and 40 t bought; 20 t
make good 2007, 10 t are beyond every duty.
B: 2006 has no emissions. 2007 is issued nothing and hands in nothing for 5 t: short for good, while
its 10 t of 2006 lapse (they would have covered it, had it handed them in). 2008 excludes it.
C: begins in 2008 with nothing issued and buys its 7 t.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from hutan.auditor.auditing import audit
from hutan.cli.claims import export_with_claims
from hutan.cli.replay.comparing import Comparison, compare
from hutan.cli.replay.report import FILES, write_report
from hutan.compliance.queries import closings, positions
from hutan.registry.queries import holdings, unit_accounts
from hutan.transparency.services import verify
from tests.history.files import Row, write
from tests.history.replaying import replayed

LINES = (
    Row("A", 2006, 100, 80, 80, "A"),
    Row("A", 2007, 100, 130, 110, "B"),
    Row("A", 2008, 50, 60, 90, "A*"),
    Row("B", 2006, 10, None, None, "C"),
    Row("B", 2007, None, 5, None, "B"),
    Row("B", 2008, None, None, None, "-"),
    Row("C", 2008, 0, 7, 7, "A"),
    "C,XX,20,2007,2005-2007,-1,30,30,A",
    "A,XX,20,2008,2008-2012,1,2,3,A",
    "",
)


def _golden(tmp_path: Path) -> tuple[Comparison, Any]:
    script = replayed(write(tmp_path / "golden.csv", *LINES))
    return compare(script), script


@pytest.fixture
def golden(db: None, tmp_path: Path) -> tuple[Comparison, Any]:
    return _golden(tmp_path)


def test_sums_by_year(golden: tuple[Comparison, Any]) -> None:
    found, _ = golden
    assert [
        (one.year, one.lines, one.refused, one.issued, one.determined, one.handed_in,
         one.cancelled, one.bought, one.made_good, one.beyond_duty, one.short_made_good,
         one.short_still, one.lapsed)
        for one in found.years
    ] == [
        # What stands in no year at all: the empty line.
        ("", 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        ("2006", 2, 0, 110, 80, 80, 80, 0, 0, 0, 0, 0, 0),
        ("2007", 3, 1, 100, 135, 110, 110, 0, 0, 0, 20, 5, 20),
        ("2008", 4, 1, 50, 67, 97, 97, 47, 20, 10, 0, 0, 0),
    ]  # fmt: skip
    by_year = {one.year: one for one in found.years}
    # The file's sums have the refused lines too, as far as they can be read.
    assert (by_year["2007"].verified, by_year["2007"].verified_refused) == (165, 30)
    assert (by_year["2008"].surrendered, by_year["2008"].surrendered_refused) == (100, 3)


def test_sums_by_installation(golden: tuple[Comparison, Any]) -> None:
    found, _ = golden
    assert {
        one.installation: (one.lines, one.refused, one.issued, one.bought, one.handed_in,
                           one.lapsed, one.held, one.short_still)
        for one in found.installations
    } == {
        "A": (4, 1, 250, 40, 280, 10, 0, 0),
        "B": (3, 0, 10, 0, 0, 10, 0, 5),
        "C": (2, 1, 0, 7, 7, 0, 0, 0),
        "": (1, 1, 0, 0, 0, 0, 0, 0),
    }  # fmt: skip


def test_every_difference_and_its_causes(golden: tuple[Comparison, Any]) -> None:
    found, _ = golden
    assert [
        (one.line, one.what, one.tonnes,
         [(cause.code, cause.tonnes, cause.year) for cause in one.causes])
        for one in found.differences
    ] == [
        (3, "surrendered and verified", -20, [("short_made_good", -20, 0)]),
        (4, "surrendered and held", 40, [("bought_elsewhere", 40, 0)]),
        (4, "surrendered and verified", 30, [("made_good", 20, 2007), ("beyond_duty", 10, 0)]),
        (6, "surrendered and verified", -5, [("short_still", -5, 0)]),
        (8, "surrendered and held", 7, [("bought_elsewhere", 7, 0)]),
        (9, "verified_emissions", 30, [("line_refused", 30, 0)]),
        (9, "units_surrendered", 30, [("line_refused", 30, 0)]),
        (10, "allocation", 1, [("line_refused", 1, 0)]),
        (10, "verified_emissions", 2, [("line_refused", 2, 0)]),
        (10, "units_surrendered", 3, [("line_refused", 3, 0)]),
        (11, "line", 0, [("line_refused", 0, 0)]),
    ]  # fmt: skip
    assert found.unexplained == []
    assert found.codes == {
        ("A", "A"): 3, ("B", "B"): 2, ("C", "C"): 1, ("-", "-"): 1
    }  # fmt: skip


def test_what_the_services_say(golden: tuple[Comparison, Any]) -> None:
    _, script = golden
    names = {script.unit(name): name for name in "ABC"}
    closed = {
        year: {names[one.unit]: (one.status, one.missing) for one in closings(year)}
        for year in (2006, 2007, 2008)
    }
    assert closed == {
        2006: {"A": ("met", 0), "B": ("emissions_missing", 0)},
        2007: {"A": ("short", 20), "B": ("short", 5)},
        2008: {"A": ("met", 0), "C": ("met", 0)},
    }
    accounts = unit_accounts([script.unit(name) for name in "ABC"])
    assert len(accounts) == 3
    left = [one for number in accounts.values() for one in holdings(number)]
    assert {one.balance for one in left} == {0}
    assert [one.blocks for one in left if one.blocks] == []
    listed = {names[one.unit]: one.position.listing for one in positions(2008)}
    assert listed == {"A": "regulated", "B": "not_listed", "C": "regulated"}


def test_the_log_is_whole_and_the_auditor_agrees(committed_db: str, tmp_path: Path) -> None:
    script = replayed(write(tmp_path / "golden.csv", *LINES))
    verify()
    export_with_claims(tmp_path / "export", at=script.steps[-1].at)
    audited = audit(tmp_path / "export")
    assert list(audited.findings) == []
    assert audited.counts["checkpoints"] == 3


def test_the_report_as_files(golden: tuple[Comparison, Any], tmp_path: Path) -> None:
    found, _ = golden
    folder = tmp_path / "report"
    write_report(found, folder)
    assert {path.name for path in folder.iterdir()} == set(FILES)
    whole = json.loads((folder / "report.json").read_text())
    assert whole["file"] | {"sha256": ""} == {
        "name": "golden.csv", "sha256": "", "lines": 11, "header": 1, "replayed": 7,
        "refused": 3, "remarks": 5,
    }  # fmt: skip
    assert whole["unexplained"] == []
    assert {"what": "surrendered and held", "cause": "bought_elsewhere", "rows": 2,
            "tonnes": 47} in whole["differences"]  # fmt: skip
    with (folder / "lines.csv").open(newline="") as file:
        refused = [one for one in csv.DictReader(file) if one["replayed"] == "no"]
    assert [one["line"] for one in refused] == ["9", "10", "11"]
    with (folder / "installations.csv").open(newline="") as file:
        assert sum(int(one["lines"]) for one in csv.DictReader(file)) == len(LINES)
    page = (folder / "report.md").read_text()
    assert "11 lines: 1 header, 7 installation-years of 3 installations replayed, 3 lines" in page
    assert "Unexplained: none." in page
