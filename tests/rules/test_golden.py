"""Every value of the book equals its second writing in ``golden.py``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from hutan.rules.parameters import rulebook
from hutan.rules.units import Unit
from tests.marks import clause
from tests.rules.golden import GOLDEN

STATUS = {"o": "official", "s": "secondary", "d": "derived", "a": "assumed"}


def written(lines: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield basis, value and status of each line; a line of years is one entry a year."""
    for line in lines.split(" | ") if "\n" not in lines else lines.replace("\n", " ").split("| "):
        if not line.strip():
            continue
        words = line.split()
        cited = words.pop() if words[-1] not in STATUS else ""
        status, basis, value = STATUS[words[-1]], words[0], " ".join(words[1:-1])
        first, _, last = basis.partition("..")
        years = range(int(first), int(last or first) + 1) if "-" not in basis else ()
        for one in [str(year) for year in years] or [basis]:
            yield one, (value, f"{status} {cited}".strip())


def found(key: str) -> dict[str, tuple[str, str]]:
    expected = dict(written(GOLDEN[key]))
    entries = {}
    for one in rulebook().series[key].parameters:
        cited = one.clause if " " in expected.get(one.basis, ("", ""))[1] else ""
        entries[one.basis] = (one.text, f"{one.status} {cited}".strip())
    return entries


@pytest.mark.parametrize("key", GOLDEN)
def test_values_are_what_the_sources_say(key: str) -> None:
    assert found(key) == dict(written(GOLDEN[key]))


def test_every_parameter_but_the_tables_is_written_down_twice() -> None:
    keys = {key for key, one in rulebook().series.items() if one.unit is not Unit.TABLE}
    assert keys == GOLDEN.keys()


@clause("M9.1")
def test_gases_and_sectors_are_dated_with_their_source() -> None:
    book = rulebook()
    for year in range(2023, 2029):
        for key in ("coverage.gases", "coverage.sectors"):
            parameter = book.by_year(key, year)
            assert parameter.words
            assert parameter.document in book.documents
    assert "public_institution" not in book.by_year("coverage.sectors", 2027).words
    assert "public_institution" in book.by_year("coverage.sectors", 2028).words


@clause("A2.1")
def test_thresholds_fall_in_2026() -> None:
    book = rulebook()
    fall = {
        "coverage.threshold.energy_intensive_industry": "10000",
        "coverage.threshold.data_centre": "10000",
        "coverage.threshold.water_transport": "80000",
    }
    for key, limit in fall.items():
        for year in (2026, 2027, 2028):
            parameter = book.by_year(key, year)
            assert (parameter.text, parameter.status) == (f"tCO2e >= {limit}", "official")
        assert book.by_year(key, 2025).text != parameter.text


@clause("A2.2")
def test_public_institutions_enter_in_2028() -> None:
    parameter = rulebook().by_year("coverage.threshold.public_institution", 2028)
    assert (parameter.text, parameter.clause) == ("tCO2e >= 10000", "A2.2")
    assert not rulebook().by_year("coverage.public_institution_obliged", 2028).switch


@clause("M18.3")
def test_verification_rules_are_dated_by_regime() -> None:
    book = rulebook()
    last, first = date(2025, 3, 31), date(2025, 4, 1)
    for key in ("verification.reexamine_share", "verification.materiality"):
        assert book.on_day(key, last).document == "沪府令10号"
        assert book.on_day(key, first).document == "沪府令20号"
    assert book.on_day("verification.approval_days", last).whole == 30
    assert book.by_year("verification.window", 2024).period.last == date(2025, 5, 31)
