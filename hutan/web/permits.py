"""What can be permitted on the market's records: declared once, for pages and API alike.

Sight follows the posts (``roles.toml``): all, those of a district or area, or one's own. A key sees
what the person who issued it sees in its organisation today, as far as its scopes go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from rules.predicates import Predicate

from hutan.parties.domain.approvals import Actor
from hutan.parties.domain.roles import roles
from hutan.parties.queries import may_see, visible_organisations
from hutan.web.api.keys import KeyViewer
from hutan.web.permissions import Person, Viewer, declare
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

HOLDINGS, OBLIGATIONS = "holdings", "obligations"
"""What the records are about, in the words of ``parties/duties.toml``."""


@dataclass(frozen=True, slots=True)
class Belongs:
    """Something that belongs to an organisation, or (``None``) to the government's own books."""

    organisation: UUID | None
    subject: str = ""


def actor_of(viewer: Viewer) -> Actor:
    """Return the person behind a viewer, with the posts that count for this request. No query.

    For a key: the person who issued it, with his posts in the key's organisation alone. Raises
    ``NotAllowed`` where there is no person behind the viewer, or none any more.
    """
    if isinstance(viewer, KeyViewer) and viewer.issuer is not None:
        return viewer.issuer
    if isinstance(viewer, Person) and viewer.user is not None and viewer.person is not None:
        return Actor(user=viewer.user, person=viewer.person, posts=viewer.posts)
    raise NotAllowed(permission="post")


def sees_everything(viewer: Viewer, subject: str = "") -> bool:
    """Tell whether one of the viewer's posts sees all unpublished records of a subject."""
    return visible_organisations(_posts_alone(viewer), subject) == Q()


def sees(viewer: Viewer, organisation: UUID | None, subject: str = "") -> bool:
    """Tell whether a viewer may see what belongs to an organisation, or to the government.

    ``subject`` is what the records are about: a department reads those of its duty (M3.2).
    """
    if sees_everything(viewer, subject):
        return True
    return organisation is not None and may_see(_posts_alone(viewer), organisation, subject)


def _posts_alone(viewer: Viewer) -> Actor:
    # Sight depends on posts alone, so the person need not be looked up for it.
    return Actor(user=UUID(int=0), person=UUID(int=0), posts=viewer.posts)


def _holds_a_post(viewer: Viewer, thing: Any = None) -> bool:
    return bool(viewer.posts)


def _sees_thing(viewer: Viewer, thing: Any = None) -> bool:
    if thing is None:
        return _holds_a_post(viewer)
    return sees(viewer, thing.organisation, thing.subject)


def _sees_any(viewer: Viewer, thing: Iterable[Belongs] | None = None) -> bool:
    return any(sees(viewer, one.organisation, one.subject) for one in thing or ())


def _is_a_person(viewer: Viewer, thing: Any = None) -> bool:
    return viewer.user is not None


def _sees_more_than_his_own(viewer: Viewer, thing: Any = None) -> bool:
    return sees_everything(viewer, OBLIGATIONS) or any(
        roles()[post.role].sees == "district" for post in viewer.posts
    )


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
