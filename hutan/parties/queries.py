"""Reads of the parties context: frozen records, never model instances."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import connection
from django.db.models import Q

from hutan.kernel.canonical import Json
from hutan.parties.acts import act_kind
from hutan.parties.domain.approvals import Actor, HeldPost, State
from hutan.parties.domain.duties import duties
from hutan.parties.domain.roles import roles
from hutan.parties.models import (
    Attachment,
    Decision,
    Delegation,
    Organisation,
    ProposalVersion,
)
from hutan.parties.planned import planned
from hutan.parties.refusals import FileUnknown, UnknownOrganisation, UnknownUser
from hutan.runtime.sealing import unseal


@dataclass(frozen=True, slots=True)
class OrganisationRecord:
    """An organisation as others see it."""

    id: UUID
    kind: str
    name: str
    name_en: str
    credit_code: str
    district: str
    duty: str = ""


@dataclass(frozen=True, slots=True)
class ProposalRecord:
    """A proposal with what an approver must see."""

    id: UUID
    kind: str
    organisation: UUID | None
    state: State
    version: int
    content: Mapping[str, Json]
    content_hash: str
    proposer_user: UUID
    proposer_person: UUID
    proposer_login: str
    proposer_role: str
    proposer_organisation: str
    proposed_at: datetime
    decider_login: str
    decided_at: datetime | None
    reason: str
    outcome: Mapping[str, Json] | None


@dataclass(frozen=True, slots=True)
class ProposalStep:
    """One thing that happened to a proposal: proposed, amended, approved, returned, withdrawn."""

    at: datetime
    version: int
    step: str
    login: str
    reason: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class AttachmentRecord:
    """A file kept with the platform, named by its hash; ``size`` in bytes."""

    sha256: str
    name: str
    media_type: str
    size: int


def actor(user: UUID, on: date) -> Actor:
    """Return the user's person and posts in force on that day, in one query.

    One more is asked for each post that may need a delegation.

    A post that needs a delegation counts only while one is in force (M12.2).
    Raises ``UnknownUser`` for a login that does not exist, is closed, or belongs to nobody.
    """
    found = planned(_POSTS, {"user": user, "on": on})
    if not found:
        raise UnknownUser(user=str(user))
    posts = (HeldPost(*row[1:]) for row in found if row[1] is not None)
    return Actor(
        user=user,
        person=found[0][0],
        posts=tuple(post for post in posts if _delegated(post, on)),
    )


_POSTS: Final = """
SELECT u.person_id, p.id, p.role, p.organisation_id, o.kind, o.district, o.duty
FROM parties_user u
LEFT JOIN parties_post p ON p.person_id = u.person_id
  AND p.since <= %(on)s AND (p.until IS NULL OR p.until > %(on)s)
LEFT JOIN parties_organisation o ON o.id = p.organisation_id
WHERE u.id = %(user)s AND u.is_active AND u.person_id IS NOT NULL
ORDER BY p.since, p.id
"""


def held_post(id: UUID) -> HeldPost:
    """Return a post with its organisation, in force or not. One query."""
    (row,) = planned(
        "SELECT p.id, p.role, p.organisation_id, o.kind, o.district, o.duty"
        " FROM parties_post p JOIN parties_organisation o ON o.id = p.organisation_id"
        " WHERE p.id = %s",
        [id],
    )
    return HeldPost(*row)


def organisation(id: UUID) -> OrganisationRecord:
    """Return the organisation, or refuse with ``UnknownOrganisation``."""
    found = Organisation.objects.filter(id=id).first()
    if found is None:
        raise UnknownOrganisation(organisation=str(id))
    return _record(found)


def organisations(ids: Collection[UUID]) -> dict[UUID, OrganisationRecord]:
    """Return those of ``ids`` that exist. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind, name, name_en, coalesce(credit_code, ''), district, duty"
            " FROM parties_organisation WHERE id = ANY(%s)",
            [list(ids)],
        )
        return {row[0]: OrganisationRecord(*row) for row in cursor.fetchall()}


def count_organisations() -> int:
    """Return how many bodies are registered here."""
    return Organisation.objects.count()


