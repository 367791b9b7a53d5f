"""Deadlines of the registry: opening accounts, reversing a transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from hutan.kernel.moments import day_of
from hutan.rules.deadlines import Deadline
from hutan.rules.parameters import Rulebook


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
