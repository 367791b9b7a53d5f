"""Approval by a second person: propose, amend, approve, send back, withdraw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction

from hutan.kernel.canonical import Json, digest
from hutan.kernel.ids import derive_id
from hutan.kernel.moments import aware, day_of
from hutan.kernel.reading import unwritable
from hutan.kernel.refusals import Refusal, Refusals, refuse
from hutan.parties.acts import ActKind, ApprovedAct, Attempt, act_kind
from hutan.parties.domain.approvals import (
    Actor,
    Standing,
    approving_refusal,
    differences,
    proposing_refusal,
)
from hutan.parties.models import Decision, Proposal, ProposalVersion
from hutan.parties.queries import ProposalRecord, actor, held_post
from hutan.parties.queries import proposal as read
from hutan.parties.refusals import (
    ActIdTaken,
    ConcernsAnother,
    NotPending,
    OnlyTheProposer,
    ReasonMissing,
    UnknownAct,
)
from hutan.parties.services import rows
from hutan.parties.services.acts import hold
from hutan.transparency.services import record


def propose(
    *, id: UUID, kind: str, content: Mapping[str, Json], by: UUID, at: datetime
) -> ProposalRecord:
    """Propose an act for a second person to approve; a retry answers with the same proposal.

    Raises ``ActIdTaken`` where ``id`` was used with other content, ``MayNotPropose``, and
    everything that the act's own preview finds. Content that cannot be written (``FieldWrong``)
    is refused before all else: no record of the attempt could keep it either.
    """
    refuse(unwritable(dict(content)))
    with _attempt(id, act_kind(kind), content, by, at), transaction.atomic():
        return _propose(id, kind, content, by, at)


def _propose(
    id: UUID, kind: str, content: Mapping[str, Json], by: UUID, at: datetime
) -> ProposalRecord:
    aware(at)
    hold(id)
    act = act_kind(kind)
    organisation = act.concerns(content)
    if (stored := read(id)) is not None:
        return _same_proposal(stored, kind, organisation, content)
    proposer = actor(by, day_of(at))
    refusal = proposing_refusal(proposer, kind, act.proposers, organisation)
    refuse([refusal] if refusal else act.check(id, content, at))
    post = proposer.post_for(act.proposers, organisation)
    assert post is not None
    rows.write_proposal(
        id=id,
        kind=kind,
        organisation=organisation,
        content=content,
        content_hash=content_hash(id, kind, organisation, content),
        proposer=proposer,
        post=post,
        at=at,
    )
    return _written(id)


@transaction.atomic
def amend(*, id: UUID, content: Mapping[str, Json], by: UUID, at: datetime) -> ProposalRecord:
    """Replace the content of one's own pending or returned proposal: the next version."""
    refuse(unwritable(dict(content)))
    row = _locked(id)
    proposer = actor(by, day_of(at))
    if row.state not in ("pending", "returned"):
        raise NotPending(state=row.state)
    if proposer.person != row.proposer_person_id:
        raise OnlyTheProposer()
    act = act_kind(row.kind)
    if act.concerns(content) != row.organisation_id:
        raise ConcernsAnother()
    refusal = proposing_refusal(proposer, row.kind, act.proposers, row.organisation_id)
    refuse([refusal] if refusal else [])
    refuse(act.check(id, content, at))
    row.version += 1
    row.content = dict(content)
    row.content_hash = content_hash(id, row.kind, row.organisation_id, content)
    row.state = "pending"
    row.save()
    _keep_version(row, by, at)
    return _written(id)


def approve(*, id: UUID, by: UUID, seen: str, at: datetime) -> ProposalRecord:
    """Approve the version whose hash is ``seen`` and carry the act out, in one transaction.

    A retry by the same person of what he approved answers as before. Raises, in this order,
    ``UnknownAct``, ``NotPending``, ``OwnProposal``, ``MayNotApprove``, ``OtherVersionSeen``, and
    whatever the act itself refuses at this moment; nothing is then approved.
    """
    stored = read(id)
    if stored is None:
        raise UnknownAct(act=str(id))
    with _attempt(id, act_kind(stored.kind), stored.content, by, at), transaction.atomic():
        return _approve(id, by, seen, at)


def _approve(id: UUID, by: UUID, seen: str, at: datetime) -> ProposalRecord:
    row = _locked(id)
    act = act_kind(row.kind)
    approver = actor(by, day_of(at))
    if row.state == "approved" and row.decider_user_id == by and row.decided_hash == seen:
        return _written(id)
    refusal = approving_refusal(approver, _standing(row), act.approvers, seen=seen)
    if refusal is not None:
        raise refusal
    return _carry_out(row, act, approver, at)


