"""The book: looking up, refusing what nobody entered, versions, profiles, and a broken folder."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.rules import parameters
from hutan.rules.parameters import LAW, Parameter, Rulebook, rulebook
from hutan.rules.refusals import (
    DayNotEntered,
    UnknownParameter,
    YearNotEntered,
)
from hutan.rules.series import Series
from tests.marks import clause
from tests.rules.books import changed

# Looking up


def test_a_value_carries_its_source_into_the_working() -> None:
    use = rulebook().by_year("compliance.offset_share_max", 2024).use()
    assert dataclasses.asdict(use) == {
        "key": "compliance.offset_share_max",
        "basis": "2024",
        "value": "0.05",
        "unit": "share",
        "clause": "N4.2",
        "document": "沪环气候〔2024〕254号",
        "status": "official",
    }


def test_a_repeated_value_says_whose_it_repeats() -> None:
    later = rulebook().by_year("compliance.offset_share_max", 2027)
    assert (later.carried_from, later.status, later.text) == ("2024", "assumed", "0.05")
    assert rulebook().by_year("compliance.offset_share_max", 2024).carried_from == ""


@pytest.mark.parametrize(
    ("key", "year", "accessor", "value"),
    [
        ("compliance.offset_share_max", 2024, "decimal", "0.05"),
        ("compliance.mover_years", 2026, "whole", "3"),
        ("allocation.pre_allocation", 2025, "switch", "True"),
        ("compliance.offset_base", 2024, "word", "determined"),
        ("compliance.offset_instruments", 2024, "words", "('ccer', 'reduction')"),
        ("compliance.surrender_deadline", 2024, "deadline", "2025-06-30T17:00:00+08:00"),
        ("verification.window", 2024, "period", "2025-04-01..2025-05-31"),
        ("allocation.award_share", 2023, "band", "0.003..0.005"),
        ("coverage.threshold.data_centre", 2026, "threshold", "tCO2e >= 10000"),
        ("mrv.gwp_ar6", 2023, "table", "CH4: gwp 27.9; N2O: gwp 273"),
    ],
)
def test_each_kind_of_value_has_its_accessor(
    key: str, year: int, accessor: str, value: str
) -> None:
    parameter = rulebook().by_year(key, year)
    assert str(getattr(parameter, accessor)) == value
    others = {"decimal", "whole", "switch", "word", "clock", "window"} - {accessor}
    for other in others:
        with pytest.raises(TypeError, match=f"{key} is"):
            getattr(parameter, other)


def test_times_of_day() -> None:
    book, on = rulebook(), date(2025, 6, 16)
    assert str(book.on_day("registry.transfer_noon", on).clock) == "12:00:00"
    assert str(book.on_day("registry.transfer_window", on).window) == "10:00:00..16:00:00"


def test_the_band_and_period_ends_belong_to_them() -> None:
    band = rulebook().on_day("penalties.surrender", date(2025, 4, 1)).band
    assert band.low in band
    assert band.high in band
    assert band.high + 1 not in band
    window = rulebook().by_year("verification.window", 2024).period
    assert window.first in window
    assert date(2025, 6, 1) not in window


@clause("A2.1")
def test_reaching_any_one_limit_of_a_threshold_suffices() -> None:
    either = rulebook().by_year("coverage.threshold.water_transport", 2025).threshold
    assert either.reached({"tCO2e": Decimal(100_000), "tce": Decimal(0)}) == "tCO2e"
    assert either.reached({"tCO2e": Decimal(99_999), "tce": Decimal(50_000)}) == "tce"
    assert either.reached({"tCO2e": Decimal(99_999), "tce": Decimal(49_999)}) == ""
    later = rulebook().by_year("coverage.threshold.water_transport", 2026).threshold
    assert later.reached({"tce": Decimal(10**9)}) == ""
    assert later.reached({"tCO2e": Decimal(80_000)}) == "tCO2e"


@pytest.mark.parametrize(
    ("day", "value"),
    [("2013-11-18", "yes"), ("2025-03-31", "yes"), ("2025-04-01", "yes"), ("2099-01-01", "yes")],
)
def test_a_value_by_day_holds_from_its_first_to_its_last_day(day: str, value: str) -> None:
    found = rulebook().on_day("compliance.own_boundary_excluded", date.fromisoformat(day))
    assert found.text == value
    assert found.document == ("沪府令10号" if day < "2025-04-01" else "沪府令20号")
    first, last = found.basis.split("/")
    assert first <= day <= last.replace("..", "9999")


# Refusing


def test_a_year_without_a_value_says_what_to_enter_where() -> None:
    with pytest.raises(YearNotEntered) as refused:
        rulebook().by_year("compliance.offset_share_max", 2029)
    cure = refused.value.cure("en")
    assert "hutan/rules/law/compliance.toml" in cure
    assert "[compliance.offset_share_max]" in cure
    assert '2029 = { value = "...", clause = "...", document = "...", status = "..." }' in cure
    assert "2029" in refused.value.sentence("zh")


def test_the_example_of_the_refusal_can_be_entered_as_it_stands(tmp_path: Path) -> None:
    with pytest.raises(YearNotEntered) as refused:
        rulebook().by_year("compliance.offset_share_max", 2029)
    line = str(refused.value.facts["example"])
    for value in ("0.05", "N4.2", "沪府令20号", "assumed"):
        line = line.replace('"..."', f'"{value}"', 1)
    folder = changed(
        tmp_path / "law", "compliance.toml", "2016 = { value", f"{line}\n2016 = {{ value"
    )
    assert Rulebook.load(folder).by_year("compliance.offset_base", 2024).word == "determined"
    entered = Rulebook.load(folder).by_year("compliance.offset_share_max", 2029)
    assert (entered.text, entered.document) == ("0.05", "沪府令20号")


def test_a_day_without_a_value_says_what_to_enter_where() -> None:
    with pytest.raises(DayNotEntered) as refused:
        rulebook().on_day("penalties.surrender", date(2025, 3, 31))
    cure = refused.value.cure("en")
    assert "hutan/rules/law/penalties.toml" in cure
    assert '[[penalties.surrender.from]] day = "2025-03-31"' in cure
    with pytest.raises(DayNotEntered):
        rulebook().on_day("verification.approval_days", date(2025, 4, 1))


def test_an_unknown_key_is_refused_with_what_is_close() -> None:
    for ask in (
        lambda: rulebook().by_year("compliance.offset_share", 2024),
        lambda: rulebook().on_day("compliance.offset_share", date(2024, 1, 1)),
        lambda: rulebook().find("compliance.offset_share"),
    ):
        with pytest.raises(UnknownParameter) as refused:
            ask()
        assert "compliance.offset_share_max" in str(refused.value.facts["near"])
    with pytest.raises(UnknownParameter) as refused:
        rulebook().find("?")
    assert refused.value.facts["near"] == "-"


def test_asking_by_the_wrong_basis_is_a_bug() -> None:
    with pytest.raises(TypeError, match="dated by day"):
        rulebook().by_year("penalties.surrender", 2025)
    with pytest.raises(TypeError, match="dated by year"):
        rulebook().on_day("allocation.cap", date(2025, 1, 1))


@given(st.integers(-10, 3000), st.sampled_from(sorted(rulebook().series)))
def test_a_look_up_answers_or_refuses(year: int, key: str) -> None:
    series = rulebook().series[key]
    if series.dated == "year":
        if year in series.years:
            assert rulebook().by_year(key, year) is series.years[year]
        else:
            with pytest.raises(YearNotEntered):
                rulebook().by_year(key, year)


@given(st.dates(), st.sampled_from(sorted(rulebook().series)))
def test_a_look_up_by_day_answers_or_refuses(day: date, key: str) -> None:
    series = rulebook().series[key]
    if series.dated == "day":
        holding = [
            span.parameter
            for span in series.spans
            if span.first <= day and (span.last is None or day <= span.last)
        ]
        assert len(holding) <= 1
        if holding:
            assert rulebook().on_day(key, day) is holding[0]
        else:
            with pytest.raises(DayNotEntered):
                rulebook().on_day(key, day)


# The book as a value


def test_the_book_is_loaded_once_and_cannot_be_changed() -> None:
    book = rulebook()
    assert rulebook() is book
    parameter = book.by_year("allocation.cap", 2023)
    assert parameter.use() is parameter.use()
    with pytest.raises(dataclasses.FrozenInstanceError):
        parameter.value = "1"  # type: ignore[misc]  # it is what must not work
    with pytest.raises(TypeError):
        book.series["x"] = book.series["allocation.cap"]  # type: ignore[index]  # likewise
    with pytest.raises(TypeError):
        book.series["allocation.cap"].years[2030] = parameter  # type: ignore[index]  # likewise
    with pytest.raises(TypeError):
        book.by_year("mrv.gwp_ar5", 2024).table.rows["CO2"] = None  # type: ignore[index]  # likewise


def test_the_version_is_that_of_the_content(tmp_path: Path) -> None:
    version = rulebook().version
    assert len(version) == 64
    assert Rulebook.load(LAW).version == version
    folder = changed(tmp_path / "a" / "law", "compliance.toml", "# Surrender", "# A comment")
    assert Rulebook.load(folder).version == version
    value = changed(tmp_path / "b" / "law", "compliance.toml", 'value = "0.05"', 'value = "0.06"')
    note = changed(tmp_path / "c" / "law", "documents.toml", "Valid for two years", "Valid")
    day = changed(tmp_path / "d" / "law", "calendar.toml", '"2026-10-10"', '"2026-10-11"')
    text = changed(tmp_path / "e" / "law", "clauses.toml", "足额清缴", "清缴")
    versions = {Rulebook.load(one).version for one in (value, note, day, text)}
    assert len(versions | {version, rulebook("eutl").version}) == 6


def test_what_is_assumed_for_a_year_can_be_listed() -> None:
    assumed = {one.key for one in rulebook().assumed(2025)}
    assert "compliance.surrender_deadline" in assumed
    assert "registry.transfer_noon" in assumed
    assert "mrv.report_due" not in assumed
    assert "penalties.surrender" not in assumed
    assert all(one.status == "assumed" for one in rulebook().assumed(2025))
    assert "registry.transfer_noon" not in {one.key for one in rulebook().assumed(2013)}


def test_tables_compare_by_content() -> None:
    one, other = (rulebook().by_year("mrv.gwp_ar5", year).table for year in (2023, 2028))
    assert one == other
    assert hash(one) == hash(other)
    assert one != rulebook().by_year("mrv.gwp_ar6", 2023).table
    assert one != "text"
    assert len(one) == 3


def test_records_name_every_value() -> None:
    record = rulebook().series["registry.transfer_noon"].to_record()
    assert record["values"] == [
        {
            **rulebook().on_day("registry.transfer_noon", date(2025, 1, 1)).use().to_record(),
            "note": "Article 35(3).",
            "carried_from": "",
        }
    ]


def test_the_public_names_are_where_they_are_said_to_be() -> None:
    assert parameters.Parameter is Parameter
    assert parameters.Series is Series
