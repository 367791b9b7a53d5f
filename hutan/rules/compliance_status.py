"""Where a unit stands with its surrender at a moment: figures, dates and uses in, status out.

Pure: services load what a unit has done and ask here; ``compliance assess`` asks the same from
files, for auditors and researchers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from hutan.kernel.moments import aware, day_of
from hutan.kernel.quantities import Tonnes
from hutan.kernel.refusals import Refusal
from hutan.kernel.working import ParameterUse, Step, Working
from hutan.rules.deadlines import Deadline
from hutan.rules.eligibility import (
    AllowanceUse,
    ProofUsedTwice,
    ReductionUse,
    Use,
    eligibility,
)
from hutan.rules.fines import FineBand, fine
from hutan.rules.obligation import obligation
from hutan.rules.offsets import offset_cap
from hutan.rules.parameters import Rulebook
from hutan.rules.position import LISTINGS, Assessment, Listing, Position, Refused, Status

__all__ = ["LISTINGS", "Assessment", "Listing", "Position", "Refused", "Status", "assess"]

_NONE = Tonnes(0)


class BeyondOffsetCap(Refusal):
    """Reductions beyond the year's cap do not count."""

    code = "RUL-151"
    clause = "N4.2"
    zh = "减排量 {quantity} 吨中有 {beyond} 吨超出抵销上限（上限 {cap} 吨），不计入清缴。"
    en = "Of {quantity} t of reductions {beyond} t lie beyond the cap of {cap} t: not counted."
    cure_zh = "超出部分请以配额清缴。"
    cure_en = "Surrender allowances for what lies beyond."


class NoObligation(Refusal):
    """A unit without an obligation for the year has nothing to surrender."""

    code = "RUL-152"
    clause = "M2.2"
    zh = "该单位 {year} 年度没有本市清缴义务（{listing}），无需清缴。"
    en = "The unit has no local obligation for {year} ({listing}): there is nothing to surrender."
    cure_zh = "请核对年度纳管单位名录。"
    cure_en = "Check the year's list of regulated units."


_RULE = {
    Status.EXCLUDED: "not on the list as a regulated unit",
    Status.NOT_YET_OBLIGED: "not determined, and still time to determine",
    Status.EMISSIONS_MISSING: "not determined, and the time to determine has passed",
    Status.SHORT: "counted < due",
    Status.MET: "counted >= due, reached before the deadline",
    Status.MET_LATE: "counted >= due, reached at or after the deadline",
}


def assess(position: Position, at: datetime, *, book: Rulebook) -> Assessment:
    """Return where a unit stands ``at`` a moment with the surrender for ``position.year``.

    Uses count in the order of their receipt. One that is not eligible counts for nothing;
    reductions count up to the cap and no further, so that a determination lowered later never
    takes back more than the cap itself. Received before the deadline is in time, at its moment
    late. Source: M21.1, M21.2, M22, N4.1 to N4.3. Raises ``YearNotEntered``, ``DayNotEntered``,
    ``AllocationUnknown``.
    """
    if position.listing != "regulated":
        return _excluded(position, aware(at), book)
    due_by = book.by_year("compliance.surrender_deadline", position.year)
    deadline = position.surrender_by or due_by.deadline
    uses = [] if position.surrender_by else [due_by.use()]
    if not _determined(position, at):
        return _undetermined(position, at, deadline, uses, book)
    return _determined_year(position, at, deadline, uses, book)


def _determined(position: Position, at: datetime) -> bool:
    known_from = position.determined_at
    return position.determined is not None and (known_from is None or known_from <= at)


def _excluded(position: Position, at: datetime, book: Rulebook) -> Assessment:
    reason = NoObligation(year=position.year, listing=position.listing)
    return Assessment(
        year=position.year,
        at=at,
        status=Status.EXCLUDED,
        refused=tuple(
            Refused(place, _NONE, (reason,))
            for place, use in enumerate(position.uses)
            if use.received_at <= at
        ),
        later=sum(use.received_at > at for use in position.uses),
        working=_working(position, at, [], [], Status.EXCLUDED, book),
    )


def _undetermined(
    position: Position,
    at: datetime,
    deadline: Deadline,
    uses: list[ParameterUse],
    book: Rulebook,
) -> Assessment:
    """Nothing is owed yet; emissions are missing once the time to determine them has passed."""
    limit = position.surrender_by
    if limit is None:
        window = book.by_year("verification.window", position.year)
        limit = Deadline.end_of(window.period.last)
        uses = [*uses, window.use()]
    status = Status.NOT_YET_OBLIGED if limit.in_time(at) else Status.EMISSIONS_MISSING
    return Assessment(
        year=position.year,
        at=at,
        status=status,
        deadline=deadline,
        left=deadline.left(at),
        later=sum(use.received_at > at for use in position.uses),
        working=_working(position, at, uses, [], status, book),
    )


