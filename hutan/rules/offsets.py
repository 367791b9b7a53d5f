"""How much of a surrender reductions may cover: a share whose base changed over the years."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hutan.kernel.quantities import Tonnes
from hutan.kernel.refusals import Refusal
from hutan.kernel.working import Step, Working
from hutan.rules.parameters import Rulebook
from hutan.rules.rounding import Rounding


class AllocationUnknown(Refusal):
    """The year's cap is a share of allocated allowances, and those are not known."""

    code = "RUL-101"
    clause = "M21.2"
    zh = "{year} 年度抵销上限以当年分配配额为基数，但未给出分配量。"
    en = "The offset cap of {year} is a share of the year's allocated allowances: none are given."
    cure_zh = "请提供该年度分配的配额量。"
    cure_en = "State the allowances allocated for the year."


@dataclass(frozen=True)
class OffsetCap:
    """The most reductions that count for a year, and the base they are a share of."""

    year: int
    base: Decimal
    cap: Tonnes
    working: Working


def offset_cap(
    year: int, *, determined: Decimal | Tonnes, allocated: Decimal | Tonnes | None, book: Rulebook
) -> OffsetCap:
    """Return the most reductions, of all accepted kinds together, that count for a year.

    cap = share x base, rounded down to whole tonnes

    The base is the allowances allocated for the year (2013 to 2015, and assumed to 2022) or the
    determined emissions (from 2023; official for 2024). Units: tCO2e. Source: N4.2, M21.2; the
    rounding is ours: a cap is not passed by rounding. Raises ``YearNotEntered``,
    ``AllocationUnknown``.
    """
    share = book.by_year("compliance.offset_share_max", year)
    rule = book.by_year("compliance.offset_base", year)
    if rule.word == "determined":
        base = Decimal(determined)
    elif allocated is not None:
        base = Decimal(allocated)
    else:
        raise AllocationUnknown(year=str(year))
    cap = Rounding.FLOOR.tonnes(share.decimal * base)
    step = Step(
        name="cap",
        zh="抵销上限",
        en="offset cap",
        formula=f"floor(compliance.offset_share_max * {rule.word})",
        value=str(cap),
        unit=Tonnes.unit,
        clause=share.clause,
        rounding=Rounding.FLOOR.value,
    )
    working = Working(
        title_zh=f"{year} 年度抵销上限",
        title_en=f"Offset cap for {year}",
        inputs={"year": str(year), rule.word: str(base)},
        parameters=(share.use(), rule.use()),
        steps=(step,),
        result="cap",
        rules=book.version,
    )
    return OffsetCap(year, base, cap, working)
