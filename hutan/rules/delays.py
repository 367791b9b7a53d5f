"""When acts of the registry take effect, and until when they can be done.

Two kinds of delay for a receiver off the trusted list stand side by side; which one rules on a day
is a parameter. All of it on Shanghai's clock and in its working days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from hutan.kernel.moments import SHANGHAI, canonical, day_of, in_shanghai
from hutan.kernel.working import ParameterUse, Step, Working
from hutan.rules.calendar import Calendar
from hutan.rules.deadlines import Deadline
from hutan.rules.parameters import Parameter, Rulebook
from hutan.rules.values import Window

_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True)
class AtOnce:
    """To a trusted receiver: at once inside the window, otherwise at its next opening.

    The opening and the closing instant belong to the window: at 16:00:00 it is at once, a
    microsecond later it is the next working day at 10:00.
    """

    window: Window

    formula: ClassVar[str] = "proposed_at inside the window of a working day, else its next opening"

    def executes(self, proposed_at: datetime, calendar: Calendar) -> datetime:
        """Return the moment of execution, never before ``proposed_at``."""
        return _inside(proposed_at, self.window, calendar)


@dataclass(frozen=True)
class AtNoon:
    """Off the list: at a time of day, ``before`` or ``after`` working days after the proposal.

    Proposed before that time of day (11:59:59.999999): ``before`` working days later. Proposed at
    or after it (12:00:00): ``after`` working days later. The day of the proposal does not count,
    whether or not work is done on it, so a proposal of Saturday morning executes on Monday.
    """

    noon: time
    before: int
    after: int

    formula: ClassVar[str] = "noon, n working days after proposed_at; n by proposed_at < noon"

    def executes(self, proposed_at: datetime, calendar: Calendar) -> datetime:
        """Return the moment of execution."""
        at = in_shanghai(proposed_at)
        days = self.before if at.time() < self.noon else self.after
        return _at(calendar.add_working_days(at.date(), days), self.noon)


@dataclass(frozen=True)
class MinutesInWindow:
    """Off the list, the other kind: minutes that run from the approval, inside a daily window.

    The clock starts at the approval if that lies inside the window, closing instant included,
    otherwise at the next opening. Whole days of the delay are working days, the rest is minutes
    by the wall clock; a result outside the window moves to the next opening.
    """

    minutes: int
    window: Window

    formula: ClassVar[str] = "proposed_at in the window + working days + minutes, in the window"

    def executes(self, proposed_at: datetime, calendar: Calendar) -> datetime:
        """Return the moment of execution of what was approved at ``proposed_at``."""
        starts = _inside(proposed_at, self.window, calendar)
        days, rest = divmod(self.minutes, _MINUTES_A_DAY)
        day = calendar.add_working_days(starts.date(), days)
        ends = datetime.combine(day, starts.time(), SHANGHAI) + timedelta(minutes=rest)
        return _inside(ends, self.window, calendar)


@dataclass(frozen=True)
class WorkingDaysLater:
    """An addition to the trusted list: at a time of day, ``days`` working days after approval.

    The day of approval does not count, whether or not work is done on it.
    """

    days: int
    clock: time

    formula: ClassVar[str] = "time of day, n working days after approved_at"

    def executes(self, approved_at: datetime, calendar: Calendar) -> datetime:
        """Return the moment from which the account is trusted."""
        return _at(calendar.add_working_days(day_of(approved_at), self.days), self.clock)


DelayRule = AtOnce | AtNoon | MinutesInWindow | WorkingDaysLater


@dataclass(frozen=True)
class Delayed:
    """When an act takes effect, and how that came about."""

    at: datetime
    working: Working


def transfer_rule(on: date, *, trusted: bool, book: Rulebook) -> tuple[DelayRule, list[Parameter]]:
    """Return the rule for a transfer proposed on a day, and the parameters it is made of.

    Raises ``DayNotEntered``: also where the rule is one of minutes and no number is entered.
    """
    window = book.on_day("registry.transfer_window", on)
    if trusted:
        return AtOnce(window.window), [window]
    kind = book.on_day("registry.transfer_rule", on)
    if kind.word == "minutes":
        minutes = book.on_day("registry.transfer_minutes", on)
        return MinutesInWindow(minutes.whole, window.window), [kind, minutes, window]
    noon = book.on_day("registry.transfer_noon", on)
    before = book.on_day("registry.transfer_days_before_noon", on)
    after = book.on_day("registry.transfer_days_from_noon", on)
    return AtNoon(noon.clock, before.whole, after.whole), [kind, noon, before, after]


def transfer_execution(
    proposed_at: datetime, *, trusted: bool, book: Rulebook, calendar: Calendar | None = None
) -> Delayed:
    """Return when a transfer executes that was proposed for execution at a moment.

    Proposed for execution means: by both people. Another ``calendar`` than the book's can be
    given. Source: no Shanghai text; assumed, modelled on (EU) 2019/1122 Art. 35 and the UK ETS
    registry. Raises ``DayNotEntered``, ``CalendarYearNotEntered``.
    """
    rule, parameters = transfer_rule(day_of(proposed_at), trusted=trusted, book=book)
    days = book.calendar if calendar is None else calendar
    return _delayed(
        "划转执行时间",
        "Execution of a transfer",
        {
            "proposed_at": canonical(proposed_at),
            "trusted": "yes" if trusted else "no",
            "calendar": days.file,
        },
        rule.executes(proposed_at, days),
        rule.formula,
        [one.use() for one in parameters],
        book,
    )


def trusted_list_effect(approved_at: datetime, *, book: Rulebook) -> Delayed:
    """Return when an addition to the trusted list takes effect; a removal does so at once.

    At a time of day on the n-th working day after the day of approval (12:00 on the fourth).
    Raises ``DayNotEntered``, ``CalendarYearNotEntered``.
    """
    on = day_of(approved_at)
    days = book.on_day("registry.trusted_list_working_days", on)
    clock = book.on_day("registry.trusted_list_time", on)
    rule = WorkingDaysLater(days.whole, clock.clock)
    return _delayed(
        "信任账户生效时间",
        "Effect of an addition to the trusted list",
        {"approved_at": canonical(approved_at)},
        rule.executes(approved_at, book.calendar),
        rule.formula,
        [days.use(), clock.use()],
        book,
    )


def account_opening_deadline(year: int, *, book: Rulebook) -> Deadline:
    """Return until when a unit that is new on the list of ``year`` opens both its accounts.

    The allowance account in the registry and the trading account at the exchange. Source: N6 for
    the list of 2024. Raises ``YearNotEntered``.
    """
    return book.by_year("registry.account_opening_due", year).deadline


def reversal_deadline(executed_at: datetime, *, book: Rulebook) -> Deadline:
    """Return until when a transaction may be reversed: to the end of the n-th day after it.

    Calendar days, the day of execution not counted. Raises ``DayNotEntered``.
    """
    on = day_of(executed_at)
    return Deadline.end_of(on + timedelta(days=book.on_day("registry.reversal_days", on).whole))


def _inside(at: datetime, window: Window, calendar: Calendar) -> datetime:
    """Return ``at`` if it lies in the window of a working day, else the next opening."""
    here = in_shanghai(at)
    working = calendar.is_working_day(here.date())
    if working and here in window:
        return here
    if working and here.time() < window.opens:
        return _at(here.date(), window.opens)
    return _at(calendar.next_working_day(here.date()), window.opens)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SHANGHAI)


def _delayed(
    zh: str,
    en: str,
    inputs: dict[str, str],
    at: datetime,
    formula: str,
    uses: list[ParameterUse],
    book: Rulebook,
) -> Delayed:
    step = Step("at", zh, en, formula, canonical(at), "moment")
    return Delayed(at, Working(zh, en, inputs, tuple(uses), (step,), "at", book.version))
