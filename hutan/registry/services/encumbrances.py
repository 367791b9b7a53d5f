"""Freezes by authority and pledges: what is held but cannot move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from hutan.kernel.canonical import Json, Record
from hutan.kernel.ids import derive_id
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Refusal, refuse
from hutan.parties.acts import ApprovedAct
from hutan.parties.queries import organisation
from hutan.registry import refusals as no
from hutan.registry.domain.facts import Item, Order, vintage
from hutan.registry.models import Account, Freeze, Pledge
from hutan.registry.services import rows
from hutan.registry.services.accounts import locked_account
from hutan.registry.services.engine import carry_out, preview, set_aside, set_free
from hutan.registry.services.holdings import lock_holdings
from hutan.registry.services.transactions import leave_leaf
from hutan.transparency.services import record


@dataclass(frozen=True, slots=True)
class FreezeOrder:
    """What an authority's order stops: an account, an amount of an asset, or a block of it."""

    account: str
    scope: str
    asset: str
    amount: int
    first: int | None
    last: int | None
    authority: str
    order: str


def freeze_from(content: Mapping[str, Json]) -> FreezeOrder:
    """Read an order to freeze from a proposal's content; raise every fault of it."""
    fields = Fields(content)
    scope = fields.choice("scope", {"account", "amount", "block"})
    of_asset = scope in ("amount", "block")
    order = FreezeOrder(
        account=fields.text("account", longest=20).upper(),
        scope=scope,
        asset=fields.text("asset", optional=not of_asset, longest=64),
        amount=fields.integer("amount", least=1) if of_asset else 0,
        first=fields.optional_integer("first", least=1),
        last=fields.optional_integer("last", least=1),
        authority=fields.text("authority", longest=200),
        order=fields.text("order", longest=200),
    )
    fields.done()
    if (scope == "block") != (order.first is not None and order.last is not None):
        raise no.AmountWrong(amount=order.amount)
    return order