@dataclass
class _Count:
    """What has been counted so far, in the order of receipt."""

    due: Tonnes
    cap: Tonnes
    allowances: dict[int, Tonnes] = field(default_factory=dict)
    reductions: Tonnes = _NONE
    total: Tonnes = _NONE
    proofs: set[tuple[str, str]] = field(default_factory=set)
    met_at: datetime | None = None

    def add(self, use: Use) -> tuple[Tonnes, tuple[Refusal, ...]]:
        """Count an eligible use; return how much of it counted, and why not all of it."""
        before = self.total
        reasons = self._allow(use) if isinstance(use, AllowanceUse) else self._reduce(use)
        self.total = sum(self.allowances.values(), self.reductions)
        if before < self.due <= self.total:
            self.met_at = use.received_at
        return self.total - before, reasons

    def _allow(self, use: AllowanceUse) -> tuple[Refusal, ...]:
        self.allowances[use.vintage] = self.allowances.get(use.vintage, _NONE) + use.quantity
        return ()

    def _reduce(self, use: ReductionUse) -> tuple[Refusal, ...]:
        if (use.kind, use.proof) in self.proofs:
            return (ProofUsedTwice(proof=use.proof),)
        self.proofs.add((use.kind, use.proof))
        counted = min(use.quantity, self.cap - self.reductions)
        self.reductions = self.reductions + counted
        if counted == use.quantity:
            return ()
        beyond = int(use.quantity - counted)
        return (BeyondOffsetCap(quantity=int(use.quantity), beyond=beyond, cap=int(self.cap)),)


def _determined_year(
    position: Position,
    at: datetime,
    deadline: Deadline,
    uses: list[ParameterUse],
    book: Rulebook,
) -> Assessment:
    assert position.determined is not None  # _determined said so
    owed = obligation(position.determined, position.year, book=book)
    cap = offset_cap(
        position.year, determined=position.determined, allocated=position.allocated, book=book
    )
    count = _Count(due=owed.due, cap=cap.cap)
    refused: list[Refused] = []
    for place, use in _in_order(position, at):
        judged = eligibility(use, position.year, book=book)
        uses = [*uses, *judged.uses]
        counted, reasons = (_NONE, judged.refusals) if judged.refusals else count.add(use)
        if reasons:
            refused.append(Refused(place, counted, reasons))
    status = _status(count, deadline)
    late = not deadline.in_time(count.met_at or at) and owed.due > 0
    steps = [*owed.working.steps, *cap.working.steps, *_steps(count)]
    uses = [*uses, *owed.working.parameters, *cap.working.parameters]
    return Assessment(
        year=position.year,
        at=at,
        status=status,
        deadline=deadline,
        left=deadline.left(at),
        overdue=late and status is Status.SHORT,
        due=owed.due,
        counted=count.total,
        allowances=dict(sorted(count.allowances.items())),
        reductions=count.reductions,
        missing=max(owed.due - count.total, _NONE),
        excess=max(count.total - owed.due, _NONE),
        cap=cap.cap,
        cap_left=cap.cap - count.reductions,
        met_at=count.met_at,
        refused=tuple(sorted(refused, key=lambda one: one.place)),
        later=sum(use.received_at > at for use in position.uses),
        fine=_fine(deadline, book) if late else None,
        working=_working(position, at, uses, steps, status, book),
    )


def _in_order(position: Position, at: datetime) -> list[tuple[int, Use]]:
    """Return the uses received by ``at``, with their places, in the order of receipt."""
    known = [(place, use) for place, use in enumerate(position.uses) if use.received_at <= at]
    return sorted(known, key=lambda entry: entry[1].received_at)


def _status(count: _Count, deadline: Deadline) -> Status:
    if count.total < count.due:
        return Status.SHORT
    if count.met_at is None or deadline.in_time(count.met_at):
        return Status.MET
    return Status.MET_LATE


def _fine(deadline: Deadline, book: Rulebook) -> FineBand | None:
    """Return the band for a breach on the first late day, if the rulebook has one for it."""
    series = book.series.get("penalties.surrender")
    on = day_of(deadline.closes)
    if series is None or series.on(on) is None:
        return None
    return fine("surrender", who="body", on=on, book=book)


def _steps(count: _Count) -> list[Step]:
    missing = max(count.due - count.total, _NONE)
    return [
        Step(
            name="counted",
            zh="已计入清缴量",
            en="counted",
            formula="allowances + min(reductions, cap)",
            value=str(count.total),
            unit=Tonnes.unit,
            clause="M21.2",
        ),
        Step(
            name="missing",
            zh="缺口",
            en="missing",
            formula="max(due - counted, 0)",
            value=str(missing),
            unit=Tonnes.unit,
            clause="M21.1",
        ),
    ]


def _working(
    position: Position,
    at: datetime,
    uses: list[ParameterUse],
    steps: list[Step],
    status: Status,
    book: Rulebook,
) -> Working:
    said = Step("status", "清缴状态", "status", _RULE[status], status.value, "", "M21.1")
    return Working(
        title_zh=f"{position.year} 年度清缴状态",
        title_en=f"Surrender status for {position.year}",
        inputs=position.to_inputs(at),
        parameters=tuple(dict.fromkeys(uses)),
        steps=(*steps, said),
        result="status",
        rules=book.version,
    )
