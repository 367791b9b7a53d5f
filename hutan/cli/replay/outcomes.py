"""What the services say after a replay, by installation and year.

Nothing here is taken from the course that was worked out beforehand: issues, purchases, surrenders
and cancellations are read from the registry by act, determinations and uses from compliance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hutan.cli.replay.steps import Script
from hutan.compliance.queries import closings, counted_by, positions
from hutan.registry.queries import balances_of_accounts, moved_by, unit_accounts


@dataclass(frozen=True, slots=True)
class Outcome:
    """An installation's year, in tonnes; ``determined`` is ``None`` where nothing was.

    ``counted`` says for which years count what was handed in this year; ``counts`` is what counts
    for this year by now; ``status`` how it stood when the year was closed (empty: no duty).
    """

    issued: int
    determined: int | None
    bought: int
    handed_in: int
    counted: Mapping[int, int]
    counts: int
    status: str
    missing: int


@dataclass(frozen=True)
class YearOutcome:
    """A year: its installations, and what became of all units when it was closed, in tonnes.

    ``lapsed_of`` is what lapsed of each installation's holdings; ``lapsed`` counts all accounts.
    """

    year: int
    by_installation: Mapping[str, Outcome]
    cancelled: int
    lapsed: int
    carried: int
    lapsed_of: Mapping[str, int]


@dataclass(frozen=True)
class Outcomes:
    """All years, read when first asked for."""

    script: Script
    _names: dict[str, str] = field(default_factory=dict)

    def of_year(self, year: int) -> YearOutcome:
        """Return what the services say of a year. A few queries."""
        names = self._accounts()
        installations = {self.script.unit(one): one for one in self.script.places}
        issued, bought = self._received(year, "issue"), self._received(year, "buy")
        handed_in: dict[str, int] = {}
        for _, giver, _, amount in moved_by(self.script.step_id(year, "surrender")):
            handed_in[names[giver]] = handed_in.get(names[giver], 0) + amount
        counted = counted_by(self.script.step_id(year, "surrender"))
        closed = {one.unit: one for one in closings(year)}
        found: dict[str, Outcome] = {}
        for one in positions(year):
            name, closing = installations[one.unit], closed.get(one.unit)
            tonnes = one.position.determined
            assert tonnes is None or tonnes == int(tonnes)
            found[name] = Outcome(
                issued=issued.get(name, 0),
                determined=None if tonnes is None else int(tonnes),
                bought=bought.get(name, 0),
                handed_in=handed_in.get(name, 0),
                counted=counted.get(one.unit, {}),
                counts=sum(int(use.quantity) for use in one.position.uses),
                status=closing.status if closing else "",
                missing=closing.missing if closing else 0,
            )
        ends = {"cancel_surrendered": 0, "lapse": 0, "carry_over": 0}
        lapsed_of: dict[str, int] = {}
        for type, giver, _, amount in moved_by(self.script.step_id(year, "close")):
            ends[type] += amount
            if type == "lapse" and giver in names:
                lapsed_of[names[giver]] = lapsed_of.get(names[giver], 0) + amount
        return YearOutcome(
            year=year,
            by_installation=found,
            cancelled=ends["cancel_surrendered"],
            lapsed=ends["lapse"],
            carried=ends["carry_over"],
            lapsed_of=lapsed_of,
        )

    def held(self) -> dict[str, int]:
        """Return what each installation's account holds now."""
        names, found = self._accounts(), dict[str, int]()
        for one in balances_of_accounts(list(names)):
            found[names[one.account]] = found.get(names[one.account], 0) + one.balance
        return found

    def _accounts(self) -> Mapping[str, str]:
        """Return the installation of each account number."""
        if not self._names:
            units = {self.script.unit(one): one for one in self.script.places}
            numbers = unit_accounts(list(units))
            self._names.update({number: units[unit] for unit, number in numbers.items()})
        return self._names

    def _received(self, year: int, name: str) -> dict[str, int]:
        names, found = self._accounts(), dict[str, int]()
        for _, _, receiver, amount in moved_by(self.script.step_id(year, name)):
            found[names[receiver]] = found.get(names[receiver], 0) + amount
        return found
