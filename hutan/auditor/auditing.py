"""One audit from beginning to end: the files, the log, the acts, the claims."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from hutan.auditor.books import Books
from hutan.auditor.claims import compare
from hutan.auditor.files import read_manifest
from hutan.auditor.findings import Findings, Leaf
from hutan.auditor.log import Log, Progress
from hutan.auditor.notes import Head, Key
from hutan.auditor.own import OWN
from hutan.auditor.replay import close_books, replay_act
from hutan.auditor.summary import Audit, vintages, years
from hutan.auditor.texts import SHANGHAI, Misshapen, written

_BEFORE_ALL = Leaf(-1, "", "", datetime(1, 1, 2, tzinfo=SHANGHAI))


def audit(
    folder: Path,
    *,
    against: Sequence[Head] = (),
    trusted: Sequence[Key] = (),
    claims: bool = True,
    limit: int = 1000,
    progress: Progress = lambda count: None,
) -> Audit:
    """Recompute everything from the export in ``folder`` and compare; return what came of it.

    ``against`` are checkpoints kept elsewhere, ``trusted`` keys one of which must have signed the
    newest checkpoint. Without ``claims`` only the log itself is audited. Beyond ``limit`` findings
    are counted, not kept.
    """
    findings = Findings(limit)
    manifest = read_manifest(folder, findings)
    if manifest is None:
        return Audit("", "", 0, "", {}, [], [], findings)
    books = Books(findings, _BEFORE_ALL)
    log = Log(folder, manifest, findings, against=list(against), trusted=list(trusted))
    try:
        for act in log.walk(progress):
            replay_act(books, act)
    except Misshapen as endless:
        # Only a line without end stops the walk: what comes after it belongs to nothing.
        findings.add("AUD-103", endless.place, endless.why)
    close_books(books)
    claimed, stated_at = compare(folder, manifest, books) if claims else (0, None)
    at = stated_at or log.latest or books.now.at
    standings = OWN["standing"](books, at)
    return Audit(
        origin=manifest.origin,
        at=written(at),
        size=log.tree.size,
        root=log.tree.root().hex(),
        counts={
            "entries": log.tree.size,
            "movements": log.movements,
            "checkpoints": log.checkpoints,
            "signatures": log.signatures,
            "accounts": len(books.accounts),
            "transactions": len(books.transactions),
            "claims": claimed,
        },
        vintages=vintages(books),
        years=years(books, {_unit_year(key): figures for key, (figures, _) in standings.items()}),
        findings=findings,
    )


def _unit_year(key: tuple[str | int, ...]) -> tuple[str, int]:
    unit, year = key
    return str(unit), int(year)
