"""Fines as the law gives them: a band from a least to a largest amount, both included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from hutan.kernel.quantities import Fen
from hutan.kernel.refusals import Refusal
from hutan.kernel.working import ParameterUse
from hutan.rules.parameters import Rulebook

Breach = Literal[
    "plan_report_records", "false_report", "surrender", "agency", "barred_trading", "manipulation"
]
BODY: dict[Breach, str] = {
    "plan_report_records": "penalties.plan_report_records",
    "false_report": "penalties.false_report",
    "surrender": "penalties.surrender",
    "agency": "penalties.agency",
    "manipulation": "penalties.manipulation",
}
"""The parameter of each breach's fine on the body (or the individual who manipulates)."""

PERSON: dict[Breach, str] = {
    "false_report": "penalties.false_report_person",
    "agency": "penalties.agency_person",
    "barred_trading": "penalties.barred_trading_person",
    "manipulation": "penalties.manipulation_person",
}
"""The parameter of each breach's fine on the persons responsible."""

_FEN_PER_YUAN = 100


class NoSuchFine(Refusal):
    """The law fines that breach, but not in that person or body."""

    code = "RUL-131"
    clause = "M42.1"
    zh = "对“{breach}”没有针对该对象（{who}）的罚款规定。"
    en = "The law has no fine for {breach} on that kind of party ({who})."
    cure_zh = "请核对违法行为与处罚对象。"
    cure_en = "Check the breach and who is to be fined."


class FineOutsideBand(Refusal):
    """A fine must lie within the band of its article."""

    code = "RUL-132"
    clause = "M42.1"
    zh = "罚款 {amount} 分不在法定幅度 {low} 至 {high} 分之内（{article}）。"
    en = "A fine of {amount} fen lies outside the band of {low} to {high} fen ({article})."
    cure_zh = "请在法定幅度内确定罚款。"
    cure_en = "Set a fine within the band."


@dataclass(frozen=True)
class FineBand:
    """From ``low`` to ``high`` fen, both included. ``may``: the bureau decides whether at all.

    ``gains`` tells that illegal gains are confiscated beside the fine.
    """

    low: Fen
    high: Fen
    may: bool
    gains: bool
    clause: str
    uses: tuple[ParameterUse, ...]

    def check(self, amount: Fen) -> None:
        """Refuse an amount outside the band: ``FineOutsideBand``."""
        if not self.low <= amount <= self.high:
            raise FineOutsideBand(
                amount=int(amount), low=int(self.low), high=int(self.high), article=self.clause
            )


def fine(breach: Breach, *, who: Literal["body", "person"], on: date, book: Rulebook) -> FineBand:
    """Return the band of the fine for a breach committed on a day in Shanghai.

    Units: yuan in the law, fen out. Source: M42.1 to M45, M46.1. Raises ``NoSuchFine``;
    ``DayNotEntered`` for a day before 2025-04-01, whose fines nobody has entered.
    """
    keys = BODY if who == "body" else PERSON
    if breach not in keys:
        raise NoSuchFine(breach=breach, who=who)
    band = book.on_day(keys[breach], on)
    may = book.on_day("penalties.discretionary", on)
    gains = book.on_day("penalties.gains_confiscated", on)
    return FineBand(
        low=Fen(int(band.band.low * _FEN_PER_YUAN)),
        high=Fen(int(band.band.high * _FEN_PER_YUAN)),
        may=breach in may.words,
        gains=gains.switch,
        clause=band.clause,
        uses=(band.use(), may.use(), gains.use()),
    )