def organisation_by_credit_code(credit_code: str) -> OrganisationRecord | None:
    """Return the organisation of that unified social credit code, if it is registered."""
    found = Organisation.objects.filter(credit_code=credit_code).first()
    return None if found is None else _record(found)


def find_organisations(
    text: str, *, kinds: Collection[str] = (), limit: int = 20
) -> list[OrganisationRecord]:
    """Return organisations whose name or credit code contains ``text``, by name. One query."""
    rows = Organisation.objects.filter(Q(name__icontains=text) | Q(credit_code__icontains=text))
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    return [_record(row) for row in rows.order_by("name", "id")[:limit]]


def organisations_by_codes(credit_codes: Collection[str]) -> dict[str, OrganisationRecord]:
    """Return organisations by their credit codes. One query."""
    rows = Organisation.objects.filter(credit_code__in=list(credit_codes))
    return {row.credit_code or "": _record(row) for row in rows}


def visible_units(viewer: Actor) -> dict[UUID, OrganisationRecord]:
    """Return the units whose unpublished records ``viewer`` may see. One query."""
    rows = Organisation.objects.filter(visible_organisations(viewer), kind="unit")
    return {row.id: _record(row) for row in rows.order_by("name", "id")}


def visible_organisations(viewer: Actor, subject: str = "") -> Q:
    """Return the filter of the organisations whose unpublished records ``viewer`` may see.

    The widest of his posts counts: all, those of his district or area (M3.1, N7), or his own. A
    department's reader sees all of them, but only records of the subjects of its duty (M3.2).
    """
    reach = Q(pk__in=[])
    for post in viewer.posts:
        sees = roles()[post.role].sees
        if sees == "all" or (sees == "duty" and subject in duties()[post.duty].reads):
            return Q()
        if sees == "district":
            reach |= Q(district=post.district)
        if sees == "own":
            reach |= Q(id=post.organisation)
    return reach


def seen_by(viewer: Actor, subject: str = "") -> frozenset[UUID] | None:
    """Return the organisations whose unpublished records ``viewer`` may see; ``None`` means all."""
    reach = visible_organisations(viewer, subject)
    if reach == Q():
        return None
    return frozenset(Organisation.objects.filter(reach).values_list("id", flat=True))


def may_see(viewer: Actor, organisation: UUID, subject: str = "") -> bool:
    """Tell whether ``viewer`` may see the unpublished records of ``organisation`` on a subject."""
    visible = Organisation.objects.filter(visible_organisations(viewer, subject))
    return visible.filter(id=organisation).exists()


def proposal(id: UUID) -> ProposalRecord | None:
    """Return a proposal, or nothing."""
    return next(iter(_proposals("WHERE p.id = %s", id)), None)


def waiting_for(viewer: Actor, *, limit: int = 200) -> list[ProposalRecord]:
    """Return the pending proposals that ``viewer`` may decide, oldest first: his desk."""
    pending = _proposals(
        "WHERE p.state = 'pending' AND p.proposer_person_id <> %s ORDER BY p.proposed_at, p.id",
        viewer.person,
    )
    mine = (
        row for row in pending if viewer.post_for(act_kind(row.kind).approvers, row.organisation)
    )
    return [row for _, row in zip(range(limit), mine, strict=False)]


def proposals_of(
    organisation: UUID, *, limit: int = 200, past: UUID | None = None
) -> list[ProposalRecord]:
    """Return an organisation's proposals, newest first, a page at a time.

    ``past``: those that follow that proposal in this order, whatever has come since; nothing
    follows one that is not the organisation's.
    """
    if past is None:
        return _proposals(
            "WHERE p.organisation_id = %s ORDER BY p.proposed_at DESC, p.id LIMIT %s",
            organisation,
            limit,
        )
    return _proposals(
        "JOIN parties_proposal last ON last.id = %s AND last.organisation_id = p.organisation_id"
        " WHERE p.organisation_id = %s AND (p.proposed_at < last.proposed_at"
        "   OR p.proposed_at = last.proposed_at AND p.id > last.id)"
        " ORDER BY p.proposed_at DESC, p.id LIMIT %s",
        past,
        organisation,
        limit,
    )


