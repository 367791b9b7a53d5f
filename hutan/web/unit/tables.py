"""Tables of what accounts hold and what moved: shared by the unit's pages and the desk's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from hutan.compliance.overviews import UseRecord
from hutan.registry.domain.facts import vintage
from hutan.registry.overviews import AccountLine, TrustRecord
from hutan.registry.queries import HoldingRecord, PlanLineRecord, TransactionRecord
from hutan.web.approvals.transactions import name_of
from hutan.web.components import Cell, Column, Table
from hutan.web.figures import deadline, moment, number
from hutan.web.language import active, bi
from hutan.web.tonnes import range_marked
from hutan.web.words import (
    PLAN_LINES,
    REDUCTION_KINDS,
    TRANSACTION_STATES,
    asset_title,
    badge,
    transaction_title,
)

BLOCKS = 200
"""So many blocks stand on one page; the others are found by their vintage or their number."""


def holdings_table(held: Sequence[HoldingRecord], *, link: str = "") -> Table:
    """Return holdings by vintage: balance, reserved, available, number of blocks."""
    rows = [
        [
            Cell(asset_title(one.asset), _blocks_address(link, one)),
            Cell(number(one.balance)),
            Cell(number(one.reserved)),
            Cell(number(one.available)),
            Cell(number(len(one.blocks))),
        ]
        for one in held
        if one.balance or one.reserved
    ]
    columns = [
        Column(bi("年份", "Vintage")),
        Column(bi("持有（吨）", "Balance (t)"), "figure"),
        Column(bi("占用（吨）", "Reserved (t)"), "figure"),
        Column(bi("可用（吨）", "Available (t)"), "figure"),
        Column(bi("号段数", "Blocks"), "figure"),
    ]
    return Table(
        bi("持有情况", "Holdings"),
        columns,
        rows,
        bi(
            "没有持有配额。发放或划入后显示在这里。",
            "No allowances are held. They appear here once issued or transferred.",
        ),
    )


def blocks_beyond(held: Sequence[HoldingRecord], *, wanted: str = "") -> int:
    """Return how many blocks ``blocks_table`` leaves out."""
    blocks = sum(len(one.blocks) for one in held if not wanted or one.asset == wanted)
    return max(0, blocks - BLOCKS)


def blocks_table(held: Sequence[HoldingRecord], *, wanted: str = "") -> Table:
    """Return the first serial blocks of holdings, each leading to the path of its first number."""
    rows: list[list[Cell]] = []
    for one in held:
        year = vintage(one.asset)
        if wanted and one.asset != wanted:
            continue
        for block in one.blocks[: BLOCKS - len(rows)]:
            first = f"{year}-{block.first:011d}"
            frozen = Cell(bi("冻结", "Frozen"), tone="bad")
            rows.append(
                [
                    Cell(
                        range_marked(year, block.first, block.last),
                        reverse("path", args=[first]),
                    ),
                    Cell(number(block.amount)),
                    frozen if block.frozen else Cell(bi("可用", "Free"), tone="good"),
                ]
            )
    columns = [
        Column(bi("号段", "Block")),
        Column(bi("数量（吨）", "Amount (t)"), "figure"),
        Column(bi("状态", "Status")),
    ]
    return Table(bi("配额号段", "Serial blocks"), columns, rows, bi("没有号段。", "No blocks."))


def lines_table(lines: Sequence[PlanLineRecord]) -> Table:
    """Return the plan's lines for a unit: what it is due to get and has got."""
    rows = [
        [
            Cell(f"{line.year} {PLAN_LINES[line.kind]}"),
            Cell(number(line.amount)),
            Cell(number(line.issued)),
            Cell(number(line.amount - line.issued)),
        ]
        for line in lines
    ]
    columns = [
        Column(bi("方案条目", "Plan line")),
        Column(bi("核定（吨）", "Allowed (t)"), "figure"),
        Column(bi("已发放（吨）", "Issued (t)"), "figure"),
        Column(bi("待发放（吨）", "To come (t)"), "figure"),
    ]
    return Table(
        bi("分配方案", "Allocation plan"),
        columns,
        rows,
        bi("方案中没有本单位的条目。", "The plan in force has no line for this unit."),
    )


