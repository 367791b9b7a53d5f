"""``hutan calendar``: working days, from our own table or from one the question brings."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from hutan.cli.answers import Question, answer_all
from hutan.kernel.canonical import Json
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Refusal, refuse
from hutan.rules.calendar import Calendar, shanghai

app = typer.Typer(no_args_is_help=True)


def _readable(source: Path | None) -> Path | None:
    if source is not None and str(source) != "-" and not source.is_file():
        raise typer.BadParameter(f"there is no file {source}")
    return source


Source = Annotated[
    Path | None,
    typer.Argument(
        help="A file of JSON or JSON Lines; standard input if absent or -.", callback=_readable
    ),
]

Brief = Annotated[bool, typer.Option("--brief", help="Leave out the working.")]

_FIRST_YEAR, _LAST_YEAR, _MOST_DAYS = 1990, 2200, 100_000
_SATURDAY = 5


class CalendarDayWrong(Refusal):
    """A day of the question's own calendar contradicts the rest of it."""

    code = "CLI-011"
    basis = "docs/commands.md"
    zh = "日历中的 {day} 不可用：{reason}。"
    en = "The calendar's {day} cannot be used: {reason}."
    cure_zh = "holidays 与 make_up_days 须落在 years 所列年份内，互不重复，补班日须为周末。"
    cure_en = "Days lie in the listed years and in one list only; make-up days are weekend days."


@app.command("working-days")
def working_days(source: Source = None) -> None:
    """Count the working days between two days, both included.

    {"from": "2025-06-01", "to": "2025-06-30"}
    """
    answer_all(source, _working_days)


@app.command("add")
def add(source: Source = None) -> None:
    """Find the n-th working day after a day (before it, if n is negative; 0: the day or the next).

    {"day": "2025-06-27", "working_days": 4}
    """
    answer_all(source, _add)


def _working_days(question: Question) -> Json:
    fields = Fields(question)
    first, last = fields.day("from"), fields.day("to")
    calendar = calendar_of(fields, question)
    fields.done()
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "working_days": calendar.working_days_between(first, last),
    }


def _add(question: Question) -> Json:
    fields = Fields(question)
    day = fields.day("day")
    count = fields.integer("working_days", least=-_MOST_DAYS, most=_MOST_DAYS)
    calendar = calendar_of(fields, question)
    fields.done()
    result = calendar.add_working_days(day, count)
    return {"from": day.isoformat(), "working_days": count, "day": result.isoformat()}


def calendar_of(fields: Fields, question: Question) -> Calendar:
    """Return the calendar a question names or brings; without one, that of the law.

    Its own one says which ``years`` it covers, their ``holidays`` and ``make_up_days``.
    """
    if not isinstance(question.get("calendar"), dict):
        if "calendar" in question:
            fields.choice("calendar", {"law"})
        return shanghai()
    own = fields.inner("calendar")
    years = own.integers("years", least=_FIRST_YEAR, most=_LAST_YEAR)
    holidays, make_up = own.days("holidays"), own.days("make_up_days")
    fields.done()
    refuse(_contradictions(years, holidays, make_up))
    return Calendar.of(years, holidays, make_up)


def _contradictions(years: list[int], holidays: list[date], make_up: list[date]) -> list[Refusal]:
    off, on = set(holidays), set(make_up)
    outside = {day for day in off | on if day.year not in years}
    both = off & on
    weekdays = {day for day in on if day.weekday() < _SATURDAY}
    return [
        CalendarDayWrong(day=day.isoformat(), reason=reason)
        for days, reason in (
            (outside, "不在所列年份内 (not in the listed years)"),
            (both, "既是假日又是补班日 (holiday and make-up day)"),
            (weekdays, "补班日不是周末 (a make-up day on a weekday)"),
        )
        for day in sorted(days)
    ]
