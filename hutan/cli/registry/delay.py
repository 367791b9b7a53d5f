"""``hutan registry delay``: when a transfer executes, as a decision core."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Annotated

import typer

from hutan.cli.answers import Question, answer_all
from hutan.cli.calendar import Brief, Source, calendar_of
from hutan.cli.registry.group import app
from hutan.kernel.canonical import Json
from hutan.kernel.moments import canonical
from hutan.kernel.reading import Fields
from hutan.rules.delays import (
    AtNoon,
    AtOnce,
    DelayRule,
    MinutesInWindow,
    WorkingDaysLater,
    transfer_execution,
)
from hutan.rules.parameters import rulebook
from hutan.rules.values import Window

_MOST_DAYS, _MOST_MINUTES = 1_000, 1_000_000
_EMPTY = time()


@app.command("delay")
def delay(
    source: Source = None,
    profile: Annotated[str, typer.Option(help="Rule profile that the rule 'law' means.")] = "law",
    brief: Brief = False,
) -> None:
    """Tell when a transfer executes, by a rule, a calendar and the time of its proposal.

    {"rule": "law", "trusted": false, "proposed_at": "2025-06-27T11:59:59+08:00"}
    """
    answer_all(source, lambda question: _delay(question, profile, brief))


def _delay(question: Question, profile: str, brief: bool) -> Json:
    fields = Fields(question)
    proposed_at = fields.moment("proposed_at", local=True)
    if not isinstance(question.get("rule"), dict):
        fields.choice("rule", {"law"})
        trusted = fields.boolean("trusted", needed=True)
        own = calendar_of(fields, question) if "calendar" in question else None
        fields.done()
        book = rulebook(profile)
        delayed = transfer_execution(proposed_at, trusted=trusted, book=book, calendar=own)
        working = {} if brief else {"working": delayed.working.to_record()}
        return {"executes_at": canonical(delayed.at), **working}
    rule = _rule(fields.inner("rule"))
    calendar = calendar_of(fields, question)
    fields.done()
    return {"executes_at": canonical(rule.executes(proposed_at, calendar))}


def _rule(fields: Fields) -> DelayRule:
    """Return the rule that a question spells out; its faults stay with ``fields``."""
    kind = fields.choice("kind", set(_RULES))
    return _RULES.get(kind, _at_once)(fields)


def _at_once(fields: Fields) -> DelayRule:
    return AtOnce(_window(fields))


def _at_noon(fields: Fields) -> DelayRule:
    noon = _clock(fields, "noon")
    before = fields.integer("days_before_noon", most=_MOST_DAYS)
    return AtNoon(noon, before, fields.integer("days_from_noon", most=_MOST_DAYS))


def _minutes(fields: Fields) -> DelayRule:
    return MinutesInWindow(fields.integer("minutes", most=_MOST_MINUTES), _window(fields))


def _days_later(fields: Fields) -> DelayRule:
    days = fields.integer("working_days", most=_MOST_DAYS)
    return WorkingDaysLater(days, _clock(fields, "time"))


_RULES: dict[str, Callable[[Fields], DelayRule]] = {
    "trusted": _at_once,
    "noon": _at_noon,
    "minutes": _minutes,
    "trusted_list": _days_later,
}
"""The kinds of rule a question can spell out."""


def _window(fields: Fields) -> Window:
    opens, closes = _clock(fields, "opens"), _clock(fields, "closes")
    if opens > closes:
        fields.parsed("closes", _too_early, _EMPTY, "at or after opens")
    return Window(opens, closes)


def _too_early(text: str) -> time:
    raise ValueError(text)


def _clock(fields: Fields, name: str) -> time:
    return fields.parsed(name, _read_clock, _EMPTY, "a time of day such as 12:00")


def _read_clock(text: str) -> time:
    found = time.fromisoformat(text)
    if found.tzinfo is not None:
        raise ValueError("a time of day on Shanghai's clock has no offset")
    return found
