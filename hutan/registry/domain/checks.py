"""The numbered checks, in the one order in which they always run.

Each check looks at one order against the facts and returns a refusal or nothing. The number of a
check is the number of its refusal. The catalogue says which checks a type of transaction has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache

from hutan.kernel.moments import canonical
from hutan.kernel.refusals import Fact, Refusal, said
from hutan.registry import refusals as no
from hutan.registry.domain.catalogue import TransactionType
from hutan.registry.domain.facts import Facts, Item, Order, asset_kind, vintage

Check = Callable[[Order, TransactionType, Facts, datetime], Refusal | None]


STANDING = frozenset(
    {
        "giver_known",
        "receiver_known",
        "giver_open",
        "receiver_open",
        "giver_frozen",
        "receiver_frozen",
        "block",
    }
)
"""What is checked again when a transfer that waited executes.

The amount it moves is set aside, but not the numbers it may have named: those may be gone.
"""


def refusals_of(
    order: Order,
    kind: TransactionType,
    facts: Facts,
    at: datetime,
    *,
    only: frozenset[str] | None = None,
) -> Iterator[Refusal]:
    """Yield what stands against ``order``, in the order of the checks, or of ``only`` some.

    A check that needs an account which does not exist is passed over: its absence is refused.
    """
    giver, receiver = order.giver in facts.accounts, order.receiver in facts.accounts
    there = {"none": True, "giver": giver, "receiver": receiver}
    there["both"] = giver and (receiver or not kind.moves)
    for check, needed in _checks_of(kind.checks, only):
        if there[needed]:
            refusal = check(order, kind, facts, at)
            if refusal is not None:
                yield refusal


@cache
def _checks_of(
    checks: frozenset[str], only: frozenset[str] | None
) -> tuple[tuple[Check, str], ...]:
    """Return the checks of a type in their order, each with the accounts that it needs."""
    return tuple(
        (check, _needed(name))
        for name, check in CHECKS.items()
        if name in checks and (only is None or name in only)
    )


def _needed(name: str) -> str:
    if name in ("giver_known", "receiver_known", "amount", "asset_kind", "line", "part"):
        return "none"
    if name.startswith("giver") or name in ("available", "block", "own_limit", "day_limit"):
        return "giver"
    return "receiver" if name.startswith("receiver") else "both"


def _giver_known(order: Order, kind: TransactionType, facts: Facts, at: datetime) -> Refusal | None:
    return None if order.giver in facts.accounts else no.GiverUnknown(account=order.giver)


def _receiver_known(
    order: Order, kind: TransactionType, facts: Facts, at: datetime
) -> Refusal | None:
    return None if order.receiver in facts.accounts else no.ReceiverUnknown(account=order.receiver)


def _giver_kind(order: Order, kind: TransactionType, facts: Facts, at: datetime) -> Refusal | None:
    account = facts.accounts[order.giver]
    if account.kind in kind.givers:
        return None
    return no.GiverKindWrong(type=said(kind.zh, kind.en), account=order.giver, kind=account.kind)


def _receiver_kind(
    order: Order, kind: TransactionType, facts: Facts, at: datetime
) -> Refusal | None:
    account = facts.accounts[order.receiver]
    if account.kind in kind.receivers:
        return None
    return no.ReceiverKindWrong(
        type=said(kind.zh, kind.en), account=order.receiver, kind=account.kind
    )


def _holders(order: Order, kind: TransactionType, facts: Facts, at: datetime) -> Refusal | None:
    giver, receiver = facts.accounts[order.giver], facts.accounts[order.receiver]
    same = giver.holder is not None and giver.holder == receiver.holder
    reason: Fact = ""
    if order.giver == order.receiver:
        reason = said("同一账户", "one and the same account")
    elif kind.different_holders and same:
        reason = said("同一持有人", "one holder")
    if not reason:
        return None
    return no.HoldersWrong(
        type=said(kind.zh, kind.en), giver=order.giver, receiver=order.receiver, reason=reason
    )


def _giver_open(order: Order, kind: TransactionType, facts: Facts, at: datetime) -> Refusal | None:
    account = facts.accounts[order.giver]
    if account.status == "open":
        return None
    return no.GiverNotOpen(account=order.giver, status=account.status)


def _receiver_open(
    order: Order, kind: TransactionType, facts: Facts, at: datetime
) -> Refusal | None:
    account = facts.accounts[order.receiver]
    if account.status == "open":
        return None
    return no.ReceiverNotOpen(account=order.receiver, status=account.status)


def _giver_frozen(
    order: Order, kind: TransactionType, facts: Facts, at: datetime
) -> Refusal | None:
    order_number = facts.accounts[order.giver].frozen_by
    return no.GiverFrozen(account=order.giver, order=order_number) if order_number else None


def _receiver_frozen(
    order: Order, kind: TransactionType, facts: Facts, at: datetime
) -> Refusal | None:
    order_number = facts.accounts[order.receiver].frozen_by
    return no.ReceiverFrozen(account=order.receiver, order=order_number) if order_number else None


def _asset_kind(order: Order, kind: TransactionType, facts: Facts, at: datetime) -> Refusal | None:
    for item in order.items:
        if asset_kind(item.asset) not in kind.assets or not vintage(item.asset):
            return no.AssetKindWrong(type=said(kind.zh, kind.en), asset=item.asset)
    return None


def _amount(order: Order, kind: TransactionType, facts: Facts, at: datetime) -> Refusal | None:
    if not order.items:
        return no.AmountWrong(amount=0)
    for item in order.items:
        wrong_range = (item.first is None) != (item.last is None)
        if item.first is not None and item.last is not None:
            wrong_range = item.last - item.first + 1 != item.amount or item.first < 1
        if item.amount < 1 or wrong_range:
            return no.AmountWrong(amount=item.amount)
    return None


def _available(order: Order, kind: TransactionType, facts: Facts, at: datetime) -> Refusal | None:
    if facts.accounts[order.giver].kind == "issuance":
        return None
    for asset, wanted in _by_asset(order).items():
        holding = facts.holding(order.giver, asset)
        if holding.available < wanted:
            return no.NotAvailable(
                account=order.giver,
                asset=asset,
                available=holding.available,
                amount=wanted,
                balance=holding.balance,
                reserved=holding.reserved,
            )
    return None


def _block(order: Order, kind: TransactionType, facts: Facts, at: datetime) -> Refusal | None:
    named: dict[str, int] = {}
    for item in sorted(order.items, key=lambda one: one.first or 0):
        if item.first is None or item.last is None:
            continue
        # No number goes twice in one order.
        if item.first <= named.get(item.asset, 0):
            return no.BlockNotHeld(first=item.first, last=item.last, account=order.giver)
        named[item.asset] = item.last
        held = facts.holding(order.giver, item.asset).blocks
        free = sum(
            min(item.last, block.last) - max(item.first, block.first) + 1
            for block in held.blocks
            if not block.frozen and block.first <= item.last and item.first <= block.last
        )
        if free != item.amount:
            return no.BlockNotHeld(first=item.first, last=item.last, account=order.giver)
    return None


def _ceiling(order: Order, kind: TransactionType, facts: Facts, at: datetime) -> Refusal | None:
    if facts.trusted(order.giver, order.receiver) or order.amount <= facts.ceiling:
        return None
    return no.OverCeiling(amount=order.amount, ceiling=facts.ceiling)


def _own_limit(order: Order, kind: TransactionType, facts: Facts, at: datetime) -> Refusal | None:
    limit = facts.accounts[order.giver].limit_per_transfer
    if limit is None or order.amount <= limit:
        return None
    return no.OverOwnLimit(amount=order.amount, account=order.giver, limit=limit)


def _day_limit(order: Order, kind: TransactionType, facts: Facts, at: datetime) -> Refusal | None:
    account = facts.accounts[order.giver]
    if account.limit_per_day is None:
        return None
    if account.moved_today + order.amount <= account.limit_per_day:
        return None
    return no.OverDayLimit(
        account=order.giver,
        moved=account.moved_today,
        amount=order.amount,
        limit=account.limit_per_day,
    )


def _line(order: Order, kind: TransactionType, facts: Facts, at: datetime) -> Refusal | None:
    line = facts.lines.get(order.plan_line)
    fits = (
        line is not None
        and line.in_force
        and line.kind in kind.plan_line
        and line.account in ("", order.receiver)
        and all(vintage(item.asset) == line.year for item in order.items)
    )
    if line is None or not fits:
        return no.LineUnknown(type=said(kind.zh, kind.en), line=order.plan_line or "—")
    if line.issued + order.amount > line.amount:
        return no.BeyondLine(
            line=line.id, amount=line.amount, issued=line.issued, wanted=order.amount
        )
    return None


def _part(order: Order, kind: TransactionType, facts: Facts, at: datetime) -> Refusal | None:
    for item in order.items:
        year, part = vintage(item.asset), order.plan_line
        known = facts.parts.get((year, part))
        if known is None or known.created + item.amount > known.amount:
            return no.BeyondPart(
                year=year,
                part=part,
                amount=known.amount if known else 0,
                used=known.created if known else 0,
                wanted=item.amount,
            )
    return None


def _reversal(order: Order, kind: TransactionType, facts: Facts, at: datetime) -> Refusal | None:
    subject = facts.subjects.get(order.reverses) if order.reverses else None
    reason: Fact = ""
    if subject is None:
        reason = said("没有该业务", "there is no such transaction")
    elif subject.state != "executed":
        reason = said("未执行", "it has not executed")
    elif subject.window_ends is None:
        reason = said("该类业务不可冲正", "its type allows none")
    elif subject.reversed:
        reason = said("已冲正", "it has been reversed")
    elif (line := facts.lines.get(subject.plan_line)) is not None and not line.in_force:
        reason = said("方案已调整，已计入新方案", "a later plan counts it already")
    elif at >= subject.window_ends:
        reason = said(f"期限已过 {canonical(subject.window_ends)}", "the window has passed")
    elif (subject.receiver, subject.giver, _totals(subject.items)) != (
        order.giver,
        order.receiver,
        _totals(order.items),
    ):
        reason = said("内容不一致", "it is not the same content turned round")
    if not reason:
        return None
    return no.NotReversible(transaction=str(order.reverses or ""), reason=reason)


CHECKS: dict[str, Check] = {
    "giver_known": _giver_known,
    "receiver_known": _receiver_known,
    "giver_kind": _giver_kind,
    "receiver_kind": _receiver_kind,
    "holders": _holders,
    "giver_open": _giver_open,
    "receiver_open": _receiver_open,
    "giver_frozen": _giver_frozen,
    "receiver_frozen": _receiver_frozen,
    "asset_kind": _asset_kind,
    "amount": _amount,
    "available": _available,
    "block": _block,
    "ceiling": _ceiling,
    "own_limit": _own_limit,
    "day_limit": _day_limit,
    "line": _line,
    "part": _part,
    "reversal": _reversal,
}
"""Every check by name, in order. A new one is entered at the place of its refusal's number."""


def accept(order: Order, kind: TransactionType, facts: Facts) -> None:
    """Carry an accepted order's effect into the facts, so that the next one meets it."""
    for item in order.items if kind.moves else ():
        facts.holding(order.giver, item.asset).balance -= item.amount
        facts.holding(order.receiver, item.asset).balance += item.amount
    facts.accounts[order.giver].moved_today += order.amount
    if kind.plan_line:
        facts.lines[order.plan_line].issued += order.amount
    if "part" in kind.checks:
        for item in order.items:
            facts.parts[(vintage(item.asset), order.plan_line)].created += item.amount
    if kind.code == "reverse" and order.reverses is not None:
        undone = facts.subjects.pop(order.reverses)
        if undone.plan_line:
            facts.lines[undone.plan_line].issued -= order.amount


def _by_asset(order: Order) -> dict[str, int]:
    return _totals(order.items)


def _totals(items: tuple[Item, ...]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for item in items:
        wanted[item.asset] = wanted.get(item.asset, 0) + item.amount
    return wanted
