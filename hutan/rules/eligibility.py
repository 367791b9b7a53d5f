"""What may be surrendered: vintages of allowances, and reductions by kind, class and origin.

The checks stand in the order in which their refusals are listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hutan.kernel.moments import canonical, day_of
from hutan.kernel.quantities import Tonnes
from hutan.kernel.refusals import Refusal
from hutan.kernel.working import ParameterUse
from hutan.rules.parameters import Rulebook

ReductionKind = Literal["ccer", "reduction"]
ReductionClass = Literal["", "I", "II"]


class FutureVintage(Refusal):
    """An allowance of a later year than the one it is surrendered for."""

    code = "RUL-141"
    clause = "M21.1"
    zh = "{vintage} 年份配额不能用于清缴 {year} 年度：未来年份不予接受。"
    en = "Allowances of {vintage} cannot be surrendered for {year}: a future vintage is refused."
    cure_zh = "请使用 {year} 年份或更早且可结转的配额。"
    cure_en = "Use allowances of {year}, or earlier ones that may be carried over."


class VintageNotCarriedOver(Refusal):
    """An older allowance whose surplus may not serve the later year."""

    code = "RUL-142"
    clause = "M21.3"
    zh = "{vintage} 年份配额不能用于清缴 {year} 年度：{closed} 年度的结余不得结转。"
    en = "Allowances of {vintage} cannot serve {year}: a surplus of {closed} is not carried over."
    cure_zh = "请使用 {year} 年份的配额。"
    cure_en = "Use allowances of {year}."


class InstrumentNotAccepted(Refusal):
    """A kind of reduction that the year does not accept for surrender."""

    code = "RUL-143"
    clause = "M21.2"
    zh = "{year} 年度清缴不接受该类减排量（{kind}）；接受：{accepted}。"
    en = "For {year} that kind of reduction ({kind}) is not accepted; accepted: {accepted}."
    cure_zh = "请使用配额或该年度接受的减排量。"
    cure_en = "Use allowances, or a kind that the year accepts."


class ClassNotAccepted(Refusal):
    """A carbon-inclusive reduction of a class that does not serve compliance."""

    code = "RUL-144"
    clause = "P29.2"
    zh = "碳普惠 {class_} 类减排量不得用于配额清缴；接受的类别：{accepted}。"
    en = "Class {class_} reductions do not serve surrender; accepted: class {accepted}."
    cure_zh = "II 类减排量可用于自愿抵销、捐赠、注销等其他途径。"
    cure_en = "Class II may be traded, donated, or used for voluntary offset and cancellation."


class InsideOwnBoundary(Refusal):
    """A reduction that arose inside the unit's own emission boundary."""

    code = "RUL-145"
    clause = "M21.2"
    zh = "该减排量产生于本单位排放边界之内，不得用于本单位清缴。"
    en = "The reduction arose inside the unit's own emission boundary and cannot serve it."
    cure_zh = "请使用本单位排放边界之外产生的减排量。"
    cure_en = "Use reductions from outside the unit's boundary."


class ProofMissing(Refusal):
    """Reductions enter by the proof of their cancellation: CCER and SHCERCIR1 alike."""

    code = "RUL-146"
    clause = "N4.3"
    zh = "未提供减排量的注销证明。"
    en = "The proof of the reduction's cancellation is missing."
    cure_zh = "CCER 提供国家注册登记系统的注销证明，SHCERCIR1 提供碳普惠平台的注销证明。"
    cure_en = "Give the national registry's proof (CCER) or the platform's certificate (SHCERCIR1)."


class ProofUsedTwice(Refusal):
    """One proof of cancellation serves once."""

    code = "RUL-147"
    clause = "N4.3"
    zh = "注销证明 {proof} 已经使用过。"
    en = "The proof of cancellation {proof} has been used before."
    cure_zh = "请提供另一份注销证明。"
    cure_en = "Give another proof."


class CertificateLate(Refusal):
    """The certificate of SHCERCIR1 has a deadline of its own, before that of the surrender."""

    code = "RUL-148"
    clause = "N4.3"
    zh = "SHCERCIR1 注销证明取得于 {certified_at}，晚于期限（{closes}）。"
    en = "The SHCERCIR1 certificate was obtained at {certified_at}, after its deadline ({closes})."
    cure_zh = "请以配额或 CCER 完成清缴。"
    cure_en = "Surrender allowances or CCER instead."