def pending_of(organisation: UUID, kind: str) -> list[ProposalRecord]:
    """Return what waits for a second person: an organisation's acts of one kind, oldest first."""
    return _proposals(
        "WHERE p.organisation_id = %s AND p.kind = %s AND p.state = 'pending'"
        " ORDER BY p.proposed_at, p.id",
        organisation,
        kind,
    )


def proposals_by(person: UUID, *, limit: int = 200) -> list[ProposalRecord]:
    """Return what a person has proposed, under whatever login, newest first."""
    return _proposals(
        "WHERE p.proposer_person_id = %s ORDER BY p.proposed_at DESC, p.id LIMIT %s", person, limit
    )


def steps_of(proposal: UUID) -> list[ProposalStep]:
    """Return all that happened to a proposal, oldest first. Two queries."""
    versions = ProposalVersion.objects.filter(proposal=proposal).values_list(
        "at", "version", "author__login", "content_hash"
    )
    decisions = Decision.objects.filter(proposal=proposal).values_list(
        "at", "version", "user__login", "step", "reason"
    )
    found = [
        ProposalStep(at, version, "proposed" if version == 1 else "amended", login, "", hash_)
        for at, version, login, hash_ in versions
    ]
    found += [
        ProposalStep(at, version, step, login, reason, "")
        for at, version, login, step, reason in decisions
    ]
    return sorted(found, key=lambda one: (one.at, one.version, not one.content_hash))


def attachment(sha256: str) -> bytes:
    """Return the content of an attachment, checked against its hash; refuse an unknown one."""
    row = Attachment.objects.filter(sha256=sha256).first()
    if row is None:
        raise FileUnknown(sha256=sha256)
    content = unseal(bytes(row.sealed), context=f"parties.attachment:{sha256}")
    assert hashlib.sha256(content).hexdigest() == sha256
    return content


def attachments(hashes: Collection[str]) -> dict[str, AttachmentRecord]:
    """Return what is known of those attachments that exist, without their content. One query."""
    rows = Attachment.objects.filter(sha256__in=hashes)
    return {
        row[0]: AttachmentRecord(*row)
        for row in rows.values_list("sha256", "name", "media_type", "size")
    }


def attachment_names(hashes: Collection[str]) -> dict[str, str]:
    """Return the names of those attachments that exist. One query."""
    return dict(Attachment.objects.filter(sha256__in=hashes).values_list("sha256", "name"))


def _proposals(chosen: LiteralString, *parameters: UUID | int | str) -> list[ProposalRecord]:
    return [_proposal(*row) for row in planned(_PROPOSALS + chosen, parameters)]


def _proposal(*row: Any) -> ProposalRecord:
    content, outcome = row[5], row[-1]
    read = None if outcome is None else json.loads(outcome)
    return ProposalRecord(*(*row[:5], json.loads(content), *row[6:-1], read))


_PROPOSALS: Final = """
SELECT p.id, p.kind, p.organisation_id, p.state, p.version, p.content, p.content_hash,
  p.proposer_user_id, p.proposer_person_id, u.login, h.role, o.name, p.proposed_at,
  coalesce(d.login, ''), p.decided_at, p.reason, p.outcome
FROM parties_proposal p
JOIN parties_user u ON u.id = p.proposer_user_id
JOIN parties_post h ON h.id = p.proposer_post_id
JOIN parties_organisation o ON o.id = h.organisation_id
LEFT JOIN parties_user d ON d.id = p.decider_user_id
"""
"""In the order of the fields of :class:`ProposalRecord`."""


def _in_force(on: date) -> Q:
    return Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gt=on))


def _delegated(post: HeldPost, on: date) -> bool:
    scope = roles()[post.role].delegated
    return (
        not scope
        or Delegation.objects.filter(
            _in_force(on), scope=scope, delegate_id=post.organisation
        ).exists()
    )


def _record(row: Organisation) -> OrganisationRecord:
    return OrganisationRecord(
        id=row.id,
        kind=row.kind,
        name=row.name,
        name_en=row.name_en,
        credit_code=row.credit_code or "",
        district=row.district,
        duty=row.duty,
    )
