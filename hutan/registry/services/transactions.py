"""Transactions of the catalogue as acts of two people: read, preview, carry out, leave a leaf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from hutan.kernel.canonical import Json, Record
from hutan.kernel.events import publish
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Refusal, said
from hutan.parties.acts import ApprovedAct, Attempt
from hutan.parties.planned import planned
from hutan.registry.domain.catalogue import TransactionType
from hutan.registry.domain.facts import Item, Order
from hutan.registry.domain.outcomes import Done
from hutan.registry.events import TransactionReversed
from hutan.registry.models import Attempt as AttemptRow
from hutan.registry.models import Transaction
from hutan.registry.refusals import NotReversible
from hutan.registry.services import rows
from hutan.registry.services.engine import carry_out, preview
from hutan.registry.services.facts import items_from
from hutan.transparency.services import record


def order_from(id: UUID, kind: TransactionType, content: Mapping[str, Json]) -> Order:
    """Read an order from a proposal's content; raise every fault of it.

    ``{"giver", "receiver", "items": [{"asset", "amount", "first"?, "last"?}], "plan_line"?,
    "note"?}``; for a reversal ``{"reverses", "note"?}``, the rest follows from what it reverses.
    """
    fields = Fields(content)
    if kind.code == "reverse":
        reverses, note = fields.uuid("reverses"), fields.text("note", optional=True)
        fields.done()
        return reversal_of(id, reverses, note)
    order = Order(
        id=id,
        type=kind.code,
        giver=fields.text("giver", longest=20).upper(),
        receiver=fields.text("receiver", longest=20).upper() if kind.moves else "",
        items=tuple(_item(one) for one in fields.objects("items", most=100)),
        plan_line=fields.text("plan_line", optional=not kind.plan_line),
        note=fields.text("note", optional=True),
    )
    fields.done()
    return order


def reversal_of(id: UUID, reverses: UUID, note: str) -> Order:
    """Return the order that turns a transaction round, number by number."""
    row = Transaction.objects.filter(id=reverses).first()
    if row is None or row.receiver_id is None:
        raise NotReversible(
            transaction=str(reverses), reason=said("没有该业务", "there is no such transaction")
        )
    return Order(
        id=id,
        type="reverse",
        giver=row.receiver_id,
        receiver=row.giver_id,
        items=items_from(row.items),
        reverses=reverses,
        note=note,
    )


def concerns(kind: TransactionType, content: Mapping[str, Json]) -> UUID | None:
    """Return the holder of the giving account: whose act it is."""
    if kind.code == "reverse":
        return None
    number = str(content.get("giver")).strip().upper()
    found = planned("SELECT holder_id FROM registry_account WHERE number = %s", [number])
    return found[0][0] if found else None


def check(
    kind: TransactionType, id: UUID, content: Mapping[str, Json], at: datetime
) -> list[Refusal]:
    """Return what would refuse this transaction now, in the order of the checks."""
    return preview([order_from(id, kind, content)], at)[0]


def execute(kind: TransactionType, act: ApprovedAct) -> Record:
    """Carry an approved transaction out, or let it wait; one leaf."""
    order = order_from(act.id, kind, act.content)
    done = carry_out([order], at=act.at, proposed_at=act.proposed_at, proposal=act.id)
    if order.reverses is not None:
        rows.undo_plan(order.reverses, order.amount)
        subject = Transaction.objects.get(id=order.reverses)
        publish(
            TransactionReversed(
                act=act.id, at=act.at, transaction=order.reverses, type=subject.type
            )
        )
    leave_leaf(act.id, done, at=act.at, people=act.people())
    return done[0].to_record()


def leave_leaf(
    act: UUID,
    done: Sequence[Done],
    *,
    at: datetime,
    people: Mapping[str, Json],
    bulk: bool = False,
) -> None:
    """Write the one leaf of an act that carried out transactions.

    In bulk the leaf holds the root over the transactions, and each of them can be proved.
    """
    subjects = {number for one in done for number in (one.order.giver, one.order.receiver)}
    records = [one.to_record() for one in done]
    record(
        act=act,
        kind="registry.transaction",
        at=at,
        body={**people, "transactions": [] if bulk else records},
        movements=records if bulk else (),
        subjects=sorted(subjects - {""}),
    )


def keep_attempt(attempt: Attempt) -> None:
    """Keep an attempt that was refused (M13): who tried what, when, and why not."""
    refused: list[Json] = [one.to_record() for one in attempt.refusals]
    AttemptRow.objects.create(
        act=attempt.id,
        kind=attempt.kind,
        content=attempt.content,
        refused=refused,
        by=attempt.by,
        at=attempt.at,
    )


def _item(fields: Fields) -> Item:
    return Item(
        asset=fields.text("asset", longest=64),
        amount=fields.integer("amount", least=1),
        first=fields.optional_integer("first", least=1),
        last=fields.optional_integer("last", least=1),
    )
