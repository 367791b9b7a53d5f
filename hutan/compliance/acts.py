"""The acts of the compliance context, and what it does when the registry tells it something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from hutan.compliance.services import (
    bulk_surrender,
    closing,
    departures,
    listings,
    pre_allocation,
    surrender,
    years,
)
from hutan.kernel.canonical import Json, Record
from hutan.kernel.refusals import Refusal
from hutan.parties.acts import ActKind, ApprovedAct, declare
from hutan.parties.bulk import changes
from hutan.registry.domain.catalogue import catalogue
from hutan.registry.ports import guard_closing
from hutan.registry.queries import account

Check = Callable[[UUID, Mapping[str, Json], datetime], list[Refusal]]
Execute = Callable[[ApprovedAct], Record]


def declare_acts() -> None:
    """Enter every act of this context, and the guard that keeps accounts with duties open."""
    _of_the_bureau(
        "open_year", "开启履约年度", "Open a compliance year", "M21.1", years.check, years.execute
    )
    _of_the_bureau(
        "list", "登记年度名录", "Enter the year's list", "M9.2",
        listings.check_list, listings.enter_list,
    )  # fmt: skip
    _of_the_bureau(
        "determine", "审定年度排放量", "Determine a year's emissions", "M18.1",
        listings.check_determinations, listings.determine,
    )  # fmt: skip
    _of_the_bureau(
        "departure", "登记关停或迁出", "Record a closure or departure", "M22.1",
        departures.check, departures.execute,
    )  # fmt: skip
    _of_the_bureau(
        "close_year", "结清履约年度", "Close a compliance year", "M21.1",
        closing.check, closing.execute, moves=True,
    )  # fmt: skip
    _of_the_bureau(
        "pre_allocate", "发放预分配配额", "Pre-allocate the next year's allowances", "N5",
        pre_allocation.check, pre_allocation.execute, moves=True,
    )  # fmt: skip
    kind = catalogue()["surrender"]
    declare(
        ActKind(
            code="compliance.surrender",
            zh=kind.zh,
            en=kind.en,
            clause=kind.clause,
            proposers=kind.proposers,
            approvers=kind.approvers,
            concerns=_holder,
            check=surrender.check,
            execute=surrender.execute,
            moves_units=True,
        )
    )
    declare(
        ActKind(
            code="compliance.surrender_in_bulk",
            zh="批量清缴",
            en="Surrender in bulk",
            clause=kind.clause,
            proposers={"registry_clerk": "any"},
            approvers={"registry_approver": "any"},
            concerns=lambda content: None,
            check=bulk_surrender.check,
            execute=bulk_surrender.execute,
            describe=changes,
            moves_units=True,
        )
    )
    guard_closing(departures.duties)


def _of_the_bureau(
    code: str, zh: str, en: str, clause: str, check: Check, execute: Execute, moves: bool = False
) -> None:
    declare(
        ActKind(
            code=f"compliance.{code}",
            zh=zh,
            en=en,
            clause=clause,
            proposers={"bureau_officer": "any"},
            approvers={"bureau_approver": "any"},
            concerns=lambda content: None,
            check=check,
            execute=execute,
            describe=changes,
            moves_units=moves,
        )
    )


def _holder(content: Mapping[str, Json]) -> UUID | None:
    found = account(str(content.get("account", "")).strip().upper())
    return found.holder if found else None
