"""What a parameter's value can be, beside a decimal, a count, a switch or a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from hutan.kernel.moments import in_shanghai
from hutan.rules.deadlines import Deadline


@dataclass(frozen=True)
class Band:
    """From ``low`` to ``high``, both included (以上、以下 include the number they name)."""

    low: Decimal
    high: Decimal

    def __contains__(self, amount: Decimal) -> bool:
        return self.low <= amount <= self.high

    def __str__(self) -> str:
        return f"{self.low}..{self.high}"


@dataclass(frozen=True)
class Period:
    """Whole days in Shanghai from ``first`` to ``last``, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


@dataclass(frozen=True)
class Window:
    """A part of a day on Shanghai's clock; its opening and its closing instant belong to it."""

    opens: time
    closes: time

    def __contains__(self, at: datetime) -> bool:
        clock = in_shanghai(at).time()
        return self.opens <= clock <= self.closes

    def __str__(self) -> str:
        return f"{self.opens.isoformat()}..{self.closes.isoformat()}"


@dataclass(frozen=True)
class Threshold:
    """Limits of which reaching any one suffices: name of the quantity to its least amount."""

    limits: tuple[tuple[str, Decimal], ...]

    def reached(self, amounts: Mapping[str, Decimal]) -> str:
        """Return the first quantity whose amount reaches its limit, or an empty text."""
        for name, limit in self.limits:
            if name in amounts and amounts[name] >= limit:
                return name
        return ""

    def __str__(self) -> str:
        return " or ".join(f"{name} >= {limit}" for name, limit in self.limits)


Scalar: TypeAlias = "Decimal | int | bool | str"


@dataclass(frozen=True)
class Row:
    """One line of a table: titles, cells by column, and a note where the facts give one."""

    key: str
    zh: str
    en: str
    cells: Mapping[str, Scalar]
    note: str = ""


@dataclass(frozen=True, eq=False)
class Table:
    """Rows in the order of the text; a cell the text leaves open is absent, never zero."""

    rows: Mapping[str, Row]

    @classmethod
    def of(cls, rows: Mapping[str, Row]) -> Table:
        """Return the table of ``rows``; later changes to the mapping do not reach it."""
        return cls(MappingProxyType(dict(rows)))

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows.values())

    def __len__(self) -> int:
        return len(self.rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return "; ".join(
            f"{row.key}: " + ", ".join(f"{name} {cell}" for name, cell in row.cells.items())
            for row in self
        )


Value: TypeAlias = (
    "Decimal | int | bool | str | tuple[str, ...] | time | Deadline | Period | Window | Band"
    " | Threshold | Table"
)
