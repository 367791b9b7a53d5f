"""How acts of the bureau and the surrender are shown before they are approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from hutan.compliance import queries
from hutan.compliance.services.pre_allocation import grants
from hutan.compliance.services.surrender import outlook, worth_of
from hutan.kernel.canonical import Json
from hutan.kernel.refusals import Refusal
from hutan.parties import queries as parties
from hutan.parties.queries import ProposalRecord
from hutan.registry import queries as registry
from hutan.registry.domain.facts import vintage
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.rules.parameters import rulebook
from hutan.web.approvals.shown import Shown
from hutan.web.components import Cell, ChangeLine, Column, Table
from hutan.web.figures import day, deadline, number
from hutan.web.language import active, bi
from hutan.web.tonnes import balance_line, range_of, tonnes
from hutan.web.words import (
    DEPARTURES,
    LISTINGS,
    REDUCTION_KINDS,
    UNIT_STATUSES,
    asset_title,
)

SHOWN_ENTRIES = 200
_MET = ("met", "met_late", "excluded")


def surrender(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show what is handed in, the holding before and after, and the duty before and after."""
    content = proposal.content
    year, account = int(str(content["year"])), str(content["account"]).upper()
    items, proofs = _objects(content, "items"), _objects(content, "reductions")
    pending = proposal.state in ("pending", "returned")
    held = {}
    if pending:
        held = {one.asset: one.available for one in registry.balances_of_account(account)}
    changes = []
    for asset, amount in _totals(items).items():
        title = asset_title(asset)
        name = bi(f"可用 {title.zh}", f"{title.en} available")
        changes.append(balance_line(name, held.get(asset, 0) if pending else None, -amount))
    allowances = sum(int(item["amount"]) for item in items)
    unit = proposal.organisation
    assessed = queries.assessment(unit, year, at) if unit and pending else None
    if assessed is not None:
        after = outlook(proposal.id, content, at)
        left = tonnes(int(after.missing)) if after else ""
        changes.append(ChangeLine(bi("尚缺", "Missing"), tonnes(int(assessed.missing)), left))
    worth = worth_of([_key(one) for one in proofs])
    rows = [
        [
            Cell(asset_title(str(one["asset"]))),
            Cell(tonnes(int(one["amount"]))),
            Cell(_numbers(one)),
        ]
        for one in items
    ]
    rows += [
        [
            Cell(REDUCTION_KINDS[str(one["kind"])]),
            Cell(tonnes(worth[key]) if (key := _key(one)) in worth else "—"),
            Cell(str(one["proof"])),
        ]
        for one in proofs
    ]
    columns = [
        Column(bi("种类", "Kind")),
        Column(bi("数量", "Amount"), "figure"),
        Column(bi("号段或证明编号", "Numbers, or proof")),
    ]
    name = bi(f"{year} 年度清缴", f"Surrender for {year}")
    return Shown(
        title=bi(
            f"{name.zh} {number(allowances)} 吨配额" + _and(proofs, "zh"),
            f"{name.en}: {number(allowances)} allowances" + _and(proofs, "en"),
        ),
        facts=[(bi("账户", "Account"), account)],
        changes=changes,
        tables=[
            Table(
                bi("提交的配额与减排量", "What is handed in"),
                columns,
                rows,
                bi("没有内容。", "Nothing."),
            )
        ],
        workings=[assessed.working] if assessed else [],
        notes=[
            bi(
                "以第二人批准的时刻为清缴时刻；清缴不可撤回。",
                "What counts as the moment of receipt is that of the approval; it is final.",
            )
        ],
    )


def _key(proof: Mapping[str, Any]) -> tuple[str, str]:
    return str(proof["kind"]), str(proof["proof"])


