"""How plans, the issue of their lines, mergers and splits are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from hutan.kernel.canonical import Json
from hutan.parties.queries import ProposalRecord
from hutan.registry import overviews, queries
from hutan.registry.domain.successions import WHOLE
from hutan.registry.overviews import AccountLine
from hutan.registry.queries import PlanLineRecord
from hutan.web.approvals.shown import Shown
from hutan.web.approvals.transactions import name_of
from hutan.web.components import Cell, ChangeLine, Column, Table
from hutan.web.figures import number, share
from hutan.web.language import Bilingual, bi
from hutan.web.tonnes import tonnes
from hutan.web.words import PLAN_LINES, act_title, asset_title

SHOWN_LINES = 200
"""So many lines of a plan stand on its page; the others are counted, and all are in its content."""


def plan(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show total, parts and sums of the lines beside the version in force."""
    content = proposal.content
    year, lines = int(str(content["year"])), _objects(content, "lines")
    pending = proposal.state in ("pending", "returned")
    old = overviews.plan(year) if pending else None
    pairs = [
        (bi("总量", "Total"), old.total if old else None, "total"),
        (bi("直接发放", "Direct part"), old.direct if old else None, "direct"),
        (bi("储备", "Reserve part"), old.reserve if old else None, "reserve"),
    ]
    changes = [
        ChangeLine(name, "" if before is None else tonnes(before), tonnes(_whole(content, field)))
        for name, before, field in pairs
    ]
    changes.append(
        ChangeLine(
            bi("条目", "Lines"),
            _count(old.lines, old.line_amount) if old else "",
            _count(len(lines), sum(_whole(line, "amount") for line in lines)),
        )
    )
    provisional = bool(content.get("provisional"))
    kind = bi("预分配方案", "Provisional") if provisional else bi("正式方案", "Final")
    version = bi(f"第 {old.version} 版", f"version {old.version}") if old else bi("无", "none")
    in_force = [(bi("现行方案", "In force"), version)] if pending else []
    return Shown(
        title=bi(f"{year} 年度分配方案入库", f"Plan of {year} into force"),
        facts=[
            (bi("方案种类", "Kind"), kind),
            (bi("文件", "Document"), content["document"]),
            *in_force,
        ],
        changes=changes,
        tables=[
            *([_differences(queries.open_lines(year), lines)] if old else []),
            _sums(lines),
            _lines(lines),
        ],
    )