def check_freeze(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return what stands against a freeze: no such account, or not so much there to freeze."""
    wanted = freeze_from(content)
    if not rows.existing_accounts([wanted.account]):
        return [no.AccountUnknown(account=wanted.account)]
    return _available(id, wanted, at) if wanted.asset else []


def impose(act: ApprovedAct) -> Record:
    """Freeze what the order says. An amount or block is set aside; an account stops as a whole."""
    wanted = freeze_from(act.content)
    locked_account(wanted.account)
    refuse(check_freeze(act.id, act.content, act.at))
    Freeze.objects.create(
        id=act.id,
        account_id=wanted.account,
        scope=wanted.scope,
        asset=wanted.asset,
        amount=wanted.amount or None,
        first=wanted.first,
        last=wanted.last,
        authority=wanted.authority,
        order=wanted.order,
        imposed_at=act.at,
    )
    if wanted.asset:
        set_aside(derive_id(act.id, "freeze"), wanted.account, wanted.asset, wanted.amount, act.at)
    if wanted.first is not None and wanted.last is not None:
        _mark(wanted.account, wanted.asset, wanted.first, wanted.last, freeze=act.id)
    record(
        act=act.id,
        kind="registry.freeze",
        at=act.at,
        body={"freeze": str(act.id), **asdict(wanted), **act.people()},
        subjects=[wanted.account],
    )
    return {"freeze": str(act.id)}


def check_lifting(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return what stands against lifting a freeze."""
    freeze, _, _ = lifting_from(content)
    known = Freeze.objects.filter(id=freeze, lifted_at__isnull=True).exists()
    return [] if known else [no.FreezeUnknown(freeze=str(freeze))]


def lift(act: ApprovedAct) -> Record:
    """Lift a freeze by an order of the authority that made it."""
    freeze, authority, order = lifting_from(act.content)
    row = Freeze.objects.select_for_update().filter(id=freeze, lifted_at__isnull=True).first()
    if row is None:
        raise no.FreezeUnknown(freeze=str(freeze))
    if row.asset:
        set_free(derive_id(row.id, "freeze"), row.account_id, row.asset, act.at)
    if row.first is not None and row.last is not None:
        _unmark(row)
    row.lifted_at, row.lifted_order = act.at, order
    row.save(update_fields=["lifted_at", "lifted_order"])
    record(
        act=act.id,
        kind="registry.lift",
        at=act.at,
        body={"freeze": str(freeze), "authority": authority, "order": order, **act.people()},
        subjects=[row.account_id],
    )
    return {"freeze": str(freeze)}


def lifting_from(content: Mapping[str, Json]) -> tuple[UUID, str, str]:
    """Read which freeze is lifted, by whom and by which document."""
    fields = Fields(content)
    read = fields.uuid("freeze"), fields.text("authority", longest=200), fields.text("order")
    fields.done()
    return read


def pledge_from(id: UUID, content: Mapping[str, Json]) -> tuple[Order, UUID, str]:
    """Read a pledge: the order, the creditor and the contract."""
    fields = Fields(content)
    giver = fields.text("giver", longest=20).upper()
    item = Item(fields.text("asset", longest=64), fields.integer("amount", least=1))
    creditor, contract = fields.uuid("creditor"), fields.text("contract", longest=200)
    fields.done()
    return Order(id, "pledge", giver, "", (item,)), creditor, contract


def check_pledge(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return what would refuse this pledge now."""
    order, creditor, _ = pledge_from(id, content)
    organisation(creditor)
    return preview([order], at)[0]


def pledge(act: ApprovedAct) -> Record:
    """Set an amount aside for a creditor until it is released (M35.3)."""
    order, creditor, contract = pledge_from(act.id, act.content)
    done = carry_out([order], at=act.at, proposed_at=act.proposed_at, proposal=act.id)
    (item,) = order.items
    set_aside(derive_id(act.id, "pledge"), order.giver, item.asset, item.amount, act.at)
    Pledge.objects.create(
        id=act.id,
        account_id=order.giver,
        creditor_id=creditor,
        asset=item.asset,
        amount=item.amount,
        contract=contract,
        pledged_at=act.at,
    )
    people = {**act.people(), "creditor": str(creditor), "contract": contract}
    leave_leaf(act.id, done, at=act.at, people=people)
    return {"pledge": str(act.id)}


def release_from(content: Mapping[str, Json]) -> UUID:
    """Read which pledge is released."""
    fields = Fields(content)
    id = fields.uuid("pledge")
    fields.done()
    return id


def check_release(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return what stands against a release."""
    subject = release_from(content)
    known = Pledge.objects.filter(id=subject, released_at__isnull=True).exists()
    return [] if known else [no.PledgeUnknown(pledge=str(subject))]


def release(act: ApprovedAct) -> Record:
    """Release a pledge: the amount is free again."""
    subject = release_from(act.content)
    row = Pledge.objects.select_for_update().filter(id=subject, released_at__isnull=True).first()
    if row is None:
        raise no.PledgeUnknown(pledge=str(subject))
    set_free(derive_id(row.id, "pledge"), row.account_id, row.asset, act.at)
    row.released_at = act.at
    row.save(update_fields=["released_at"])
    order = Order(act.id, "release", row.account_id, "", (Item(row.asset, row.amount),))
    done = carry_out([order], at=act.at, proposed_at=act.proposed_at, proposal=act.id)
    leave_leaf(act.id, done, at=act.at, people={**act.people(), "pledge": str(row.id)})
    return {"pledge": str(row.id)}


def creditor_of(content: Mapping[str, Json]) -> UUID | None:
    """Return whose act a release is: the creditor's."""
    return (
        Pledge.objects.filter(id=release_from(content))
        .values_list("creditor_id", flat=True)
        .first()
    )


def _available(id: UUID, wanted: FreezeOrder, at: datetime) -> list[Refusal]:
    item = Item(wanted.asset, wanted.amount, wanted.first, wanted.last)
    probe = Order(id, "freeze", wanted.account, "", (item,))
    return preview([probe], at)[0]


def _mark(account: str, asset: str, first: int, last: int, *, freeze: UUID) -> None:
    held = lock_holdings([(account, asset)])
    holdings = rows.Holdings(held)
    holdings.at(account, asset).take_range(first, last)
    holdings.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_block (holding_id, vintage, first, last, freeze_id)"
            " VALUES (%s, %s, %s, %s, %s)",
            [held[account, asset], vintage(asset), first, last, freeze],
        )


def _unmark(row: Freeze) -> None:
    held = lock_holdings([(row.account_id, row.asset)])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_block SET freeze_id = NULL WHERE freeze_id = %s", [row.id])
    holdings = rows.Holdings(held)
    holdings.at(row.account_id, row.asset).join()
    holdings.save()


def holder_of(number: str) -> UUID | None:
    """Return who holds an account."""
    return Account.objects.filter(number=number).values_list("holder_id", flat=True).first()
