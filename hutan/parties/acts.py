"""The table of acts that need a second person. Contexts declare theirs; approvals run by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hutan.kernel.canonical import Json, Record
from hutan.kernel.refusals import Refusal
from hutan.parties.domain.approvals import HeldPost, Reach


@dataclass(frozen=True, slots=True)
class ApprovedAct:
    """What the executor of an act receives: the content as approved, and both people."""

    id: UUID
    kind: str
    organisation: UUID | None
    content: Mapping[str, Json]
    proposer: HeldPost
    proposer_person: UUID
    approver: HeldPost
    approver_person: UUID
    proposed_at: datetime
    at: datetime

    def people(self) -> dict[str, Json]:
        """Return who proposed and who approved, as the log records it: pseudonyms and posts."""
        return {
            "proposer": _seat(self.proposer, self.proposer_person),
            "approver": _seat(self.approver, self.approver_person),
        }


@dataclass(frozen=True, slots=True)
class ActKind:
    """One kind of act.

    ``concerns`` tells from the content which organisation the act is about (none: the whole
    market); who may propose and approve depends on it, so it is never taken from the caller.
    ``check`` previews: it returns every refusal the act would meet now, in order. ``execute``
    does it in the approver's transaction and returns its outcome; it raises what is refused.
    ``refused`` is told of a refusal after everything else was rolled back, to keep the attempt.
    ``moves_units`` asks the approver for a fresh second factor.
    """

    code: str
    zh: str
    en: str
    clause: str
    proposers: Mapping[str, Reach]
    approvers: Mapping[str, Reach]
    concerns: Callable[[Mapping[str, Json]], UUID | None]
    check: Callable[[UUID, Mapping[str, Json], datetime], list[Refusal]]
    execute: Callable[[ApprovedAct], Record]
    moves_units: bool = False
    describe: Callable[[Mapping[str, Json]], list[Change]] = lambda content: []
    refused: Callable[[Attempt], None] = lambda attempt: None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A proposal or approval that was refused: which act, by whom, when, and why."""

    id: UUID
    kind: str
    content: Mapping[str, Json]
    by: UUID
    refusals: tuple[Refusal, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One line of "what changes" on an approval card."""

    zh: str
    en: str
    before: str
    after: str


_acts: dict[str, ActKind] = {}


def declare(act: ActKind) -> ActKind:
    """Enter a kind of act; entering another one under the same code is a mistake."""
    if _acts.setdefault(act.code, act) is not act:
        raise ValueError(f"{act.code} is declared twice")
    return act


def act_kind(code: str) -> ActKind:
    """Return the kind of that code; ``KeyError`` if no context has declared it."""
    return _acts[code]


def act_kinds() -> tuple[ActKind, ...]:
    """Return all kinds, by code."""
    return tuple(_acts[code] for code in sorted(_acts))


def _seat(post: HeldPost, person: UUID) -> dict[str, Json]:
    return {"person": str(person), "role": post.role, "organisation": str(post.organisation)}
