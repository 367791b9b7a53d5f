"""Fills the seams from the packages below, as far as they are there."""

from __future__ import annotations

from dataclasses import replace

from hutan import clock
from hutan.rules import clauses
from hutan.rules.parameters import rulebook
from hutan.rules.refusals import UnknownClause
from hutan.transparency import queries as log
from hutan.web.documents.issued import issued_document
from hutan.web.documents.numerals import ARTICLES, article
from hutan.web.language import bi
from hutan.web.seams import Checkpoint, ClauseText, fill, seams


def fill_seams() -> None:
    """Let the pages read clock, law and log. Called once, when Django is ready."""
    # The pages' own modules name models, which exist once Django is ready.
    from hutan.web.public.year import public_year, regulated_units

    fill(
        replace(
            seams(),
            now=clock.now,
            clause=clause_text,
            checkpoint=latest_checkpoint,
            document=issued_document,
            public_year=public_year,
            regulated_units=regulated_units,
        )
    )


def clause_text(id: str) -> ClauseText | None:
    """Return a clause as published, with its short titles and the text it is part of."""
    try:
        found = clauses.find(id)
    except UnknownClause:
        return None
    source = next(text for text in rulebook().documents if text.letter == id[0])
    return ClauseText(
        id=id,
        source=bi(source.zh, source.en),
        article=bi(f"{_place(id)}{found.zh}（{id}）", f"{found.en} ({id})"),
        text_zh=found.text,
        document=source.number,
    )


def _place(id: str) -> str:
    """Say where a clause stands, in a text that is divided into articles."""
    return f"{article(id)} " if id[0] in ARTICLES else ""


def latest_checkpoint() -> Checkpoint | None:
    """Return the log's newest signed head, or nothing before the first."""
    head = log.latest_checkpoint()
    if head is None:
        return None
    return Checkpoint(origin=head.origin, size=head.size, root=head.root.hex(), at=head.at)
