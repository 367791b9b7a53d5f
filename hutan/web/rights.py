"""What the pages of the roles may show and offer: predicates over posts, for pages and API alike.

What an act takes stands with the act (``parties.acts``); what a post sees stands with the role
(``parties/roles.toml``). Here both become permissions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rules.predicates import Predicate

from hutan.parties.acts import act_kind
from hutan.parties.domain.approvals import Actor, HeldPost
from hutan.parties.domain.roles import roles
from hutan.parties.queries import OrganisationRecord, ProposalRecord
from hutan.web.permissions import Viewer, declare, holds, may
from hutan.web.permits import SEE_BOARD as SEE_BOARD

SEE_ORGANISATION = "organisations.see"
SEE_ALL = "registry.see_all"
SEE_PROPOSAL = "approvals.see"
USE_APPROVALS = "approvals.use"
PROPOSE = "acts.propose_for"
USE_UNIT = "unit.use"
USE_DESK = "registry.use_desk"
USE_BUREAU = "bureau.use"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An act that somebody would propose for an organisation (none: for the whole market)."""

    kind: str
    organisation: UUID | None = None


def actor_of(viewer: Viewer) -> Actor:
    """Return a signed-in person as the contexts know him. Only behind the gate."""
    person = getattr(viewer, "person", None)
    # A login without a person holds no posts; its own id stands for nobody else.
    assert viewer.user is not None, "only a person acts on pages"
    return Actor(user=viewer.user, person=person or viewer.user, posts=viewer.posts)


def sights(viewer: Viewer) -> frozenset[str]:
    """Return how far the viewer's posts see: some of own, district, all."""
    return frozenset(roles()[post.role].sees for post in viewer.posts)


def may_propose(viewer: Viewer, kind: str, organisation: UUID | None = None) -> bool:
    """Tell whether the viewer's posts let him propose an act for an organisation."""
    return may(viewer, PROPOSE, Wanted(kind, organisation))


def _sees_organisation(viewer: Viewer, thing: Any = None) -> bool:
    if not isinstance(thing, OrganisationRecord):
        return False
    if viewer.scopes is not None:
        return thing.id in viewer.organisations
    return any(_reaches(post, thing) for post in viewer.posts)


def _reaches(post: HeldPost, organisation: OrganisationRecord) -> bool:
    sees = roles()[post.role].sees
    if sees == "all":
        return True
    if sees == "district":
        return bool(post.district) and post.district == organisation.district
    return sees == "own" and post.organisation == organisation.id


def _sees_all(viewer: Viewer, thing: Any = None) -> bool:
    return "all" in sights(viewer)


def _sees_proposal(viewer: Viewer, thing: Any = None) -> bool:
    if not isinstance(thing, ProposalRecord) or viewer.user is None:
        return False
    act, actor = act_kind(thing.kind), actor_of(viewer)
    return (
        actor.person == thing.proposer_person
        or "all" in sights(viewer)
        or actor.post_for(act.approvers, thing.organisation) is not None
        or actor.post_for(act.proposers, thing.organisation) is not None
        or (
            thing.organisation is not None
            and any(
                post.organisation == thing.organisation and roles()[post.role].sees == "own"
                for post in viewer.posts
            )
        )
    )


def _has_posts(viewer: Viewer, thing: Any = None) -> bool:
    return viewer.user is not None and bool(viewer.posts)


def _may_propose(viewer: Viewer, thing: Any = None) -> bool:
    if not isinstance(thing, Wanted) or viewer.user is None:
        return False
    rights = act_kind(thing.kind).proposers
    return actor_of(viewer).post_for(rights, thing.organisation) is not None


declare(SEE_ORGANISATION, Predicate(_sees_organisation, name="sees_organisation"))
declare(SEE_ALL, Predicate(_sees_all, name="sees_all"))
declare(SEE_PROPOSAL, Predicate(_sees_proposal, name="sees_proposal"))
declare(USE_APPROVALS, Predicate(_has_posts, name="has_posts"))
declare(PROPOSE, Predicate(_may_propose, name="may_propose"))
declare(USE_UNIT, holds("unit_reporter", "account_representative", "account_approver"))
declare(USE_DESK, holds("registry_clerk", "registry_approver"))
declare(USE_BUREAU, holds("bureau_officer", "bureau_approver"))
