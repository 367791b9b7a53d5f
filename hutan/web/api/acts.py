"""Operations on acts of two people: try, propose, amend, withdraw; approve and return in person.

What a key proposes counts as proposed by the person who issued it, so he cannot approve it either.
Approval is never a key's: the second person signs in, sees the content, and gives a fresh code
where units move.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from hutan.kernel.canonical import Json
from hutan.parties import acts as table
from hutan.parties import queries, services
from hutan.parties.domain.approvals import Actor
from hutan.parties.queries import ProposalRecord
from hutan.parties.refusals import MayNotPropose
from hutan.web.api import forms
from hutan.web.api.asking import ASKER, asker
from hutan.web.api.forms import PageSize, plain
from hutan.web.api.frame import WriteRequest, answers, open_to_all, summary
from hutan.web.moments import moment_of
from hutan.web.permissions import Viewer, may, require
from hutan.web.refusals import InvalidField, NotFound, PersonNeeded
from hutan.web.rights import DECIDE, PROPOSE, SEE_ACT, Wanted, sees
from hutan.web.stepup import challenge, confirm_given

router = Router(auth=ASKER)


@router.get(
    "/acts/kinds",
    auth=open_to_all,
    response=answers(list[forms.ActKind]),
    **summary("双人办理的业务种类", "Kinds of act of two people"),
)
def kinds(request: HttpRequest) -> list[table.ActKind]:
    """Return every kind with the posts that propose and approve it."""
    return list(table.act_kinds())


@router.post(
    "/acts/preview",
    response=answers(forms.Previewed),
    **summary("预演：现在提交会被哪些规则拒绝", "Try an act: what would refuse it now"),
)
def preview(request: HttpRequest, payload: forms.Proposed) -> dict[str, object]:
    """Run the numbered checks without proposing anything; only who may propose it may try it."""
    viewer, actor = asker(request)
    require(viewer, PROPOSE)
    kind, content = _kind(payload.kind), plain(payload.content)
    _may_propose(viewer, kind, content)
    found = services.preview(
        id=payload.id, kind=kind.code, content=content, by=actor.user, at=moment_of(request)
    )
    return {"refused": [one.to_record() for one in found]}


@router.post(
    "/acts", response=answers(forms.Act), **summary("提交业务，待第二人复核", "Propose an act")
)
def propose(request: HttpRequest, payload: forms.Proposed) -> ProposalRecord:
    """Propose an act for a second person to approve. Everything that refuses it now is named."""
    viewer, actor = asker(request)
    require(viewer, PROPOSE)
    kind, content = _kind(payload.kind), plain(payload.content)
    _may_propose(viewer, kind, content)
    return services.propose(
        id=payload.id, kind=kind.code, content=content, by=actor.user, at=moment_of(request)
    )


@router.get(
    "/acts/desk",
    response=answers(list[forms.Act]),
    **summary("等您复核的业务", "Acts that wait for you"),
)
def desk(request: HttpRequest) -> list[ProposalRecord]:
    """Return the pending acts that you, or the person behind the key, may decide; oldest first."""
    viewer, actor = asker(request)
    require(viewer, SEE_ACT)
    return queries.waiting_for(actor)


@router.get(
    "/acts",
    response=answers(list[forms.Act], 404),
    **summary("本单位提交的业务", "An organisation's acts"),
)
def acts(
    request: HttpRequest,
    organisation: UUID | None = None,
    past: UUID | None = None,
    limit: PageSize = 100,
) -> list[ProposalRecord]:
    """Return an organisation's acts in every state, newest first, a page at a time.

    ``organisation`` may be left out by whoever holds posts in one alone; ``past`` is the last act
    you have.
    """
    viewer, _ = asker(request)
    require(viewer, SEE_ACT)
    if organisation is None:
        if len(viewer.organisations) != 1:
            raise InvalidField(name="organisation", reason="say which")
        (organisation,) = viewer.organisations
    if not sees(viewer, organisation):
        raise NotFound(what=str(organisation))
    return queries.proposals_of(organisation, limit=limit, past=past)


@router.get(
    "/acts/{id}",
    response=answers(forms.ActToDecide, 404),
    **summary("一项业务", "An act"),
)
def act(request: HttpRequest, id: UUID) -> dict[str, object]:
    """Return an act with its content, what it changes, and what its approval takes."""
    viewer, _ = asker(request)
    found = _seen(viewer, id)
    kind = table.act_kind(found.kind)
    asks = kind.moves_units and found.state == "pending" and viewer.user is not None
    return {
        **{name: getattr(found, name) for name in ProposalRecord.__slots__},
        "moves_units": kind.moves_units,
        "changes": kind.describe(found.content),
        "step_up": challenge(request, action=found.kind, seen=found.content_hash) if asks else "",
    }


@router.post(
    "/acts/{id}/amendment",
    response=answers(forms.Act, 404),
    **summary("修改自己提交的业务", "Amend one's own act"),
)
def amend(request: HttpRequest, id: UUID, payload: forms.Amended) -> ProposalRecord:
    """Replace the content of one's own pending or returned act. The same content again is as one.

    Whoever was about to approve the earlier version is refused and looks again.
    """
    viewer, actor = asker(request)
    found = _seen(viewer, id)
    require(viewer, PROPOSE)
    content = plain(payload.content)
    _may_propose(viewer, table.act_kind(found.kind), found.content)
    if found.state == "pending" and found.version > 1 and found.content == content:
        return found
    return services.amend(id=id, content=content, by=actor.user, at=moment_of(request))


@router.post(
    "/acts/{id}/withdrawal",
    response=answers(forms.Act, 404),
    **summary("撤回自己提交的业务", "Withdraw one's own act"),
)
def withdraw(request: HttpRequest, id: UUID, payload: WriteRequest) -> ProposalRecord:
    """Withdraw one's own act before it is approved. A retry answers as before."""
    viewer, actor = asker(request)
    found = _seen(viewer, id)
    require(viewer, PROPOSE)
    _may_propose(viewer, table.act_kind(found.kind), found.content)
    if found.state == "withdrawn" and found.proposer_user == actor.user:
        return found
    return services.withdraw(id=id, by=actor.user, at=moment_of(request))


