"""Rule profiles: another set of values laid over the law, and nothing that falls through."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hutan.rules.parameters import PROFILES, Rulebook, rulebook
from hutan.rules.reading import BadRulebook
from hutan.rules.refusals import (
    CalendarYearNotEntered,
    NotInProfile,
    UnknownParameter,
    UnknownProfile,
    YearNotEntered,
)


def test_a_profile_states_its_own_values_and_takes_over_what_it_lists() -> None:
    book = rulebook("eutl")
    assert book.by_year("compliance.surrender_deadline", 2005).text == "2006-04-30"
    assert book.by_year("compliance.carry_over", 2007).word == "none"
    assert book.on_day("registry.persons_per_movement", date(2005, 1, 1)).whole == 2
    assert book.on_day("registry.persons_per_movement", date(2005, 1, 1)).basis == "2005-01-01/.."
    assert book.calendar.is_working_day(date(2008, 4, 30))
    assert book.clauses is rulebook().clauses
    assert book.terms is rulebook().terms
    assert book.documents.find("沪府令20号")
    assert book.documents.find("2003/87/EC").kind == "foreign"


def test_nothing_falls_through_to_the_law() -> None:
    book = rulebook("eutl")
    for ask in (
        lambda: book.by_year("mrv.electricity_factor", 2010),
        lambda: book.on_day("penalties.surrender", date(2025, 5, 1)),
        lambda: book.find("allocation.cap"),
    ):
        with pytest.raises(NotInProfile) as refused:
            ask()
        assert "take_over" in refused.value.cure("en")
    with pytest.raises(YearNotEntered) as year:
        book.by_year("compliance.surrender_deadline", 2024)
    assert "profiles/eutl/compliance.toml" in year.value.cure("en")
    with pytest.raises(UnknownParameter):
        book.find("nothing.of_the_kind")


def test_an_unknown_profile_is_refused() -> None:
    for name in ("nowhere", "../law", ""):
        with pytest.raises(UnknownProfile) as refused:
            rulebook(name)
        assert refused.value.facts["known"] == "law, eutl"


def test_every_profile_loads() -> None:
    for path in PROFILES.iterdir():
        assert rulebook(path.name).name == path.name


def profile(tmp_path: Path, manifest: str, **files: str) -> Rulebook:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "profile.toml").write_text(manifest, encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return Rulebook.load(folder, over=rulebook())


def test_a_profile_may_take_over_the_calendar_and_values_by_year(tmp_path: Path) -> None:
    book = profile(
        tmp_path,
        'calendar = "law"\n[[take_over]]\nkeys = ["allocation.cap"]\nfrom = "2000-01-01"\n'
        'reason = "the same"\n',
    )
    assert book.by_year("allocation.cap", 2023) is rulebook().by_year("allocation.cap", 2023)
    assert book.calendar is rulebook().calendar


def test_a_profile_without_a_calendar_knows_no_working_day(tmp_path: Path) -> None:
    with pytest.raises(CalendarYearNotEntered):
        profile(tmp_path, "").calendar.is_working_day(date(2025, 1, 2))


ONE = '[allocation.cap]\nzh = "a"\nen = "b"\nunit = "tCO2e"\nnote = "none yet"\n'


@pytest.mark.parametrize(
    ("manifest", "files", "fault"),
    [
        ("[[take_over]]\nkeys = []\nreason = 'x'\n", {}, "needs keys and a reason"),
        ('[[take_over]]\nkeys = ["allocation.cap"]\n', {}, "needs keys and a reason"),
        ('[[take_over]]\nkeys = ["no.such"]\nreason = "x"\n', {}, "the law has no no.such"),
        (
            '[[take_over]]\nkeys = ["allocation.cap"]\nreason = "x"\n',
            {"allocation": ONE},
            "stated or taken over already",
        ),
    ],
)
def test_faults_of_a_profile_are_named(
    tmp_path: Path, manifest: str, files: dict[str, str], fault: str
) -> None:
    with pytest.raises(BadRulebook, match=fault):
        profile(tmp_path, manifest, **files)
