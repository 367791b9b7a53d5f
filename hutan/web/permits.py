"""What can be permitted on the market's records: declared once, for pages and API alike.

Sight follows the posts (``roles.toml``): all, those of a district or area, or one's own. A key sees
what the person who issued it sees in its organisation today, as far as its scopes go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rules.predicates import Predicate

from hutan.parties.domain.approvals import Actor
from hutan.parties.domain.roles import roles
from hutan.parties.queries import actor, may_see
from hutan.web.api.keys import KeyViewer
from hutan.web.moments import platform_day
from hutan.web.permissions import Viewer, declare
from hutan.web.refusals import NotAllowed

SEE_ACCOUNT = "registry.see_account"
STOP_TRANSFER = "registry.stop_transfer"
ISSUE_DOCUMENT = "registry.issue_document"
SEE_ACT = "acts.see"
PROPOSE = "acts.propose"
DECIDE = "acts.decide"
SEE_UNIT_YEAR = "compliance.see_unit_year"
SEE_BOARD = "compliance.see_board"
SEE_RECEIPT = "log.see_receipt"


@dataclass(frozen=True, slots=True)
class Belongs:
    """Something that belongs to an organisation, or (``None``) to the government's own books."""

    organisation: UUID | None


def actor_of(viewer: Viewer) -> Actor:
    """Return the person behind a viewer, with the posts that count for this request.

    For a key: the person who issued it, with his posts in the key's organisation alone. Raises
    ``NotAllowed`` for nobody, and ``UnknownUser`` for a login that has been closed.
    """
    user = viewer.key.issued_by if isinstance(viewer, KeyViewer) else viewer.user
    if user is None:
        raise NotAllowed(permission="sign_in")
    found = actor(user, platform_day())
    return Actor(user=found.user, person=found.person, posts=viewer.posts)


def sees_everything(viewer: Viewer) -> bool:
    """Tell whether one of the viewer's posts sees all unpublished records."""
    return any(roles()[post.role].sees == "all" for post in viewer.posts)


def sees(viewer: Viewer, organisation: UUID | None) -> bool:
    """Tell whether a viewer may see what belongs to an organisation, or to the government."""
    if sees_everything(viewer):
        return True
    return organisation is not None and may_see(_posts_alone(viewer), organisation)


def _posts_alone(viewer: Viewer) -> Actor:
    # Sight depends on posts alone, so the person need not be looked up for it.
    return Actor(user=UUID(int=0), person=UUID(int=0), posts=viewer.posts)


def _holds_a_post(viewer: Viewer, thing: Any = None) -> bool:
    return bool(viewer.posts)


def _sees_thing(viewer: Viewer, thing: Any = None) -> bool:
    return _holds_a_post(viewer) if thing is None else sees(viewer, thing.organisation)


def _sees_any(viewer: Viewer, thing: Iterable[Belongs] | None = None) -> bool:
    return any(sees(viewer, one.organisation) for one in thing or ())


def _is_a_person(viewer: Viewer, thing: Any = None) -> bool:
    return viewer.user is not None


def _sees_more_than_his_own(viewer: Viewer, thing: Any = None) -> bool:
    return any(roles()[post.role].sees in ("all", "district") for post in viewer.posts)


_holds = Predicate(_holds_a_post, name="holds_a_post")
_sees = Predicate(_sees_thing, name="sees_thing")

declare(SEE_ACCOUNT, _sees)
declare(STOP_TRANSFER, Predicate(_sees_any, name="sees_a_side"))
declare(ISSUE_DOCUMENT, _holds)
declare(SEE_ACT, _holds)
declare(PROPOSE, _holds)
declare(DECIDE, Predicate(_is_a_person, name="is_a_person"))
declare(SEE_UNIT_YEAR, _sees)
declare(SEE_BOARD, Predicate(_sees_more_than_his_own, name="sees_more_than_his_own"))
declare(SEE_RECEIPT, _holds)
