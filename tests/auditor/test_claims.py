"""Every value of every kind of claim: one that is not what the log gives is found by its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hutan.auditor.auditing import audit
from hutan.auditor.claims import KEYS
from hutan.auditor.findings import Finding
from tests.auditor.conftest import Exports
from tests.auditor.forge import Forged, other, put, values
from tests.auditor.verdicts import wrong
from tests.marks import clause


@clause("M47")
@pytest.mark.parametrize("kind", KEYS)
def test_a_changed_claim_is_found(kind: str, exports: Exports, tmp_path: Path) -> None:
    forged = Forged(exports.scenario)
    claim = forged.claims_of(kind)[0]
    for path, value in list(values(claim)):
        put(claim, path, other(value))
        found = wrong(audit(forged.write(tmp_path / "forged")))
        put(claim, path, value)
        assert found, f"{kind}: {path}"
        assert {one.code for one in found} <= {"AUD-502", "AUD-503", "AUD-504"}
        if path[0] not in ("claim", *KEYS[kind]):
            assert [named(one) for one in found] == [f"{kind}: {path[0]}"]


def named(found: Finding) -> str:
    """Return which claim's which field a finding is about, without its key."""
    return f"{found.place.split(' ')[0]}: {found.place.rpartition(': ')[2]}"


@pytest.mark.parametrize("kind", KEYS)
def test_a_claim_left_out_is_found_and_so_is_one_that_stands_twice(
    kind: str, exports: Exports, tmp_path: Path
) -> None:
    forged = Forged(exports.scenario)
    first = next(
        n
        for n, claim in enumerate(forged.claims)
        if claim["claim"] == kind and claim.get("balance", 1)
    )
    claim = forged.claims.pop(first)
    found = wrong(audit(forged.write(tmp_path / "forged")))
    assert [one.code for one in found] == ["AUD-503"]
    forged.claims[first:first] = [claim, claim]
    found = wrong(audit(forged.write(tmp_path / "forged")))
    assert [one.code for one in found] == ["AUD-504"]


def test_claims_about_another_head_are_no_claims(exports: Exports, tmp_path: Path) -> None:
    forged = Forged(exports.scenario)
    folder = forged.write(tmp_path / "forged")
    forged.claims[0]["format"] = "hutan-claims/0"
    assert "AUD-501" in audit(forged.write(folder)).findings.counts
    forged = Forged(exports.scenario)
    del forged.claims[0]
    assert "AUD-501" in audit(forged.write(folder)).findings.counts
    forged.claims.clear()
    assert "AUD-501" in audit(forged.write(folder)).findings.counts


def test_a_log_without_claims_is_audited_on_request(exports: Exports, tmp_path: Path) -> None:
    forged = Forged(exports.scenario)
    folder = forged.write(tmp_path / "forged")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"] = [one for one in manifest["files"] if one["name"] != "claims.jsonl"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert [one.code for one in wrong(audit(folder))] == ["AUD-501"]
    assert not wrong(audit(folder, claims=False))