@transaction.atomic
def send_back(*, id: UUID, by: UUID, reason: str, at: datetime) -> ProposalRecord:
    """Return a pending proposal to its proposer, with a reason. Needs the right to approve."""
    refuse(unwritable({"reason": reason}))
    row = _locked(id)
    approver = actor(by, day_of(at))
    rights = act_kind(row.kind).approvers
    refusal = approving_refusal(approver, _standing(row), rights, seen=row.content_hash)
    if refusal is not None:
        raise refusal
    if not reason.strip():
        raise ReasonMissing()
    _close(row, "returned", by, reason, at)
    return _written(id)


@transaction.atomic
def withdraw(*, id: UUID, by: UUID, at: datetime) -> ProposalRecord:
    """Withdraw one's own proposal before it is approved."""
    row = _locked(id)
    if row.state not in ("pending", "returned"):
        raise NotPending(state=row.state)
    if actor(by, day_of(at)).person != row.proposer_person_id:
        raise OnlyTheProposer()
    _close(row, "withdrawn", by, "", at)
    return _written(id)


def content_hash(
    id: UUID, kind: str, organisation: UUID | None, content: Mapping[str, Json]
) -> str:
    """Return the hash an approver vouches for: the act's id, kind, body concerned and content."""
    return digest(
        {
            "id": str(id),
            "kind": kind,
            "organisation": str(organisation) if organisation else None,
            "content": content,
        }
    )


@contextmanager
def _attempt(
    id: UUID, act: ActKind, content: Mapping[str, Json], by: UUID, at: datetime
) -> Iterator[None]:
    """Tell the act of what it refused, outside the transaction that was rolled back for it."""
    try:
        yield
    except (Refusal, Refusals) as refused:
        every = tuple(refused) if isinstance(refused, Refusals) else (refused,)
        act.refused(Attempt(id=id, kind=act.code, content=content, by=by, refusals=every, at=at))
        raise


def _carry_out(row: Proposal, act: ActKind, approver: Actor, at: datetime) -> ProposalRecord:
    post = approver.post_for(act.approvers, row.organisation_id)
    assert post is not None
    assert approver.person != row.proposer_person_id
    # The row says approved before the act runs, so that what the act writes can rest on it.
    rows.write_approval(id=row.id, approver=approver, post=post, at=at)
    outcome = act.execute(
        ApprovedAct(
            id=row.id,
            kind=row.kind,
            organisation=row.organisation_id,
            content=row.content,
            proposer=held_post(row.proposer_post_id),
            proposer_person=row.proposer_person_id,
            approver=post,
            approver_person=approver.person,
            proposed_at=row.proposed_at,
            at=at,
        )
    )
    rows.write_outcome(row.id, outcome)
    return _written(row.id)


def _close(row: Proposal, state: str, by: UUID, reason: str, at: datetime) -> None:
    row.state, row.reason = state, reason
    row.decider_user_id, row.decided_at = by, at
    row.save()
    decision = Decision.objects.create(
        proposal=row, version=row.version, step=state, user_id=by, reason=reason, at=at
    )
    record(
        act=derive_id(row.id, state, decision.id),
        kind=f"parties.{state}",
        at=at,
        body={"proposal": str(row.id), "kind": row.kind, "content_hash": row.content_hash},
        subjects=[str(row.organisation_id)] if row.organisation_id else [],
    )


def _locked(id: UUID) -> Proposal:
    row = rows.locked_proposal(id)
    if row is None:
        raise UnknownAct(act=str(id))
    return row


def _standing(row: Proposal) -> Standing:
    return Standing(
        kind=row.kind,
        organisation=row.organisation_id,
        proposer_person=row.proposer_person_id,
        state=row.state,  # type: ignore[arg-type]  # the database holds it to the four states
        version=row.version,
        content_hash=row.content_hash,
    )


def _keep_version(row: Proposal, by: UUID, at: datetime) -> None:
    ProposalVersion.objects.create(
        proposal=row,
        version=row.version,
        content=row.content,
        content_hash=row.content_hash,
        author_id=by,
        at=at,
    )


def _same_proposal(
    stored: ProposalRecord, kind: str, organisation: UUID | None, content: Mapping[str, Json]
) -> ProposalRecord:
    first = ProposalVersion.objects.get(proposal_id=stored.id, version=1)
    if first.content_hash != content_hash(stored.id, kind, organisation, content):
        before = {
            "kind": stored.kind,
            "organisation": stored.organisation,
            "content": first.content,
        }
        now = {"kind": kind, "organisation": organisation, "content": content}
        raise ActIdTaken(act=str(stored.id), differences=", ".join(differences(before, now)))
    return stored


def _written(id: UUID) -> ProposalRecord:
    found = read(id)
    assert found is not None
    return found
