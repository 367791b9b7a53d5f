"""Debts: units to be taken back that the account no longer had. Later receipts repay them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F

from hutan.kernel.ids import derive_id
from hutan.parties.planned import planned
from hutan.registry.domain.facts import Item, Order
from hutan.registry.domain.outcomes import Done
from hutan.registry.models import Debt


def owe(*, id: UUID, account: str, asset: str, amount: int, cause: str, at: datetime) -> None:
    """Enter a debt; the same id is entered once."""
    Debt.objects.bulk_create(
        [Debt(id=id, account_id=account, asset=asset, amount=amount, cause=cause, since=at)],
        ignore_conflicts=True,
    )


def owed(account: str) -> int:
    """Return what an account still owes, in tonnes over all assets."""
    rows = Debt.objects.filter(account_id=account).values_list("amount", "repaid")
    return sum(amount - repaid for amount, repaid in rows)


def debtors(accounts: Sequence[str]) -> set[tuple[str, str]]:
    """Return the (account, asset) pairs among ``accounts`` that still owe something."""
    found = planned(
        "SELECT DISTINCT account_id, asset FROM registry_debt"
        " WHERE account_id = ANY(%s) AND repaid < amount",
        [list(accounts)],
    )
    return {(account, asset) for account, asset in found}


def repayments(done: Sequence[Done], *, total: str) -> list[Order]:
    """Return the orders by which what was just received repays debts, oldest first.

    The debts are marked repaid here; the caller carries the orders out in the same transaction.
    """
    if not done:
        return []
    received: dict[tuple[str, str], int] = {}
    cause: dict[tuple[str, str], UUID] = {}
    for one in done:
        for moved in one.moved:
            place = (moved.receiver, moved.asset)
            received[place] = received.get(place, 0) + moved.amount
            cause[place] = one.order.id
    # Hardly anybody owes anything: one plain question saves most receivers the rest.
    owing = {account for account, _ in debtors(sorted({account for account, _ in received}))}
    orders: list[Order] = []
    if not owing:
        return orders
    for debt in Debt.objects.filter(account_id__in=owing, repaid__lt=F("amount")).order_by(
        "since", "id"
    ):
        place = (debt.account_id, debt.asset)
        amount = min(received.get(place, 0), debt.amount - debt.repaid)
        if amount == 0:
            continue
        received[place] -= amount
        debt.repaid += amount
        debt.save(update_fields=["repaid"])
        orders.append(
            Order(
                id=derive_id(cause[place], "repay", str(debt.id)),
                type="return_excess",
                giver=debt.account_id,
                receiver=total,
                items=(Item(debt.asset, amount),),
                note=f"debt {debt.id}",
            )
        )
    return orders
