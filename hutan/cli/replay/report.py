"""The report of a replay: totals, differences and remarks as CSV, and a page that sums them up."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hutan.cli.replay.comparing import Comparison, Difference, YearTotals

FILES = {
    "report.md": "this page",
    "totals.csv": "sums by year: the file's, and the services'",
    "differences.csv": "every difference by installation and year, with its cause",
    "lines.csv": "lines that are not replayed, and lines that lack something",
}
"""What a report consists of."""


def write_report(found: Comparison, folder: Path) -> None:
    """Write the report into ``folder``, which is made; an earlier one is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    _csv(folder / "totals.csv", [one.name for one in fields(YearTotals)],
         (astuple(one) for one in found.totals))  # fmt: skip
    _csv(folder / "differences.csv", [one.name for one in fields(Difference)],
         (astuple(one) for one in found.differences))  # fmt: skip
    _csv(
        folder / "lines.csv",
        ["line", "installation", "year", "replayed", "reason"],
        (
            (one.line, one.installation, one.year, "no" if one.bad else "yes", one.reason)
            for one in found.history.remarks
        ),
    )
    (folder / "report.md").write_text(page(found), encoding="utf-8")


def show(found: Comparison, console: Console) -> None:
    """Print the sums by year and what differs, for the person at the terminal."""
    table = Table(title=f"{found.history.name}: t CO2e")
    for name in ("year", "rows", "issued", "determined", "surrendered", "bought", "short"):
        table.add_column(name, justify="right")
    for one in found.totals:
        figures = (one.issued, one.determined, one.handed_in, one.bought, one.short)
        table.add_row(str(one.year), str(one.rows), *(f"{figure:,}" for figure in figures))
    console.print(table)
    kinds = Counter(one.what for one in found.differences)
    console.print(
        f"{len(found.history.rows)} rows replayed, {len(found.history.bad)} refused; "
        + "; ".join(f"{count} x {what}" for what, count in kinds.items())
        + f"; {len(found.unexplained)} unexplained"
    )


def page(found: Comparison) -> str:
    """Return the page."""
    history = found.history
    kinds = Counter(_kind(one) for one in found.differences)
    lines = [
        f"# Replay of {history.name}",
        "",
        f"SHA-256 `{history.sha256}`, {len(history.rows)} installation-years replayed, "
        f"{len(history.bad)} lines refused, "
        f"{len(history.remarks) - len(history.bad)} remarks on the others (`lines.csv`).",
        "",
        "## Sums by year, in tonnes (`totals.csv`)",
        "",
        *_table(
            ["year", "rows", "allocation", "= issued", "verified", "= determined", "surrendered",
             "= handed in", "bought elsewhere", "short at closing", "lapsed"],
            [
                [one.year, one.rows, one.allocation, _same(one.allocation, one.issued),
                 one.verified, _same(one.verified, one.determined), one.surrendered,
                 _same(one.surrendered, one.handed_in), one.bought, one.short, one.lapsed]
                for one in found.totals
            ],
        ),
        "",
        "## Differences (`differences.csv`)",
        "",
        *_table(["what", "cause", "rows"],
                [[what, cause, count] for (what, cause), count in sorted(kinds.items())]),
        "",
        "Unexplained: " + (str(len(found.unexplained)) if found.unexplained else "none") + ".",
        "",
        "## Compliance code: the file's (row) and that of the phase so far (column)",
        "",
        *_codes(found),
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _codes(found: Comparison) -> list[str]:
    columns = sorted({ours for _, ours in found.codes})
    rows = sorted({theirs for theirs, _ in found.codes})
    return _table(
        ["file", *columns],
        [[one or "none", *(found.codes.get((one, ours), 0) for ours in columns)] for one in rows],
    )


def _kind(one: Difference) -> tuple[str, str]:
    """Return what a difference is about, its cause without the figures."""
    parts = dict.fromkeys(_general(part) for part in one.cause.split("; "))
    return one.what, "; ".join(parts) or "UNEXPLAINED"


def _general(cause: str) -> str:
    return " ".join("n" if word.rstrip(":,").isdigit() else word for word in cause.split())


def _same(file: int, replayed: int) -> str:
    return "=" if file == replayed else f"{replayed} ({replayed - file:+})"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(_cell(one) for one in row) + " |" for row in rows),
    ]


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and value > 9_999 else str(value)


def _csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows([_tame(cell) for cell in row] for row in rows)


def _tame(cell: object) -> object:
    """Keep a text from being read as a formula by whoever opens the file in a spreadsheet."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
