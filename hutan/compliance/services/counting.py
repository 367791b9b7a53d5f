"""What handed-in allowances count for: their own year, and earlier years that are still short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from hutan.compliance.events import ObligationMet
from hutan.compliance.queries import OpenYear, Shortfall, UnitYear
from hutan.kernel.canonical import Json
from hutan.kernel.events import publish
from hutan.kernel.quantities import Tonnes
from hutan.kernel.refusals import Refusal
from hutan.registry.domain.facts import Item, vintage
from hutan.rules.allotment import Allotment, allot
from hutan.rules.compliance_status import Assessment, Position, Status, assess
from hutan.rules.eligibility import AllowanceUse
from hutan.rules.eligibility import Use as UseFacts

_DUE = {Status.SHORT, Status.MET, Status.MET_LATE}
"""Where a unit stands once it is known what it owes."""


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


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a unit hands in, all of it counted for its own year, before anything is divided.

    ``others`` are reductions, which count for their own year alone. ``missing`` is what the year
    lacked before.
    """

    unit: UnitYear
    items: tuple[Item, ...]
    others: tuple[UseFacts, ...]
    opening: OpenYear
    at: datetime
    given: Tonnes
    missing: Tonnes
    after: Assessment
    refused: tuple[Refusal, ...]

    @property
    def spare(self) -> bool:
        """Tell whether something is left that the rules let count for earlier years."""
        return self.given > self.missing and not self.refused and not is_strict(self.opening)


def weigh(
    unit: UnitYear,
    items: Sequence[Item],
    others: Sequence[UseFacts],
    *,
    opening: OpenYear,
    at: datetime,
) -> Weighed:
    """Count everything for the unit's own year, to see what it lacks and what would not count."""
    given = Tonnes(sum(item.amount for item in items))
    for other in others:
        given = given + other.quantity
    uses = [*_uses(divide(items, opening.year, {}), opening.year, at), *others]
    after = assess(_with(unit.position, uses), at, book=opening.book)
    missing = Tonnes(0)
    if after.status in _DUE:
        missing = max(after.due - (after.counted - given), missing)
    refused = tuple(_new_refusals(after, unit.position))
    return Weighed(unit, tuple(items), tuple(others), opening, at, given, missing, after, refused)


def count(weighed: Weighed, short: Mapping[int, Shortfall]) -> Counted:
    """Divide what was weighed between its own year and the earlier ones that are still short."""
    unit, opening, at = weighed.unit, weighed.opening, weighed.at
    owed = {year: one.missing for year, one in short.items()}
    allotted = allot(
        weighed.given, opening.year, missing=weighed.missing, earlier=owed, book=opening.book
    )
    shares = divide(weighed.items, opening.year, allotted.earlier)
    if not allotted.earlier:
        return Counted(unit, shares, allotted, weighed.after, {}, weighed.refused)
    uses = [*_uses(shares, opening.year, at), *weighed.others]
    after = assess(_with(unit.position, uses), at, book=opening.book)
    filled = {
        year: assess(
            _with(short[year].position, _uses(shares, year, at)), at, book=short[year].book
        )
        for year in allotted.earlier
    }
    refused = [*_new_refusals(after, unit.position)]
    for year, assessed in filled.items():
        refused += _new_refusals(assessed, short[year].position)
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


def is_strict(opening: OpenYear) -> bool:
    """Tell whether nothing beyond what a year lacks may be handed in for it.

    Where it may, a year that is never determined lacks nothing, and all of it is beyond.
    """
    return opening.book.by_year("compliance.beyond_due", opening.year).word == "refused"


def use_rows(
    shares: Sequence[Share], unit: UUID, transaction: UUID, act: UUID, at: datetime
) -> Iterator[tuple[object, ...]]:
    """Yield the rows of what one transaction handed in, as ``write_uses`` takes them."""
    for one in shares:
        yield (unit, one.year, one.vintage, one.quantity, at, transaction, act, at)


def publish_met(counted: Counted, act: UUID, at: datetime) -> None:
    """Tell which years the unit has met in full with what it handed in."""
    for year, after in ((counted.after.year, counted.after), *counted.filled.items()):
        if after.status in (Status.MET, Status.MET_LATE):
            late = after.status is Status.MET_LATE
            publish(ObligationMet(act=act, at=at, unit=counted.unit.unit, year=year, late=late))


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
