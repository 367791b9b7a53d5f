"""Carrying out transactions: check, post, move blocks, write. One order or twenty thousand.

Everything that moves an allowance goes through here. A batch is decided in order, each order
meeting the effect of those before it, and is done whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hutan.kernel.ids import derive_id
from hutan.kernel.refusals import Refusal, refuse
from hutan.ledger.services import (
    Instruction,
    Post,
    Reserve,
    Transfer,
    Void,
    all_posted,
    post,
    post_one,
)
from hutan.registry import refusals as no
from hutan.registry.domain.catalogue import catalogue
from hutan.registry.domain.checks import STANDING, accept, refusals_of
from hutan.registry.domain.facts import (
    GOVERNMENT,
    Facts,
    Item,
    Order,
    ReversalSubject,
    vintage,
)
from hutan.registry.domain.numbers import account_number
from hutan.registry.domain.outcomes import Done, Moved
from hutan.registry.services import rows
from hutan.registry.services.debts import repayments
from hutan.registry.services.facts import load
from hutan.registry.services.grounds import of_reversal, of_transfer
from hutan.registry.services.holdings import lock_holdings
from hutan.rules.delays import transfer_execution
from hutan.rules.parameters import rulebook

GOVERNMENT_ACCOUNTS: Mapping[str, str] = {
    kind: account_number(kind, 1) for kind in sorted(GOVERNMENT)
}
"""The number of each government account: there is one of a kind."""


def preview(orders: Sequence[Order], at: datetime) -> list[list[Refusal]]:
    """Return for each order what would refuse it now, each list in the order of the checks.

    Nothing is written but holdings that do not exist yet, which are empty.
    """
    facts, _ = _facts(orders, at)
    return _decide(orders, facts, at)


def carry_out(
    orders: Sequence[Order],
    *,
    at: datetime,
    proposed_at: datetime,
    proposal: UUID,
) -> list[Done]:
    """Carry out a batch in the caller's database transaction, whole or not at all.

    Raises everything that refuses any of the orders. A transfer to a receiver that is not trusted
    is reserved and waits. What a debtor receives repays its debt in further orders, which are
    returned after the others. The caller writes the leaf.
    """
    facts, held = _facts(orders, at)
    subjects = dict(facts.subjects)
    refuse(one for found in _decide(orders, facts, at) for one in found)
    done = {order.id: _accepted(order, facts, subjects, at) for order in orders}
    reserve([one.order for one in done.values() if one.state == "waiting"], at)
    moving = [
        one.order
        for one in done.values()
        if one.state == "executed" and catalogue()[one.order.type].moves
    ]
    done |= {
        one.order.id: replace(one, grounds=done[one.order.id].grounds)
        for one in move(moving, at, held=held)
    }
    result = [done[order.id] for order in orders]
    rows.write_transactions(result, proposed_at=proposed_at, at=at, proposal=proposal)
    return result + repay(result, at, proposal)


def move(
    orders: Sequence[Order],
    at: datetime,
    *,
    reserved: bool = False,
    held: Mapping[tuple[str, str], int] | None = None,
) -> list[Done]:
    """Post accepted orders in the ledger and move their blocks; count them against the plan.

    ``reserved``: what they move was set aside before, and is posted from there. ``held`` are
    holdings that the caller has locked, theirs among them.
    """
    if not orders:
        return []
    touched = places(orders)
    held = {place: held[place] for place in touched} if held else lock_holdings(touched)
    _post(
        [
            _posting(order, number, item, held, reserved)
            for order in orders
            for number, item in enumerate(order.items)
        ],
        at,
    )
    done = _move_blocks(orders, held)
    rows.write_plan(orders)
    return done


def _post(instructions: Sequence[Instruction], at: datetime) -> None:
    """Post all or raise what is refused; the usual single one by the ledger's shorter way."""
    if len(instructions) == 1:
        all_posted([post_one(instructions[0], at=at)])
    else:
        all_posted(post(instructions, at=at))


def standing_refusals(order: Order, at: datetime) -> list[Refusal]:
    """Return what stands against a waiting order at the moment it would execute."""
    facts = load([order], lock_holdings(places([order])), at)
    return list(refusals_of(order, catalogue()[order.type], facts, at, only=STANDING))


def _posting(
    order: Order, number: int, item: Item, held: Mapping[tuple[str, str], int], reserved: bool
) -> Instruction:
    id = derive_id(order.id, "item", number)
    linked = order.id if len(order.items) > 1 else None
    if reserved:
        return Post(id=id, subject=derive_id(order.id, "reserve", number), linked=linked)
    return Transfer(
        id=id,
        debit=held[order.giver, item.asset],
        credit=held[order.receiver, item.asset],
        amount=item.amount,
        linked=linked,
    )


def reserve(orders: Sequence[Order], at: datetime) -> None:
    """Set aside in the ledger what waiting orders will move."""
    if not orders:
        return
    held = lock_holdings(places(orders))
    _post(
        [
            Reserve(
                id=derive_id(order.id, "reserve", number),
                debit=held[order.giver, item.asset],
                credit=held[order.receiver, item.asset],
                amount=item.amount,
            )
            for order in orders
            for number, item in enumerate(order.items)
        ],
        at,
    )


