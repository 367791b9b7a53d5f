"""How transactions of the catalogue are shown before they are approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hutan.kernel.working import Working
from hutan.parties.queries import ProposalRecord
from hutan.registry import overviews, queries
from hutan.registry.domain.blocks import Block, Holding
from hutan.registry.domain.catalogue import TransactionType, catalogue
from hutan.registry.domain.facts import GOVERNMENT, vintage
from hutan.registry.overviews import AccountLine
from hutan.registry.queries import HoldingRecord
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.rules.delays import transfer_execution
from hutan.rules.parameters import rulebook
from hutan.web.approvals.shown import Shown
from hutan.web.components import Cell, ChangeLine, Column, Table
from hutan.web.figures import deadline, moment, number
from hutan.web.language import active, bi
from hutan.web.rule_words import said_sentence
from hutan.web.tonnes import balance_line, range_of, ranges_of, tonnes
from hutan.web.words import ACCOUNT_KINDS, asset_title, transaction_title


@dataclass(frozen=True, slots=True)
class Execution:
    """When a transfer approved now would execute, and how that comes about."""

    at: datetime
    trusted: bool
    working: Working

    def waits(self, now: datetime) -> bool:
        """Tell whether it would wait at all."""
        return self.at > now


def name_of(line: AccountLine | None, number_: str) -> str:
    """Write an account with its holder: ``SHUN… 甲厂``."""
    if line is None:
        return number_
    return f"{number_} {line.name or ACCOUNT_KINDS[line.kind]}"


def is_trusted(giver: AccountLine, receiver: AccountLine, at: datetime) -> bool:
    """Tell whether a receiver counts as trusted now, by the registry's own rule."""
    if receiver.kind in GOVERNMENT or (giver.holder and giver.holder == receiver.holder):
        return True
    return any(
        one.trusted == receiver.number and one.effective_at <= at
        for one in overviews.trusted_accounts(giver.number)
    )


def execution(giver: AccountLine, receiver: AccountLine, at: datetime) -> Execution:
    """Return when a transfer between two accounts would execute if it were approved ``at``."""
    trusted = is_trusted(giver, receiver, at)
    delayed = transfer_execution(at, trusted=trusted, book=rulebook())
    return Execution(delayed.at, trusted, delayed.working)


