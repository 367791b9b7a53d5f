"""Closing a year: statuses stand, what was surrendered is cancelled, surpluses carry over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from hutan.compliance import refusals as no
from hutan.compliance.events import ObligationShort
from hutan.compliance.models import Instalment, Listing, YearOpening
from hutan.compliance.queries import OpenYear, UnitYear, positions
from hutan.compliance.services.rows import write_carried_over, write_closings
from hutan.compliance.services.years import hold_year, open_year
from hutan.kernel.canonical import Json, Record
from hutan.kernel.events import publish
from hutan.kernel.ids import derive_id
from hutan.kernel.quantities import Tonnes
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Refusal, refuse, said
from hutan.parties.acts import ApprovedAct
from hutan.registry.domain.facts import Item, Order
from hutan.registry.domain.outcomes import Done
from hutan.registry.queries import HoldingRecord, balances_of_accounts, surpluses
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS, carry_out, set_aside, set_free
from hutan.rules.carry_over import carry_over_of_mover
from hutan.rules.compliance_status import Assessment, Status, assess
from hutan.rules.parameters import Rulebook
from hutan.transparency.services import record

_HOLDERS = ("unit", "trading", "personal", "omnibus")
_LAPSING = (*_HOLDERS, "total", "reserve", "auction", "outside")
_MET = {Status.MET, Status.MET_LATE}


def year_from(content: Mapping[str, Json]) -> int:
    """Read ``{"year"}``; raise every fault of it."""
    fields = Fields(content)
    year = fields.integer("year", least=1990, most=2100)
    fields.done()
    return year


def check(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return why this year cannot be closed now."""
    opening = open_year(year_from(content))
    return _refusals(opening, positions(opening.year), at)


def _refusals(opening: OpenYear, units: Sequence[UnitYear], at: datetime) -> list[Refusal]:
    year = opening.year
    refused: list[Refusal] = []
    if at < opening.surrender_closes:
        refused.append(
            no.TooEarlyToClose(year=year, reason=said("清缴尚未截止", "surrender is still open"))
        )
    missing = [
        one.name
        for one in units
        if one.position.listing == "regulated" and one.position.determined is None
    ]
    rule = opening.book.by_year("compliance.undetermined_at_closing", year).word
    if missing and rule == "wait":
        names = "、".join(missing[:10])
        refused.append(
            no.TooEarlyToClose(
                year=year,
                reason=said(
                    f"{len(missing)} 家未审定：{names}",
                    f"{len(missing)} are not determined: {names}",
                ),
            )
        )
    return refused


def execute(act: ApprovedAct) -> Record:
    """Close the year, in one act and one leaf: every unit's status, and every tonne's fate."""
    year = year_from(act.content)
    # One closing at a time, and none beside an act that still uses the year.
    hold_year(year, alone=True)
    opening, units = open_year(year), positions(year)
    refuse(_refusals(opening, units, act.at))
    assessed = [
        (one, assess(one.position, act.at, book=opening.book))
        for one in units
        if one.position.listing == "regulated"
    ]
    write_closings(_closing(unit, found, act) for unit, found in assessed)
    unsettled = {unit.unit for unit, found in assessed if found.status not in _MET}
    orders = [*_cancellations(act.id), *_surplus_orders(opening, unsettled, act)]
    done = carry_out(orders, at=act.at, proposed_at=act.proposed_at, proposal=act.id)
    instalments = _set_instalments(opening, unsettled, act)
    YearOpening.objects.filter(year=year).update(closed_at=act.at, closing_act=act.id)
    _leaf(act, year, assessed, done, instalments)
    for unit, found in assessed:
        if found.status is Status.SHORT:
            publish(
                ObligationShort(
                    act=act.id, at=act.at, unit=unit.unit, year=year, missing=int(found.missing)
                )
            )
    return {"year": year, "units": len(assessed), "short": len(unsettled)}


def _closing(unit: UnitYear, found: Assessment, act: ApprovedAct) -> tuple[object, ...]:
    return (
        unit.unit,
        found.year,
        found.status.value,
        int(found.due),
        int(found.counted),
        int(found.missing),
        int(found.excess),
        int(found.reductions),
        act.id,
        act.at,
    )


def _cancellations(act: UUID) -> list[Order]:
    """Return the order that cancels all that lies in the surrender account (M21.1)."""
    account = GOVERNMENT_ACCOUNTS["surrender"]
    items = tuple(
        Item(one.asset, one.available) for one in balances_of_accounts([account]) if one.available
    )
    if not items:
        return []
    return [
        Order(
            id=derive_id(act, "cancel surrendered"),
            type="cancel_surrendered",
            giver=account,
            receiver=GOVERNMENT_ACCOUNTS["cancellation"],
            items=items,
        )
    ]


