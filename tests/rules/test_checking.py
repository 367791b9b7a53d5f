"""``rules check``: every parameter is cited, tested, and used or marked with what will use it."""

from __future__ import annotations

from pathlib import Path

import hutan
from hutan.rules.checking import check, gaps
from hutan.rules.parameters import Rulebook, rulebook
from tests.rules.books import changed

CODE = Path(hutan.__file__).parent
TESTS = Path(__file__).resolve().parents[1]


def test_the_book_passes() -> None:
    findings = check(rulebook(), code=CODE, tests=TESTS)
    assert findings.faults == ()
    assert findings.parameters == len(rulebook().series)
    assert findings.values > findings.parameters
    assert all(one.status == "assumed" for one in findings.assumed)
    assert "compliance.offset_share_max" not in findings.waiting
    assert findings.waiting["allocation.cap"] == "allocation"


def test_the_years_without_a_value_are_known_ones() -> None:
    found = check(rulebook(), code=CODE, tests=TESTS).gaps
    assert found["allocation.cap"] == "2026, 2027, 2028"
    assert found["penalties.surrender"] == "2023, 2024, 2025 (in part)"
    assert found["compliance.reduction_classes"] == "2023 (in part)"
    assert "compliance.offset_share_max" not in found
    for key in found:
        series = rulebook().series[key]
        explained = series.note or series.parameters[0].clause or series.parameters[0].document
        assert explained, f"{key} has gaps, and neither a note nor a source says why"


def test_unused_untested_and_wrongly_marked_parameters_fail(tmp_path: Path) -> None:
    folder = changed(
        tmp_path / "law",
        "compliance.toml",
        "[compliance.allowance_tonnes]",
        '[compliance.forgotten]\nzh = "a"\nen = "b"\nunit = "share"\nnote = "x"\n'
        '[compliance.marked]\nzh = "a"\nen = "b"\nunit = "share"\nnote = "x"\nused_by = "moon"\n'
        "[compliance.allowance_tonnes]",
    )
    book = Rulebook.load(folder)
    assert check(book, code=CODE, tests=TESTS).faults == (
        "[compliance.forgotten] is used by no code and waits for none",
        "[compliance.forgotten] is asserted by no test",
        "[compliance.marked] waits for moon, which is no part we know",
        "[compliance.marked] is asserted by no test",
    )


def test_a_key_in_a_comment_does_not_count(tmp_path: Path) -> None:
    code, tests = tmp_path / "code", tmp_path / "tests"
    for place in (code, tests):
        place.mkdir()
        (place / "a.py").write_text("# compliance.offset_base\nx = 1\n", encoding="utf-8")
    faults = check(rulebook(), code=code, tests=tests).faults
    assert "[compliance.offset_base] is used by no code and waits for none" in faults
    assert "[compliance.offset_base] is asserted by no test" in faults
    (code / "a.py").write_text('x = "compliance.offset_base"\n', encoding="utf-8")
    used = check(rulebook(), code=code, tests=None)
    assert not any("offset_base" in fault for fault in used.faults)
    assert not any("no test" in fault for fault in used.faults)


def test_the_record_is_plain() -> None:
    record = check(rulebook(), code=CODE, tests=TESTS).to_record()
    assert record["faults"] == []
    assert "compliance.surrender_deadline 2025" in record["assumed"]  # type: ignore[operator]  # a list


def test_gaps_of_a_single_year() -> None:
    assert gaps(rulebook().series["mrv.report_due"], range(2023, 2029)) == ""
    assert gaps(rulebook().series["mrv.report_due"], range(2022, 2024)) == "2022"
