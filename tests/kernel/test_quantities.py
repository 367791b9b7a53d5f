"""Quantities are whole, know their unit, and refuse to be mixed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutan.kernel.quantities import Fen, Grams, Points, Quantity, Tonnes

wholes = st.integers(-(10**12), 10**12)


@given(wholes, wholes)
def test_arithmetic_is_that_of_integers_and_keeps_the_unit(a: int, b: int) -> None:
    for result, plain in (
        (Tonnes(a) + Tonnes(b), a + b),
        (Tonnes(a) + b, a + b),
        (a + Tonnes(b), a + b),
        (Tonnes(a) - Tonnes(b), a - b),
        (a - Tonnes(b), a - b),
        (Tonnes(a) * b, a * b),
        (b * Tonnes(a), a * b),
        (-Tonnes(a), -a),
        (sum([Tonnes(a), Tonnes(b)], Tonnes()), a + b),
    ):
        assert type(result) is Tonnes
        assert int(result) == plain


def test_units_do_not_mix() -> None:
    for wrong in (
        lambda: Tonnes(1) + Fen(1),
        lambda: Tonnes(1) - Fen(1),
        lambda: Fen(1) * Tonnes(1),
        lambda: Tonnes(Fen(1)),
        lambda: Grams(1.5),  # type: ignore[arg-type]  # a float is the mistake that is tested
        lambda: Points(True),
    ):
        with pytest.raises(TypeError):
            wrong()


@given(st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=4))
def test_roundings_do_what_their_names_say(exact: Decimal) -> None:
    floor, ceiling = Tonnes.floor(exact), Tonnes.ceiling(exact)
    assert floor <= exact <= ceiling
    assert 0 <= int(ceiling) - int(floor) <= 1
    nearest = Tonnes.half_up(exact)
    assert abs(int(nearest) - exact) <= Decimal("0.5")
    if abs(exact - int(exact)) == Decimal("0.5"):
        assert abs(int(nearest)) == abs(int(exact)) + 1


def test_each_shows_itself() -> None:
    assert (repr(Tonnes(5)), str(Fen(7)), Points("12")) == ("Tonnes(5)", "7", 12)
    assert {kind.unit for kind in Quantity.__subclasses__()} == {"tCO2e", "gCO2e", "fen", "point"}
