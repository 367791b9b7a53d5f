"""What workings write in one language for the record, said in the reader's: roundings, units, keys.

A symbol (``tCO2e``) is the same everywhere and stays. What is not known here stays as written: the
record is shown as it was kept, never hidden.
"""

from __future__ import annotations

from hutan.rules.parameters import rulebook
from hutan.rules.rounding import Rounding
from hutan.web.language import Bilingual, bi

_UNITS = {
    "share": bi("比例", "share"),
    "factor": bi("系数", "factor"),
    "working days": bi("个工作日", "working days"),
    "days": bi("天", "days"),
    "minutes": bi("分钟", "minutes"),
    "years": bi("年", "years"),
    "persons": bi("人", "persons"),
    "times": bi("次", "times"),
    "count": bi("个", "count"),
    "switch": bi("是否", "switch"),
    "text": bi("文字", "text"),
    "choice": bi("选项", "choice"),
    "choices": bi("选项", "choices"),
    "time of day": bi("时刻", "time of day"),
    "deadline": bi("期限", "deadline"),
    "period": bi("期间", "period"),
    "daily window": bi("每日时段", "daily window"),
    "yuan, from..to": bi("元（幅度）", "yuan, from..to"),
    "share, from..to": bi("比例（幅度）", "share, from..to"),
    "any one per year": bi("每年任一", "any one per year"),
    "table": bi("表", "table"),
    "fen": bi("分", "fen"),
    "point": bi("积分", "points"),
}


def said_unit(unit: str) -> Bilingual:
    """Return a unit in both languages."""
    return _UNITS.get(unit, bi(unit, unit))


def said_rounding(rounding: str) -> Bilingual:
    """Return what a named rounding does, in both languages."""
    if rounding in (known.value for known in Rounding):
        named = Rounding(rounding)
        return bi(named.zh, named.en)
    return bi(rounding, rounding)


def said_parameter(key: str) -> Bilingual | None:
    """Return a parameter's title in both languages, or nothing for a key not in the rulebook."""
    series = rulebook().series.get(key)
    return None if series is None else bi(series.zh, series.en)
