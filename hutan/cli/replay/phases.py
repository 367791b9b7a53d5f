"""The file's compliance codes held against its own figures, cumulated over a phase as Europe does.

A: surrendered covers verified since the phase began; B: it does not; C: emissions are missing; E:
another ground; ``-`` or empty: not applicable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hutan.cli.replay.causes import Cause
from hutan.cli.replay.outcomes import Outcome
from hutan.cli.replay.reading import InstallationYear

_COMPARED = ("A", "B", "C", "E")
"""The codes that say something."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A row with the code that the phase so far has by the replay; ``-`` without a duty.

    ``cause`` says why the file's code is another, if it is.
    """

    row: InstallationYear
    code: str
    cause: Cause | None


@dataclass(frozen=True, slots=True)
class _Balances:
    """Surrendered less verified: in this phase so far, in earlier phases, in later years."""

    here: int
    before: int
    ahead: int


def codes(rows: Sequence[InstallationYear], found: Mapping[int, Outcome]) -> Iterator[Coded]:
    """Yield the rows of one installation, in the order of their years, with their codes.

    ``found`` is what the services say, by year.
    """
    balance, before, phase = 0, 0, ""
    ahead = sum(_balance(found[row.year]) for row in rows)
    for row in rows:
        if row.phase != phase:
            balance, before, phase = 0, before + balance, row.phase
        one = found[row.year]
        balance += _balance(one)
        ahead -= _balance(one)
        code = "C" if one.determined is None else "A" if balance >= 0 else "B"
        if not row.regulated or row.code not in _COMPARED or row.code == code:
            yield Coded(row, code if row.regulated else "-", None)
        else:
            yield Coded(row, code, _cause(row, code, _Balances(balance, before, ahead)))


def _balance(one: Outcome) -> int:
    return one.handed_in - (one.determined or 0)


def _cause(row: InstallationYear, code: str, balance: _Balances) -> Cause:
    """Say why the file's code is not that of its figures: the first of these that is so."""
    if row.code == "E":
        return Cause("code_other_ground")
    if code == "C":
        return Cause("code_without_emissions")
    if row.code == "C":
        return Cause("code_before_emissions")
    everything = balance.before + balance.here
    if code == "A":
        if everything < 0:
            return Cause("code_earlier_shortfall", balance.before)
        return Cause("code_against_figures", balance.here)
    if row.surrendered is None:
        return Cause("code_without_surrender")
    if everything >= 0:
        return Cause("code_earlier_surplus", balance.before)
    if balance.here + balance.ahead >= 0:
        return Cause("code_made_good_later", balance.here)
    return Cause("code_against_figures", balance.here)
