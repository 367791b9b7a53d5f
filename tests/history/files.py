"""Writing history files: rows as the public file has them, and every kind of dirt by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

HEADER = (
    "installation_id,country,activity_code,year,phase,allocation,"
    "verified_emissions,units_surrendered,compliance_code"
)

PHASES = {
    **dict.fromkeys(range(2005, 2008), "2005-2007"),
    **dict.fromkeys(range(2008, 2013), "2008-2012"),
    **dict.fromkeys(range(2013, 2021), "2013-2020"),
    **dict.fromkeys(range(2021, 2023), "2021-2030"),
}


@dataclass(frozen=True)
class Row:
    """A usable row; tonnes, ``None`` for an empty cell."""

    installation: str
    year: int
    allocated: int | None
    verified: int | None
    surrendered: int | None
    code: str

    def text(self) -> str:
        cells = ["" if one is None else str(one)
                 for one in (self.allocated, self.verified, self.surrendered)]  # fmt: skip
        return ",".join(
            [self.installation, "XX", "20", str(self.year), PHASES[self.year], *cells, self.code]
        )


def write(path: Path, *lines: str | Row) -> Path:
    """Write the header and these lines."""
    texts = [line.text() if isinstance(line, Row) else line for line in lines]
    path.write_text("".join(f"{line}\n" for line in (HEADER, *texts)), encoding="utf-8")
    return path


DIRT = {
    "negative": "{id},XX,20,{year},{phase},-5,10,10,A",
    "a float": "{id},XX,20,{year},{phase},1.5,10,10,A",
    "an exponent": "{id},XX,20,{year},{phase},1e3,10,10,A",
    "a thousands separator": '{id},XX,20,{year},{phase},"1,000",10,10,A',
    "words": "{id},XX,20,{year},{phase},many,10,10,A",
    "full-width digits": "{id},XX,20,{year},{phase},１２,10,10,A",
    "too large": "{id},XX,20,{year},{phase},1000000000001,10,10,A",
    "too many digits": "{id},XX,20,{year},{phase},10,1" + "0" * 30 + ",10,A",
    "too few cells": "{id},XX,20,{year},{phase},10,10",
    "too many cells": "{id},XX,20,{year},{phase},10,10,10,A,A",
    "empty": "",
    "blank": "   \t ",
    "only commas": ",,,,,,,,",
    "a year of words": "{id},XX,20,MMV,{phase},10,10,10,A",
    "a year without rules": "{id},XX,20,2031,2021-2040,10,10,10,A",
    "a year before all": "{id},XX,20,1999,1999-2004,10,10,10,A",
    "a year outside its phase": "{id},XX,20,{year},2031-2040,10,10,10,A",
    "a phase of words": "{id},XX,20,{year},first,10,10,10,A",
    "an unknown code": "{id},XX,20,{year},{phase},10,10,10,Z",
    "no installation": ",XX,20,{year},{phase},10,10,10,A",
    "a name with a blank": "{id} x,XX,20,{year},{phase},10,10,10,A",
    "a name in Chinese": "上海-{id},XX,20,{year},{phase},10,10,10,A",
    "a name without end": "{id}" + "x" * 100 + ",XX,20,{year},{phase},10,10,10,A",
    "a zero byte": "{id}\0,XX,20,{year},{phase},10,10,10,A",
    "a quote left open": '{id},XX,20,{year},{phase},10,10,10,"A',
    "a quote inside": '{id},XX,20,{year},{phase},10,10,"1"0,A',
    "a carriage return inside": "{id},XX,20,{year},{phase},10\r,10,10,A\rA",
    "a line separator": "{id}\u2028,XX,20,{year},{phase},10,10,10,A",
    "a million characters": "{id},XX,20,{year},{phase}," + "9" * 1_000_000 + ",10,10,A",
    "a quoted million": '{id},XX,20,{year},{phase},"' + "x" * 1_000_000 + '",10,10,A',
    "a formula": "=cmd|'/C calc'!A0,XX,20,{year},{phase},10,10,10,A",
}
"""Lines that cannot be replayed, by what is wrong with them."""


def dirty(kind: str, installation: str, year: int) -> str:
    """Return a line with one kind of dirt."""
    line = DIRT[kind]
    for name, text in (("id", installation), ("year", str(year)), ("phase", PHASES[year])):
        line = line.replace(f"{{{name}}}", text)
    return line


def rows(random: Random, *, installations: int, years: range) -> list[Row]:
    """Return random usable rows: every combination of missing cells, gaps, excess, shortfall."""
    found = []
    for place in range(installations):
        first, last = sorted(random.sample([*years, years.stop], 2))
        for year in range(first, last):
            if random.random() < 0.1:
                continue
            verified = random.choice([None, 0, random.randrange(1, 1000)])
            found.append(
                Row(
                    installation=f"XX-{place}",
                    year=year,
                    allocated=random.choice([None, 0, random.randrange(1, 1000)]),
                    verified=verified,
                    surrendered=random.choice([None, 0, verified, random.randrange(1, 1500)]),
                    code=random.choice(["A", "A*", "B", "B*", "C", "C*", "E*", "-", ""]),
                )
            )
    return found