def issue(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show every account that receives, and how much; the approval is bound to these amounts."""
    year, kind = int(str(proposal.content["year"])), str(proposal.content["kind"])
    pending = proposal.state in ("pending", "returned")
    left = (
        [
            line
            for line in queries.open_lines(year)
            if line.kind == kind and line.issued < line.amount
        ]
        if pending
        else []
    )
    amount = sum(line.amount - line.issued for line in left)
    lines = overviews.account_lines([line.account for line in left][:SHOWN_LINES])
    rows = [
        [
            Cell(name_of(lines.get(line.account), line.account)),
            Cell(line.id),
            Cell(tonnes(line.amount - line.issued)),
        ]
        for line in left[:SHOWN_LINES]
    ]
    columns = [
        Column(bi("账户", "Account")),
        Column(bi("方案条目", "Plan line")),
        Column(bi("发放", "Issued"), "figure"),
    ]
    outcome = proposal.outcome or {}
    after = (
        _count(len(left), amount)
        if pending
        else _count(int(str(outcome.get("transactions", 0))), int(str(outcome.get("amount", 0))))
    )
    effect: list[Json] = [[line.id, line.amount - line.issued] for line in left]
    return Shown(
        title=bi(
            f"{year} 年度按条目发放：{PLAN_LINES[kind].zh}",
            f"Issue of lines of {year}: {PLAN_LINES[kind].en}",
        ),
        changes=[ChangeLine(bi("发放", "Issued"), "", after)],
        tables=[
            Table(
                bi("将发放", "To be issued"),
                columns,
                rows,
                bi("条目已全部发放。", "Everything on these lines is issued."),
            )
        ]
        if pending
        else [],
        effect=effect if pending else None,
    )


def merger(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show everything that passes to the successor."""
    content = proposal.content
    predecessors = [str(one["account"]).upper() for one in _objects(content, "predecessors")]
    successor = str(content["successor"]).upper()
    lines = overviews.account_lines([*predecessors, successor])
    held = queries.balances_of_accounts([*predecessors, successor])
    pending = proposal.state in ("pending", "returned")
    changes = []
    for asset in sorted({one.asset for one in held if one.balance}):
        now = sum(one.balance for one in held if (one.account, one.asset) == (successor, asset))
        come = sum(one.balance for one in held if one.asset == asset) - now
        if come and pending:
            name = _of(asset_title(asset), lines.get(successor), successor)
            changes.append(ChangeLine(name, tonnes(now), tonnes(now + come)))
    changes += [
        ChangeLine(
            _closed(lines.get(one), one), str(bi("正常", "open")), str(bi("已销户", "closed"))
        )
        for one in predecessors
    ]
    effect: list[Json] = [[one.account, one.asset, one.balance] for one in held]
    return Shown(
        act_title(proposal.kind),
        facts=[
            (
                bi("被合并方", "Merged"),
                "、".join(name_of(lines.get(one), one) for one in predecessors),
            ),
            (bi("承接方", "Successor"), name_of(lines.get(successor), successor)),
            (bi("文件", "Document"), content["document"]),
        ],
        changes=changes,
        notes=[_PASSES_ON],
        effect=effect if pending else None,
    )


def split(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show each successor's share, and that the shares are the whole."""
    content = proposal.content
    predecessor = str(content["predecessor"]).upper()
    shares = _objects(content, "shares")
    accounts = [str(one["account"]).upper() for one in shares]
    lines = overviews.account_lines([predecessor, *accounts])
    assets = sorted({str(item["asset"]) for one in shares for item in one.get("items") or []})
    columns = [
        Column(bi("承接账户", "Successor")),
        *(Column(asset_title(asset), "figure") for asset in assets),
        Column(bi("义务份额", "Duties"), "figure"),
        Column(bi("排放设施", "Facilities")),
    ]
    rows = [
        [
            Cell(name_of(lines.get(number_), number_)),
            *(Cell(tonnes(_amount(one, asset))) for asset in assets),
            Cell(share(Decimal(int(one["duties"])) / WHOLE)),
            Cell("、".join(str(each["name"]) for each in one.get("facilities") or [])),
        ]
        for number_, one in zip(accounts, shares, strict=True)
    ]
    changes = [
        ChangeLine(
            _of(asset_title(asset), lines.get(predecessor), predecessor),
            tonnes(sum(_amount(one, asset) for one in shares)),
            tonnes(
                sum(
                    _amount(one, asset)
                    for one, number_ in zip(shares, accounts, strict=True)
                    if number_ == predecessor
                )
            ),
        )
        for asset in assets
    ]
    if predecessor not in accounts:
        changes.append(
            ChangeLine(
                _closed(lines.get(predecessor), predecessor),
                str(bi("正常", "open")),
                str(bi("已销户", "closed")),
            )
        )
    return Shown(
        act_title(proposal.kind),
        facts=[
            (bi("分立方", "Divided"), name_of(lines.get(predecessor), predecessor)),
            (bi("文件", "Document"), content["document"]),
        ],
        changes=changes,
        tables=[Table(bi("承接份额", "Shares"), columns, rows, bi("没有份额。", "No shares."))],
        notes=[_PASSES_ON],
    )


_PASSES_ON = bi(
    "义务、方案条目余额和历史一并承接。",
    "Duties, what is left on plan lines, and the history pass on with it.",
)


def _objects(content: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    return list(content.get(name) or [])


def _whole(content: Mapping[str, Any], name: str) -> int:
    return int(content.get(name) or 0)


def _amount(one: Mapping[str, Any], asset: str) -> int:
    return sum(int(item["amount"]) for item in one.get("items") or [] if item["asset"] == asset)


def _count(lines: int, amount: int) -> str:
    return str(
        bi(f"{number(lines)} 条，{tonnes(amount)}", f"{number(lines)} lines, {tonnes(amount)}")
    )


def _of(title: Bilingual, line: AccountLine | None, number_: str) -> Bilingual:
    name = name_of(line, number_)
    return bi(f"{name}：{title.zh}", f"{name}: {title.en}")


def _closed(line: AccountLine | None, number_: str) -> Bilingual:
    name = name_of(line, number_)
    return bi(f"{name}：账户", f"{name}: account")


def _differences(old: Sequence[PlanLineRecord], lines: Sequence[Mapping[str, Any]]) -> Table:
    """Return for whom the plan changes what: accounts and kinds whose sum is another than now."""
    before: dict[tuple[str, str], int] = {}
    after: dict[tuple[str, str], int] = {}
    for line in old:
        place = (line.account, line.kind)
        before[place] = before.get(place, 0) + line.amount
    for one in lines:
        place = (str(one.get("account") or "").upper(), str(one["kind"]))
        after[place] = after.get(place, 0) + _whole(one, "amount")
    changed = sorted(
        place for place in before | after if before.get(place, 0) != after.get(place, 0)
    )
    shown = changed[:SHOWN_LINES]
    known = overviews.account_lines([account for account, _ in shown if account])
    rows = [
        [
            Cell(name_of(known.get(account), account) if account else "—"),
            Cell(PLAN_LINES.get(kind, bi(kind, kind))),
            Cell(tonnes(before.get((account, kind), 0))),
            Cell(tonnes(after.get((account, kind), 0))),
        ]
        for account, kind in shown
    ]
    columns = [
        Column(bi("账户", "Account")),
        Column(bi("种类", "Kind")),
        Column(bi("现在", "Before"), "figure"),
        Column(bi("批准后", "After"), "figure"),
    ]
    more = len(changed) - SHOWN_LINES
    caption = bi("与现行方案不同的条目", "Lines that change")
    if more > 0:
        caption = bi(
            f"与现行方案不同的条目（前 {SHOWN_LINES} 条，另有 {more} 条）",
            f"Lines that change (the first {SHOWN_LINES}; {more} more)",
        )
    return Table(caption, columns, rows, bi("条目与现行方案相同。", "No line changes."))


def _sums(lines: Sequence[Mapping[str, Any]]) -> Table:
    totals: dict[str, list[int]] = {}
    for line in lines:
        totals.setdefault(str(line["kind"]), []).append(_whole(line, "amount"))
    rows = [
        [
            Cell(PLAN_LINES.get(kind, bi(kind, kind))),
            Cell(number(len(amounts))),
            Cell(tonnes(sum(amounts))),
        ]
        for kind, amounts in totals.items()
    ]
    columns = [
        Column(bi("条目种类", "Kind of line")),
        Column(bi("条数", "Lines"), "figure"),
        Column(bi("合计", "Sum"), "figure"),
    ]
    return Table(bi("按种类合计", "Sums by kind"), columns, rows, bi("没有条目。", "No lines."))


def _lines(lines: Sequence[Mapping[str, Any]]) -> Table:
    named = [str(line["account"]).upper() for line in lines[:SHOWN_LINES] if line.get("account")]
    known = overviews.account_lines(named)
    rows = []
    for line in lines[:SHOWN_LINES]:
        number_ = str(line.get("account") or "").upper()
        whose = name_of(known.get(number_), number_) if number_ else "—"
        kind = str(line["kind"])
        rows.append(
            [
                Cell(whose),
                Cell(PLAN_LINES.get(kind, bi(kind, kind))),
                Cell(tonnes(_whole(line, "amount"))),
            ]
        )
    more = len(lines) - SHOWN_LINES
    caption = bi("条目", "Lines")
    if more > 0:
        caption = bi(
            f"条目（前 {SHOWN_LINES} 条，另有 {more} 条）",
            f"Lines (the first {SHOWN_LINES}; {more} more)",
        )
    columns = [
        Column(bi("账户", "Account")),
        Column(bi("种类", "Kind")),
        Column(bi("数量", "Amount"), "figure"),
    ]
    return Table(caption, columns, rows, bi("没有条目。", "No lines."))
