"""The page of a new version of the plan says for whom it changes what."""

from __future__ import annotations

import pytest
from django.utils import translation

from hutan.registry.queries import PlanLineRecord
from hutan.web.approvals.plans import _differences


def _line(account: str, kind: str, amount: int) -> PlanLineRecord:
    name = f"2024/{kind}/{account}/1"
    return PlanLineRecord(name, 2024, "direct", kind, account, amount, 0)


@pytest.mark.usefixtures("db")
def test_only_what_changes_is_listed_with_now_and_then() -> None:
    """Changed, added and dropped lines stand there; what stays, or is only split, does not."""
    old = [
        _line("SHUN1", "free", 100),
        _line("SHUN2", "free", 60),
        _line("SHUN3", "free", 5),
        _line("", "ordinary_auction", 9),
    ]
    new = [
        {"account": "SHUN1", "kind": "free", "amount": 120},
        {"account": "shun2", "kind": "free", "amount": 40},
        {"account": "SHUN2", "kind": "free", "amount": 20},
        {"account": "SHUN4", "kind": "free", "amount": 7},
        {"kind": "ordinary_auction", "amount": 8},
    ]
    with translation.override("en"):
        table = _differences(old, new)
        rows = [[str(cell.text) for cell in row] for row in table.rows]
    assert rows == [
        ["—", "Ordinary auction", "9\u00a0t", "8\u00a0t"],
        ["SHUN1", "Free", "100\u00a0t", "120\u00a0t"],
        ["SHUN3", "Free", "5\u00a0t", "0\u00a0t"],
        ["SHUN4", "Free", "0\u00a0t", "7\u00a0t"],
    ]
