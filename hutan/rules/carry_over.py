"""Carrying a surplus over: the rule is data by year; movers carry theirs over in instalments."""

from __future__ import annotations

from dataclasses import dataclass

from hutan.kernel.quantities import Tonnes
from hutan.kernel.refusals import Refusal
from hutan.kernel.working import Step, Working
from hutan.rules.parameters import Rulebook
from hutan.rules.rounding import Rounding


class SurrenderNotFull(Refusal):
    """A surplus exists only after full surrender."""

    code = "RUL-111"
    clause = "M21.3"
    zh = "{year} 年度尚未足额清缴，不存在可结转的结余。"
    en = "The surrender for {year} is not full yet, so there is no surplus to carry over."
    cure_zh = "请先足额清缴该年度配额。"
    cure_en = "Surrender in full for that year first."


class CarryOverClosed(Refusal):
    """The rule of the year does not let this unit's surplus serve a later year."""

    code = "RUL-112"
    clause = "M21.3"
    zh = "{year} 年度的结余配额不得结转（规则：{rule}）。"
    en = "A surplus of {year} may not be carried over (rule: {rule})."
    cure_zh = "结转规则由市生态环境部门制定，见规则库 compliance.carry_over。"
    cure_en = "The bureau sets the rule: see compliance.carry_over in the rulebook."


@dataclass(frozen=True)
class CarryOver:
    """How many allowances of a surplus may be carried over now."""

    quantity: Tonnes
    working: Working


def carry_over(surplus: Tonnes, year: int, *, full: bool, book: Rulebook) -> CarryOver:
    """Return what a unit that stays local may carry over of its surplus of ``year``.

    quantity = surplus, where the year's rule is "all"

    ``full`` tells whether the year was surrendered in full. Units: allowances. Source: M21.3.
    Raises ``SurrenderNotFull``, ``CarryOverClosed``, ``YearNotEntered``.
    """
    if not full:
        raise SurrenderNotFull(year=str(year))
    rule = book.by_year("compliance.carry_over", year)
    if rule.word != "all":
        raise CarryOverClosed(year=str(year), rule=rule.word)
    step = Step(
        name="quantity",
        zh="可结转配额",
        en="allowances that may be carried over",
        formula="surplus",
        value=str(surplus),
        unit=Tonnes.unit,
        clause="M21.3",
    )
    working = Working(
        title_zh=f"{year} 年度结余结转",
        title_en=f"Carry-over of the surplus of {year}",
        inputs={"year": str(year), "surplus": str(surplus)},
        parameters=(rule.use(),),
        steps=(step,),
        result="quantity",
        rules=book.version,
    )
    return CarryOver(surplus, working)


def carry_over_of_mover(
    surplus: Tonnes, *, moved_in: int, year: int, full: bool, book: Rulebook
) -> CarryOver:
    """Return what a unit that moved to the national market may carry over in ``year``.

    quantity = floor(surplus * k / n) - floor(surplus * (k - 1) / n), k = year - moved_in + 1

    ``surplus`` is what the unit held when it moved, ``moved_in`` its first national year, n the
    number of years (three: one third each). The instalments add up to the surplus exactly; before
    the first and after the last year the quantity is 0. Units: allowances. Source: A5.2, M21.3.
    Raises ``SurrenderNotFull``, ``CarryOverClosed``, ``YearNotEntered``.
    """
    if not full:
        raise SurrenderNotFull(year=str(moved_in - 1))
    rule = book.by_year("compliance.carry_over", moved_in - 1)
    if rule.word == "none":
        raise CarryOverClosed(year=str(moved_in - 1), rule=rule.word)
    years = book.by_year("compliance.mover_years", moved_in)
    place = year - moved_in + 1
    through = _through(surplus, place, years.whole)
    quantity = through - _through(surplus, place - 1, years.whole)
    step = Step(
        name="quantity",
        zh="本年可结转配额",
        en="allowances that may be carried over this year",
        formula="floor(surplus * k / n) - floor(surplus * (k - 1) / n)",
        value=str(quantity),
        unit=Tonnes.unit,
        clause="A5.2",
        rounding=Rounding.FLOOR.value,
    )
    working = Working(
        title_zh=f"转入全国碳市场单位 {year} 年结转",
        title_en=f"Carry-over in {year} of a unit that moved to the national market",
        inputs={"surplus": str(surplus), "moved_in": str(moved_in), "k": str(place)},
        parameters=(rule.use(), years.use()),
        steps=(step,),
        result="quantity",
        rules=book.version,
    )
    return CarryOver(quantity, working)


def _through(surplus: Tonnes, place: int, years: int) -> Tonnes:
    """Return all that may be carried over up to the instalment of that place."""
    place = min(max(place, 0), years)
    return Tonnes(int(surplus) * place // years)
