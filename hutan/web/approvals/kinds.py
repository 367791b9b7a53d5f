"""Which function shows which kind of act: one table, held against the acts by a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from hutan.parties.queries import ProposalRecord
from hutan.registry.domain.catalogue import catalogue
from hutan.web.approvals import accounts, compliance, plans, transactions
from hutan.web.approvals.shown import Shown
from hutan.web.language import bi
from hutan.web.words import act_title

Show: TypeAlias = Callable[[ProposalRecord, datetime], Shown]

SHOWS: Mapping[str, Show] = {
    **{
        f"registry.{kind.code}": transactions.transaction
        for kind in catalogue().values()
        if not kind.service_only
    },
    "registry.reverse": transactions.reversal,
    "registry.pledge": accounts.pledge,
    "registry.release": accounts.release,
    "registry.open_account": accounts.opening,
    "registry.change_status": accounts.status,
    "registry.close_account": accounts.closing,
    "registry.set_own_limits": accounts.limits,
    "registry.set_bureau_limits": accounts.limits,
    "registry.freeze": accounts.freeze,
    "registry.lift": accounts.lifting,
    "registry.trust": accounts.trust,
    "registry.distrust": accounts.distrust,
    "registry.plan": plans.plan,
    "registry.issue_lines": plans.issue,
    "registry.merge": plans.merger,
    "registry.split": plans.split,
    "compliance.surrender": compliance.surrender,
    "compliance.open_year": compliance.year,
    "compliance.list": compliance.listing,
    "compliance.determine": compliance.determination,
    "compliance.departure": compliance.departure,
    "compliance.close_year": compliance.close,
    "compliance.pre_allocate": compliance.pre_allocation,
}


def shown(proposal: ProposalRecord, at: datetime) -> Shown:
    """Return a proposal as its second person sees it at this moment.

    A kind that is not in the table is shown by its content, field by field.
    """
    return SHOWS.get(proposal.kind, _plainly)(proposal, at)


def _plainly(proposal: ProposalRecord, at: datetime) -> Shown:
    return Shown(
        act_title(proposal.kind),
        facts=[(bi(name, name), value) for name, value in sorted(proposal.content.items())],
    )
