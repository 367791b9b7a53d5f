"""Closing a year: every unit's standing, and the fate of every tonne that is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hutan.auditor import rules
from hutan.auditor.books import Books, asset_year
from hutan.auditor.catalogue import HOLDERS, RIGHTS
from hutan.auditor.duties import running_year
from hutan.auditor.log import Act
from hutan.auditor.people import check_two
from hutan.auditor.records import Closing, Holding, Instalment, Year
from hutan.auditor.rules import RuleMissing
from hutan.auditor.standing import MET, position, stands
from hutan.auditor.texts import Body, written
from hutan.auditor.transactions import replay

_CARRYING = HOLDERS | {"omnibus"}
_LAPSING = _CARRYING | {"total", "reserve", "auction", "outside"}

_MOST_INSTALMENTS = 100
"""More is no division that any rule gives."""

Fate = tuple[str, str, str]
"""A type of transaction, the account and the asset."""


@dataclass(slots=True)
class _Stated:
    """What the act says beside its closings, which stand before its transactions."""

    fates: dict[Fate, int] = field(default_factory=dict)
    instalments: dict[tuple[str, str, int], tuple[str, int]] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)


def close_year(books: Books, act: Act) -> None:
    """Replay the close of a year."""
    check_two(books, act.body, *RIGHTS["compliance.close_year"], ())
    number = running_year(books, act.body.whole("year"))
    year = books.years.get(number)
    if year is None:
        return
    if books.now.at < year.closes:
        books.fault("AUD-411", f"year {number}", written(books.now.at), written(year.closes))
    stated = _Stated()
    try:
        expected = _closings(books, year)
        short = {unit for unit, one in expected.items() if one.status not in MET}
        fates = _fates(books, year, short)
        replay(books, act.body, _sorted_out(books, act, year, expected, stated))
        for unit in expected:
            books.fault("AUD-412", f"{unit} {number}", "not stated", expected[unit].status)
        _hold_fates(books, number, stated.fates, fates)
        _hold_instalments(books, year, short, stated)
    except RuleMissing as missing:
        books.fault("AUD-401", f"year {number}", str(missing))
    year.closed_at, year.leaf = books.now.at, books.now


def _sorted_out(
    books: Books, act: Act, year: Year, expected: dict[str, Closing], stated: _Stated
) -> Iterable[Body]:
    """Pass the transactions on; hold the closings, and note the rest for when they are done."""
    for case in act.cases:
        sort = case.text("record")
        if sort == "closing":
            _hold_closing(books, case, year, expected)
        elif sort == "transaction":
            for item in case.many("items"):
                key = (case.text("type"), case.text("giver"), item.text("asset"))
                stated.fates[key] = stated.fates.get(key, 0) + item.whole("amount")
            yield case
        elif sort == "instalment":
            key_ = (case.text("account"), case.text("asset"), case.whole("year"))
            stated.instalments[key_] = (case.text("id"), case.whole("amount"))
        elif sort == "release":
            stated.released.add(case.text("id"))
        else:
            books.fault("AUD-202", f"{case.place}.record", sort)


def _closings(books: Books, year: Year) -> dict[str, Closing]:
    """Return how every regulated unit stands now; raise ``RuleMissing``."""
    found = {}
    waits = rules.word(year, "compliance.undetermined_at_closing") == "wait"
    for unit in books.listed.get(year.year, ()):
        where = position(books, unit, year.year)
        if where is None or where.listing != "regulated":
            continue
        if where.tonnes is None and waits:
            books.fault("AUD-411", f"{unit} {year.year}", "not determined")
        standing = stands(books, where, year)
        if standing is not None:
            found[unit] = Closing(
                standing.status, standing.due, standing.counted, standing.missing,
                standing.excess, standing.reductions, books.now,
            )  # fmt: skip
    return found


def _hold_closing(books: Books, case: Body, year: Year, expected: dict[str, Closing]) -> None:
    case.same("id", "unit")
    unit = case.text("unit")
    wanted = expected.pop(unit, None)
    names = ("due", "counted", "missing", "excess", "reductions")
    due, counted, missing, excess, reductions = (case.whole(name) for name in names)
    status = case.text("status")
    said = Closing(status, due, counted, missing, excess, reductions, books.now)
    if wanted is None:
        books.fault("AUD-412", f"{unit} {year.year}", said.status, "no duty, or closed twice")
        return
    for name in ("status", *names):
        if getattr(said, name) != getattr(wanted, name):
            place = f"{unit} {year.year}: {name}"
            books.fault("AUD-412", place, getattr(said, name), getattr(wanted, name))
    books.closings[unit, year.year] = wanted


def _fates(books: Books, year: Year, short: set[str]) -> dict[Fate, int]:
    """Return what must be cancelled, carried over or lapse, before any of it happens."""
    found: dict[Fate, int] = {}
    surrender = books.government.get("surrender", "")
    for one in books.held_by(surrender):
        if one.available:
            found["cancel_surrendered", surrender, one.asset] = one.available
    rule = rules.word(year, "compliance.carry_over")
    movers = _movers(books, year.year)
    for one in _surpluses(books, year.year, _CARRYING if rule == "all" else _LAPSING):
        holder = books.holder_of(one.account)
        carries = rule == "all" or (rule == "movers" and holder in movers)
        if carries and holder and holder in short:
            continue
        amount = one.balance if carries else one.available
        if amount:
            found["carry_over" if carries else "lapse", one.account, one.asset] = amount
    return found


def _hold_fates(
    books: Books, year: int, stated: dict[Fate, int], expected: dict[Fate, int]
) -> None:
    for key in sorted(stated.keys() | expected.keys()):
        said, wanted = stated.get(key, 0), expected.get(key, 0)
        if said != wanted:
            books.fault("AUD-413", " ".join(key), said, wanted)
        kind, account, asset = key
        if wanted and kind != "cancel_surrendered":
            carried = (wanted, 0) if kind == "carry_over" else (0, wanted)
            books.carried[year, account, asset] = (*carried, books.now)


def _surpluses(books: Books, year: int, kinds: frozenset[str]) -> list[Holding]:
    return [
        one
        for one in books.holdings.values()
        if one.balance
        and (account := books.accounts.get(one.account)) is not None
        and account.kind in kinds
        and account.status != "closed"
        and asset_year(one.asset) <= year
    ]


def _movers(books: Books, year: int) -> set[str]:
    """Return the units that stand on the next year's list as units of the national market."""
    return {
        unit
        for unit in books.listed.get(year + 1, ())
        if books.listing(unit, year + 1) == "national"
    }