def release(order: Order, at: datetime) -> None:
    """Free what a waiting order had set aside."""
    all_posted(
        post(
            [
                Void(
                    id=derive_id(order.id, "release", number),
                    subject=derive_id(order.id, "reserve", number),
                )
                for number, _ in enumerate(order.items)
            ],
            at=at,
        )
    )


def _facts(orders: Sequence[Order], at: datetime) -> tuple[Facts, Mapping[tuple[str, str], int]]:
    """Return what the checks need, and the holdings that were locked to read it."""
    known = [order for order in orders if order.type in catalogue()]
    rows.keep_accounts({number for order in known for number in (order.giver, order.receiver)})
    owing = rows.accounts_with_debts({place[0] for place in places(known)})
    touched = {place for place in places(known) if place[0] in owing and vintage(place[1])}
    # The total account is locked beforehand where a debtor may receive: all locks in one order.
    for account in {order.receiver for order in known if catalogue()[order.type].settles_debt}:
        for asset in owing.get(account, ()):
            touched |= {(account, asset), (GOVERNMENT_ACCOUNTS["total"], asset)}
    held = lock_holdings(touched)
    return load(known, held, at), held


def _decide(orders: Sequence[Order], facts: Facts, at: datetime) -> list[list[Refusal]]:
    found: list[list[Refusal]] = []
    for order in orders:
        kind = catalogue().get(order.type)
        if kind is None:
            found.append([no.TypeUnknown(type=order.type)])
            continue
        refusals = list(refusals_of(order, kind, facts, at))
        if not refusals:
            accept(order, kind, facts)
        found.append(refusals)
    return found


def _accepted(
    order: Order, facts: Facts, subjects: Mapping[UUID, ReversalSubject], at: datetime
) -> Done:
    """Return whether an accepted order executes now or waits, and what that rests on."""
    if order.reverses is not None:
        grounds = of_reversal(subjects[order.reverses], book=rulebook())
        return Done(order, "executed", grounds=grounds)
    if catalogue()[order.type].delay == "none":
        return Done(order, "executed")
    trusted, book = facts.trusted(order.giver, order.receiver), rulebook()
    delayed = transfer_execution(at, trusted=trusted, book=book)
    grounds = of_transfer(at, delayed, trusted=trusted, ceiling=facts.ceiling, book=book)
    if delayed.at > at:
        return Done(order, "waiting", (), delayed.at, grounds)
    return Done(order, "executed", grounds=grounds)


def _move_blocks(orders: Sequence[Order], held: Mapping[tuple[str, str], int]) -> list[Done]:
    holdings = rows.Holdings(held)
    done = []
    for order in orders:
        moved = {}
        # Named numbers go first, so that items which take any do not take those.
        for number, item in sorted(enumerate(order.items), key=lambda one: one[1].first is None):
            if order.type == "create":
                blocks = rows.fresh_numbers(vintage(item.asset), item.amount)
            elif item.first is not None and item.last is not None:
                blocks = holdings.at(order.giver, item.asset).take_range(item.first, item.last)
            else:
                blocks = holdings.at(order.giver, item.asset).take(item.amount)
            holdings.at(order.receiver, item.asset).put(blocks)
            moved[number] = Moved(
                transfer=derive_id(order.id, "item", number),
                asset=item.asset,
                giver=order.giver,
                receiver=order.receiver,
                amount=item.amount,
                blocks=tuple(blocks),
            )
        done.append(Done(order, "executed", tuple(moved[number] for number in sorted(moved))))
    holdings.save()
    return done


def set_aside(id: UUID, account: str, asset: str, amount: int, at: datetime) -> None:
    """Reserve an amount for nobody: it stays where it is, unmoved, until it is set free."""
    home = GOVERNMENT_ACCOUNTS["total"]
    held = lock_holdings([(account, asset), (home, asset)])
    debit, credit = held[account, asset], held[home, asset]
    all_posted(post([Reserve(id=id, debit=debit, credit=credit, amount=amount)], at=at))


def set_free(id: UUID, account: str, asset: str, at: datetime) -> None:
    """Free what was set aside under ``id``."""
    lock_holdings([(account, asset)])
    all_posted(post([Void(id=derive_id(id, "free"), subject=id)], at=at))


def repay(done: Sequence[Done], at: datetime, proposal: UUID) -> list[Done]:
    """Let what debtors have just received repay their debts; return the orders that did."""
    received = [one for one in done if one.moved and catalogue()[one.order.type].settles_debt]
    further = repayments(received, total=GOVERNMENT_ACCOUNTS["total"])
    repaid = move(further, at)
    rows.write_transactions(repaid, proposed_at=at, at=at, proposal=proposal)
    return repaid


def places(orders: Iterable[Order]) -> set[tuple[str, str]]:
    """Return every (account, asset) that the orders touch."""
    return {
        (account, item.asset)
        for order in orders
        for item in order.items
        for account in (order.giver, order.receiver)
        if account
    }
