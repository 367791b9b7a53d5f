"""The catalogue of transactions: what kinds there are is data (``catalogue.toml``).

A row says who proposes and approves, between which kinds of account it moves what, what delay and
reversal apply, which numbered checks run, and which clause stands behind it. A new type is a new
row, and a new check only where it needs one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Reach = Literal["own", "any"]
Delay = Literal["none", "by_trust"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionType:
    """One row of the catalogue; the head of ``catalogue.toml`` defines each field."""

    code: str
    zh: str
    en: str
    clause: str
    basis: str
    givers: frozenset[str]
    receivers: frozenset[str]
    different_holders: bool
    proposers: Mapping[str, Reach]
    approvers: Mapping[str, Reach]
    delay: Delay
    reversible: bool
    plan_line: frozenset[str]
    assets: frozenset[str]
    checks: frozenset[str]
    service_only: bool
    settles_debt: bool

    @property
    def moves(self) -> bool:
        """Tell whether allowances change their account."""
        return bool(self.receivers)


@cache
def catalogue() -> Mapping[str, TransactionType]:
    """Return all transaction types by code, in the order of the file."""
    text = (Path(__file__).parent.parent / "catalogue.toml").read_text("utf-8")
    rows = tomllib.loads(text)
    always = frozenset(rows.pop("checks")["always"])
    return {code: _read(code, row, always) for code, row in rows.items()}


def _read(code: str, row: dict[str, Any], always: frozenset[str]) -> TransactionType:
    moves = bool(row["receivers"])
    return TransactionType(
        code=code,
        zh=row["zh"],
        en=row["en"],
        clause=row.get("clause", ""),
        basis=row.get("basis", ""),
        givers=frozenset(row["givers"]),
        receivers=frozenset(row["receivers"]),
        different_holders=row.get("different_holders", False),
        proposers=row.get("proposers", {}),
        approvers=row.get("approvers", {}),
        delay=row.get("delay", "none"),
        reversible=row.get("reversible", False),
        plan_line=frozenset(row.get("plan_line", ())),
        assets=frozenset(row["assets"]),
        checks=frozenset(row.get("checks", ()))
        | {name for name in always if moves or not name.startswith(("receiver", "holders"))}
        - set(row.get("without", ())),
        service_only=row.get("service_only", False),
        settles_debt=row.get("settles_debt", False),
    )
