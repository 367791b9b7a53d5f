"""What an act changes, as its second person must see it before he decides.

What the content alone does not fix, because the act computes it when it is carried out (whom a
pre-allocation reaches, how a year closes), stands in ``effect``; the approval is bound to it too,
so that nobody approves other figures than those he saw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hutan.kernel.canonical import Json, digest
from hutan.kernel.working import Working
from hutan.parties.queries import ProposalRecord
from hutan.web.components import ChangeLine, Table
from hutan.web.language import Bilingual


@dataclass(frozen=True, slots=True)
class Shown:
    """An act as it is shown. ``facts`` are what the proposal says; ``changes`` what follows.

    ``attachments`` are titles with the hashes of files.
    """

    title: Bilingual
    changes: Sequence[ChangeLine] = ()
    facts: Sequence[tuple[Bilingual, object]] = ()
    tables: Sequence[Table] = ()
    workings: Sequence[Working] = ()
    notes: Sequence[Bilingual] = ()
    effect: Json = None
    attachments: Sequence[tuple[Bilingual, str]] = ()


def binding(proposal: ProposalRecord, effect: Json) -> str:
    """Return the hash that a fresh code confirms: the content, and what would follow of it."""
    if effect is None:
        return proposal.content_hash
    return digest({"content": proposal.content_hash, "effect": effect})
