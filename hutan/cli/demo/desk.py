"""Short words for what the city's people do: propose, approve, return, each once.

An act that is there already is not done again, so a fill that was interrupted goes on where it
stopped, whatever its content would be computed to by now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from hutan.cli.demo.city import id_of
from hutan.kernel.canonical import Json
from hutan.parties import services
from hutan.parties.queries import ProposalRecord, proposal

Content = Mapping[str, Json]

_CONSIDERED = timedelta(minutes=10)
"""How long the second person took over each act."""

BUREAU = ("bureau.officer", "bureau.approver")
AGENCY = ("registry.clerk", "registry.approver")


def user(login: str) -> UUID:
    """Return the id of a login of the city."""
    return id_of("login", login)


def of_unit(unit: str) -> tuple[str, str]:
    """Return the logins of a unit's two account people."""
    return f"{unit}.rep", f"{unit}.approver"


def act(name: str) -> UUID:
    """Return the id of the act that goes by that name."""
    return id_of("act", name)


def propose(
    name: str, kind: str, content: Content | Callable[[], Content], *, by: str, at: datetime
) -> ProposalRecord:
    """Propose an act and leave it waiting; content that must be computed is so only once."""
    known = proposal(act(name))
    if known is not None:
        return known
    found = content() if callable(content) else content
    return services.propose(id=act(name), kind=kind, content=found, by=user(by), at=at)


def decide(
    name: str,
    kind: str,
    content: Content | Callable[[], Content],
    people: tuple[str, str],
    at: datetime,
) -> ProposalRecord:
    """Propose an act and have the second person approve it at ``at``, some minutes later."""
    proposer, approver = people
    waiting = propose(name, kind, content, by=proposer, at=at - _CONSIDERED)
    if waiting.state == "approved":
        return waiting
    return services.approve(id=waiting.id, by=user(approver), seen=waiting.content_hash, at=at)


def returned(
    name: str, kind: str, content: Content, people: tuple[str, str], reason: str, at: datetime
) -> None:
    """Propose an act that the second person sends back."""
    proposer, approver = people
    waiting = propose(name, kind, content, by=proposer, at=at - _CONSIDERED)
    if waiting.state == "pending":
        services.send_back(id=waiting.id, by=user(approver), reason=reason, at=at)
