"""Pre-allocation of the next year's allowances, and netting it against the final plan."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hutan.kernel.quantities import Tonnes
from hutan.kernel.refusals import Refusal
from hutan.kernel.working import Step, Working
from hutan.rules.parameters import Rulebook
from hutan.rules.rounding import Rounding


class NoPreAllocation(Refusal):
    """No notice gives pre-allocation for that year."""

    code = "RUL-121"
    clause = "M13"
    zh = "{year} 年度没有预分配配额：规则库中尚无相应通知。"
    en = "There is no pre-allocation for {year}: the rulebook has no notice that gives it."
    cure_zh = "通知发布后，请在规则库 allocation.pre_allocation 中录入。"
    cure_en = "Once a notice is issued, enter it under allocation.pre_allocation."


class NotReleased(Refusal):
    """Pre-allocation follows full surrender for the year before."""

    code = "RUL-122"
    clause = "N5"
    zh = "{year} 年度尚未足额清缴，不能发放下一年度预分配配额。"
    en = "The surrender for {year} is not full, so nothing is pre-allocated for the next year."
    cure_zh = "请先足额清缴该年度配额。"
    cure_en = "Surrender in full for that year first."


NOTHING = Tonnes(0)


@dataclass(frozen=True)
class PreAllocation:
    """Allowances of ``year`` that are issued ahead of its plan."""

    year: int
    quantity: Tonnes
    working: Working


@dataclass(frozen=True)
class Netting:
    """The difference at final allocation: issue more, take back, or take back as a debt.

    Exactly one of ``issue`` and ``take_back + debt`` is positive, or all are zero.
    """

    issue: Tonnes
    take_back: Tonnes
    debt: Tonnes
    working: Working


def pre_allocation(
    determined: Decimal | Tonnes, year: int, *, full: bool, book: Rulebook, had: Tonnes = NOTHING
) -> PreAllocation:
    """Return the allowances of ``year`` that a unit gets ahead of the year's plan.

    quantity = share x determined emissions of the year before, rounded down
    rest     = quantity - had, where the unit has had some in advance already

    ``had`` came to the unit with a merger or a split: the emissions it took over count in its own,
    and nothing is given for them twice. ``full`` tells whether the year before was surrendered in
    full. Units: tCO2e in, allowances of
    ``year`` out. Source: N5 (for 2025 only; a later year needs its own notice); the rounding is
    ours: never more than the share. Raises ``NoPreAllocation``, ``NotReleased``,
    ``YearNotEntered``.
    """
    switch = book.by_year("allocation.pre_allocation", year)
    if not switch.switch:
        raise NoPreAllocation(year=str(year))
    if not full:
        raise NotReleased(year=str(year - 1))
    share = book.by_year("allocation.pre_allocation_share", year)
    quantity = Rounding.FLOOR.tonnes(share.decimal * Decimal(determined))
    step = Step(
        name="quantity",
        zh="预分配配额",
        en="pre-allocated allowances",
        formula="floor(allocation.pre_allocation_share * determined)",
        value=str(quantity),
        unit=Tonnes.unit,
        clause=share.clause,
        rounding=Rounding.FLOOR.value,
    )
    inputs, steps = {"year": str(year), "determined": str(determined)}, [step]
    if had:
        quantity, inputs["had"] = max(quantity - had, NOTHING), str(had)
        formula = "max(quantity - had, 0)"
        steps.append(_step("rest", "尚可预分配", "still to be pre-allocated", formula, quantity))
    working = Working(
        title_zh=f"{year} 年度预分配配额",
        title_en=f"Pre-allocation for {year}",
        inputs=inputs,
        parameters=(switch.use(), share.use()),
        steps=tuple(steps),
        result=steps[-1].name,
        rules=book.version,
    )
    return PreAllocation(year, quantity, working)


def net_provisional(
    final: Tonnes, provisional: Tonnes, *, held: Tonnes, year: int, book: Rulebook
) -> Netting:
    """Net what was issued provisionally for a year against the unit's line in the final plan.

    difference = final - provisional
    issue      = difference, if positive
    take_back  = as much of the excess as the unit still holds
    debt       = the rest of the excess: units already sold are owed, never a negative balance

    ``held`` are the allowances of ``year`` that can be taken back now. Units: allowances.
    Source: M13 (nothing beyond the plan), N3.1 (final allocation from determined data); the order
    is ours. Raises ``YearNotEntered``.
    """
    recovery = book.by_year("allocation.recovery", year)
    issue = max(final - provisional, Tonnes(0))
    excess = max(provisional - final, Tonnes(0))
    take_back = min(excess, held)
    debt = excess - take_back
    steps = (
        _step("issue", "补发配额", "to be issued", "max(final - provisional, 0)", issue),
        _step("excess", "多发配额", "excess", "max(provisional - final, 0)", excess),
        _step("take_back", "收回配额", "to be taken back", "min(excess, held)", take_back),
        _step("debt", "欠量", "owed", "excess - take_back", debt),
    )
    working = Working(
        title_zh=f"{year} 年度暂列计划行清算",
        title_en=f"Netting of the provisional line of {year}",
        inputs={"final": str(final), "provisional": str(provisional), "held": str(held)},
        parameters=(recovery.use(),),
        steps=steps,
        result="issue" if issue else "take_back",
        rules=book.version,
    )
    return Netting(issue, take_back, debt, working)


def _step(name: str, zh: str, en: str, formula: str, value: Tonnes) -> Step:
    return Step(name, zh, en, formula, str(value), Tonnes.unit, clause="M13")
