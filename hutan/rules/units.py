"""The units a parameter can have, and how a value of each is written and read.

Values stand in the TOML as strings, so that nothing passes through a float; what a string means
follows from the unit alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any

from hutan.rules.deadlines import Deadline
from hutan.rules.values import Band, Period, Row, Scalar, Table, Threshold, Value, Window

_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_WHOLE = re.compile(r"\d+")
_CLOCK = re.compile(r"\d\d:\d\d(:\d\d)?")
_SWITCH = {"yes": True, "no": False}


class Unit(Enum):
    """Every unit, by its symbol: what the TOML writes, screens show and workings record."""

    TCO2E = "tCO2e"
    TCO2 = "tCO2"
    SHARE = "share"
    FACTOR = "factor"
    TCO2_PER_10MWH = "tCO2/10^4 kWh"
    TCO2_PER_GJ = "tCO2/GJ"
    TCO2E_PER_T = "tCO2e/t"
    GJ_PER_10MWH = "GJ/10^4 kWh"
    GJ_PER_FUEL = "GJ per t or 10^4 Nm3"
    TC_PER_GJ = "tC/GJ"
    TCE_PER_UNIT = "tce per unit"
    TEN_MW = "10^4 kW"
    WORKING_DAYS = "working days"
    DAYS = "days"
    MINUTES = "minutes"
    YEARS = "years"
    PERSONS = "persons"
    TIMES = "times"
    COUNT = "count"
    SWITCH = "switch"
    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    CLOCK = "time of day"
    DEADLINE = "deadline"
    PERIOD = "period"
    WINDOW = "daily window"
    YUAN_BAND = "yuan, from..to"
    SHARE_BAND = "share, from..to"
    THRESHOLD = "any one per year"
    TABLE = "table"

    @property
    def symbol(self) -> str:
        """Return the unit as it is written."""
        return self.value

    def read(self, raw: object) -> Value:
        """Read one value as it stands in the TOML; raise ``ValueError`` with the reason.

        Tables are read by ``read_table``, which needs their columns.
        """
        return _READERS[self](raw)

    @property
    def carries_over(self) -> bool:
        """Tell whether a value can serve another year: a date cannot, it lies in its own."""
        return self not in (Unit.DEADLINE, Unit.PERIOD)


SCALARS = frozenset(Unit) - {
    Unit.CHOICE, Unit.CHOICES, Unit.CLOCK, Unit.DEADLINE, Unit.PERIOD, Unit.WINDOW,
    Unit.YUAN_BAND, Unit.SHARE_BAND, Unit.THRESHOLD, Unit.TABLE,
}  # fmt: skip
"""What a table's column can hold."""


def read_table(rows: object, columns: Mapping[str, Unit]) -> Table:
    """Read a table's rows by its columns; raise ``ValueError`` naming the first bad cell."""
    if not isinstance(rows, dict) or not rows:
        raise ValueError("a table has rows")
    return Table.of({key: _row(key, row, columns) for key, row in rows.items()})


def _row(key: str, row: object, columns: Mapping[str, Unit]) -> Row:
    if not isinstance(row, dict):
        raise ValueError(f"row {key} is not a table of cells")
    titles = {name: row.get(name, "") for name in ("zh", "en", "note")}
    cells: dict[str, Scalar] = {}
    for name, raw in row.items():
        if name in titles:
            continue
        if name not in columns:
            raise ValueError(f"row {key} has an unknown column {name}")
        try:
            cell = columns[name].read(raw)
        except ValueError as error:
            raise ValueError(f"row {key}, column {name}: {error}") from error
        assert isinstance(cell, (Decimal, int, str))  # what SCALARS leaves
        cells[name] = cell
    return Row(key=key, cells=cells, **titles)


def _text(raw: object) -> str:
    if not isinstance(raw, str) or not raw:
        raise ValueError(f"{raw!r} is not a text in quotes")
    return raw


def _decimal(raw: object) -> Decimal:
    if not _DECIMAL.fullmatch(_text(raw)):
        raise ValueError(f"{raw!r} is not a decimal such as 0.05")
    return Decimal(_text(raw))


def _whole(raw: object) -> int:
    if not _WHOLE.fullmatch(_text(raw)):
        raise ValueError(f"{raw!r} is not a whole number")
    return int(_text(raw))


def _switch(raw: object) -> bool:
    if _text(raw) not in _SWITCH:
        raise ValueError(f"{raw!r} is neither yes nor no")
    return _SWITCH[_text(raw)]


def _clock(raw: object) -> time:
    if not _CLOCK.fullmatch(_text(raw)):
        raise ValueError(f"{raw!r} is not a time such as 12:00")
    return time.fromisoformat(_text(raw))


def _choices(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise ValueError(f"{raw!r} is not a list")
    return tuple(_text(word) for word in raw)


def _deadline(raw: object) -> Deadline:
    return Deadline.read(_text(raw))


def _ends(raw: object, names: Sequence[str], read: Callable[[object], Any]) -> tuple[Any, Any]:
    if not isinstance(raw, dict) or sorted(raw) != sorted(names):
        raise ValueError(f"{raw!r} does not have exactly {' and '.join(names)}")
    first, last = (read(raw[name]) for name in names)
    if first > last:
        raise ValueError(f"{first} comes after {last}")
    return first, last


def _band(raw: object) -> Band:
    return Band(*_ends(raw, ("from", "to"), _decimal))


def _period(raw: object) -> Period:
    return Period(*_ends(raw, ("from", "to"), lambda day: date.fromisoformat(_text(day))))


def _window(raw: object) -> Window:
    return Window(*_ends(raw, ("opens", "closes"), _clock))


def _threshold(raw: object) -> Threshold:
    if not isinstance(raw, dict) or not raw:
        raise ValueError(f"{raw!r} names no quantity")
    return Threshold(tuple((name, _decimal(limit)) for name, limit in raw.items()))


def _no_columns(raw: object) -> Value:
    raise ValueError("a table is read with its columns")


_DECIMALS = (
    Unit.TCO2E, Unit.TCO2, Unit.SHARE, Unit.FACTOR, Unit.TCO2_PER_10MWH, Unit.TCO2_PER_GJ,
    Unit.TCO2E_PER_T, Unit.GJ_PER_10MWH, Unit.GJ_PER_FUEL, Unit.TC_PER_GJ, Unit.TCE_PER_UNIT,
    Unit.TEN_MW,
)  # fmt: skip
_WHOLES = (
    Unit.WORKING_DAYS, Unit.DAYS, Unit.MINUTES, Unit.YEARS, Unit.PERSONS, Unit.TIMES, Unit.COUNT,
)  # fmt: skip

_READERS: dict[Unit, Callable[[object], Value]] = {
    **dict.fromkeys(_DECIMALS, _decimal),
    **dict.fromkeys(_WHOLES, _whole),
    Unit.SWITCH: _switch,
    Unit.TEXT: _text,
    Unit.CHOICE: _text,
    Unit.CHOICES: _choices,
    Unit.CLOCK: _clock,
    Unit.DEADLINE: _deadline,
    Unit.PERIOD: _period,
    Unit.WINDOW: _window,
    Unit.YUAN_BAND: _band,
    Unit.SHARE_BAND: _band,
    Unit.THRESHOLD: _threshold,
    Unit.TABLE: _no_columns,
}