def _hold_instalments(books: Books, year: Year, short: set[str], stated: _Stated) -> None:
    """Free the instalments that fall due, set aside those of units that now move."""
    coming = year.year + 1
    due = {one.id for one in books.instalments.values() if one.year == coming and not one.released}
    if due != stated.released:
        books.fault("AUD-414", f"released for {coming}", sorted(stated.released), sorted(due))
    for id_ in due:
        one = books.instalments[id_]
        one.released_at, one.leaf = books.now.at, books.now
        holding = books.holding(one.account, one.asset)
        holding.release(("instalment", id_))
        holding.leaf = books.now
    expected = _later_parts(books, year, short)
    for key in sorted(stated.instalments.keys() | expected.keys()):
        id_, amount = stated.instalments.get(key, ("", 0))
        if amount != expected.get(key, 0):
            account, asset, of = key
            books.fault("AUD-414", f"{account} {asset} {of}", amount, expected.get(key, 0))
        if amount:
            _set_aside(
                books, Instalment(id_, key[0], key[1], amount, key[2], books.now, books.now.at)
            )


def _later_parts(books: Books, year: Year, short: set[str]) -> dict[tuple[str, str, int], int]:
    coming = year.year + 1
    moving = _movers(books, year.year) - _movers(books, year.year - 1) - short
    found = {}
    for one in _surpluses(books, year.year, frozenset({"unit"})):
        if books.holder_of(one.account) not in moving:
            continue
        count = int(rules.number(year, "compliance.mover_years", coming))
        if count > _MOST_INSTALMENTS:
            raise RuleMissing(f"compliance.mover_years: {count}")
        available = one.available
        for place in range(2, count + 1):
            part = available * place // count - available * (place - 1) // count
            if part:
                found[one.account, one.asset, coming + place - 1] = part
    return found


def _set_aside(books: Books, one: Instalment) -> None:
    if one.id in books.instalments:
        books.fault("AUD-414", f"instalment {one.id}", "its id is used")
    books.instalments[one.id] = one
    holding = books.holding(one.account, one.asset)
    holding.reserve(("instalment", one.id), one.amount)
    holding.leaf = books.now
