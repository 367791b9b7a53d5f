"""Operations for everybody: years, the list of units, the log's heads and proofs; and receipts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from hutan.compliance import queries as compliance
from hutan.kernel.moments import canonical
from hutan.parties.queries import organisations, seen_by
from hutan.registry.queries import accounts_numbered
from hutan.transparency import queries as log
from hutan.web.api.asking import ASKER, asker
from hutan.web.api.forms import Moment, Text, Year
from hutan.web.api.frame import answers, open_to_all, summary
from hutan.web.permissions import require
from hutan.web.refusals import NotFound
from hutan.web.rights import SEE_RECEIPT

router = Router(auth=open_to_all)

_LARGEST = 2**53 - 1
Size = Annotated[int, Field(ge=1, le=_LARGEST)]
Index = Annotated[int, Field(ge=0, le=_LARGEST)]


class OpenYear(Schema):
    """A compliance year that was opened."""

    year: int
    surrender_closes: Moment
    opened_at: Moment
    closed_at: Moment | None


class ListedUnit(Schema):
    """One line of a year's published list."""

    unit: UUID
    name: str
    name_en: str
    district: str
    listing: str


class Head(Schema):
    """A signed head of the log; ``note`` is what witnesses and verifiers read."""

    origin: str
    size: int
    root: str
    at: Moment
    note: str


class Proof(Schema):
    """The hashes that lead from a leaf, or an older head, to a root."""

    proof: list[str]


class Receipt(Schema):
    """A receipt as it was given out: docs/log-format.md."""

    format: str = Field(examples=["hutan-receipt/1"])
    entry: dict[str, Any]
    movement: dict[str, Any] | None
    checkpoint: str


class CheckedReceipt(Schema):
    """What a receipt proves."""

    act: str
    kind: str
    at: str
    index: int
    size: int
    root: str
    movement: str | None


@router.get("/years", response=answers(list[OpenYear]), **summary("履约年度", "Compliance years"))
def years(request: HttpRequest) -> list[compliance.OpenYear]:
    """Return every year ever opened, newest first."""
    return compliance.years()


@router.get(
    "/years/{year}/units",
    response=answers(list[ListedUnit], 404),
    **summary("年度纳管单位名录", "A year's list of units"),
)
def units(request: HttpRequest, year: Year) -> list[dict[str, object]]:
    """Return the published list: regulated units, those of the national market, reporting only."""
    if compliance.year_opening(year) is None:
        raise NotFound(what=str(year))
    listed = [one for one in compliance.positions(year) if one.position.listing != "not_listed"]
    known = organisations([one.unit for one in listed])
    return [
        {
            "unit": one.unit,
            "name": one.name,
            "name_en": known[one.unit].name_en,
            "district": known[one.unit].district,
            "listing": one.position.listing,
        }
        for one in listed
    ]


@router.get(
    "/log/checkpoint",
    response=answers(Head, 404),
    **summary("存证最新检查点", "The log's latest checkpoint"),
)
def checkpoint(
    request: HttpRequest,
    size: Size | None = None,
) -> dict[str, object]:
    """Return the newest signed head of the log, or the one of exactly ``size`` leaves."""
    head = log.latest_checkpoint() if size is None else log.checkpoint(size=size)
    if head is None:
        raise NotFound(what="checkpoint")
    return {
        "origin": head.origin,
        "size": head.size,
        "root": head.root.hex(),
        "at": head.at,
        "note": head.note,
    }


@router.get(
    "/log/proofs/inclusion",
    response=answers(Proof),
    **summary("包含证明", "Proof that a leaf is in a tree"),
)
def inclusion(request: HttpRequest, index: Index, size: Size) -> dict[str, object]:
    """Return the path from leaf ``index`` to the root of the tree of ``size`` leaves."""
    return {"proof": [one.hex() for one in log.inclusion_proof(index=index, size=size)]}


@router.get(
    "/log/proofs/consistency",
    response=answers(Proof),
    **summary("一致性证明", "Proof that a tree grew out of an older one"),
)
def consistency(request: HttpRequest, old: Size, new: Size) -> dict[str, object]:
    """Return the proof that the tree of ``new`` leaves grew out of that of ``old``."""
    return {"proof": [one.hex() for one in log.consistency_proof(old=old, new=new)]}


@router.post(
    "/log/receipt-check",
    response=answers(CheckedReceipt),
    **summary("核验存证回执", "Check a receipt"),
)
def check_receipt(request: HttpRequest, receipt: Receipt) -> dict[str, object]:
    """Return what a receipt proves by the log's own keys. Nothing is kept of it."""
    proved = log.check_receipt(receipt.model_dump())
    entry, movement = proved.entry, proved.movement
    return {
        "act": str(entry.act),
        "kind": entry.kind,
        "at": canonical(entry.at),
        "index": proved.index,
        "size": proved.head.size,
        "root": proved.head.root.hex(),
        "movement": None if movement is None else movement.key,
    }


@router.get(
    "/log/receipts/{act}",
    auth=ASKER,
    response=answers(dict[str, Any], 404),
    **summary("存证回执", "The receipt of an act"),
)
def receipt(
    request: HttpRequest,
    act: UUID,
    movement: Text | None = None,
    size: Size | None = None,
) -> Mapping[str, object]:
    """Return the receipt of an act that concerns you. It holds the whole record of the act.

    ``movement`` names one within a bulk act; ``size`` the head to lead to, else the newest.
    """
    viewer, actor = asker(request)
    require(viewer, SEE_RECEIPT)
    holders = seen_by(actor)
    if holders is not None and not _concerned(log.subjects_of(act=act), holders):
        raise NotFound(what=str(act))
    return log.receipt(act=act, movement=movement, size=size).to_record()


def _concerned(subjects: frozenset[str], holders: frozenset[UUID]) -> bool:
    own = {str(holder) for holder in holders}
    held = accounts_numbered(subjects).values()
    return bool(own & subjects) or any(one.holder in holders for one in held)
