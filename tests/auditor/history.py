"""A short made-up history, played as a real one is: bulk acts, units bought elsewhere, a lapse."""

from __future__ import annotations

from pathlib import Path

from hutan.cli.replay.playing import play
from hutan.cli.replay.reading import COLUMNS, read_history
from hutan.cli.replay.steps import Script
from hutan.rules.parameters import rulebook

# Installation, year, allocated, verified, surrendered: surpluses that lapse at the end of 2007,
# units bought, a shortfall that a later year fills, one that stays, a year without a duty.
ROWS = (
    ("AA_1", 2006, 100, 90, 90), ("AA_2", 2006, 80, 120, 120), ("AA_3", 2006, 60, 75, 60),
    ("AA_1", 2007, 100, 70, 70), ("AA_2", 2007, 80, 95, 95), ("AA_3", 2007, 60, 50, 60),
    ("AA_1", 2008, 90, 85, 85), ("AA_2", 2008, 70, 81, 81), ("AA_3", 2008, 50, 55, 40),
    ("AA_1", 2009, 90, 80, 80), ("AA_2", 2009, 70, 60, 60), ("AA_3", 2009, 50, "", ""),
    ("AA_4", 2009, 30, 44, 50),
)  # fmt: skip


def play_history(folder: Path) -> None:
    """Write the file into ``folder`` and play it into the database at hand."""
    file = folder / "history.csv"
    lines = [",".join(COLUMNS)]
    for installation, year, allocated, verified, surrendered in ROWS:
        phase = "2005-2007" if int(year) < 2008 else "2008-2012"
        cells = (installation, "AA", 20, year, phase, allocated, verified, surrendered, "")
        lines.append(",".join(map(str, cells)))
    file.write_text("\n".join(lines) + "\n")
    book = rulebook("eutl")
    play(Script(read_history(file, book.find("compliance.surrender_deadline").years), book))
