"""Lists of acts: what waits for somebody, and what somebody proposed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse

from hutan.parties import queries as parties
from hutan.parties.queries import ProposalRecord
from hutan.web.approvals.briefs import brief
from hutan.web.components import Cell, Column, Table
from hutan.web.figures import moment
from hutan.web.language import Bilingual, active, bi
from hutan.web.words import PROPOSAL_STATES, act_title, badge, role_title


def table_of(
    proposals: Sequence[ProposalRecord], *, caption: Bilingual, empty: Bilingual, own: bool = False
) -> Table:
    """Return acts as a table: what, for whom, by whom and when. One query for their names."""
    concerned = {row.organisation for row in proposals if row.organisation}
    names = parties.organisations(concerned)
    rows = [_row(row, _name(names, row.organisation), own) for row in proposals]
    columns = [
        Column(bi("事项", "Act")),
        Column(bi("内容", "Content")),
        Column(bi("单位", "Organisation")),
        Column(bi("提出时间", "Proposed"), "whole"),
        Column(bi("状态", "Status") if own else bi("提出人", "Proposed by")),
    ]
    return Table(caption, columns, rows, empty)


def _row(row: ProposalRecord, organisation: str, own: bool) -> list[Cell]:
    who = bi(
        f"{row.proposer_login}（{role_title(row.proposer_role).zh}）",
        f"{row.proposer_login} ({role_title(row.proposer_role).en})",
    )
    return [
        Cell(act_title(row.kind), reverse("act", args=[row.id])),
        Cell(brief(row.content)),
        Cell(organisation or bi("全市场", "The whole market")),
        Cell(moment(row.proposed_at, active())),
        badge(PROPOSAL_STATES, row.state) if own else Cell(who),
    ]


def _name(names: dict[UUID, parties.OrganisationRecord], id: UUID | None) -> str:
    return names[id].name if id in names else ""
