"""For which years a surrender counts: its own, and earlier ones that are still short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hutan.kernel.quantities import Tonnes
from hutan.kernel.working import ParameterUse
from hutan.rules.parameters import Rulebook

_NONE = Tonnes(0)


@dataclass(frozen=True)
class Allotment:
    """How a quantity is divided: for its own year, for ``earlier`` ones, ``beyond`` every duty.

    What is beyond counts for its own year too, where it is ``allowed`` at all.
    """

    own: Tonnes
    earlier: Mapping[int, Tonnes]
    beyond: Tonnes
    allowed: bool
    use: ParameterUse


def allot(
    given: Tonnes, year: int, *, missing: Tonnes, earlier: Mapping[int, Tonnes], book: Rulebook
) -> Allotment:
    """Divide what is handed in for ``year``.

    own     = min(given, missing)
    earlier = what is left, to the years before that are still short, the oldest first
    beyond  = what is left then

    ``missing`` is what the year still lacks, ``earlier`` the same by year. Where the rule of the
    year is "refused", nothing beyond ``missing`` is allowed. Units: allowances. Source: M21.1,
    compliance.beyond_due. Raises ``YearNotEntered``.
    """
    assert all(other < year for other in earlier)
    rule = book.by_year("compliance.beyond_due", year)
    own = min(given, missing)
    left = given - own
    if rule.word == "refused":
        return Allotment(own, {}, left, allowed=not left, use=rule.use())
    filled: dict[int, Tonnes] = {}
    for other in sorted(earlier):
        if part := min(left, earlier[other]):
            filled[other] = part
            left = left - part
    return Allotment(own, filled, left, allowed=True, use=rule.use())
