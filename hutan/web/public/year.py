"""The public figures of a compliance year: summed over the whole market, each with its working."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from hutan.compliance import overviews as compliance
from hutan.compliance import queries
from hutan.compliance.overviews import YearTotals
from hutan.compliance.queries import OpenYear
from hutan.kernel.moments import SHANGHAI
from hutan.kernel.quantities import Tonnes
from hutan.kernel.working import Step, Working
from hutan.registry import overviews as registry
from hutan.registry.overviews import VintageTotals
from hutan.web.language import Bilingual, bi
from hutan.web.moments import platform_now
from hutan.web.seams import PublicCount, PublicFigure, PublicYear, RegulatedUnit, YearSeries
from hutan.web.unit.frame import nearest_year
from hutan.web.words import UNIT_STATUSES

YEARS = 8
"""So many years stand in the chart."""

_MET = ("met", "met_late")


def public_year(on: date) -> PublicYear | None:
    """Return the figures of the year whose surrender closes next, or of the newest; or nothing.

    Five queries, whatever the size of the market.
    """
    years = queries.years()
    chosen = nearest_year(years, datetime.combine(on, time(), SHANGHAI))
    if chosen is None:
        return None
    totals = {one.year: one for one in compliance.year_totals()}
    vintages = {one.vintage: one for one in registry.vintages()}
    shown = sorted(totals)[-YEARS:]
    return PublicYear(
        year=chosen.year,
        figures=_figures(chosen.year, totals[chosen.year], vintages.get(chosen.year)),
        deadline=chosen.surrender_closes,
        years=shown,
        series=_series(shown, totals, vintages),
        counts=_counts(chosen, totals[chosen.year].regulated, platform_now()),
    )


def regulated_units(on: date) -> Sequence[RegulatedUnit]:
    """Return the regulated units of the year that ``public_year`` speaks of, by name."""
    chosen = nearest_year(queries.years(), datetime.combine(on, time(), SHANGHAI))
    if chosen is None:
        return ()
    return [
        RegulatedUnit(one.name, district=one.district)
        for one in compliance.listed_units(chosen.year)
        if one.listing == "regulated"
    ]


def _figures(year: int, totals: YearTotals, vintage: VintageTotals | None) -> list[PublicFigure]:
    created = vintage.created if vintage else 0
    unissued = vintage.unissued if vintage else 0
    return [
        _figure(
            bi("配额总量（已入库）", "Allowances created"),
            created,
            {},
            "sum(create)",
            "M10.2",
            year,
        ),
        _figure(
            bi("已发放配额", "Allowances issued"),
            created - unissued,
            {"created": created, "unissued": unissued},
            "created − unissued",
            "M13",
            year,
        ),
        _figure(
            bi("审定排放量合计", "Determined emissions"),
            int(totals.determined.to_integral_value(rounding="ROUND_FLOOR")),
            {"units determined": totals.determined_units, "determined": totals.determined},
            "floor(sum(determined))",
            "M18.1",
            year,
            rounding="floor",
        ),
        _figure(
            bi("已清缴", "Surrendered"),
            totals.allowances + totals.reductions,
            {"allowances": totals.allowances, "reductions": totals.reductions},
            "allowances + reductions",
            "M21.1",
            year,
        ),
    ]


def _figure(
    name: Bilingual,
    amount: int,
    inputs: dict[str, int | Decimal],
    formula: str,
    clause: str,
    year: int,
    *,
    rounding: str = "",
) -> PublicFigure:
    step = Step("figure", name.zh, name.en, formula, str(amount), Tonnes.unit, clause, rounding)
    given = {"year": str(year), **{key: str(value) for key, value in inputs.items()}}
    working = Working(f"{year} 年度{name.zh}", f"{name.en}, {year}", given, (), (step,), "figure")
    return PublicFigure(name, Tonnes(amount), working)


def _series(
    years: Sequence[int], totals: dict[int, YearTotals], vintages: dict[int, VintageTotals]
) -> list[YearSeries]:
    return [
        YearSeries(
            bi("已发放配额", "Issued"),
            [vintages[year].issued if year in vintages else None for year in years],
        ),
        YearSeries(
            bi("审定排放量", "Determined"),
            [int(totals[year].determined) or None for year in years],
        ),
        YearSeries(
            bi("已清缴", "Surrendered"),
            [(totals[year].allowances + totals[year].reductions) or None for year in years],
        ),
    ]


def _counts(year: OpenYear, regulated: int, at: datetime) -> list[PublicCount]:
    """Return how many units there are, and after the deadline how many have met their duty."""
    if at < year.surrender_closes:
        return [PublicCount(bi("纳管单位", "Regulated units"), regulated)]
    if year.closed_at is not None:
        statuses = [one.status for one in queries.closings(year.year)]
    else:
        statuses = [
            found.status.value
            for unit, found in queries.assessments(year.year, at)
            if unit.position.listing == "regulated"
        ]
    met = sum(status in _MET for status in statuses)
    return [
        PublicCount(bi("纳管单位", "Regulated units"), len(statuses)),
        PublicCount(UNIT_STATUSES["met"][1], met, "good"),
        PublicCount(UNIT_STATUSES["short"][1], len(statuses) - met, "bad"),
    ]
