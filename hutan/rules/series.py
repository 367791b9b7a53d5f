"""One parameter and its values in time: what the book is made of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from decimal import Decimal
from functools import cached_property
from typing import Literal, TypeVar

from hutan.kernel.canonical import Json
from hutan.kernel.working import ParameterUse, Status
from hutan.rules.deadlines import Deadline
from hutan.rules.refusals import CellNotEntered
from hutan.rules.units import Unit
from hutan.rules.values import Band, Period, Table, Threshold, Value, Window

V = TypeVar("V")


@dataclass(frozen=True)
class Parameter:
    """One value of a parameter with its source.

    ``basis`` is the compliance year (``2024``) or the days for which it holds
    (``2025-04-01/..``). ``carried_from`` names the year whose value this repeats, if it does.
    """

    key: str
    zh: str
    en: str
    unit: Unit
    basis: str
    value: Value
    clause: str
    document: str
    status: Status
    note: str = ""
    carried_from: str = ""
    file: str = ""
    columns: tuple[tuple[str, Unit], ...] = ()

    @property
    def text(self) -> str:
        """Return the value as workings, screens and exports write it."""
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        if isinstance(self.value, tuple):
            return ", ".join(self.value)
        return self.value.isoformat() if isinstance(self.value, time) else str(self.value)

    def use(self) -> ParameterUse:
        """Return the record of having used this value, for a working."""
        return self._use

    def cell(self, row: str, column: str) -> Parameter:
        """Return one cell of a table as a parameter of its own; refuse what is not entered."""
        units = dict(self.columns)
        found = self.table.rows.get(row)
        if found is None or column not in found.cells:
            raise CellNotEntered(key=self.key, row=row, column=column, file=self.file)
        return replace(
            self,
            key=f"{self.key}/{row}/{column}",
            zh=f"{self.zh}：{found.zh}",
            en=f"{self.en}: {found.en}",
            unit=units[column],
            value=found.cells[column],
            note=found.note or self.note,
            columns=(),
        )

    @property
    def decimal(self) -> Decimal:
        """Return the value, which must be a decimal."""
        return self._as(Decimal)

    @property
    def whole(self) -> int:
        """Return the value, which must be a whole number."""
        return self._as(int)

    @property
    def switch(self) -> bool:
        """Return the value, which must be yes or no."""
        return self._as(bool)

    @property
    def word(self) -> str:
        """Return the value, which must be a text or a choice."""
        return self._as(str)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the value, which must be a list of choices."""
        return self._as(tuple)

    @property
    def clock(self) -> time:
        """Return the value, which must be a time of day."""
        return self._as(time)

    @property
    def deadline(self) -> Deadline:
        """Return the value, which must be a deadline."""
        return self._as(Deadline)

    @property
    def period(self) -> Period:
        """Return the value, which must be a period."""
        return self._as(Period)

    @property
    def window(self) -> Window:
        """Return the value, which must be a daily window."""
        return self._as(Window)

    @property
    def band(self) -> Band:
        """Return the value, which must be a band."""
        return self._as(Band)

    @property
    def threshold(self) -> Threshold:
        """Return the value, which must be a threshold."""
        return self._as(Threshold)

    @property
    def table(self) -> Table:
        """Return the value, which must be a table."""
        return self._as(Table)

    @cached_property
    def _use(self) -> ParameterUse:
        return ParameterUse(
            key=self.key,
            basis=self.basis,
            value=self.text,
            unit=self.unit.symbol,
            clause=self.clause,
            document=self.document,
            status=self.status,
        )

    def _as(self, kind: type[V]) -> V:
        # The exact type: a switch is no whole number, although bool is a subclass of int.
        if type(self.value) is not kind:
            raise TypeError(f"{self.key} is {self.unit.symbol}, not {kind.__name__}")
        return self.value


@dataclass(frozen=True)
class Span:
    """A value and the days for which it holds; ``last`` is ``None`` while no end is known."""

    first: date
    last: date | None
    parameter: Parameter


@dataclass(frozen=True)
class Series:
    """All values of one parameter, by compliance year or by day; one of the two is empty.

    ``used_by`` names the part of the platform that will use it, where no code does yet.
    """

    key: str
    zh: str
    en: str
    unit: Unit
    dated: Literal["year", "day"]
    file: str
    note: str = ""
    used_by: str = ""
    options: tuple[str, ...] = ()
    columns: tuple[tuple[str, Unit], ...] = ()
    years: Mapping[int, Parameter] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Return every value in order of time."""
        return tuple(self.years.values()) + tuple(span.parameter for span in self.spans)

    def on(self, day: date) -> Parameter | None:
        """Return the value in force on ``day``, if there is one."""
        place = bisect_right(self.spans, day, key=lambda span: span.first) - 1
        if place < 0:
            return None
        span = self.spans[place]
        return span.parameter if span.last is None or day <= span.last else None

    def to_record(self) -> dict[str, Json]:
        """Return the series as plain JSON: what the book's version is the hash of."""
        return {
            "key": self.key,
            "zh": self.zh,
            "en": self.en,
            "unit": self.unit.symbol,
            "dated": self.dated,
            "note": self.note,
            "values": [
                {**one.use().to_record(), "note": one.note, "carried_from": one.carried_from}
                for one in self.parameters
            ],
        }
