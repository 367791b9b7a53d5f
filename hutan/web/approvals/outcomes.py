"""Where an approved act leads: its transaction, its account, its receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from hutan.parties.queries import ProposalRecord
from hutan.registry import queries as registry
from hutan.web.language import Bilingual, bi
from hutan.web.permissions import Viewer
from hutan.web.rights import may_propose

Link = tuple[Bilingual, str]


def outcome_links(proposal: ProposalRecord, viewer: Viewer) -> list[Link]:
    """Return the links from an approved act to what came of it and this viewer may open."""
    if proposal.state != "approved":
        return []
    outcome: Mapping[str, Any] = proposal.outcome or {}
    links: list[Link] = []
    if registry.transaction(proposal.id) is not None:
        address = reverse("transaction", args=[proposal.id])
        links.append((bi("查看业务", "See the transaction"), address))
    if isinstance(outcome.get("freeze"), str) and may_propose(viewer, "registry.lift"):
        address = reverse("lift_freeze", args=[outcome["freeze"]])
        links.append((bi("解除这项冻结", "Lift this freeze"), address))
    if isinstance(outcome.get("account"), str):
        address = reverse("account", args=[outcome["account"]])
        links.append((bi("查看账户", "See the account"), address))
    if isinstance(outcome.get("year"), int) and proposal.organisation is not None:
        address = reverse("unit_year", args=[proposal.organisation, outcome["year"]])
        links.append((bi("查看年度情况", "See the year"), address))
    address = reverse("act_receipt", args=[proposal.id])
    links.append((bi("下载存证凭据", "Download the log receipt"), address))
    return links
