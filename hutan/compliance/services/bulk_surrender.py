"""Surrender for many units by one approved file, where the rules of the year allow it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hutan.compliance import refusals as no
from hutan.compliance.queries import OpenYear, UnitYear, positions, still_short
from hutan.compliance.services.counting import (
    Counted,
    count,
    is_strict,
    publish_met,
    use_rows,
    weigh,
)
from hutan.compliance.services.rows import write_uses
from hutan.compliance.services.years import hold_year, open_year
from hutan.kernel.canonical import Json, Record
from hutan.kernel.ids import derive_id
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Refusal, refuse, said
from hutan.parties.acts import ApprovedAct
from hutan.parties.bulk import FILE, with_rows
from hutan.registry.domain.facts import Item, Order
from hutan.registry.domain.outcomes import Done
from hutan.registry.queries import holders_of
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS, carry_out, preview
from hutan.transparency.services import record


@dataclass(frozen=True, slots=True)
class Row:
    """What one unit hands in. ``amount`` is stated again, so that a slip in an item shows."""

    order: Order
    amount: int

    @property
    def account(self) -> str:
        """Return the number of the account that hands in."""
        return self.order.giver


def rows_from(id: UUID, content: Mapping[str, Json]) -> tuple[int, list[Row]]:
    """Read a surrender in bulk; raise every fault of it.

    ``{"year", "rows": [{"account", "amount", "items": [{"asset", "amount"}]}]}``, or ``"file"`` in
    place of the rows.
    """
    fields = Fields(with_rows(content, into="rows", sums=("amount",)))
    year = fields.integer("year", least=1990, most=2100)
    rows = []
    for place, one in enumerate(fields.objects("rows")):
        order = Order(
            id=derive_id(id, place),
            type="surrender",
            giver=one.text("account", longest=20).upper(),
            receiver=GOVERNMENT_ACCOUNTS["surrender"],
            items=tuple(
                Item(item.text("asset", longest=64), item.integer("amount", least=1))
                for item in one.objects("items", most=100)
            ),
            note=str(year),
        )
        rows.append(Row(order, one.integer("amount", least=1)))
    fields.done()
    return year, rows


def check(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return everything that stands against this surrender now."""
    year, rows = rows_from(id, content)
    refused, _ = _considered(year, rows, at)
    by_registry = preview([row.order for row in rows], at)
    return [*refused, *(one for found in by_registry for one in found)]


def execute(act: ApprovedAct) -> Record:
    """Hand in for all units of the file, or for none; one leaf, each unit's part provable."""
    year, rows = rows_from(act.id, act.content)
    hold_year(year, alone=True)
    refused, counted = _considered(year, rows, act.at)
    refuse(refused)
    orders = [row.order for row in rows]
    done = carry_out(orders, at=act.at, proposed_at=act.proposed_at, proposal=act.id)
    write_uses(
        use
        for order, one in zip(orders, counted, strict=True)
        for use in use_rows(one.shares, one.unit.unit, order.id, act.id, act.at)
    )
    _leaf(act, year, counted, done)
    for one in counted:
        publish_met(one, act.id, act.at)
    return {"year": year, "units": len(rows), "amount": sum(row.amount for row in rows)}


def _considered(
    year: int, rows: Sequence[Row], at: datetime
) -> tuple[list[Refusal], list[Counted]]:
    """Return what refuses the file, and where each row counts if nothing does."""
    opening = open_year(year)
    if not opening.book.by_year("compliance.surrender_in_bulk", year).switch:
        return [no.BulkSurrenderClosed(year=year)], []
    holders = holders_of([row.account for row in rows])
    units = {one.unit: one for one in positions(year, list(holders.values()))}
    held = [(row, units.get(holders[row.account])) for row in rows if row.account in holders]
    refused = [*_slips(rows), *_not_obliged(held, opening)]
    if refused or len(held) < len(rows):
        # An account that does not exist is refused by the registry.
        return refused, []
    counted = _count([(row, unit) for row, unit in held if unit], opening, at)
    for row, one in zip(rows, counted, strict=True):
        refused.extend(one.refused)
        if not one.refused and not one.allotted.allowed:
            missing = int(one.allotted.own)
            refused.append(no.MoreThanMissing(given=row.amount, missing=missing))
    return refused, counted


def _count(held: Sequence[tuple[Row, UnitYear]], opening: OpenYear, at: datetime) -> list[Counted]:
    weighed = [weigh(unit, row.order.items, (), opening=opening, at=at) for row, unit in held]
    spare = [one.unit.unit for one in weighed if one.spare]
    short = still_short(spare, before=opening.year, at=at) if spare else {}
    return [count(one, short.get(one.unit.unit, {})) for one in weighed]


def _slips(rows: Sequence[Row]) -> list[Refusal]:
    """Return what is wrong with rows in themselves."""
    found: list[Refusal] = [
        no.RowWrong(
            account=account, reason=said("出现多次", "it stands in the file more than once")
        )
        for account, times in Counter(row.account for row in rows).items()
        if times > 1
    ]
    for row in rows:
        if row.order.amount != row.amount:
            reason = said(f"条目合计 {row.order.amount} ≠ {row.amount}", "its items do not add up")
            found.append(no.RowWrong(account=row.account, reason=reason))
    return found


def _not_obliged(held: Sequence[tuple[Row, UnitYear | None]], opening: OpenYear) -> list[Refusal]:
    year, strict = opening.year, is_strict(opening)
    found: list[Refusal] = []
    for row, unit in held:
        if unit is None or unit.position.listing != "regulated":
            listing = unit.position.listing if unit else "not_listed"
            name = unit.name if unit else row.account
            found.append(no.NotRegulated(name=name, year=year, listing=listing))
        elif unit.position.determined is None and strict:
            found.append(no.NotDetermined(name=unit.name, year=year))
    return found


def _leaf(act: ApprovedAct, year: int, counted: Sequence[Counted], done: Sequence[Done]) -> None:
    surrenders: list[Record] = [
        {
            "id": str(one.unit.unit),
            "record": "surrender",
            "unit": str(one.unit.unit),
            "account": each.order.giver,
            "transaction": str(each.order.id),
            "uses": [share.to_record() for share in one.shares],
            "status": one.after.status.value,
            "due": int(one.after.due),
            "counted": int(one.after.counted),
            "missing": int(one.after.missing),
        }
        for one, each in zip(counted, done, strict=True)
    ]
    transactions: list[Record] = [{"record": "transaction", **one.to_record()} for one in done]
    named = act.content.get(FILE)
    record(
        act=act.id,
        kind="compliance.surrender_in_bulk",
        at=act.at,
        body={"year": year, "file": named if named is not None else {}, **act.people()},
        movements=[*surrenders, *transactions],
        subjects=[
            *(str(one.unit.unit) for one in counted),
            *(each.order.giver for each in done),
        ],
    )
