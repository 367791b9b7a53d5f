"""``hutan rules``: what it prints, what it refuses, and that the check runs with the tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hutan.cli import rules as command
from hutan.rules.parameters import Rulebook
from hutan.rules.reading import BadRulebook
from tests.cli.asking import run


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def good(*arguments: str) -> str:
    result = run("rules", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_check_passes_and_lists_what_is_to_be_known() -> None:
    printed = good("check")
    assert "通过 passed" in printed
    assert "compliance.surrender_deadline 2025" in printed
    assert "2026, 2027, 2028" in printed
    record = json.loads(good("check", "--json"))
    assert record["faults"] == []
    assert record["waiting"]["allocation.cap"] == "allocation"


def test_check_fails_where_the_book_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Rulebook:
        raise BadRulebook(["a.toml, [x]: wrong", "b.toml: worse"])

    monkeypatch.setattr(command, "rulebook", broken)
    for arguments in (["check"], ["check", "--json"]):
        result = run("rules", *arguments)
        assert result.exit_code == 1
        assert "a.toml, [x]: wrong" in result.stdout
        assert "b.toml: worse" in result.stdout


def test_check_fails_where_a_parameter_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "x.toml").write_text(
        '[x.y]\nzh = "a"\nen = "b"\nunit = "days"\nnote = "z"\n', encoding="utf-8"
    )
    monkeypatch.setattr(command, "rulebook", lambda: Rulebook.load(folder))
    result = run("rules", "check")
    assert result.exit_code == 1
    assert "✗ [x.y] is used by no code and waits for none" in result.stdout


def test_show_by_year_by_day_and_whole() -> None:
    assert "0.05 (5 %)" in good("show", "compliance.offset_share_max", "--year", "2024")
    printed = good("show", "compliance.offset_share_max")
    assert "2013..2015" in printed
    assert "2025..2028" in printed
    assert "同 same as 2024." in printed
    day = good("show", "compliance.own_boundary_excluded", "--day", "2025-03-31")
    assert "沪府令10号" in day
    assert "沪府令20号" not in day
    table = json.loads(good("show", "mrv.gwp_ar6", "--year", "2026", "--json"))
    assert table[0]["value"] == "CH4: gwp 27.9; N2O: gwp 273"
    assert "30 days" in good("show", "verification.approval_days")


def test_years_with_a_gap_between_them_do_not_share_a_line() -> None:
    printed = good("show", "allocation.cap")
    assert "2013..2015" in printed
    assert "2016..2018" not in printed


def test_show_by_a_profile() -> None:
    assert "2008-04-30" in good("show", "compliance.surrender_deadline", "--profile", "eutl")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "compliance.offset_share_max", "--year", "2030"], "2030 = {"),
        (["show", "penalties.surrender", "--day", "2025-03-31"], "penalties.toml"),
        (["show", "no.such"], "rules list"),
        (["explain", "M99"], "M99"),
        (["explain", "no.such"], "no.such"),
        (["diff", "2024", "2026", "--profile", "moon"], "moon"),
        (["list", "--profile", "moon"], "moon"),
        (["governs", "weather", "--on", "2025-01-01"], "weather"),
    ],
)
def test_a_refusal_is_said_in_both_languages(arguments: list[str], words: str) -> None:
    result = run("rules", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 4
    as_json = run("rules", *arguments, "--json")
    assert as_json.exit_code == 2
    assert json.loads(as_json.stdout)["refused"][0]["zh"]


@pytest.mark.parametrize(
    "arguments",
    [["penalties.surrender", "--year", "2025"], ["allocation.cap", "--day", "2025-01-01"]],
)
def test_asking_by_the_wrong_basis_says_which_is_right(arguments: list[str]) -> None:
    result = run("rules", "show", *arguments)
    assert result.exit_code == 2
    assert "is dated by" in result.stderr


def test_explain_a_parameter_with_its_sources() -> None:
    printed = good("explain", "penalties.surrender")
    assert "处20万元以上30万元以下罚款" in printed
    assert "hutan/rules/law/penalties.toml" in printed
    record = json.loads(good("explain", "compliance.offset_base", "--json"))
    assert {source["document"] for source in record["sources"]} >= {"沪环气候〔2024〕254号"}
    assert "never apart" in good("explain", "compliance.offset_base")
    assert "ISO 7064" in good("explain", "registry.account_check")


def test_explain_a_clause_with_what_rests_on_it() -> None:
    printed = good("explain", "N4.2")
    assert "使用总比例不得高于当年审定碳排放量的5%" in printed
    assert "compliance.offset_share_max" in printed
    assert "参数 parameter" not in good("explain", "M1")
    record = json.loads(good("explain", "M42.3", "--json"))
    assert record["parameters"][0]["value"] == "200000..300000"


def test_diff_names_what_changed_and_only_that() -> None:
    printed = good("diff", "2024", "2026")
    assert "coverage.threshold.data_centre" in printed
    assert "compliance.offset_share_max" not in printed
    record = {one["key"]: one for one in json.loads(good("diff", "2024", "2026", "--json"))}
    assert record["penalties.surrender"] | {"unit": ""} == {
        "key": "penalties.surrender", "unit": "", "2024": "", "2026": "200000..300000",
    }  # fmt: skip
    assert record["inclusive.objects"]["2026"].endswith("behaviour_scenario")
    both = {one["key"]: one for one in json.loads(good("diff", "2024", "2025", "--json"))}
    assert both["verification.commissioned_by"]["2025"] == "bureau, unit → bureau"
    assert json.loads(good("diff", "2024", "2024", "--json")) == []


def test_list_narrows_by_beginning_and_by_status() -> None:
    assert len(json.loads(good("list", "penalties.", "--json"))) == 11
    assumed = {one["key"] for one in json.loads(good("list", "--assumed", "--json"))}
    assert "registry.transfer_noon" in assumed
    assert "penalties.surrender" not in assumed
    assert "penalties.agency_person" in good("list", "penalties")


def test_governs_names_the_text() -> None:
    printed = good("governs", "carbon-inclusive programme", "--on", "2025-11-01")
    assert "沪环规〔2025〕10号" in printed
    record = json.loads(
        good("governs", "carbon-inclusive programme", "--on", "2025-10-31", "--json")
    )
    assert record["ended_by"] == "沪环规〔2025〕10号"
