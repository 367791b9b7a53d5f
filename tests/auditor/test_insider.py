"""Who holds the key can sign anything; what does not follow from the rules is found all the same.

Only the log is audited here, without the platform's claims, which an insider would forge as well.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hutan.auditor.auditing import audit
from hutan.auditor.findings import REASONS
from tests.auditor.conftest import Exports
from tests.auditor.forge import Forged
from tests.auditor.forgeries import LIES, Forgery
from tests.auditor.verdicts import agrees, said, wrong
from tests.marks import clause

ELSEWHERE = {"AUD-208", "AUD-334", "AUD-420"}
"""What other tests of this file provoke: it shows at the end, or in the replayed history."""


def test_what_is_written_anew_without_a_lie_agrees(forged: Forged, tmp_path: Path) -> None:
    agrees(audit(forged.write(tmp_path / "same"), claims=False))


@clause("M47", "M26.1")
@pytest.mark.parametrize("forgery", LIES, ids=str)
def test_a_lie_is_found_in_its_act(forgery: Forgery, forged: Forged, tmp_path: Path) -> None:
    place = forgery.lie(forged)
    found = audit(forged.write(tmp_path / "forged"), claims=False)
    assert not found.agrees
    places = {one.leaf.index for one in found.findings if one.code == forgery.code and one.leaf}
    assert place in places, said(found)
    first = wrong(found)[0]
    assert first.leaf is not None
    assert first.leaf.index == place, said(found)


def test_every_reason_has_its_lie() -> None:
    reasons = {code for code in REASONS if "AUD-200" < code < "AUD-500"}
    assert {one.code for one in LIES} | ELSEWHERE == reasons


def test_numbers_that_are_fewer_than_the_units_show_at_the_end_as_well(
    forged: Forged, tmp_path: Path
) -> None:
    place, order = forged.transaction("cancel_voluntary")
    order["movements"][0]["blocks"][-1][1] -= 1
    found = wrong(audit(forged.write(tmp_path / "forged"), claims=False))
    assert found[0].leaf is not None
    assert found[0].leaf.index == place
    assert [one.code for one in found][-2:] == ["AUD-334", "AUD-334"]


def test_nobody_surrenders_in_bulk_where_the_year_does_not_let_him(
    exports: Exports, tmp_path: Path
) -> None:
    history = Forged(exports.history)
    year = history.entries[history.of_kind("compliance.open_year")[0]]["body"]
    for rule in year["rules"]:
        if rule["key"] == "compliance.surrender_in_bulk":
            rule["value"] = "no"
    found = audit(history.write(tmp_path / "forged"), claims=False)
    assert found.findings.counts.keys() == {"AUD-420"}
