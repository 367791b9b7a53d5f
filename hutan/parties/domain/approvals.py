"""Who may propose and approve an act: decided from plain facts, in a fixed order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from hutan.kernel.refusals import Refusal
from hutan.parties.refusals import (
    MayNotApprove,
    MayNotPropose,
    NotPending,
    OtherVersionSeen,
    OwnProposal,
)

Reach = Literal["own", "any"]
"""``own``: only for the organisation in which the post is held; ``any``: for every organisation."""

State = Literal["pending", "approved", "returned", "withdrawn"]


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post in force on the day of the question."""

    id: UUID
    role: str
    organisation: UUID
    organisation_kind: str
    district: str
    duty: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user with the posts his person holds today."""

    user: UUID
    person: UUID
    posts: tuple[HeldPost, ...]

    def post_for(self, rights: Mapping[str, Reach], organisation: UUID | None) -> HeldPost | None:
        """Return the post by which this person has one of ``rights`` towards ``organisation``."""
        for post in self.posts:
            reach = rights.get(post.role)
            if reach == "any" or (reach == "own" and post.organisation == organisation):
                return post
        return None


@dataclass(frozen=True, slots=True)
class Standing:
    """A proposal as it stands: what deciding needs to know of it."""

    kind: str
    organisation: UUID | None
    proposer_person: UUID
    state: State
    version: int
    content_hash: str


def proposing_refusal(
    actor: Actor, kind: str, rights: Mapping[str, Reach], organisation: UUID | None
) -> Refusal | None:
    """Return why ``actor`` may not propose ``kind`` for ``organisation``, or nothing."""
    if actor.post_for(rights, organisation) is None:
        return MayNotPropose(kind=kind, roles=_named(rights))
    return None


def approving_refusal(
    actor: Actor, standing: Standing, rights: Mapping[str, Reach], *, seen: str
) -> Refusal | None:
    """Return why ``actor`` may not approve what he saw, or nothing.

    Order: still pending, not his own, his post has the right, the version he saw stands.
    """
    if standing.state != "pending":
        return NotPending(state=standing.state)
    if actor.person == standing.proposer_person:
        return OwnProposal()
    if actor.post_for(rights, standing.organisation) is None:
        return MayNotApprove(kind=standing.kind, roles=_named(rights))
    if seen != standing.content_hash:
        return OtherVersionSeen(version=standing.version)
    return None


def differences(
    stored: Mapping[str, object], given: Mapping[str, object], prefix: str = ""
) -> Collection[str]:
    """Return the names of the fields in which two contents differ, nested ones with a dot."""
    found: list[str] = []
    for name in sorted(stored.keys() | given.keys()):
        left, right = stored.get(name), given.get(name)
        if isinstance(left, Mapping) and isinstance(right, Mapping):
            found.extend(differences(left, right, f"{prefix}{name}."))
        elif left != right or (name in stored) != (name in given):
            found.append(prefix + name)
    return found


def _named(rights: Mapping[str, Reach]) -> str:
    return ", ".join(sorted(rights))
