"""Transfers that wait: execute those whose time has come, stop one before it has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from hutan.kernel.canonical import Json
from hutan.kernel.ids import derive_id
from hutan.kernel.moments import day_of
from hutan.parties.domain.approvals import HeldPost
from hutan.parties.queries import actor
from hutan.registry import refusals as no
from hutan.registry.domain.catalogue import catalogue
from hutan.registry.domain.facts import Order
from hutan.registry.domain.outcomes import moved_items
from hutan.registry.models import Transaction
from hutan.registry.services import rows
from hutan.registry.services.engine import move, release, repay, standing_refusals
from hutan.registry.services.facts import items_from
from hutan.transparency.services import record

_STOPPERS = frozenset({"registry_clerk", "registry_approver", "bureau_officer", "bureau_approver"})


def execute_due(*, at: datetime, limit: int = 1000) -> int:
    """Execute the waiting transfers whose time has come; return how many were dealt with.

    Each is its own transaction and leaf. One against which something stands by now (a freeze, a
    closed account) is stopped with that reason, and what it had reserved is free again.
    """
    due = list(
        Transaction.objects.filter(state="waiting", execute_at__lte=at)
        .order_by("execute_at", "id")
        .values_list("id", flat=True)[:limit]
    )
    return sum(_execute(id, at) for id in due)


@transaction.atomic
def stop(*, id: UUID, by: UUID, reason: str, at: datetime) -> None:
    """Stop a waiting transfer: either holder, the registry agency or the bureau may.

    Raises ``NotWaiting`` once it has executed or been stopped, and ``MayNotStop``.
    """
    row = _locked(id)
    if row is None or row.state != "waiting" or (row.execute_at and at >= row.execute_at):
        state = row.state if row and row.state != "waiting" else "due"
        raise no.NotWaiting(transaction=str(id), state=state if row else "unknown")
    stopper = actor(by, day_of(at))
    holders = {row.giver.holder_id, row.receiver.holder_id if row.receiver else None}
    if not may_stop(stopper.posts, holders - {None}):
        raise no.MayNotStop(transaction=str(id))
    _end(row, f"{reason}", at, {"by": str(stopper.person)})


def may_stop(posts: Collection[HeldPost], holders: Collection[UUID | None]) -> bool:
    """Tell whether somebody with these posts may stop a transfer between these holders."""
    return any(
        post.role in _STOPPERS or (post.organisation in holders and _acts_for_accounts(post.role))
        for post in posts
    )


@transaction.atomic
def _execute(id: UUID, at: datetime) -> int:
    row = _locked(id)
    if row is None or row.state != "waiting":
        return 0
    order = _order(row)
    if standing := standing_refusals(order, at):
        _end(row, str(standing[0]), at, {"refused": [one.to_record() for one in standing]})
        return 1
    done = move([order], at, reserved=True)
    row.state, row.executed_at = "executed", at
    row.items = moved_items(done[0])
    row.save(update_fields=["state", "executed_at", "items"])
    rows.write_paths(done, at)
    repaid = repay(done, at, row.proposal_id)
    record(
        act=derive_id(id, "execute"),
        kind="registry.transaction",
        at=at,
        body={"transactions": [one.to_record() for one in [*done, *repaid]]},
        subjects=[order.giver, order.receiver],
    )
    return 1


def _end(row: Transaction, reason: str, at: datetime, facts: Mapping[str, Json]) -> None:
    order = _order(row)
    release(order, at)
    row.state, row.stopped_at, row.stop_reason = "stopped", at, reason[:400]
    row.save(update_fields=["state", "stopped_at", "stop_reason"])
    record(
        act=derive_id(row.id, "stop"),
        kind="registry.stop",
        at=at,
        body={"transaction": str(row.id), "reason": reason, **facts},
        subjects=[order.giver, order.receiver],
    )


def _locked(id: UUID) -> Transaction | None:
    return (
        Transaction.objects.select_for_update(of=("self",))
        .select_related("giver", "receiver")
        .filter(id=id)
        .first()
    )


def _acts_for_accounts(role: str) -> bool:
    transfer = catalogue()["transfer"]
    return role in transfer.proposers or role in transfer.approvers


def _order(row: Transaction) -> Order:
    return Order(
        id=row.id,
        type=row.type,
        giver=row.giver_id,
        receiver=row.receiver_id or "",
        items=items_from(row.items),
        plan_line=row.plan_line_id or "",
        note=row.note,
    )
