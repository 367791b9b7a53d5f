"""What is known of a unit's year, and the answer: the records of the surrender assessment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from hutan.kernel.canonical import Json
from hutan.kernel.moments import canonical
from hutan.kernel.quantities import Tonnes
from hutan.kernel.refusals import Refusal
from hutan.kernel.working import Working
from hutan.rules.deadlines import Deadline
from hutan.rules.eligibility import AllowanceUse, Use
from hutan.rules.fines import FineBand

_NONE = Tonnes(0)


class Status(StrEnum):
    """Where a unit stands. "Met late" stays a status of its own: the breach is not undone."""

    EXCLUDED = "excluded"
    NOT_YET_OBLIGED = "not_yet_obliged"
    EMISSIONS_MISSING = "emissions_missing"
    SHORT = "short"
    MET = "met"
    MET_LATE = "met_late"


Listing = Literal["regulated", "national", "reporting_only", "not_listed"]
LISTINGS: tuple[Listing, ...] = ("regulated", "national", "reporting_only", "not_listed")
"""How a unit stands on the year's list; only a regulated unit has a local obligation (M2.2)."""


@dataclass(frozen=True, kw_only=True)
class Position:
    """What is known of a unit's year.

    ``determined`` tCO2e, from ``determined_at`` on (from the start if that is unknown);
    ``allocated`` allowances matter only where the cap is a share of them; ``surrender_by`` is the
    bureau's own deadline for a determination out of season (M22), else the year's applies.
    """

    year: int
    listing: Listing = "regulated"
    determined: Decimal | None = None
    determined_at: datetime | None = None
    allocated: Decimal | None = None
    uses: tuple[Use, ...] = ()
    surrender_by: Deadline | None = None

    def to_inputs(self, at: datetime) -> dict[str, str]:
        """Return what the assessment ``at`` a moment was made from, for its working."""
        given = {
            "year": str(self.year),
            "listing": self.listing,
            "at": canonical(at),
            "determined": "" if self.determined is None else str(self.determined),
            "determined_at": "" if self.determined_at is None else canonical(self.determined_at),
            "allocated": "" if self.allocated is None else str(self.allocated),
            "surrender_by": "" if self.surrender_by is None else str(self.surrender_by),
        }
        uses = {f"uses[{place}]": _said(use) for place, use in enumerate(self.uses)}
        return {name: text for name, text in {**given, **uses}.items() if text}


@dataclass(frozen=True)
class Refused:
    """A use, by its place in the position, that does not count in full, and why."""

    place: int
    counted: Tonnes
    reasons: tuple[Refusal, ...]


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """The answer. ``missing`` and ``excess`` are against ``due``; none of them is negative.

    ``left`` is the time to the deadline; ``overdue`` that it has passed while the duty was not
    met; ``met_at`` the receipt that met it; ``later`` counts uses received after ``at``; ``fine``
    is the band that a breach opens (M42.3), where the rulebook has one for its day.
    """

    year: int
    at: datetime
    status: Status
    deadline: Deadline | None = None
    left: timedelta = timedelta(0)
    overdue: bool = False
    due: Tonnes = _NONE
    counted: Tonnes = _NONE
    allowances: Mapping[int, Tonnes] = field(default_factory=dict)
    reductions: Tonnes = _NONE
    missing: Tonnes = _NONE
    excess: Tonnes = _NONE
    cap: Tonnes = _NONE
    cap_left: Tonnes = _NONE
    met_at: datetime | None = None
    refused: tuple[Refused, ...] = ()
    later: int = 0
    fine: FineBand | None = None
    working: Working

    def to_record(self) -> dict[str, Json]:
        """Return the assessment as plain JSON."""
        return {
            "year": self.year,
            "at": canonical(self.at),
            "status": self.status.value,
            "deadline": None if self.deadline is None else canonical(self.deadline.closes),
            "seconds_left": int(self.left.total_seconds()),
            "overdue": self.overdue,
            "due": int(self.due),
            "counted": int(self.counted),
            "allowances": {str(year): int(amount) for year, amount in self.allowances.items()},
            "reductions": int(self.reductions),
            "missing": int(self.missing),
            "excess": int(self.excess),
            "cap": int(self.cap),
            "cap_left": int(self.cap_left),
            "met_at": None if self.met_at is None else canonical(self.met_at),
            "refused": [
                {
                    "use": one.place,
                    "counted": int(one.counted),
                    "reasons": [reason.to_record() for reason in one.reasons],
                }
                for one in self.refused
            ],
            "later": self.later,
            "fine": None
            if self.fine is None
            else {
                "low_fen": int(self.fine.low),
                "high_fen": int(self.fine.high),
                "clause": self.fine.clause,
            },
            "assumed": self.working.assumed,
            "working": self.working.to_record(),
        }


def _said(use: Use) -> str:
    """Write a use as a working's input."""
    received = canonical(use.received_at)
    if isinstance(use, AllowanceUse):
        return f"{use.quantity} allowances of {use.vintage}, received {received}"
    parts = [f"{use.quantity} {use.kind} {use.reduction_class}".rstrip(), f"received {received}"]
    parts += [f"proof {use.proof}"] if use.proof else []
    parts += [f"certified {canonical(use.certified_at)}"] if use.certified_at else []
    parts += ["inside own boundary"] if use.inside_own_boundary else []
    return ", ".join(parts)
