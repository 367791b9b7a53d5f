"""Everything that stands after the acts so far, and the ways to look it up."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from hutan.auditor.findings import Findings, Leaf
from hutan.auditor.records import (
    Account,
    Closing,
    Debt,
    Departure,
    Determination,
    Freeze,
    Holding,
    Instalment,
    Line,
    Listing,
    Organisation,
    Part,
    Plan,
    Pledge,
    Post,
    Succession,
    Transaction,
    Use,
    Year,
)
from hutan.auditor.texts import Misshapen

UnitYear = tuple[str, int]


class Books:
    """The auditor's own account of the market. ``now`` is the act that is being replayed."""

    def __init__(self, findings: Findings, now: Leaf) -> None:
        """Open empty books."""
        self.findings, self.now = findings, now

        self.organisations: dict[str, Organisation] = {}
        self.codes: set[str] = set()
        self.persons: set[str] = set()
        self.posts: dict[str, Post] = {}
        self.posts_of: dict[str, list[Post]] = defaultdict(list)

        self.delegations: list[tuple[str, str, date]] = []

        self.accounts: dict[str, Account] = {}
        self.by_kind: dict[str, int] = defaultdict(int)
        self.government: dict[str, str] = {}
        self.unit_accounts: dict[str, str] = {}
        self.holdings: dict[tuple[str, str], Holding] = {}
        self.assets: dict[str, set[str]] = defaultdict(set)
        self.numbering: dict[int, int] = defaultdict(int)
        self.numbered_by: dict[int, Leaf] = {}

        self.transactions: dict[str, Transaction] = {}
        self.waiting: dict[str, int] = defaultdict(int)
        self.freezes: dict[str, Freeze] = {}
        self.pledges: dict[str, Pledge] = {}
        self.debts: dict[str, Debt] = {}
        self.debts_of: dict[str, list[Debt]] = defaultdict(list)

        self.plans: dict[int, list[Plan]] = defaultdict(list)
        self.parts: dict[tuple[int, str], Part] = {}
        self.lines: dict[str, Line] = {}
        self.lines_of: dict[str, list[Line]] = defaultdict(list)
        self.open_lines: dict[int, dict[str, Line]] = defaultdict(dict)

        self.years: dict[int, Year] = {}
        self.listings: dict[UnitYear, list[Listing]] = defaultdict(list)
        self.listed: dict[int, dict[str, None]] = defaultdict(dict)
        self.determinations: dict[UnitYear, list[Determination]] = defaultdict(list)
        self.uses: dict[UnitYear, list[Use]] = defaultdict(list)
        self.uses_of: dict[str, list[tuple[UnitYear, Use]]] = defaultdict(list)
        self.proofs: dict[tuple[str, str], Use] = {}
        self.departures: dict[str, Departure] = {}
        self.successions: dict[str, Succession] = {}
        self.closings: dict[UnitYear, Closing] = {}
        self.carried: dict[tuple[int, str, str], tuple[int, int, Leaf]] = {}
        self.instalments: dict[str, Instalment] = {}
        self.grants: dict[UnitYear, tuple[int, Leaf]] = {}

        # What acts have said of days so far: whether no work is done on them, and which rule held.
        self.days_off: dict[date, bool] = {}
        self.rules_on: dict[tuple[str, date], str] = {}
        # Duties that were passed on, of which the merger or split has still to come.
        self.passed_on: dict[UnitYear, tuple[str, dict[str, int], Leaf]] = {}
        # Surrenders whose uses were undone, of which the reversal has still to come.
        self.undone: dict[str, Leaf] = {}
        # Accounts that a merger or split closes, with the id that this must have.
        self.closing: dict[str, str] = {}

    def fault(self, code: str, place: str, stated: object = "", found: object = "") -> None:
        """Note what is wrong with the act that is being replayed."""
        self.findings.add(code, place, stated, found, self.now)

    def agree(self, key: str, day: date, value: str) -> None:
        """Hold what an act says of a rule on a day against what others said of it."""
        if (known := self.rules_on.setdefault((key, day), value)) != value:
            self.fault("AUD-321", f"{key} on {day}", value, known)

    def account(self, number: str) -> Account | None:
        """Return an account; one that does not exist is a finding."""
        found = self.accounts.get(number)
        if found is None:
            self.fault("AUD-301", f"account {number}")
        return found

    def holder_of(self, number: str) -> str:
        """Return who holds an account, or nothing."""
        found = self.accounts.get(number)
        return found.holder if found is not None else ""

    def add_line(self, line: Line) -> None:
        """Enter a line of a plan that is in force."""
        self.lines[line.id] = self.open_lines[line.year][line.id] = line
        if line.account:
            self.lines_of[line.account].append(line)

    def holding(self, account: str, asset: str) -> Holding:
        """Return a holding; one that was never touched is empty."""
        found = self.holdings.get((account, asset))
        if found is None:
            found = self.holdings[account, asset] = Holding(account, asset, self.now)
            self.assets[account].add(asset)
        return found

    def held_by(self, account: str) -> list[Holding]:
        """Return all that an account ever held, by asset."""
        return [self.holdings[account, asset] for asset in sorted(self.assets.get(account, ()))]

    def owed(self, account: str) -> int:
        """Return what an account still owes, in tonnes."""
        return sum(debt.amount - debt.repaid for debt in self.debts_of.get(account, ()))

    def freezes_on(self, account: str) -> int:
        """Return how many freezes of an account are in force."""
        return sum(one.account == account and not one.lifted for one in self.freezes.values())

    def pledges_on(self, account: str) -> int:
        """Return how many pledges of an account are in force."""
        return sum(one.account == account and not one.released for one in self.pledges.values())

    def listing(self, unit: str, year: int) -> str:
        """Return how a unit stands on a year's list now; nothing where it is not on it."""
        versions = self.listings.get((unit, year), ())
        return next((one.listing for one in versions if one.ended_at is None), "")

    def determination(self, unit: str, year: int) -> Determination | None:
        """Return the determination that counts now."""
        versions = self.determinations.get((unit, year), ())
        return next((one for one in versions if one.ended_at is None), None)


def asset_year(asset: str) -> int:
    """Return the year of ``allowance:2024``; raise ``Misshapen`` for anything else."""
    kind, _, year = asset.partition(":")
    if kind != "allowance" or len(year) != 4 or not (year.isascii() and year.isdecimal()):
        raise Misshapen("asset", f"{asset[:40]!r} is no allowance of a year")
    return int(year)