def _surplus_orders(opening: OpenYear, unsettled: set[UUID], act: ApprovedAct) -> list[Order]:
    """Return, for each surplus, the order that carries it over or lets it lapse."""
    rule = opening.book.by_year("compliance.carry_over", opening.year).word
    kinds = _HOLDERS if rule == "all" else _LAPSING
    movers = _movers(opening.year)
    orders, rows = [], []
    for one in surpluses(kinds, until=opening.year):
        carries = rule == "all" or (rule == "movers" and one.holder in movers)
        if carries and one.holder in unsettled:
            continue
        amount = one.holding.balance if carries else one.holding.available
        if amount == 0:
            continue
        orders.append(_order(one.holding, "carry_over" if carries else "lapse", amount, act.id))
        carried, lapsed = (amount, 0) if carries else (0, amount)
        rows.append(
            (opening.year, one.holding.account, one.holding.asset, carried, lapsed, act.id, act.at)
        )
    write_carried_over(rows)
    return orders


def _order(holding: HoldingRecord, type: str, amount: int, act: UUID) -> Order:
    return Order(
        id=derive_id(act, type, holding.account, holding.asset),
        type=type,
        giver=holding.account,
        receiver=GOVERNMENT_ACCOUNTS["cancellation"] if type == "lapse" else "",
        items=(Item(holding.asset, amount),),
    )


def _movers(year: int) -> set[UUID]:
    """Return the units that stand on the next year's list as units of the national market."""
    return set(
        Listing.objects.filter(
            year=year + 1, listing="national", superseded_at__isnull=True
        ).values_list("unit_id", flat=True)
    )


def _set_instalments(opening: OpenYear, unsettled: set[UUID], act: ApprovedAct) -> list[Record]:
    """Free the instalments that fall due; set aside the later ones of units that now move.

    Returns both, as the leaf says them.
    """
    coming = opening.year + 1
    records: list[Record] = []
    for due in Instalment.objects.filter(year=coming, released_at__isnull=True):
        set_free(due.id, due.account, due.asset, act.at)
        due.released_at = act.at
        due.save(update_fields=["released_at"])
        records.append({"id": str(due.id), "record": "release"})
    moving = _movers(opening.year) - _movers(opening.year - 1) - unsettled
    if not moving:
        return records
    for one in surpluses(["unit"], until=opening.year):
        if one.holder in moving:
            records += _set_aside_later(one.holding, coming, opening.book, act)
    return records


def _set_aside_later(
    holding: HoldingRecord, moved_in: int, book: Rulebook, act: ApprovedAct
) -> list[Record]:
    records: list[Record] = []
    years = book.by_year("compliance.mover_years", moved_in).whole
    for year in range(moved_in + 1, moved_in + years):
        part = carry_over_of_mover(
            Tonnes(holding.available), moved_in=moved_in, year=year, full=True, book=book
        ).quantity
        if part == 0:
            continue
        id = derive_id(act.id, "instalment", holding.account, holding.asset, year)
        set_aside(id, holding.account, holding.asset, int(part), act.at)
        Instalment.objects.create(
            id=id,
            account=holding.account,
            asset=holding.asset,
            amount=int(part),
            year=year,
            set_aside_at=act.at,
        )
        records.append(
            {
                "id": str(id),
                "record": "instalment",
                "account": holding.account,
                "asset": holding.asset,
                "amount": int(part),
                "year": year,
            }
        )
    return records


def _leaf(
    act: ApprovedAct,
    year: int,
    assessed: Sequence[tuple[UnitYear, Assessment]],
    done: Sequence[Done],
    instalments: Sequence[Record],
) -> None:
    closings: list[Record] = [
        {
            "id": str(unit.unit),
            "record": "closing",
            "unit": str(unit.unit),
            "status": found.status.value,
            "due": int(found.due),
            "counted": int(found.counted),
            "missing": int(found.missing),
            "excess": int(found.excess),
            "reductions": int(found.reductions),
        }
        for unit, found in assessed
    ]
    transactions: list[Record] = [{"record": "transaction", **one.to_record()} for one in done]
    record(
        act=act.id,
        kind="compliance.close_year",
        at=act.at,
        body={"year": year, **act.people()},
        movements=[*closings, *transactions, *instalments],
        subjects=[str(unit.unit) for unit, _ in assessed],
    )
