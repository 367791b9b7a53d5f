"""Whole quantities that refuse to be mixed: tonnes, grams, fen, points.

Each is an integer of one unit. Adding tonnes to fen is a mistake in the program, so it raises
``TypeError``; multiplying or dividing by a plain integer keeps the unit. Fractions exist only on
the way to a quantity, as ``Decimal``, and leave it through a rounding that has a name.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import ClassVar, Self


class Quantity(int):
    """An integer count of one unit. Subclasses name the unit; they do not mix with each other."""

    unit: ClassVar[str] = ""

    def __new__(cls, value: int | str = 0) -> Self:
        if isinstance(value, (float, bool)):
            raise TypeError(f"{cls.__name__} takes a whole number, not {value!r}")
        if isinstance(value, Quantity) and type(value) is not cls:
            raise TypeError(f"{cls.__name__} is not {type(value).__name__}")
        return super().__new__(cls, value)

    def _same(self, other: object) -> bool:
        return type(other) is type(self) or type(other) is int

    # Of two whole numbers a whole number comes: int makes the result without asking again.

    def __add__(self, other: int) -> Self:
        same = self._same(other)
        return int.__new__(type(self), int.__add__(self, other)) if same else NotImplemented

    def __sub__(self, other: int) -> Self:
        same = self._same(other)
        return int.__new__(type(self), int.__sub__(self, other)) if same else NotImplemented

    def __mul__(self, other: int) -> Self:
        if isinstance(other, Quantity) or not isinstance(other, int):
            return NotImplemented
        return type(self)(int(self) * other)

    def __neg__(self) -> Self:
        return type(self)(-int(self))

    def __radd__(self, other: int) -> Self:
        return self.__add__(other)

    def __rsub__(self, other: int) -> Self:
        return type(self)(int(other) - int(self)) if self._same(other) else NotImplemented

    def __rmul__(self, other: int) -> Self:
        return self.__mul__(other)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({int(self)})"

    def __str__(self) -> str:
        return str(int(self))

    @classmethod
    def floor(cls, exact: Decimal) -> Self:
        """Round down: where a limit must not be passed by rounding."""
        return cls(int(exact.to_integral_value(ROUND_FLOOR)))

    @classmethod
    def ceiling(cls, exact: Decimal) -> Self:
        """Round up: where a duty must be covered in whole units."""
        return cls(int(exact.to_integral_value(ROUND_CEILING)))

    @classmethod
    def half_up(cls, exact: Decimal) -> Self:
        """Round to the nearest, ties away from zero: the ordinary rounding of a reported figure."""
        return cls(int(exact.to_integral_value(ROUND_HALF_UP)))


class Tonnes(Quantity):
    """Tonnes of CO2 equivalent; also the count of allowances, of which each covers one tonne."""

    unit = "tCO2e"


class Grams(Quantity):
    """Grams of CO2 equivalent: the unit of a person's reductions."""

    unit = "gCO2e"


class Fen(Quantity):
    """Hundredths of a yuan."""

    unit = "fen"


class Points(Quantity):
    """Whole carbon points (碳积分)."""

    unit = "point"
