"""From a year's determined emissions to the allowances a unit must surrender."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hutan.kernel.quantities import Tonnes
from hutan.kernel.working import Step, Working
from hutan.rules.parameters import Rulebook
from hutan.rules.rounding import Rounding


@dataclass(frozen=True)
class Obligation:
    """What a unit owes for a year: ``due`` allowances against ``determined`` emissions."""

    year: int
    determined: Decimal
    due: Tonnes
    working: Working


def obligation(determined: Decimal | Tonnes, year: int, *, book: Rulebook) -> Obligation:
    """Return what determined emissions oblige a unit to surrender.

    due = determined emissions / tonnes an allowance covers, rounded up to a whole allowance

    Units: tCO2e in, allowances out. Source: M21.1; the clause has no rounding, up is ours: the
    surrender must be full (足额). Raises ``YearNotEntered``.
    """
    exact = Decimal(determined)
    if not (exact.is_finite() and exact >= 0):
        raise ValueError(f"determined emissions cannot be {determined}")
    covers = book.by_year("compliance.allowance_tonnes", year)
    due = Rounding.CEILING.tonnes(exact / covers.decimal)
    step = Step(
        name="due",
        zh="应清缴配额",
        en="allowances due",
        formula="ceiling(determined / compliance.allowance_tonnes)",
        value=str(due),
        unit=Tonnes.unit,
        clause="M21.1",
        rounding=Rounding.CEILING.value,
    )
    working = Working(
        title_zh=f"{year} 年度清缴义务",
        title_en=f"Obligation for {year}",
        inputs={"year": str(year), "determined": str(exact)},
        parameters=(covers.use(),),
        steps=(step,),
        result="due",
        rules=book.version,
    )
    return Obligation(year, exact, due, working)
