"""What handed-in allowances count for: their own year, and earlier years that are still short."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from hutan.compliance.events import ObligationMet
from hutan.compliance.models import Use
from hutan.compliance.queries import OpenYear, Shortfall, UnitYear, still_short
from hutan.kernel.canonical import Json
from hutan.kernel.events import publish
from hutan.kernel.quantities import Tonnes
from hutan.kernel.refusals import Refusal
from hutan.registry.domain.facts import Item, vintage
from hutan.rules.allotment import Allotment, allot
from hutan.rules.compliance_status import Assessment, Position, Status, assess
from hutan.rules.eligibility import AllowanceUse
from hutan.rules.eligibility import Use as UseFacts


@dataclass(frozen=True, slots=True)
class Share:
    """A quantity of one vintage, and the year for which it counts."""

    year: int
    vintage: int
    quantity: int

    def to_record(self) -> dict[str, Json]:
        """Return the share as the log keeps it."""
        return {
            "kind": "allowance",
            "year": self.year,
            "vintage": self.vintage,
            "quantity": self.quantity,
        }


@dataclass(frozen=True, slots=True)
class Counted:
    """What a unit hands in and where it counts.

    ``after`` is how its own year stands then, ``filled`` the same for earlier years that were
    short. ``refused`` is why some of it would not count.
    """

    unit: UnitYear
    shares: tuple[Share, ...]
    allotted: Allotment
    after: Assessment
    filled: Mapping[int, Assessment]
    refused: tuple[Refusal, ...]


def count(
    unit: UnitYear,
    items: Sequence[Item],
    others: Sequence[UseFacts],
    *,
    opening: OpenYear,
    missing: Tonnes,
    earlier: Mapping[int, Shortfall],
    at: datetime,
) -> Counted:
    """Say where ``items`` count; ``others`` (reductions) count for their own year alone.

    ``missing`` is what the unit's year lacks now, ``earlier`` its years that are still short.
    """
    given = Tonnes(sum(item.amount for item in items))
    for other in others:
        given = given + other.quantity
    short = {year: one.missing for year, one in earlier.items()}
    allotted = allot(given, opening.year, missing=missing, earlier=short, book=opening.book)
    shares = divide(items, opening.year, allotted.earlier)
    uses = [*_uses(shares, opening.year, at), *others]
    after = assess(_with(unit.position, uses), at, book=opening.book)
    filled = {
        year: assess(
            _with(earlier[year].position, _uses(shares, year, at)), at, book=earlier[year].book
        )
        for year in allotted.earlier
    }
    refused = list(_new_refusals(after, unit.position))
    for year, assessed in filled.items():
        refused.extend(_new_refusals(assessed, earlier[year].position))
    return Counted(unit, shares, allotted, after, filled, tuple(refused))


def divide(items: Sequence[Item], year: int, earlier: Mapping[int, Tonnes]) -> tuple[Share, ...]:
    """Divide items between ``year`` and earlier years: the oldest vintages to the oldest years.

    The earlier years get exactly what they are to have, the year all the rest.
    """
    shares: list[Share] = []
    wanted = [[other, int(amount)] for other, amount in sorted(earlier.items())]
    for item in sorted(items, key=lambda one: vintage(one.asset)):
        left = item.amount
        while left:
            part = min(left, wanted[0][1]) if wanted else left
            shares.append(Share(wanted[0][0] if wanted else year, vintage(item.asset), part))
            left -= part
            if wanted:
                wanted[0][1] -= part
                if not wanted[0][1]:
                    wanted.pop(0)
    assert not wanted, "more is to count for earlier years than is handed in"
    return tuple(shares)


def earlier_shortfalls(
    units: Collection[UUID], opening: OpenYear, at: datetime
) -> dict[UUID, dict[int, Shortfall]]:
    """Return, by unit, the earlier years that a surplus of this year's surrender may fill."""
    if not units or _rule(opening) == "refused":
        return {}
    return still_short(units, before=opening.year, at=at)


def needs_determination(opening: OpenYear) -> bool:
    """Tell whether a unit can only surrender for a year once its emissions are determined.

    Where a surplus fills earlier years, what is handed in for a year that is never determined is
    all surplus.
    """
    return _rule(opening) == "refused"


def use_rows(
    shares: Sequence[Share], unit: UUID, transaction: UUID, act: UUID, at: datetime
) -> list[Use]:
    """Return the rows of what one transaction handed in."""
    return [
        Use(
            unit_id=unit,
            year=share.year,
            vintage=share.vintage,
            quantity=share.quantity,
            received_at=at,
            transaction_id=transaction,
            act=act,
            entered_at=at,
        )
        for share in shares
    ]


def publish_met(counted: Counted, act: UUID, at: datetime) -> None:
    """Tell which years the unit has met in full with what it handed in."""
    for year, after in ((counted.after.year, counted.after), *counted.filled.items()):
        if after.status in (Status.MET, Status.MET_LATE):
            late = after.status is Status.MET_LATE
            publish(ObligationMet(act=act, at=at, unit=counted.unit.unit, year=year, late=late))


def _rule(opening: OpenYear) -> str:
    return opening.book.by_year("compliance.beyond_due", opening.year).word


def _uses(shares: Sequence[Share], year: int, at: datetime) -> list[UseFacts]:
    return [
        AllowanceUse(quantity=Tonnes(one.quantity), vintage=one.vintage, received_at=at)
        for one in shares
        if one.year == year
    ]


def _with(position: Position, uses: Sequence[UseFacts]) -> Position:
    return replace(position, uses=(*position.uses, *uses))


def _new_refusals(after: Assessment, before: Position) -> Iterator[Refusal]:
    known = len(before.uses)
    return (reason for one in after.refused if one.place >= known for reason in one.reasons)
