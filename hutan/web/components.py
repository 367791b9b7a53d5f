"""What pages are made of, as plain records; ``templatetags.components`` draws them.

See ``docs/web.md`` and, in a demonstration, the page ``/styleguide``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from hutan.kernel.canonical import Json
from hutan.kernel.quantities import Quantity
from hutan.kernel.working import Working
from hutan.web.language import Bilingual

Tone = Literal["good", "watch", "bad", "waiting", "neutral"]
Align = Literal["text", "figure", "whole"]


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way to a page; the last one, without an address, is the page itself."""

    title: Bilingual | str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; figures stand right with even digits, and what is ``whole`` is not broken."""

    title: Bilingual
    align: Align = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; with an address it is a link, with a tone a status badge."""

    text: object
    address: str = ""
    tone: Tone | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; the first cell of a row names the row.

    ``empty`` says what it means that there is nothing, and what to do.
    """

    caption: Bilingual
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: Bilingual

    @property
    def lines(self) -> list[list[tuple[Column, Cell]]]:
        """Return the rows with each cell beside its column."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Happening:
    """A point of a timeline."""

    at: datetime
    title: Bilingual | str
    text: Bilingual | str = ""
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a stepper; ``state`` is also written out for those who do not see it."""

    title: Bilingual
    state: Literal["done", "current", "ahead"]


@dataclass(frozen=True, slots=True)
class FigureCard:
    """A figure with its name, unit, and the working that made it."""

    name: Bilingual
    value: Quantity | None
    working: Working | None = None
    note: Bilingual | str = ""
    tone: Tone | None = None
    working_address: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of what an act changes."""

    name: Bilingual
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ApprovalCard:
    """An act that waits for its second person, with all he must see before he decides.

    ``seen`` is the hash of the content shown. ``challenge`` is ``stepup.challenge(...)`` where the
    act moves units, and empty where no code is asked for. ``effect`` is the hash of what the
    act would compute when it is carried out, where its content alone does not fix that.
    """

    title: Bilingual
    proposer: str
    proposed_at: datetime
    changes: Sequence[ChangeLine]
    seen: str
    clause: str = ""
    approve_address: str = ""
    return_address: str = ""
    challenge: str = ""
    effect: str = ""
    may_decide: bool = True
    reason_not: Bilingual | str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures of a chart. Whole numbers; ``None`` where there is no figure."""

    name: Bilingual
    values: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and, always, the same figures as a table."""

    id: str
    title: Bilingual
    kind: Literal["bar", "line"]
    categories: Sequence[str]
    series: Sequence[Series]
    unit: Bilingual

    def data(self) -> dict[str, Json]:
        """Return what the script draws, in the reader's language."""
        return {
            "kind": self.kind,
            "categories": list(self.categories),
            "unit": str(self.unit),
            "series": [
                {"name": str(series.name), "values": list(series.values)} for series in self.series
            ],
        }


@dataclass(frozen=True, slots=True)
class Pages:
    """Where a long list stands: ``number`` of ``count``, and the address of a page but its number.

    ``query`` is kept in each link: ``{"q": "..."}``.
    """

    number: int
    count: int
    query: dict[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> list[int | None]:
        """Return the page numbers to offer, with ``None`` where some are left out."""
        near = {1, self.count, *range(self.number - 1, self.number + 2)}
        offered = sorted(number for number in near if 1 <= number <= self.count)
        shown: list[int | None] = []
        for number in offered:
            if shown and shown[-1] is not None and number - shown[-1] > 1:
                shown.append(None)
            shown.append(number)
        return shown
