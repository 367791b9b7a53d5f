"""The rules of a compliance year as its opening act states them, read from their written values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from hutan.auditor.records import Year
from hutan.auditor.texts import SHANGHAI, Body, Misshapen, any_moment, exact

_SPAN = re.compile(r"(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d|\.\.)")
_PERIOD = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")


class RuleMissing(Exception):
    """The opening act does not state a rule, or not in a form that can be read."""


def read_rules(uses: Iterable[Body]) -> dict[str, dict[str, str]]:
    """Return the stated values by key and basis (a year, or the days for which one holds)."""
    found: dict[str, dict[str, str]] = {}
    for use in uses:
        use.skip("unit", "clause", "document", "status")
        values = found.setdefault(use.text("key"), {})
        basis = use.text("basis")
        if basis in values:
            raise Misshapen(f"{use.place}.basis", f"{use.text('key')} stands twice for {basis}")
        values[basis] = use.text("value")
    return found


def word(year: Year, key: str, of: int | None = None) -> str:
    """Return a value by compliance year: the year's own, or that ``of`` another."""
    basis = str(year.year if of is None else of)
    try:
        return year.rules[key][basis]
    except KeyError:
        raise RuleMissing(f"{key} {basis}") from None


def words(year: Year, key: str) -> list[str]:
    """Return a value that is a list of words."""
    return _listed(word(year, key))


def number(year: Year, key: str, of: int | None = None) -> Fraction:
    """Return a value that is a number, exactly."""
    return _fraction(word(year, key, of), key)


def on_day(year: Year, key: str, day: date) -> str:
    """Return the value that holds on a day."""
    for basis, value in year.rules.get(key, {}).items():
        match = _SPAN.fullmatch(basis)
        # Days in this writing sort as texts do, and one that is no day matches nothing.
        if match is None or not match[1] <= str(day):
            continue
        if match[2] == ".." or str(day) <= match[2]:
            return value
    raise RuleMissing(f"{key} {day}")


def words_on_day(year: Year, key: str, day: date) -> list[str]:
    """Return the list of words that holds on a day."""
    return _listed(on_day(year, key, day))


def closes(year: Year, key: str) -> datetime:
    """Return the first moment that is too late for a deadline.

    Written with a time of day, that is the moment itself; as a day, the end of that day.
    """
    return read_deadline(word(year, key), key)


def read_deadline(text: str, key: str) -> datetime:
    """Read a deadline as the rules write it: a moment, or a day that counts in full."""
    try:
        if len(text) == len("2025-06-25"):
            return end_of(date.fromisoformat(text))
        return any_moment(text, key)
    except (ValueError, OverflowError, Misshapen):
        raise RuleMissing(f"{key}: {text[:40]}") from None


def period_closes(year: Year, key: str) -> datetime:
    """Return the first moment after a period of whole days."""
    match = _PERIOD.fullmatch(word(year, key))
    try:
        if match is not None:
            return end_of(date.fromisoformat(match[2]))
    except (ValueError, OverflowError):
        pass
    raise RuleMissing(f"{key}: {word(year, key)[:40]}")


def end_of(day: date) -> datetime:
    """Return the first moment after a day in Shanghai."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def floor(exact: Fraction) -> int:
    """Round down."""
    return exact.numerator // exact.denominator


def ceiling(exact: Fraction) -> int:
    """Round up."""
    return -(-exact.numerator // exact.denominator)


def _listed(text: str) -> list[str]:
    return text.split(", ") if text else []


def _fraction(text: str, key: str) -> Fraction:
    try:
        return exact(text)
    except ValueError:
        raise RuleMissing(f"{key}: {text}") from None
