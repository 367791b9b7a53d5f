"""What the platform says stands now, as lines for the auditor: docs/auditor.md, section Claims.

Written by the public reads of registry and compliance alone. The lines must be made in the snapshot
in which the log is exported; then they are about exactly the acts that are in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from hutan import clock
from hutan.compliance import queries as compliance
from hutan.compliance import standing as duties
from hutan.kernel.canonical import Json
from hutan.kernel.moments import canonical
from hutan.registry import standing as registry
from hutan.registry.queries import HoldingRecord
from hutan.transparency.domain.notes import Head
from hutan.transparency.refusals import EntriesWait
from hutan.transparency.services import export, integrate

FORMAT = "hutan-claims/1"

FILE = "claims.jsonl"
TRIES = 5

Claim = dict[str, Json]


def export_with_claims(
    folder: Path,
    *,
    at: datetime | None = None,
    progress: Callable[[str, int], None] = lambda name, lines: None,
) -> Claim:
    """Export the log with the platform's claims beside it; return the manifest.

    What waits for the next checkpoint is put under one first, again and again if acts go on; where
    that does not succeed, ``EntriesWait`` is raised. ``at`` is the moment of the statuses, by
    default what the clock shows.
    """
    moment = at or clock.now()
    for left in reversed(range(TRIES)):
        try:
            return export(
                folder, beside={FILE: lambda head: claims(head, at=moment)}, progress=progress
            )
        except EntriesWait:
            if not left:
                raise
            integrate(at=moment)
    raise AssertionError("the last try returns or raises")


def claims(head: Head, *, at: datetime) -> Iterator[Claim]:
    """Yield every claim: the head they are about first, then kind by kind.

    Statuses are those at the moment ``at``. Call it inside a transaction.
    """
    yield {
        "claim": "head",
        "format": FORMAT,
        "at": canonical(at),
        "size": head.size,
        "root": head.root.hex(),
    }
    yield from _registry()
    yield from _compliance(at)


def _registry() -> Iterator[Claim]:
    for account in registry.all_accounts():
        holder = str(account.holder) if account.holder else ""
        yield {"claim": "account", **_plain(account), "holder": holder}
    for holding in registry.all_holdings():
        yield _holding(holding)
    for line in registry.all_lines():
        yield {"claim": "line", **_plain(line.line, id="line"), "open": line.open}
    yield from _all("numbering", registry.numberings())
    yield from _all("plan", registry.all_plans())
    yield from _all("part", registry.parts())
    yield from _all("transaction", registry.all_transactions())
    yield from _all("freeze", registry.all_freezes())
    yield from _all("pledge", registry.all_pledges())
    yield from _all("debt", registry.all_debts())
    yield from _all("trust", registry.trusted_lists())
    yield from _all("succession", registry.successions())


def _compliance(at: datetime) -> Iterator[Claim]:
    yield from _all("year", duties.years())
    yield from _all("listing", duties.listings())
    yield from _all("determination", duties.determinations())
    yield from _all("proof", duties.proofs())
    for (unit, number), uses in groupby(duties.uses(), lambda use: (use.unit, use.year)):
        rows: list[Json] = [_use(use) for use in uses]
        yield {"claim": "uses", "unit": str(unit), "year": number, "uses": rows}
    for year in compliance.years():
        yield from _standings(year.year, at)
    yield from _all("closing", duties.closings())
    yield from _all("carried", duties.carried_over())
    yield from _all("instalment", duties.instalments())
    yield from _all("grant", duties.grants())
    yield from _all("departure", duties.departures())


def _standings(year: int, at: datetime) -> Iterator[Claim]:
    for unit, found in compliance.assessments(year, at):
        yield {
            "claim": "standing",
            "unit": str(unit.unit),
            "year": year,
            "status": found.status.value,
            "due": int(found.due),
            "counted": int(found.counted),
            "missing": int(found.missing),
            "excess": int(found.excess),
            "reductions": int(found.reductions),
        }


def _holding(holding: HoldingRecord) -> Claim:
    free: list[Json] = [[one.first, one.last] for one in holding.blocks if not one.frozen]
    frozen: list[Json] = [[one.first, one.last] for one in holding.blocks if one.frozen]
    return {
        "claim": "holding",
        "account": holding.account,
        "asset": holding.asset,
        "balance": holding.balance,
        "reserved": holding.reserved,
        "blocks": free,
        "frozen_blocks": frozen,
    }


def _use(use: duties.UseRecord) -> Claim:
    return {name: value for name, value in _plain(use).items() if name not in ("unit", "year")}


def _all(kind: str, records: Iterator[Any]) -> Iterator[Claim]:
    return ({"claim": kind, **_plain(record)} for record in records)


def _plain(record: Any, **renamed: str) -> Claim:
    """Return a frozen record's fields as the log writes such values."""
    return {
        renamed.get(field.name, field.name): _written(getattr(record, field.name))
        for field in fields(record)
    }


def _written(value: Any) -> Json:
    if isinstance(value, datetime):
        return canonical(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    return value  # type: ignore[no-any-return]  # the records' other fields are plain
