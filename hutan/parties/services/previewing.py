"""What an act would meet, asked before it is proposed: nothing is written, nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from hutan.kernel.canonical import Json
from hutan.kernel.moments import aware, day_of
from hutan.kernel.refusals import Refusal, Refusals
from hutan.parties.acts import act_kind
from hutan.parties.domain.approvals import proposing_refusal
from hutan.parties.queries import actor


def preview(
    *, id: UUID, kind: str, content: Mapping[str, Json], by: UUID, at: datetime
) -> tuple[Refusal, ...]:
    """Return every refusal that proposing this act would meet now, in the order of checking.

    The checks lock and may make rows as they read, so they run in a transaction that is rolled
    back. No attempt is kept: asking is not trying.
    """
    act = act_kind(kind)
    with transaction.atomic():
        try:
            organisation = act.concerns(content)
            refusal = proposing_refusal(
                actor(by, day_of(aware(at))), kind, act.proposers, organisation
            )
            return (refusal,) if refusal else tuple(act.check(id, content, at))
        except Refusal as refused:
            return (refused,)
        except Refusals as several:
            return tuple(several)
        finally:
            transaction.set_rollback(True)