@dataclass(frozen=True, kw_only=True)
class AllowanceUse:
    """Allowances of one vintage that a unit hands in."""

    quantity: Tonnes
    vintage: int
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReductionUse:
    """Reductions that a unit uses for its surrender.

    ``kind``: ``ccer``, or ``reduction`` for the Shanghai carbon-inclusive one, then with its
    class. ``proof`` is the number of the cancellation proof, ``certified_at`` when it was obtained.
    """

    quantity: Tonnes
    kind: ReductionKind
    received_at: datetime
    inside_own_boundary: bool
    reduction_class: ReductionClass = ""
    proof: str = ""
    certified_at: datetime | None = None


Use = AllowanceUse | ReductionUse


@dataclass(frozen=True)
class Eligibility:
    """Why something cannot be surrendered (nothing, if it can), and by which parameters."""

    refusals: tuple[Refusal, ...]
    uses: tuple[ParameterUse, ...]


def eligibility(use: Use, year: int, *, book: Rulebook) -> Eligibility:
    """Judge one use for the surrender of a year; rules by day count on the day of receipt.

    Source: M21.2, M21.3, N4.2, N4.3, P29.2. Raises ``YearNotEntered``, ``DayNotEntered``.
    """
    if isinstance(use, AllowanceUse):
        return _of_allowance(use.vintage, year, book, received_at=use.received_at)
    return _of_reduction(use, year, book)


def oldest_first(
    holdings: Mapping[int, Tonnes], quantity: Tonnes, year: int, *, book: Rulebook
) -> dict[int, Tonnes]:
    """Return how many allowances of each vintage to hand in for ``quantity``: the oldest first.

    Vintages that are not eligible for ``year`` are left alone; if the rest does not suffice, the
    result falls short of ``quantity``. Units: allowances. Source: compliance.vintage_order.
    """
    order = book.by_year("compliance.vintage_order", year)
    assert order.word == "oldest_first"  # the only order the rulebook knows
    drawn: dict[int, Tonnes] = {}
    left = quantity
    for vintage in sorted(holdings):
        if left > 0 and not _of_allowance(vintage, year, book).refusals:
            drawn[vintage] = min(left, holdings[vintage])
            left = left - drawn[vintage]
    return {vintage: amount for vintage, amount in drawn.items() if amount}


def _of_allowance(
    vintage: int, year: int, book: Rulebook, *, received_at: datetime | None = None
) -> Eligibility:
    """Judge a vintage; what was not ``received_at`` any moment yet is judged as in time."""
    if vintage == year:
        return Eligibility((), ())
    accepted = book.by_year("compliance.vintages", year)
    uses = [accepted.use()]
    if vintage > year:
        if accepted.word == "later_for_shortfalls" and received_at is not None:
            due_by = book.by_year("compliance.surrender_deadline", year)
            if not due_by.deadline.in_time(received_at):
                return Eligibility((), (*uses, due_by.use()))
        refusal: Refusal = FutureVintage(vintage=vintage, year=year)
        return Eligibility((refusal,), tuple(uses))
    for between in range(vintage, year):
        rule = book.by_year("compliance.carry_over", between)
        uses.append(rule.use())
        if rule.word != "all":
            refusal = VintageNotCarriedOver(vintage=vintage, year=year, closed=between)
            return Eligibility((refusal,), tuple(uses))
    return Eligibility((), tuple(uses))


def _of_reduction(use: ReductionUse, year: int, book: Rulebook) -> Eligibility:
    on = day_of(use.received_at)
    kinds = book.by_year("compliance.offset_instruments", year)
    excluded = book.on_day("compliance.own_boundary_excluded", on)
    uses = [kinds.use(), excluded.use()]
    refusals: list[Refusal] = []
    if use.kind not in kinds.words:
        accepted = ", ".join(kinds.words) or "-"
        refusals.append(
            InstrumentNotAccepted(year=year, kind=use.kind, accepted=accepted, proof=use.proof)
        )
    if use.kind == "reduction":
        classes = book.on_day("compliance.reduction_classes", on)
        uses.append(classes.use())
        if use.reduction_class not in classes.words:
            class_ = use.reduction_class or "?"
            accepted = ", ".join(classes.words)
            refusals.append(ClassNotAccepted(class_=class_, accepted=accepted, proof=use.proof))
    if use.inside_own_boundary and excluded.switch:
        refusals.append(InsideOwnBoundary(proof=use.proof))
    if not use.proof:
        refusals.append(ProofMissing())
    elif use.kind == "reduction":
        due = book.by_year("compliance.certificate_due", year)
        uses.append(due.use())
        if use.certified_at is None:
            refusals.append(ProofMissing())
        elif not due.deadline.in_time(use.certified_at):
            at, closes = canonical(use.certified_at), due.deadline.sentence("en")
            refusals.append(CertificateLate(certified_at=at, closes=closes, proof=use.proof))
    return Eligibility(tuple(refusals), tuple(uses))