def uses_table(uses: Sequence[UseRecord]) -> Table:
    """Return what was handed in for a year, in the order of receipt."""
    rows = [
        [
            Cell(
                asset_title(f"allowance:{one.vintage}")
                if one.vintage
                else REDUCTION_KINDS[one.kind],
                reverse("act", args=[one.act]),
            ),
            Cell(number(one.quantity)),
            Cell(one.proof or "—"),
            Cell(deadline(one.received_at, active())),
            Cell(bi("已冲正", "Undone"), tone="neutral")
            if one.undone_at
            else Cell(bi("计入", "Counts"), tone="good"),
        ]
        for one in uses
    ]
    columns = [
        Column(bi("种类", "Kind")),
        Column(bi("数量（吨）", "Amount (t)"), "figure"),
        Column(bi("证明编号", "Proof")),
        Column(bi("清缴时刻", "Received")),
        Column(bi("状态", "Status")),
    ]
    return Table(
        bi("清缴记录", "Handed in"),
        columns,
        rows,
        bi("本年度还没有清缴。", "Nothing has been handed in for this year yet."),
    )


def waiting_table(waiting: Sequence[TransactionRecord], own: Collection[str]) -> Table:
    """Return transfers that wait, soonest first; each leads to its page with the stop button."""
    rows = [
        [
            Cell(transaction_title(one.type), reverse("transaction", args=[one.id])),
            Cell(_signed(one, own)),
            Cell(one.receiver if one.giver in own else one.giver),
            Cell(_executes(one)),
        ]
        for one in waiting
    ]
    columns = [
        Column(bi("业务", "Transaction")),
        Column(bi("数量（吨）", "Amount (t)"), "figure"),
        Column(bi("对方账户", "Other account")),
        Column(bi("执行时间", "Executes"), "whole"),
    ]
    return Table(
        bi("等待执行的划转", "Transfers that wait"),
        columns,
        rows,
        bi("没有等待执行的划转。", "No transfer waits."),
    )


def history_table(
    found: Sequence[TransactionRecord], own: Collection[str], names: Mapping[str, AccountLine]
) -> Table:
    """Return transactions of an account, newest first, with the other side."""
    rows = []
    for one in found:
        other = one.receiver if one.giver in own else one.giver
        line = names.get(other)
        rows.append(
            [
                Cell(transaction_title(one.type), reverse("transaction", args=[one.id])),
                Cell(moment(one.executed_at or one.approved_at, active())),
                Cell(name_of(line, other) or "—"),
                Cell(_signed(one, own)),
                badge(TRANSACTION_STATES, one.state),
            ]
        )
    columns = [
        Column(bi("业务", "Transaction")),
        Column(bi("时间", "When"), "whole"),
        Column(bi("对方", "Other side")),
        Column(bi("数量（吨）", "Amount (t)"), "figure"),
        Column(bi("状态", "Status")),
    ]
    return Table(
        bi("历史业务", "History"),
        columns,
        rows,
        bi("该账户还没有业务。", "This account has no transactions yet."),
    )


def trusted_table(trusted: Sequence[TrustRecord], at: datetime) -> Table:
    """Return a trusted list; what is not in effect yet says from when on it is."""
    rows = [
        [
            Cell(one.trusted),
            Cell(one.name),
            Cell(bi("已生效", "In effect"), tone="good")
            if one.effective_at <= at
            else Cell(
                bi(
                    f"{deadline(one.effective_at, active())} 生效",
                    f"from {deadline(one.effective_at, active())}",
                ),
                tone="waiting",
            ),
        ]
        for one in trusted
    ]
    columns = [
        Column(bi("账户", "Account")),
        Column(bi("持有人", "Holder")),
        Column(bi("状态", "Status")),
    ]
    return Table(
        bi("信任名单", "Trusted list"),
        columns,
        rows,
        bi("名单为空：向任何账户划转都须等待。", "It is empty: every transfer waits."),
    )


def _signed(one: TransactionRecord, own: Collection[str]) -> str:
    if not one.receiver or one.giver == one.receiver:
        return number(one.amount)
    return number(-one.amount) if one.giver in own else f"+{number(one.amount)}"


def _executes(one: TransactionRecord) -> str:
    at: datetime | None = one.execute_at
    return "—" if at is None else deadline(at, active())


def _blocks_address(account: str, one: HoldingRecord) -> str:
    return f"{reverse('account', args=[account])}?asset={one.asset}#blocks" if account else ""
