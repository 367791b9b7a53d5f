"""What happens to duties when units merge or split, or a surrender is reversed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from hutan.compliance.models import Determination, Listing, Use
from hutan.compliance.queries import years
from hutan.compliance.services.listings import DeterminationEntry, enter_determinations
from hutan.kernel.canonical import Json
from hutan.kernel.ids import derive_id
from hutan.registry.domain.successions import WHOLE, divide
from hutan.registry.events import TransactionReversed, UnitsMerged, UnitSplit
from hutan.transparency.services import record


def on_units_merged(event: UnitsMerged) -> None:
    """Let the successor take over the duties of its predecessors in every year not closed."""
    for predecessor in event.predecessors:
        _pass_on(predecessor, {event.successor: WHOLE}, event.act, event.at, "合并")


def on_unit_split(event: UnitSplit) -> None:
    """Divide the duties of a unit among its successors by their shares."""
    _pass_on(event.predecessor, dict(event.parts), event.act, event.at, "分立")


def on_transaction_reversed(event: TransactionReversed) -> None:
    """Undo the uses that rested on a reversed surrender."""
    undone = Use.objects.filter(transaction=event.transaction, undone_at__isnull=True)
    rows: list[Json] = [
        {"unit": str(use.unit_id), "year": use.year, "quantity": use.quantity} for use in undone
    ]
    if not rows:
        return
    units = sorted({str(use.unit_id) for use in undone})
    undone.update(undone_at=event.at)
    record(
        act=derive_id(event.act, "undo uses"),
        kind="compliance.undo",
        at=event.at,
        body={"transaction": str(event.transaction), "uses": rows},
        subjects=units,
    )


def _pass_on(
    predecessor: UUID, heirs: Mapping[UUID, int], act: UUID, at: datetime, reason: str
) -> None:
    for opening in years():
        if opening.closed_at is None:
            _pass_year_on(predecessor, heirs, opening.year, act, at, reason)


def _pass_year_on(
    predecessor: UUID, heirs: Mapping[UUID, int], year: int, act: UUID, at: datetime, reason: str
) -> None:
    listed = Listing.objects.filter(unit=predecessor, year=year, superseded_at__isnull=True).first()
    if listed is None or listed.listing != "regulated":
        return
    document = f"{reason} {act}"
    tonnes = _divided(predecessor, heirs, year)
    entries = [DeterminationEntry(unit, amount, None) for unit, amount in tonnes.items()]
    if predecessor not in heirs:
        _relist(predecessor, year, "not_listed", document, act, at)
    for heir in heirs:
        _relist(heir, year, "regulated", document, act, at)
    if entries:
        enter_determinations(year, document, entries, act=act, at=at)
    passed = _pass_uses_on(predecessor, heirs, year, act, at)
    record(
        act=derive_id(act, "duties", str(predecessor), year),
        kind="compliance.succession",
        at=at,
        body={
            "year": year,
            "succession": str(act),
            "document": document,
            "predecessor": str(predecessor),
            "keeps": predecessor in heirs,
            "heirs": [{"unit": str(unit), "share": share} for unit, share in heirs.items()],
            "determinations": [
                {"unit": str(one.unit), "tonnes": str(one.tonnes)} for one in entries
            ],
            "uses": passed,
        },
        subjects=[str(predecessor), *(str(unit) for unit in heirs)],
    )


def _divided(predecessor: UUID, heirs: Mapping[UUID, int], year: int) -> dict[UUID, Decimal]:
    """Return the heirs' determinations: what they have, and their share in ten-thousandths."""
    counting = dict(
        Determination.objects.filter(
            unit__in=[predecessor, *heirs], year=year, superseded_at__isnull=True
        ).values_list("unit_id", "tonnes")
    )
    whole = counting.pop(predecessor, None)
    if whole is None:
        return {}
    unit = Decimal("0.0001")
    parts = divide(int(whole / unit), list(heirs.values()))
    return {
        heir: counting.get(heir, Decimal(0)) + part * unit
        for heir, part in zip(heirs, parts, strict=True)
    }


def _pass_uses_on(
    predecessor: UUID, heirs: Mapping[UUID, int], year: int, act: UUID, at: datetime
) -> list[Json]:
    passed: list[Json] = []
    rows = []
    for use in Use.objects.filter(unit=predecessor, year=year, undone_at__isnull=True).order_by(
        "id"
    ):
        parts = divide(use.quantity, list(heirs.values()))
        use.undone_at = at
        use.save(update_fields=["undone_at"])
        for heir, quantity in zip(heirs, parts, strict=True):
            if quantity == 0:
                continue
            rows.append(
                Use(
                    unit_id=heir,
                    year=year,
                    vintage=use.vintage,
                    proof_id=use.proof_id,
                    quantity=quantity,
                    received_at=use.received_at,
                    transaction_id=use.transaction_id,
                    act=act,
                    entered_at=at,
                )
            )
            passed.append({"unit": str(heir), "quantity": quantity, "of": str(use.act)})
    Use.objects.bulk_create(rows)
    return passed


def _relist(unit: UUID, year: int, listing: str, reason: str, act: UUID, at: datetime) -> None:
    standing = Listing.objects.filter(unit=unit, year=year, superseded_at__isnull=True)
    if standing.filter(listing=listing).exists():
        return
    standing.update(superseded_at=at)
    Listing.objects.create(unit_id=unit, year=year, listing=listing, reason=reason, act=act, at=at)
