"""Where one's own proposal is amended: each page that proposes a kind of act says so here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.http import urlencode

from hutan.parties.queries import ProposalRecord

Place = Callable[[Mapping[str, Any]], str]

_places: dict[str, Place] = {}


def amended_at(kind: str, place: Place) -> None:
    """Enter the page on which acts of a kind are proposed, from the content of one."""
    _places[kind] = place


def amending_address(proposal: ProposalRecord) -> str:
    """Return where a proposal is amended, or nothing where its kind is proposed anew instead."""
    place = _places.get(proposal.kind)
    if place is None:
        return ""
    address = place(proposal.content)
    if not address:
        return ""
    joined = "&" if "?" in address else "?"
    return f"{address}{joined}{urlencode({'amend': str(proposal.id)})}"