@router.post(
    "/acts/{id}/approval",
    response=answers(forms.Act, 404),
    **summary("复核通过（本人登录）", "Approve an act, in person"),
)
def approve(request: HttpRequest, id: UUID, payload: forms.Approved) -> ProposalRecord:
    """Approve the version that was seen and carry it out. Never the proposer, never a key.

    A retry of an approval answers as before and takes no further code.
    """
    found, actor = _to_decide(request, id)
    done = found.state == "approved" and found.decider_login != ""
    if table.act_kind(found.kind).moves_units and not done:
        confirm_given(
            request, payload.step_up, payload.code, action=found.kind, seen=found.content_hash
        )
    return services.approve(id=id, by=actor.user, seen=payload.seen, at=moment_of(request))


@router.post(
    "/acts/{id}/return",
    response=answers(forms.Act, 404),
    **summary("退回经办人（本人登录）", "Return an act, in person"),
)
def send_back(request: HttpRequest, id: UUID, payload: forms.SentBack) -> ProposalRecord:
    """Return a pending act to who proposed it, with a reason. A retry answers as before."""
    found, actor = _to_decide(request, id)
    if found.state == "returned" and found.reason == payload.reason:
        return found
    return services.send_back(id=id, by=actor.user, reason=payload.reason, at=moment_of(request))


def _kind(code: str) -> table.ActKind:
    try:
        return table.act_kind(code)
    except KeyError:
        raise InvalidField(name="kind", reason="there is no such kind of act") from None


def _may_propose(viewer: Viewer, kind: table.ActKind, content: Mapping[str, Json]) -> None:
    """Refuse who holds no post to propose this. A key's posts are those of its organisation alone.

    The service asks again; it knows the person, but not in whose name a key speaks.
    """
    if not may(viewer, PROPOSE, Wanted(kind.code, kind.concerns(content))):
        raise MayNotPropose(kind=kind.code, roles=", ".join(sorted(kind.proposers)))


def _seen(viewer: Viewer, id: UUID) -> ProposalRecord:
    """Return an act that the asker may see, propose or decide; any other is as if not there."""
    require(viewer, SEE_ACT)
    found = queries.proposal(id)
    if found is None or not may(viewer, SEE_ACT, found):
        raise NotFound(what=str(id))
    return found


def _to_decide(request: HttpRequest, id: UUID) -> tuple[ProposalRecord, Actor]:
    viewer, actor = asker(request)
    found = _seen(viewer, id)
    if viewer.user is None:
        raise PersonNeeded()
    require(viewer, DECIDE)
    return found, actor
