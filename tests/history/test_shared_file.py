"""The eighteen real years beside the checkout, where they are present."""

from __future__ import annotations

import csv
import signal
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from hutan.auditor.auditing import audit
from hutan.cli.claims import export_with_claims
from hutan.cli.replay.comparing import compare
from hutan.cli.replay.course import courses
from hutan.rules.parameters import rulebook
from tests.history.files import HEADER, Row
from tests.history.model import expect
from tests.history.replaying import replayed, script
from tests.runtime.conftest import Hutan, open_folder

FILE = (
    Path(__file__).resolve().parents[3] / "shared" / "data"
    / "eutl_compliance_DK_FI_PT_2005_2022.csv"
)  # fmt: skip

pytestmark = pytest.mark.skipif(
    not FILE.is_file(), reason="the public file of eighteen years is not beside this checkout"
)

HEAD = 400
"""Lines of the file that every run of the tests replays."""


def _rows(path: Path) -> list[Row]:
    """Read the file with other code than the product's."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Row(
                installation=one["installation_id"],
                year=int(one["year"]),
                allocated=int(one["allocation"]) if one["allocation"] else None,
                verified=int(one["verified_emissions"]) if one["verified_emissions"] else None,
                surrendered=int(one["units_surrendered"]) if one["units_surrendered"] else None,
                code=one["compliance_code"],
            )
            for one in csv.DictReader(file)
        ]


def test_every_line_is_read_and_purchases_are_those_of_the_model() -> None:
    whole = script(FILE)
    assert whole.history.lines == 1 + len(whole.history.rows) + len(whole.history.bad) == 21_661
    rows = _rows(FILE)
    assert len(rows) == 21_660
    expected = expect(rows, ends=range(2005, 2023))
    bought = {
        (name, course.year): tonnes
        for course in courses(whole.history, rulebook("eutl"))
        for name, tonnes in course.bought.items()
    }
    assert bought == {
        (name, year): one.bought
        for name, whole_ in expected.items()
        for year, one in whole_.years.items()
        if one.bought
    }
    # 5,617 rows and 344 million tonnes if the surplus of 2005 to 2007 had served later years too.
    assert (len(bought), sum(bought.values())) == (6_248, 365_649_438)


def test_the_head_of_the_file(committed_db: str, tmp_path: Path) -> None:
    head = tmp_path / "head.csv"
    lines = FILE.read_text(encoding="utf-8").splitlines(keepends=True)[:HEAD]
    head.write_text("".join(lines), encoding="utf-8")
    assert lines[0].strip() == HEADER
    whole = replayed(head)
    _hold(head)
    export_with_claims(tmp_path / "export", at=whole.steps[-1].at)
    assert list(audit(tmp_path / "export").findings) == []


def _hold(path: Path) -> None:
    """Hold the sums of a replay against sums taken from the file by other code."""
    found = compare(script(path))
    assert found.unexplained == []
    rows = _rows(path)
    by_year: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        for place, figure in enumerate((row.allocated, row.verified, row.surrendered)):
            by_year[row.year][place] += figure or 0
    assert {
        int(one.year): [one.issued, one.determined, one.handed_in] for one in found.years
    } == by_year
    expected = expect(rows, ends=list(by_year))
    for one in found.installations:
        model = expected[one.installation]
        years = model.years.values()
        assert (one.lapsed, one.held, one.bought, one.beyond_duty + one.no_emissions) == (
            model.lapsed, model.held, sum(year.bought for year in years),
            sum(year.beyond for year in years),
        )  # fmt: skip
        assert one.short_still + one.short_made_good == sum(year.short for year in years)


@pytest.mark.nightly
def test_the_whole_file_agrees_with_model_and_auditor(committed_db: str, tmp_path: Path) -> None:
    whole = replayed(FILE)
    _hold(FILE)
    export_with_claims(tmp_path / "export", at=whole.steps[-1].at)
    audited = audit(tmp_path / "export")
    assert list(audited.findings) == []
    assert audited.counts["checkpoints"] == 18


@pytest.mark.nightly
def test_the_whole_file_with_its_own_server_killed() -> None:
    """``./run history replay``, cut by kill -9 and Ctrl-C, ends as one in a go."""
    states = [
        _state_after(blows) for blows in ([], [signal.SIGKILL, signal.SIGINT, signal.SIGKILL])
    ]
    assert states[0] == states[1]


def _state_after(blows: Sequence[signal.Signals]) -> str:
    with open_folder() as folder:
        hutan = Hutan(folder / "var")
        for place, blow in enumerate(blows):
            process = hutan.popen("history", "replay", str(FILE))
            time.sleep(12 + 3 * place)
            process.send_signal(blow)
            process.communicate(timeout=120)
            # A fast machine may have ended before the last blow, none before the first.
            assert process.returncode in ({-blow, 130} if place == 0 else {-blow, 130, 0})
        for words in (("replay",), ("state",)):
            process = hutan.popen("history", *words, str(FILE))
            printed, _ = process.communicate(timeout=3600)
            assert process.returncode == 0, printed
        return printed[printed.index("{") :]
