"""Sums that do not balance are found, each by its name."""

from __future__ import annotations

import pytest

from hutan.cli.replay.causes import Cause
from hutan.cli.replay.comparing import Comparison, Difference
from hutan.cli.replay.reading import History
from hutan.cli.replay.report import kinds, page
from hutan.cli.replay.sums import InstallationSums, YearSums

YEAR = YearSums(
    year="2006", lines=3, refused=1, allocation=11, allocation_refused=1, issued=10,
    verified=9, verified_refused=1, determined=8, surrendered=13, surrendered_refused=1,
    handed_in=12, bought=5, made_good=3, no_emissions=1, beyond_duty=2, short_made_good=1,
    short_still=1, cancelled=12, lapsed=0,
)  # fmt: skip
INSTALLATION = InstallationSums(installation="XX-1", issued=10, bought=2, handed_in=5,
                                surrendered=5, determined=5, verified=5, allocation=10,
                                lapsed=3, held=4)  # fmt: skip


def test_what_balances_has_no_fault() -> None:
    assert list(YEAR.faults()) == []
    assert list(INSTALLATION.faults()) == []


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("allocation", "allocation"),
        ("allocation_refused", "allocation"),
        ("issued", "allocation"),
        ("verified", "verified"),
        ("determined", "verified"),
        ("surrendered", "surrendered"),
        ("surrendered_refused", "surrendered"),
        ("handed_in", "surrendered"),
        ("made_good", "surrendered and verified"),
        ("no_emissions", "surrendered and verified"),
        ("beyond_duty", "surrendered and verified"),
        ("short_made_good", "surrendered and verified"),
        ("short_still", "surrendered and verified"),
        ("cancelled", "handed in and cancelled"),
    ],
)
def test_one_tonne_more_in_a_year_is_found(name: str, fault: str) -> None:
    values = {one: getattr(YEAR, one) for one in YearSums.__dataclass_fields__}
    wrong = YearSums(**{**values, name: values[name] + 1})
    assert fault in {what for what, _, _ in wrong.faults()}


@pytest.mark.parametrize("name", ["issued", "bought", "handed_in", "lapsed", "held"])
def test_one_tonne_more_of_an_installation_is_found(name: str) -> None:
    values = {one: getattr(INSTALLATION, one) for one in InstallationSums.__dataclass_fields__}
    wrong = InstallationSums(**{**values, name: values[name] + 1})
    assert "units come and gone" in {what for what, _, _ in wrong.faults()}


def test_a_cause_must_account_for_every_tonne() -> None:
    def difference(tonnes: int, *causes: Cause) -> Difference:
        return Difference(2, "XX-1", "2006", "surrendered and verified", "", "", tonnes, causes)

    assert difference(5, Cause("made_good", 3, 2005), Cause("beyond_duty", 2)).explained
    assert not difference(5, Cause("made_good", 3, 2005)).explained
    assert not difference(5).explained
    assert not difference(0).explained
    with pytest.raises(AssertionError):
        Cause("unknown", 5)


def test_what_is_unexplained_stands_out_on_the_page() -> None:
    lost = Difference(2, "XX-1", "2006", "allocation", "5", "4", 1, ())
    history = History("x.csv", "0" * 64, 2, (), ())
    found = Comparison(history, "rules", [YEAR], [INSTALLATION], [lost], {})
    assert found.unexplained == [lost]
    assert [(one.cause, one.rows) for one in kinds(found.differences)] == [("", 1)]
    shown = page(found)
    assert "| allocation | UNEXPLAINED | 1 |" in shown
    assert "Unexplained: 1." in shown
    assert "10 (1 refused)" in shown