def year(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show the year's rules, and which assumed ones are confirmed by these two people."""
    content = proposal.content
    year = int(str(content["year"]))
    book = rulebook(str(content.get("profile") or "law"))
    confirmed = {str(one["key"]) for one in _objects(content, "confirmed")}
    rows = []
    for key in sorted(confirmed):
        try:
            found = book.by_year(key, year)
        except Refusal:
            rows.append([Cell(key), Cell("—"), Cell("—")])
            continue
        rows.append(
            [Cell(bi(found.zh, found.en)), Cell(found.text), Cell(found.clause or found.document)]
        )
    closes = book.by_year("compliance.surrender_deadline", year).deadline.closes
    columns = [
        Column(bi("假定参数", "Assumed parameter")),
        Column(bi("取值", "Value")),
        Column(bi("依据", "Source")),
    ]
    return Shown(
        title=bi(f"开启 {year} 履约年度", f"Open the compliance year {year}"),
        changes=[
            ChangeLine(bi("年度", "Year"), str(bi("未开启", "not open")), str(bi("开启", "open"))),
            ChangeLine(bi("清缴截止", "Surrender closes"), "", deadline(closes, active())),
        ],
        tables=[
            Table(
                bi("逐项确认的假定参数", "Assumed parameters confirmed one by one"),
                columns,
                rows,
                bi("没有假定参数。", "No assumed parameters."),
            )
        ],
    )


def listing(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show each entry beside how the unit stands on the list now."""
    content = proposal.content
    year, entries = int(str(content["year"])), _objects(content, "entries")
    units = [UUID(str(one["unit"])) for one in entries[:SHOWN_ENTRIES]]
    names = parties.organisations(units)
    now = {}
    if proposal.state in ("pending", "returned"):
        now = {one.unit: one.position.listing for one in queries.positions(year, units)}
    rows = []
    for unit, one in zip(units, entries, strict=False):
        before = now.get(unit)
        rows.append(
            [
                Cell(names[unit].name if unit in names else str(unit)),
                Cell(LISTINGS[before] if before else "—"),
                Cell(LISTINGS[str(one["listing"])]),
                Cell(str(one["reason"])),
            ]
        )
    columns = [
        Column(bi("单位", "Unit")),
        Column(bi("现在", "Before")),
        Column(bi("批准后", "After")),
        Column(bi("理由", "Reason")),
    ]
    return Shown(
        title=bi(
            f"登记 {year} 年度名录：{number(len(entries))} 家",
            f"List of {year}: {_units(len(entries))}",
        ),
        facts=[(bi("文件", "Document"), content["document"])],
        changes=[ChangeLine(bi("登记条目", "Entries"), "", number(len(entries)))],
        tables=[Table(_caption(len(entries)), columns, rows, bi("没有条目。", "No entries."))],
    )


def determination(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show each unit's emissions before and after."""
    content = proposal.content
    year, entries = int(str(content["year"])), _objects(content, "entries")
    units = [UUID(str(one["unit"])) for one in entries[:SHOWN_ENTRIES]]
    names = parties.organisations(units)
    known: dict[UUID, Decimal | None] = {}
    if proposal.state in ("pending", "returned"):
        known = {one.unit: one.position.determined for one in queries.positions(year, units)}
    rows = []
    for unit, one in zip(units, entries, strict=False):
        before = known.get(unit)
        by = one.get("surrender_by")
        rows.append(
            [
                Cell(names[unit].name if unit in names else str(unit)),
                Cell(
                    "—" if before is None else number(before.normalize() if before else Decimal(0))
                ),
                Cell(number(Decimal(str(one["tonnes"])))),
                Cell(deadline(datetime.fromisoformat(str(by)), active()) if by else "—"),
            ]
        )
    total = sum((Decimal(str(one["tonnes"])) for one in entries), Decimal(0))
    columns = [
        Column(bi("单位", "Unit")),
        Column(bi("现在（吨）", "Before (t)"), "figure"),
        Column(bi("批准后（吨）", "After (t)"), "figure"),
        Column(bi("单独期限", "Own deadline")),
    ]
    return Shown(
        title=bi(
            f"审定 {year} 年度排放量：{number(len(entries))} 家",
            f"Determine emissions of {year}: {_units(len(entries))}",
        ),
        facts=[(bi("文件", "Document"), content["document"])],
        changes=[
            ChangeLine(
                bi("审定排放量合计（吨）", "Determined in all (t)"), _now(known), number(total)
            )
        ],
        tables=[Table(_caption(len(entries)), columns, rows, bi("没有条目。", "No entries."))],
    )


def departure(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show which unit leaves, why and when."""
    content = proposal.content
    unit = parties.organisations([UUID(str(content["unit"]))])
    on = datetime.fromisoformat(str(content["on"])).date()
    return Shown(
        title=bi("登记关停或迁出", "Record a closure or departure"),
        facts=[
            *((bi("单位", "Unit"), one.name) for one in unit.values()),
            (bi("原因", "Reason"), DEPARTURES[str(content["reason"])]),
            (bi("日期", "Day"), day(on, active())),
        ],
        changes=[
            ChangeLine(
                bi("当年排放", "The current year"),
                str(bi("按年度审定", "determined in season")),
                str(bi("单独审定、限期清缴", "determined apart, with its own deadline")),
            )
        ],
    )


def close(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show how every unit would be closed; the approval is bound to these statuses."""
    year = int(str(proposal.content["year"]))
    title = bi(f"结清 {year} 履约年度", f"Close the compliance year {year}")
    if proposal.state not in ("pending", "returned"):
        return Shown(title)
    assessed = [
        (unit, found)
        for unit, found in queries.assessments(year, at)
        if unit.position.listing == "regulated"
    ]
    counts: dict[str, int] = {}
    for _, found in assessed:
        counts[found.status.value] = counts.get(found.status.value, 0) + 1
    changes = [
        ChangeLine(UNIT_STATUSES[status][1], "", number(count)) for status, count in counts.items()
    ]
    cancelled = registry.balances_of_account(GOVERNMENT_ACCOUNTS["surrender"])
    changes += [
        ChangeLine(
            bi(
                f"注销已清缴的 {asset_title(one.asset).zh}",
                f"Cancelled: {asset_title(one.asset).en}",
            ),
            "",
            tonnes(one.available),
        )
        for one in cancelled
        if one.available
    ]
    short = [(unit, found) for unit, found in assessed if found.status.value not in _MET]
    rows = [
        [
            Cell(unit.name),
            Cell(UNIT_STATUSES[found.status.value][1]),
            Cell(tonnes(int(found.due))),
            Cell(tonnes(int(found.missing))),
        ]
        for unit, found in short
    ]
    columns = [
        Column(bi("单位", "Unit")),
        Column(bi("状态", "Status")),
        Column(bi("应清缴", "Due"), "figure"),
        Column(bi("尚缺", "Missing"), "figure"),
    ]
    effect: list[Json] = [
        [str(unit.unit), found.status.value, int(found.due), int(found.counted)]
        for unit, found in assessed
    ]
    return Shown(
        title,
        changes=changes,
        tables=[
            Table(
                bi("未足额清缴的单位", "Units that are short"),
                columns,
                rows,
                bi("全部单位已足额清缴。", "Every unit has met its duty."),
            )
        ],
        notes=[
            bi(
                "结清后不再变更；未足额的列为违反清缴义务。",
                "A closed year does not change; a unit that is short is in breach.",
            )
        ],
        effect=effect,
    )


def pre_allocation(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show every grant with its working; the approval is bound to these amounts."""
    year = int(str(proposal.content["year"]))
    title = bi(f"发放 {year + 1} 年度预分配配额", f"Pre-allocation for {year + 1}")
    facts = [(bi("文件", "Document"), proposal.content["document"])]
    if proposal.state not in ("pending", "returned"):
        return Shown(title, facts=facts)
    given = grants(year, at)
    names = parties.organisations([one.unit for one in given])
    rows = [
        [Cell(names[one.unit].name), Cell(one.account), Cell(tonnes(one.amount))] for one in given
    ]
    columns = [
        Column(bi("单位", "Unit")),
        Column(bi("账户", "Account")),
        Column(bi("预分配", "Granted"), "figure"),
    ]
    total = sum(one.amount for one in given)
    return Shown(
        title,
        facts=facts,
        changes=[
            ChangeLine(bi("发放单位", "Units"), "", number(len(given))),
            ChangeLine(asset_title(f"allowance:{year + 1}"), "", tonnes(total)),
        ],
        tables=[
            Table(
                bi("预分配", "Grants"),
                columns,
                rows,
                bi("没有可发放的单位。", "There is nobody to grant to."),
            )
        ],
        workings=[one.working for one in given[:20]],
        effect=[[str(one.unit), one.amount] for one in given],
    )


def _now(known: Mapping[UUID, Decimal | None]) -> str:
    """Return what stands determined now for these units in all; nothing where nothing does."""
    stood = [one for one in known.values() if one is not None]
    return number(sum(stood, Decimal(0)).normalize()) if any(stood) else ""


def _units(count: int) -> str:
    return "1 unit" if count == 1 else f"{number(count)} units"


def _and(proofs: Sequence[object], language: str) -> str:
    if not proofs:
        return ""
    count = len(proofs)
    return f"和 {count} 份减排量证明" if language == "zh" else f" and {count} proofs"


def _numbers(item: Mapping[str, Any]) -> str:
    if item.get("first") is None:
        return str(bi("号小者先", "lowest numbers first"))
    return range_of(vintage(str(item["asset"])), int(item["first"]), int(item["last"]))


def _objects(content: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    return list(content.get(name) or [])


def _totals(items: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for item in items:
        totals[str(item["asset"])] = totals.get(str(item["asset"]), 0) + int(item["amount"])
    return totals


def _caption(count: int) -> Any:
    if count > SHOWN_ENTRIES:
        return bi(
            f"条目（前 {SHOWN_ENTRIES} 条，共 {count} 条）",
            f"Entries (the first {SHOWN_ENTRIES} of {count})",
        )
    return bi("条目", "Entries")
