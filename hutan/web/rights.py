"""What can be permitted on the market's records: declared once, for pages and API alike.

What an act takes stands with the act (``parties.acts``); what a post sees stands with the role
(``roles.toml``): all, the records of its department's duty, those of a district or area, or one's
own. Here both become permissions. A key sees what the person who issued it sees in its organisation
today, as far as its scopes go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from rules.predicates import Predicate

from hutan.parties.acts import act_kind
from hutan.parties.domain.approvals import Actor
from hutan.parties.domain.roles import roles
from hutan.parties.queries import OrganisationRecord, ProposalRecord, may_see, visible_organisations
from hutan.registry.services.waiting import may_stop
from hutan.web.api.keys import KeyViewer
from hutan.web.language import Bilingual, bi
from hutan.web.permissions import Person, Viewer, acts_for, declare, holds, may
from hutan.web.refusals import NotAllowed

SEE_ACCOUNT = "registry.see_account"
SEE_DESK = "registry.see_desk"
SEE_PLANS = "registry.see_plans"
STOP_TRANSFER = "registry.stop_transfer"
ISSUE_DOCUMENT = "registry.issue_document"
SEE_ACT = "acts.see"
PROPOSE = "acts.propose"
DECIDE = "acts.decide"
SEE_UNIT = "organisations.see"
SEE_UNIT_YEAR = "compliance.see_unit_year"
SEE_BOARD = "compliance.see_board"
SEE_RECEIPT = "log.see_receipt"
MANAGE_KEYS = "api_keys.manage"
USE_APPROVALS = "approvals.use"
USE_UNIT = "unit.use"
USE_BUREAU = "bureau.use"

HOLDINGS, OBLIGATIONS, PLANS = "holdings", "obligations", "plans"
"""What the records are about, in the words of ``parties/duties.toml``."""

KEY_SCOPES: dict[str, Bilingual] = {
    SEE_ACCOUNT: bi("查看账户、号段和业务", "See accounts, blocks and transactions"),
    SEE_UNIT_YEAR: bi("查看年度清缴情况", "See years and where they stand"),
    SEE_ACT: bi("查看待复核和已办事项", "See acts that wait and that are done"),
    SEE_RECEIPT: bi("下载存证凭据", "Download log receipts"),
    PROPOSE: bi("提出事项（仍须本人登录复核）", "Propose acts (people still approve them)"),
    STOP_TRANSFER: bi("中止等待执行的划转", "Stop transfers that wait"),
    ISSUE_DOCUMENT: bi("出具凭证和对账单", "Draw certificates and statements"),
    MANAGE_KEYS: bi("查看并吊销密钥", "List and revoke keys"),
}
"""What a key may be given, as the person who issues it chooses it. No key ever approves."""


@dataclass(frozen=True, slots=True)
class Belongs:
    """Something that belongs to an organisation, or (``None``) to the government's own books."""

    organisation: UUID | None
    subject: str = ""
    district: str | None = None
    """Where the organisation sits, if that is known already."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An act that somebody would propose for an organisation (none: for the whole market)."""

    kind: str
    organisation: UUID | None = None


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


def sees(
    viewer: Viewer, organisation: UUID | None, subject: str = "", *, district: str | None = None
) -> bool:
    """Tell whether a viewer may see what belongs to an organisation, or to the government.

    ``subject`` is what the records are about: a department reads those of its duty (M3.2). A query
    is asked only for those who see a district, where the organisation's is not given.
    """
    if sees_everything(viewer, subject):
        return True
    if organisation is None:
        return False
    reach = [(roles()[post.role].sees, post) for post in viewer.posts]
    if any(sight == "own" and post.organisation == organisation for sight, post in reach):
        return True
    districts = {post.district for sight, post in reach if sight == "district"}
    if district is not None:
        return district in districts
    return bool(districts) and may_see(_posts_alone(viewer), organisation, subject)


