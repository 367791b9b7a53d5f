"""The report of a replay: sums, differences and lines as CSV, the whole as JSON, and a page."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from hutan.cli.replay.causes import CAUSES
from hutan.cli.replay.comparing import Comparison, Difference
from hutan.cli.replay.sums import InstallationSums, Sums, YearSums, cells, columns
from hutan.kernel.canonical import Json

FORMAT = "hutan-history-report/1"

FILES = {
    "report.md": "this page",
    "report.json": "the same for programs, with the sums by year",
    "years.csv": "sums by year: the file's, and the services'",
    "installations.csv": "sums by installation over all years",
    "differences.csv": "every difference by line, with its causes",
    "lines.csv": "lines that are not replayed, and lines that lack something",
}
"""What a report consists of."""

_BALANCED = (
    ("allocation", "issued"),
    ("verified", "determined"),
    ("surrendered", "handed_in"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """All differences of one cause: how many rows name it, and its part of them in tonnes.

    ``tonnes`` is ``None`` where no figures were compared.
    """

    what: str
    cause: str
    rows: int
    tonnes: int | None

    def to_record(self) -> dict[str, Json]:
        """Return the kind as the report keeps it."""
        return {"what": self.what, "cause": self.cause, "rows": self.rows, "tonnes": self.tonnes}


def kinds(differences: Iterable[Difference]) -> list[Kind]:
    """Count differences by what differs and by cause; those without one have the cause ``""``."""
    found: dict[tuple[str, str], list[int | None]] = {}
    for one in differences:
        figures = one.tonnes is not None
        for code, tonnes in [(cause.code, cause.tonnes) for cause in one.causes] or [("", 0)]:
            kind = found.setdefault((one.what, code), [0, 0 if figures else None])
            kind[0] = (kind[0] or 0) + 1
            if figures:
                kind[1] = (kind[1] or 0) + tonnes
    return [
        Kind(what, code, rows or 0, tonnes)
        for (what, code), (rows, tonnes) in sorted(found.items())
    ]


def write_report(found: Comparison, folder: Path) -> None:
    """Write the report into ``folder``, which is made; an earlier one is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    _sums(folder / "years.csv", columns(YearSums, "year"), found.years)
    names = columns(InstallationSums, "installation")
    _sums(folder / "installations.csv", names, found.installations)
    _csv(
        folder / "differences.csv",
        ["line", "installation", "year", "what", "value", "other", "difference", "causes", "words"],
        (_shown(one) for one in found.differences),
    )
    _csv(
        folder / "lines.csv",
        ["line", "installation", "year", "replayed", "reason"],
        (
            (one.line, one.installation, one.year, "no" if one.bad else "yes", one.reason)
            for one in found.history.remarks
        ),
    )
    text = json.dumps(to_record(found), ensure_ascii=False, indent=1)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    (folder / "report.md").write_text(page(found), encoding="utf-8")


def to_record(found: Comparison) -> dict[str, Json]:
    """Return the report for programs: counts, sums by year, differences by cause."""
    history = found.history
    year_columns = columns(YearSums, "year")
    return {
        "format": FORMAT,
        "file": {
            "name": history.name,
            "sha256": history.sha256,
            "lines": history.lines,
            "header": 1,
            "replayed": len(history.rows),
            "refused": len(history.bad),
            "remarks": len(history.remarks) - len(history.bad),
        },
        "rules": found.rules,
        "years": [
            dict(zip(year_columns, cells(one, year_columns), strict=True))  # type: ignore[arg-type]  # text and whole numbers
            for one in found.years
        ],
        "installations": len(found.installations),
        "differences": [one.to_record() for one in kinds(found.differences)],
        "codes": [
            {"file": file, "replayed": replayed, "rows": rows}
            for (file, replayed), rows in sorted(found.codes.items())
        ],
        "unexplained": [[str(cell) for cell in _shown(one)] for one in found.unexplained],
    }


