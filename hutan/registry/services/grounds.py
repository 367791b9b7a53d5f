"""What a moment rests on, as the leaf says it: anyone can then compute the moment again."""

from __future__ import annotations

from datetime import datetime, timedelta

from hutan.kernel.canonical import Json, Record
from hutan.kernel.moments import day_of
from hutan.registry.domain.facts import ReversalSubject
from hutan.rules.delays import Delayed
from hutan.rules.parameters import Rulebook


def of_delay(at: datetime, delayed: Delayed, *, book: Rulebook) -> dict[str, Json]:
    """Return the parameters of a delay that began ``at``, and the days off until it ends."""
    rules: dict[str, Json] = {use.key: use.value for use in delayed.working.parameters}
    first, last = day_of(at), day_of(delayed.at)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    off: list[Json] = [day.isoformat() for day in days if not book.calendar.is_working_day(day)]
    return {"rules": rules, "days_off": off}


def of_transfer(
    at: datetime, delayed: Delayed, *, trusted: bool, ceiling: int, book: Rulebook
) -> Record:
    """Return what the execution of a transfer rests on: the delay's grounds, list and ceiling."""
    found = of_delay(at, delayed, book=book)
    rules = found["rules"]
    assert isinstance(rules, dict)
    rules["registry.transfer_ceiling"] = str(ceiling)
    return {**found, "trusted": trusted}


def of_reversal(subject: ReversalSubject, *, book: Rulebook) -> Record:
    """Return the parameter that says how long a transaction may be reversed."""
    assert subject.executed_at is not None
    days = book.on_day("registry.reversal_days", day_of(subject.executed_at))
    return {"rules": {days.key: days.text}}