def may_propose(viewer: Viewer, kind: str, organisation: UUID | None = None) -> bool:
    """Tell whether the viewer's posts let him propose an act for an organisation."""
    return may(viewer, PROPOSE, Wanted(kind, organisation))


def _posts_alone(viewer: Viewer) -> Actor:
    # Sight and rights depend on posts alone, so the person need not be looked up for them.
    return Actor(user=UUID(int=0), person=UUID(int=0), posts=viewer.posts)


def _holds_a_post(viewer: Viewer, thing: Any = None) -> bool:
    return bool(viewer.posts)


def _sees_thing(viewer: Viewer, thing: Belongs | None = None) -> bool:
    if thing is None:
        return _holds_a_post(viewer)
    return sees(viewer, thing.organisation, thing.subject, district=thing.district)


def _sees_unit(viewer: Viewer, thing: OrganisationRecord | None = None) -> bool:
    return thing is not None and any(
        sees(viewer, thing.id, subject, district=thing.district)
        for subject in (HOLDINGS, OBLIGATIONS)
    )


def _sees_all_holdings(viewer: Viewer, thing: Any = None) -> bool:
    return sees_everything(viewer, HOLDINGS)


def _sees_plans(viewer: Viewer, thing: Any = None) -> bool:
    return sees_everything(viewer, PLANS)


def _stops(viewer: Viewer, thing: Iterable[Belongs] | None = None) -> bool:
    holders = {one.organisation for one in thing or ()} - {None}
    return may_stop(viewer.posts, holders)


def _is_a_person(viewer: Viewer, thing: Any = None) -> bool:
    return viewer.user is not None


def _sees_more_than_his_own(viewer: Viewer, thing: Any = None) -> bool:
    return sees_everything(viewer, OBLIGATIONS) or any(
        roles()[post.role].sees == "district" for post in viewer.posts
    )


def _sees_act(viewer: Viewer, thing: ProposalRecord | None = None) -> bool:
    if thing is None:
        return _holds_a_post(viewer)
    act, posts = act_kind(thing.kind), _posts_alone(viewer)
    return (
        getattr(viewer, "person", None) == thing.proposer_person
        or posts.post_for(act.approvers, thing.organisation) is not None
        or posts.post_for(act.proposers, thing.organisation) is not None
        or sees(viewer, thing.organisation)
    )


def _proposes(viewer: Viewer, thing: Wanted | None = None) -> bool:
    if thing is None:
        return _holds_a_post(viewer)
    rights = act_kind(thing.kind).proposers
    return _posts_alone(viewer).post_for(rights, thing.organisation) is not None


def _is_a_person_with_posts(viewer: Viewer, thing: Any = None) -> bool:
    return viewer.user is not None and bool(viewer.posts)


_holds = Predicate(_holds_a_post, name="holds_a_post")
_sees = Predicate(_sees_thing, name="sees_thing")

declare(SEE_ACCOUNT, _sees)
declare(SEE_UNIT_YEAR, _sees)
declare(SEE_UNIT, Predicate(_sees_unit, name="sees_unit"))
declare(SEE_DESK, Predicate(_sees_all_holdings, name="sees_all_holdings"))
declare(SEE_PLANS, Predicate(_sees_plans, name="sees_plans"))
declare(SEE_BOARD, Predicate(_sees_more_than_his_own, name="sees_more_than_his_own"))
declare(SEE_ACT, Predicate(_sees_act, name="sees_act"))
declare(SEE_RECEIPT, _holds)
declare(STOP_TRANSFER, Predicate(_stops, name="stops"))
declare(ISSUE_DOCUMENT, _holds)
declare(PROPOSE, Predicate(_proposes, name="proposes"))
declare(DECIDE, Predicate(_is_a_person, name="is_a_person"))
declare(MANAGE_KEYS, acts_for)
declare(USE_APPROVALS, Predicate(_is_a_person_with_posts, name="is_a_person_with_posts"))
declare(USE_UNIT, holds("unit_reporter", "account_representative", "account_approver"))
declare(USE_BUREAU, holds("bureau_officer", "bureau_approver"))