def transaction(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show who gives what to whom, the balances before and after, and when it executes."""
    kind = catalogue()[proposal.kind.partition(".")[2]]
    content = proposal.content
    return _shown(
        kind,
        giver=str(content["giver"]).upper(),
        receiver=str(content.get("receiver", "")).upper(),
        items=list(content["items"]),  # type: ignore[arg-type]  # the services read it so
        plan_line=str(content.get("plan_line", "")),
        note=str(content.get("note", "")),
        pending=proposal.state in ("pending", "returned"),
        at=at,
    )


def reversal(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show the transaction that is turned round, and where its allowances go back to."""
    subject = queries.transaction(UUID(str(proposal.content["reverses"])))
    if subject is None:
        return Shown(transaction_title("reverse"))
    shown = _shown(
        catalogue()["reverse"],
        giver=subject.receiver,
        receiver=subject.giver,
        items=list(subject.items),
        plan_line=subject.plan_line,
        note=str(proposal.content.get("note", "")),
        pending=proposal.state in ("pending", "returned"),
        at=at,
    )
    subject_facts = [
        (bi("冲正的业务", "Transaction to reverse"), transaction_title(subject.type)),
        (bi("业务编号", "Its id"), str(subject.id)),
        (bi("执行时间", "Executed at"), _moment(subject.executed_at)),
    ]
    return Shown(
        title=bi(f"冲正：{shown.title.zh}", f"Reversal: {shown.title.en}"),
        facts=[*subject_facts, *shown.facts],
        changes=shown.changes,
        tables=shown.tables,
    )


def _shown(
    kind: TransactionType,
    *,
    giver: str,
    receiver: str,
    items: list[Mapping[str, Any]],
    plan_line: str,
    note: str,
    pending: bool,
    at: datetime,
) -> Shown:
    lines = overviews.account_lines([giver, receiver])
    amount = sum(int(item["amount"]) for item in items)
    name = transaction_title(kind.code)
    facts: list[tuple[Any, object]] = [
        (bi("转出账户", "From"), name_of(lines.get(giver), giver)),
    ]
    if receiver:
        facts.append((bi("接收账户", "To"), name_of(lines.get(receiver), receiver)))
    if plan_line:
        facts.append((bi("方案条目", "Plan line"), said_sentence(plan_line)))
    if note:
        facts.append((bi("备注", "Note"), note))
    changes, workings = _changes(kind, lines, giver, receiver, items, pending, at)
    return Shown(
        title=bi(f"{name.zh} {number(amount)} 吨", f"{name.en}: {number(amount)} t"),
        facts=facts,
        changes=changes,
        tables=[_items(giver, items, pending)],
        workings=workings,
    )


def _changes(
    kind: TransactionType,
    lines: Mapping[str, AccountLine],
    giver: str,
    receiver: str,
    items: list[Mapping[str, Any]],
    pending: bool,
    at: datetime,
) -> tuple[list[ChangeLine], list[Working]]:
    held = {}
    if pending:
        held = {
            (one.account, one.asset): one for one in queries.balances_of_accounts([giver, receiver])
        }
    # A holder's own act shows no balance of anybody else.
    own = "own" in kind.proposers.values()
    changes: list[ChangeLine] = []
    for asset, amount in _totals(items).items():
        changes.append(_line(lines.get(giver), giver, asset, held, -amount, pending))
        if receiver:
            seen = pending and not own
            changes.append(_line(lines.get(receiver), receiver, asset, held, amount, seen))
    workings = []
    both = lines.get(giver), lines.get(receiver)
    if kind.delay == "by_trust" and pending and both[0] and both[1]:
        when = execution(both[0], both[1], at)
        text = deadline(when.at, active()) if when.waits(at) else str(bi("批准后即时", "At once"))
        changes.append(
            ChangeLine(bi("执行时间（若现在批准）", "Executes, if approved now"), "", text)
        )
        trusted = bi("是", "Yes") if when.trusted else bi("否", "No")
        changes.append(
            ChangeLine(bi("接收账户在信任名单", "Receiver is trusted"), "", str(trusted))
        )
        workings.append(when.working)
    return changes, workings


def _line(
    account: AccountLine | None,
    number_: str,
    asset: str,
    held: Mapping[tuple[str, str], HoldingRecord],
    change: int,
    seen: bool,
) -> ChangeLine:
    whose = name_of(account, number_)
    title = asset_title(asset)
    name = bi(f"{whose}：可用 {title.zh}", f"{whose}: {title.en} available")
    one = held.get((number_, asset))
    before = (one.available if one else 0) if seen else None
    return balance_line(name, before, change)


def _items(giver: str, items: list[Mapping[str, Any]], pending: bool) -> Table:
    blocks = {}
    unnamed = any(item.get("first") is None for item in items)
    if pending and unnamed and giver not in GOVERNMENT_ACCOUNTS.values():
        blocks = {one.asset: list(one.blocks) for one in queries.holdings(giver)}
    rows = []
    for item in items:
        year = vintage(str(item["asset"]))
        if item.get("first") is not None:
            numbers = range_of(year, int(item["first"]), int(item["last"]))
        else:
            numbers = _lowest(year, blocks.get(str(item["asset"]), []), int(item["amount"]))
        rows.append(
            [
                Cell(asset_title(str(item["asset"]))),
                Cell(tonnes(int(item["amount"]))),
                Cell(numbers),
            ]
        )
    return Table(
        bi("配额与号段", "Allowances and numbers"),
        [
            Column(bi("配额", "Allowance")),
            Column(bi("数量", "Amount"), "figure"),
            Column(bi("号段", "Numbers")),
        ],
        rows,
        bi("没有配额。", "No allowances."),
    )


def _lowest(year: int, blocks: list[Block], amount: int) -> str:
    """Return the numbers that would be taken now: the lowest free ones."""
    try:
        return ranges_of(year, Holding(blocks).take(amount))
    except LookupError:
        return str(bi("号小者先", "lowest numbers first"))


def _totals(items: list[Mapping[str, Any]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for item in items:
        asset = str(item["asset"])
        totals[asset] = totals.get(asset, 0) + int(item["amount"])
    return totals


def _moment(at: datetime | None) -> str:
    return "—" if at is None else moment(at, active())
