"""What the pages need from parts that are built beside them, in one place.

Each seam is a function that another package fills at start-up (``hutan.web.apps``). Unfilled, it
answers that there is nothing yet, and the page shows its empty state: no figure is ever invented.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Literal

from hutan.kernel.quantities import Quantity
from hutan.kernel.working import Working
from hutan.web.language import Bilingual


@dataclass(frozen=True, slots=True)
class ClauseText:
    """A clause of the law as a reader opens it. ``text_en`` is empty where no translation is."""

    id: str
    source: Bilingual
    article: Bilingual
    text_zh: str
    text_en: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """What anybody may learn from the code on a document: what it says, and whether it stands.

    ``sha256`` is the digest of what is on record; it stands on the document and in the log.
    ``open_to_all`` tells whether the file itself may be read by whoever has the code.
    """

    code: str
    title: Bilingual
    issued_at: datetime
    facts: Sequence[tuple[Bilingual, Bilingual | str]]
    sha256: str
    stands: bool
    standing: Bilingual
    open_to_all: bool = True


@dataclass(frozen=True, slots=True)
class PublicFigure:
    """One published figure with its unit inside, and the working that made it."""

    name: Bilingual
    value: Quantity
    working: Working | None = None


@dataclass(frozen=True, slots=True)
class YearSeries:
    """One line or bar group of a chart: a value per year, whole tonnes."""

    name: Bilingual
    values: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class PublicCount:
    """How many units stand in some way; ``tone`` as of a status."""

    name: Bilingual
    count: int
    tone: Literal["good", "bad", "neutral"] = "neutral"


@dataclass(frozen=True, slots=True)
class PublicYear:
    """The public figures of a compliance year, and a chart of the years up to it."""

    year: int
    figures: Sequence[PublicFigure]
    deadline: datetime | None
    years: Sequence[int]
    series: Sequence[YearSeries]
    counts: Sequence[PublicCount] = ()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The latest signed head of the public log."""

    origin: str
    size: int
    root: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RegulatedUnit:
    """One line of the published list of units; ``sector`` where the list names one."""

    name: str
    sector: Bilingual | None = None
    district: str = ""


@dataclass(frozen=True, slots=True)
class Seams:
    """All seams with their unfilled answers."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clause: Callable[[str], ClauseText | None] = lambda clause_id: None
    document: Callable[[str], IssuedDocument | None] = lambda code: None
    public_year: Callable[[date], PublicYear | None] = lambda on: None
    checkpoint: Callable[[], Checkpoint | None] = lambda: None
    regulated_units: Callable[[date], Sequence[RegulatedUnit]] = lambda on: ()


_filled = [Seams()]


def seams() -> Seams:
    """Return the seams as they are filled now."""
    return _filled[-1]


def fill(filled: Seams) -> None:
    """Fill seams for the life of the process: ``fill(replace(seams(), clause=...))``."""
    _filled[-1] = filled


__all__ = [
    "Checkpoint",
    "ClauseText",
    "IssuedDocument",
    "PublicCount",
    "PublicFigure",
    "PublicYear",
    "RegulatedUnit",
    "Seams",
    "YearSeries",
    "fill",
    "replace",
    "seams",
]
