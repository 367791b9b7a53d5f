"""What tests say of an audit. Stories go to and fro in time; AUD-112 is seen to by its own test."""

from __future__ import annotations

from hutan.auditor.findings import Finding
from hutan.auditor.summary import Audit

BACK_IN_TIME = "AUD-112"


def wrong(found: Audit) -> list[Finding]:
    """Return the findings, those of a story's going back in time aside."""
    return [one for one in found.findings if one.code != BACK_IN_TIME]


def said(found: Audit) -> str:
    """Return what is wrong, a line for each."""
    return "\n".join(one.sentence("en") for one in wrong(found))


def agrees(found: Audit) -> None:
    """See that nothing is wrong and nothing was left unaudited."""
    assert not wrong(found), said(found)
    assert found.findings.counts.keys() <= {BACK_IN_TIME}
    assert not found.findings.remarks