def show(found: Comparison, console: Console) -> None:
    """Print the sums by year and what differs, for the person at the terminal."""
    # Narrow enough for 80 columns with every figure in full.
    table = Table(title=f"{found.history.name}, t CO2e", box=SIMPLE_HEAD, padding=0)
    for name in ("year", "lines", "issued", "determined", "surrendered", "bought", "short"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found.years:
        figures = (one.lines, one.issued, one.determined, one.handed_in, one.bought)
        short = one.short_made_good + one.short_still
        table.add_row(one.year, *(f"{figure:,}" for figure in (*figures, short)))
    console.print(table)
    console.print(_counts(found))
    for kind in kinds(found.differences):
        tonnes = "" if kind.tonnes is None else f"{kind.tonnes:+,} t"
        cause = kind.cause or "UNEXPLAINED"
        console.print(f"{kind.rows:>7,}  {tonnes:>16}  {kind.what}: {cause}", highlight=False)
    console.print(f"{len(found.unexplained)} unexplained")


def page(found: Comparison) -> str:
    """Return the page."""
    lines = [
        f"# Replay of {found.history.name}",
        "",
        f"SHA-256 `{found.history.sha256}`. {_counts(found)}",
        "",
        "## Sums by year, in tonnes",
        "",
        "`=`: the services have the file's figure, less what stands in refused lines.",
        "",
        *_table(
            ["year", "lines", "allocation", "issued", "verified", "determined", "surrendered",
             "handed in", "bought elsewhere", "short", "of it made good later", "lapsed"],
            (_year_cells(one) for one in found.years),
        ),
        "",
        "## Differences by cause, in tonnes",
        "",
        "The parts of the causes add up to each difference.",
        "",
        *_table(
            ["what", "cause", "rows", "tonnes", "sentence"],
            ([one.what, one.cause or "UNEXPLAINED", one.rows, "" if one.tonnes is None else
              one.tonnes, _general(one.cause)] for one in kinds(found.differences)),
        ),
        "",
        "Unexplained: " + (str(len(found.unexplained)) if found.unexplained else "none") + ".",
        "",
        "## Compliance code: the file's (row) and that of the phase so far (column), in rows",
        "",
        *_codes(found),
        "",
        "## Files",
        "",
        *(f"- `{name}`: {what}" for name, what in FILES.items()),
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _counts(found: Comparison) -> str:
    history = found.history
    return (
        f"{history.lines} lines: 1 header, {len(history.rows)} installation-years of "
        f"{len({row.installation for row in history.rows})} installations replayed, "
        f"{len(history.bad)} lines refused; "
        f"{len(history.remarks) - len(history.bad)} remarks on lines that were replayed."
    )


def _year_cells(one: YearSums) -> list[object]:
    figures: list[object] = [one.year, one.lines]
    for name, replayed in _BALANCED:
        given = getattr(one, name)
        figures += [given, _same(given, getattr(one, replayed), getattr(one, f"{name}_refused"))]
    short = one.short_made_good + one.short_still
    return [*figures, one.bought, short, one.short_made_good, one.lapsed]


def _codes(found: Comparison) -> list[str]:
    replayed = sorted({ours for _, ours in found.codes})
    rows = sorted({theirs for theirs, _ in found.codes})
    return _table(
        ["file", *replayed],
        ([one or "none", *(found.codes.get((one, ours), 0) for ours in replayed)] for one in rows),
    )


def _shown(one: Difference) -> list[object]:
    return [
        one.line, one.installation, one.year, one.what, one.value, one.other,
        "" if one.tonnes is None else one.tonnes,
        " ".join(f"{cause.code}:{cause.tonnes}" for cause in one.causes) or "UNEXPLAINED",
        "; ".join(cause.sentence for cause in one.causes),
    ]  # fmt: skip


def _general(code: str) -> str:
    return CAUSES[code].format(tonnes="n", year="another year") if code else ""


def _same(file: int, replayed: int, refused: int) -> str:
    if file - refused == replayed:
        return "=" if not refused else f"{replayed:,} ({refused:,} refused)"
    return f"{replayed:,} ({replayed - file:+,})"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(_cell(one) for one in row) + " |" for row in rows),
    ]


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return str(value).replace("|", "\\|").replace("\n", " ")


def _sums(path: Path, names: Sequence[str], sums: Iterable[Sums]) -> None:
    _csv(path, names, (cells(one, names) for one in sums))


def _csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows([_tame(cell) for cell in row] for row in rows)


def _tame(cell: object) -> object:
    """Keep a text from being read as a formula by whoever opens the file in a spreadsheet."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
