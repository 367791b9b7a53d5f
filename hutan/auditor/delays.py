"""When a transfer executes and a trusted receiver counts, from the parameters in the act itself.

Working days are what the act says less nothing: every day between its moment and the execution is
one unless the act lists it as off. What different acts say of one day must agree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from hutan.auditor.books import Books
from hutan.auditor.rules import end_of
from hutan.auditor.texts import SHANGHAI, WHOLE, Body, Misshapen, day_of

_WINDOW = re.compile(r"(\d\d:\d\d:\d\d)\.\.(\d\d:\d\d:\d\d)")
_MINUTES_A_DAY = 24 * 60
_LONGEST = 1_000
"""Days that a delay may take; more is no delay that any rule gives."""


class Delay:
    """The parameters and days off that an act states; reading one that is absent is a fault."""

    def __init__(self, body: Body) -> None:
        # On a list's addition the same word names the receiver, so a flag alone is one here.
        self.trusted = body.content.get("trusted") is True
        body.skip("trusted")
        self._place = f"{body.place}.rules"
        self._rules: Mapping[str, object] = body.inner("rules").content
        self.off = [_day(text, body.place) for text in body.texts("days_off")]

    def executes(self, at: datetime) -> datetime:
        """Return when a transfer executes that was approved ``at`` a moment."""
        if self.trusted:
            return self._inside(at)
        if self.text("registry.transfer_rule") == "minutes":
            return self._after_minutes(at)
        noon = self._clock("registry.transfer_noon")
        early = at.astimezone(SHANGHAI).time() < noon
        side = "days_before_noon" if early else "days_from_noon"
        return self._on_working_day(day_of(at), self.whole(f"registry.transfer_{side}"), noon)

    def counts_from(self, at: datetime) -> datetime:
        """Return from when an addition to the trusted list counts."""
        days = self.whole("registry.trusted_list_working_days")
        return self._on_working_day(day_of(at), days, self._clock("registry.trusted_list_time"))

    def whole(self, key: str) -> int:
        """Return a parameter that is a whole number."""
        found = self.text(key)
        if not WHOLE.fullmatch(found):
            raise Misshapen(f"{self._place}.{key}", f"{found[:40]!r} is no whole number")
        return int(found)

    def text(self, key: str) -> str:
        """Return a parameter as it is written."""
        found = self._rules.get(key)
        if not isinstance(found, str):
            raise Misshapen(f"{self._place}.{key}", "it is missing")
        return found

    def check_days(self, books: Books, until: datetime) -> None:
        """Hold what the act says of its days against what other acts said of the same days."""
        for key, value in self._rules.items():
            books.agree(key, day_of(books.now.at), str(value))
        off = set(self.off)
        day, last = day_of(books.now.at), day_of(until)
        if (last - day).days > _LONGEST:
            books.fault("AUD-321", "execute_at", last, day)
            return
        if any(not day <= one <= last for one in off):
            books.fault("AUD-321", "days_off", "a day outside", f"{day} to {last}")
        while day <= last:
            known = books.days_off.setdefault(day, day in off)
            if known != (day in off):
                books.fault("AUD-321", f"day {day}", "off" if day in off else "working", "other")
            day += timedelta(days=1)

    def _after_minutes(self, at: datetime) -> datetime:
        starts = self._inside(at)
        days, minutes = divmod(self.whole("registry.transfer_minutes"), _MINUTES_A_DAY)
        day = self._on_working_day(starts.date(), days, starts.time())
        return self._inside(day + timedelta(minutes=minutes))

    def _inside(self, at: datetime) -> datetime:
        """Return ``at`` if it lies in the window of a working day, else the next opening."""
        match = _WINDOW.fullmatch(self.text("registry.transfer_window"))
        if match is None:
            raise Misshapen(f"{self._place}.registry.transfer_window", "it is no window")
        opens, closes = time.fromisoformat(match[1]), time.fromisoformat(match[2])
        here = at.astimezone(SHANGHAI)
        if not self._is_off(here.date()):
            if opens <= here.time() <= closes:
                return here
            if here.time() < opens:
                return datetime.combine(here.date(), opens, SHANGHAI)
        return self._on_working_day(here.date(), 1, opens)

    def _on_working_day(self, day: date, count: int, clock: time) -> datetime:
        """Return a time on the count-th working day after ``day``; with 0, on the first from it."""
        if count > _LONGEST:
            raise Misshapen(self._place, f"{count} working days")
        if count == 0:
            while self._is_off(day):
                day += timedelta(days=1)
        for _ in range(count):
            day += timedelta(days=1)
            while self._is_off(day):
                day += timedelta(days=1)
        return datetime.combine(day, clock, SHANGHAI)

    def _is_off(self, day: date) -> bool:
        return day in self.off

    def _clock(self, key: str) -> time:
        try:
            return time.fromisoformat(self.text(key))
        except ValueError:
            raise Misshapen(f"{self._place}.{key}", "it is no time of day") from None


def window_ends(books: Books, rules: Body, executed_at: datetime) -> datetime:
    """Return until when a transaction may be reversed: the end of the n-th day after it."""
    text = rules.text("registry.reversal_days")
    books.agree("registry.reversal_days", day_of(executed_at), text)
    if not WHOLE.fullmatch(text):
        raise Misshapen(f"{rules.place}.registry.reversal_days", "it is no whole number")
    return end_of(day_of(executed_at) + timedelta(days=int(text)))


def _day(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Misshapen(f"{place}.days_off", f"{text[:20]!r} is no day") from None
