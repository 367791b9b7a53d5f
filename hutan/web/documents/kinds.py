"""The two kinds of document as records; contexts fill them, ``render`` sets them.

All texts are already in the reader's language. ``subtitle`` and ``statement_under`` say the same in
the other one, smaller; in labels and titles of columns what follows a line feed does. ``digest`` is
that of what is on record, as the public page and the log have it. ``stamp`` says what kind of paper
it is; ``watermark`` is printed across each sheet of one that is not in earnest. ``figure_words``
writes the figure out in capitals, as Chinese certificates do, so that no digit can be added to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hutan.kernel.canonical import Json
from hutan.kernel.moments import in_shanghai
from hutan.kernel.refusals import Language
from hutan.web import figures
from hutan.web.documents.render import render
from hutan.web.qr import qr_file

Fact = tuple[str, str]
ISSUER: dict[Language, str] = {
    "zh": "上海碳市场综合平台 · 碳排放配额注册登记",
    "en": "Shanghai carbon market platform · allowance registry",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One statement about one figure, to be shown to third parties."""

    language: Language
    title: str
    subtitle: str = ""
    stamp: str
    watermark: str = ""
    statement: str
    statement_under: str = ""
    figure_name: str
    figure: str
    figure_words: str = ""
    facts: Sequence[Fact]
    notes: Sequence[str] = ()
    code: str
    digest: str = ""
    address: str
    issued_at: datetime

    def pdf(self) -> bytes:
        """Return the certificate as PDF; raise ``GlyphsMissing``."""
        data: dict[str, Json] = {
            **_shared(self),
            "statement": self.statement,
            "statement_under": self.statement_under,
            "figure_name": self.figure_name,
            "figure": self.figure,
            "figure_words": self.figure_words,
        }
        return render("certificate", data, at=self.issued_at)


@dataclass(frozen=True, slots=True)
class StatementColumn:
    """A column of a statement; figures stand right."""

    title: str
    align: Literal["text", "figure"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What moved on an account in a span of time, as long as it takes."""

    language: Language
    title: str
    subtitle: str = ""
    stamp: str
    watermark: str = ""
    facts: Sequence[Fact]
    columns: Sequence[StatementColumn]
    rows: Sequence[Sequence[str]]
    totals: Sequence[str]
    notes: Sequence[str] = ()
    code: str
    digest: str = ""
    address: str
    issued_at: datetime

    def pdf(self) -> bytes:
        """Return the statement as PDF; raise ``GlyphsMissing``."""
        width = len(self.columns)
        if any(len(row) != width for row in (*self.rows, self.totals)):
            raise ValueError("a row of the statement does not fit its columns")
        data: dict[str, Json] = {
            **_shared(self),
            "columns": [{"title": one.title, "align": one.align} for one in self.columns],
            "rows": [list(row) for row in self.rows],
            "totals": list(self.totals),
        }
        return render("statement", data, at=self.issued_at)


def _shared(document: Certificate | Statement) -> dict[str, Json]:
    return {
        "language": document.language,
        "title": document.title,
        "subtitle": document.subtitle,
        "stamp": document.stamp,
        "watermark": document.watermark,
        "issued_on": figures.day(in_shanghai(document.issued_at).date(), document.language),
        "issued_at": figures.deadline(document.issued_at, document.language),
        "issuer": ISSUER[document.language],
        "facts": [list(fact) for fact in document.facts],
        "notes": list(document.notes),
        "code": document.code,
        "digest": document.digest,
        "address": document.address,
        "qr": qr_file(document.address),
    }
