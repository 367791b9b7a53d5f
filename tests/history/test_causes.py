"""The causes of differences add up, and are those of a plain model; what is wrong is found out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from hutan.cli.replay.comparing import Comparison, compare
from hutan.cli.replay.steps import Script
from tests.history.files import DIRT, Row, dirty, rows, write
from tests.history.model import Whole, expect
from tests.history.replaying import replayed

YEARS = range(2006, 2010)


def _replayed(tmp_path: Path, seed: int) -> tuple[Script, list[Row]]:
    random = Random(seed)
    good = rows(random, installations=12, years=YEARS)
    small = [kind for kind in DIRT if "million" not in kind]
    lines: list[str | Row] = [
        *good, *(dirty(kind, f"YY-{kind[-3:]}", 2007) for kind in random.sample(small, 8))
    ]  # fmt: skip
    random.shuffle(lines)
    return replayed(write(tmp_path / "random.csv", *lines)), good


@pytest.mark.parametrize("seed", range(3))
def test_causes_add_up_and_are_those_of_the_model(db: None, tmp_path: Path, seed: int) -> None:
    script, good = _replayed(tmp_path, seed)
    found = compare(script)
    assert found.unexplained == []
    expected = expect(good, ends=list(script.courses))
    _hold_differences(found, {(one.installation, one.year): one for one in good}, expected)
    for one in found.installations:
        whole = expected.get(one.installation)
        if whole is None:
            assert one.lines == one.refused
            continue
        assert (one.lapsed, one.held) == (whole.lapsed, whole.held)
        years = whole.years.values()
        assert one.bought == sum(year.bought for year in years)
        assert one.short_made_good == sum(year.short_made_good for year in years)
        assert one.short_still == sum(year.short - year.short_made_good for year in years)
    assert sum(one.lines for one in found.years) == found.history.lines - 1
    assert sum(one.lines for one in found.installations) == found.history.lines - 1


def _hold_differences(
    found: Comparison, good: Mapping[tuple[str, int], Row], expected: Mapping[str, Whole]
) -> None:
    told = {
        (one.installation, int(one.year), one.what): {
            (cause.code, cause.year): cause.tonnes for cause in one.causes
        }
        for one in found.differences
        if one.year.isdigit() and (one.installation, int(one.year)) in good
    }
    for (name, year), row in good.items():
        model = expected[name].years[year]
        bought = {("bought_elsewhere", 0): model.bought} if model.bought else {}
        assert told.get((name, year, "surrendered and held"), {}) == bought
        parts = {("made_good", other): tonnes for other, tonnes in model.made_good.items()}
        if model.beyond:
            code = "no_emissions" if row.verified is None else "beyond_duty"
            parts[code, 0] = model.beyond
        if model.short_made_good:
            parts["short_made_good", 0] = -model.short_made_good
        if model.short > model.short_made_good:
            parts["short_still", 0] = model.short_made_good - model.short
        assert told.get((name, year, "surrendered and verified"), {}) == parts


@pytest.mark.parametrize("figure", ["allocated", "verified", "surrendered"])
def test_a_figure_that_was_not_replayed_is_found_out(db: None, tmp_path: Path, figure: str) -> None:
    script = replayed(write(tmp_path / "one.csv", Row("XX-1", 2008, 9, 8, 7, "B")))
    assert compare(script).unexplained == []
    (row,) = script.history.rows
    names = ("allocated", "verified", "surrendered")
    allocated, verified, surrendered = (6 if figure == one else getattr(row, one) for one in names)
    other = replace(row, allocated=allocated, verified=verified, surrendered=surrendered)
    history = replace(script.history, rows=(other,), by_year={2008: [other]})
    # The same acts, held against a file that says otherwise.
    again = Script(history, script.book)
    found = compare(again)
    whats = {one.what for one in found.unexplained}
    assert any(what.startswith("sum: ") for what in whats)
    assert len(whats) > 1


def test_codes_of_the_file_and_why_they_differ(db: None, tmp_path: Path) -> None:
    script = replayed(
        write(
            tmp_path / "codes.csv",
            # Short in the first phase, even in the second: the file still says B.
            Row("P", 2007, 10, 10, 4, "B"), Row("P", 2008, 10, 5, 5, "B"),
            # Over in the first phase, short by less in the second: the file says A.
            Row("Q", 2007, 9, 2, 9, "A"), Row("Q", 2008, 9, 5, 3, "A"),
            Row("R", 2008, 9, 5, 1, "A"), Row("R", 2009, 9, 5, 9, "A"),
            Row("S", 2008, 9, 5, None, "A"), Row("T", 2008, 9, None, None, "A"),
            Row("U", 2008, 9, 5, 5, "C"), Row("V", 2008, 9, 5, 5, "E*"),
            Row("W", 2008, 9, 5, 5, "B"), Row("X", 2008, 9, 5, 4, "A"),
        )
    )  # fmt: skip
    found = compare(script)
    assert [
        (one.installation, one.value, one.other, one.causes[0].code, one.causes[0].sentence)
        for one in found.differences
        if one.what == "compliance_code"
    ] == [
        ("P", "B", "A", "code_earlier_shortfall",
         "6 t short in earlier phases, which this phase leaves out"),
        ("Q", "A", "B", "code_earlier_surplus",
         "7 t of surplus in earlier phases, which this phase leaves out"),
        ("R", "A", "B", "code_made_good_later",
         "the phase is short by 4 t that the file makes good later"),
        ("S", "A", "B", "code_without_surrender",
         "the file has a code of full surrender but no surrender for the year"),
        ("T", "A", "C", "code_without_emissions",
         "the file has a code but no emissions for the year"),
        ("U", "C", "A", "code_before_emissions",
         "the file has emissions that its code says are missing"),
        ("V", "E", "A", "code_other_ground",
         "E: the register decided on a ground that is no figure"),
        ("W", "B", "A", "code_against_figures",
         "the file contradicts itself: its figures of the phase balance at 0 t"),
        ("X", "A", "B", "code_against_figures",
         "the file contradicts itself: its figures of the phase balance at -1 t"),
    ]  # fmt: skip
    assert found.unexplained == []
