"""What proposing and approving write, a statement for each step: they stand in every act's way."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final
from uuid import UUID

from hutan.kernel.canonical import Record
from hutan.parties.domain.approvals import Actor, HeldPost
from hutan.parties.models import Proposal
from hutan.parties.planned import planned

_LOCK: Final = "SELECT * FROM parties_proposal WHERE id = %s FOR UPDATE"

_PROPOSE: Final = """
WITH fresh AS (
  INSERT INTO parties_proposal
    (id, kind, organisation_id, state, version, content, content_hash, proposer_user_id,
     proposer_person_id, proposer_post_id, proposed_at, decided_hash, reason)
  VALUES (%(id)s, %(kind)s, %(organisation)s, 'pending', 1, %(content)s, %(hash)s, %(user)s,
          %(person)s, %(post)s, %(at)s, '', '')
  RETURNING id, version, content, content_hash
)
INSERT INTO parties_proposalversion (proposal_id, version, content, content_hash, author_id, at)
SELECT id, version, content, content_hash, %(user)s::uuid, %(at)s::timestamptz FROM fresh
"""

_APPROVE: Final = """
WITH approved AS (
  UPDATE parties_proposal SET state = 'approved', decider_user_id = %(user)s,
    decider_person_id = %(person)s, decider_post_id = %(post)s, decided_at = %(at)s,
    decided_hash = content_hash
  WHERE id = %(id)s RETURNING id, version
)
INSERT INTO parties_decision (proposal_id, version, step, user_id, reason, at)
SELECT id, version, 'approved', %(user)s::uuid, '', %(at)s::timestamptz FROM approved
"""


def locked_proposal(id: UUID) -> Proposal | None:
    """Return the row of a proposal, locked until the transaction ends, or nothing."""
    return next(iter(Proposal.objects.raw(_LOCK, [id])), None)


def write_proposal(
    *,
    id: UUID,
    kind: str,
    organisation: UUID | None,
    content: Record,
    content_hash: str,
    proposer: Actor,
    post: HeldPost,
    at: datetime,
) -> None:
    """Write a proposal and its first version."""
    planned(
        _PROPOSE,
        {
            "id": id,
            "kind": kind,
            "organisation": organisation,
            "content": json.dumps(content),
            "hash": content_hash,
            "user": proposer.user,
            "person": proposer.person,
            "post": post.id,
            "at": at,
        },
    )


def write_approval(*, id: UUID, approver: Actor, post: HeldPost, at: datetime) -> None:
    """Write who approved the proposal as it stands, and the step."""
    planned(
        _APPROVE,
        {"id": id, "user": approver.user, "person": approver.person, "post": post.id, "at": at},
    )


def write_outcome(id: UUID, outcome: Record) -> None:
    """Write what an approved act came to."""
    planned("UPDATE parties_proposal SET outcome = %s WHERE id = %s", [json.dumps(outcome), id])
