"""Acts of compliance: years, lists, determinations, surrenders, and how duties pass on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from hutan.auditor.books import Books, UnitYear
from hutan.auditor.catalogue import RIGHTS
from hutan.auditor.log import Act
from hutan.auditor.people import check_co_signed, check_two
from hutan.auditor.records import Departure, Determination, Listing, Use, Year
from hutan.auditor.rules import RuleMissing, closes, read_rules
from hutan.auditor.successions import divide
from hutan.auditor.texts import Body, Misshapen, derived, write_canonical, written

WORDS = {
    "compliance.offset_base": {"allocated", "determined"},
    "compliance.vintages": {"same_or_earlier", "later_for_shortfalls"},
    "compliance.vintage_order": {"oldest_first"},
    "compliance.carry_over": {"all", "movers", "none"},
    "compliance.beyond_due": {"refused", "earlier_years"},
    "compliance.undetermined_at_closing": {"wait", "missing"},
    "compliance.surrender_in_bulk": {"yes", "no"},
    "compliance.own_boundary_excluded": {"yes", "no"},
}
"""The words that the auditor knows as values of these rules."""

LISTINGS = frozenset({"regulated", "national", "reporting_only", "not_listed"})
REASONS = frozenset({"dissolved", "deregistered", "stopped", "moved_out"})
_TEN_THOUSANDTHS = 10_000


def open_year(books: Books, act: Act) -> None:
    """Open a compliance year by the rules that stand in the act."""
    body = act.body
    check_two(books, body, *RIGHTS["compliance.open_year"], ())
    year = Year(
        year=body.whole("year"),
        profile=body.text("profile"),
        rules=read_rules(body.many("rules")),
        stated=write_canonical(body.entries("rules")),
        version=body.text("rules_version"),
        closes=body.moment("surrender_closes"),
        leaf=books.now,
        opened_at=books.now.at,
    )
    place = f"year {year.year}"
    if year.year in books.years:
        books.fault("AUD-419", place, "opened again")
    for key, known in WORDS.items():
        for basis, value in year.rules.get(key, {}).items():
            if value not in known:
                books.fault("AUD-419", f"{key} {basis}", value, ", ".join(sorted(known)))
    try:
        expected = closes(year, "compliance.surrender_deadline")
        if expected != year.closes:
            books.fault("AUD-419", place, written(year.closes), written(expected))
    except RuleMissing as missing:
        books.fault("AUD-401", place, str(missing))
    books.years[year.year] = year


def enter_list(books: Books, act: Act) -> None:
    """Enter how units stand on a year's list."""
    body = act.body
    body.skip("document")
    check_two(books, body, *RIGHTS["compliance.list"], ())
    check_co_signed(books, body)
    year = running_year(books, body.whole("year"))
    seen: set[str] = set()
    for one in _entries(act):
        one.same("id", "unit")
        unit, listing = one.text("unit"), one.text("listing")
        _check_unit(books, unit, seen)
        if listing not in LISTINGS:
            books.fault("AUD-202", f"{one.place}.listing", listing)
        relist(books, unit, year, listing, one.text("reason"))


def determine(books: Books, act: Act) -> None:
    """Enter emissions as the bureau determined them: a new version for each unit."""
    body = act.body
    document = body.text("document")
    check_two(books, body, *RIGHTS["compliance.determine"], ())
    year = running_year(books, body.whole("year"))
    seen: set[str] = set()
    for one in _entries(act):
        one.same("id", "unit")
        unit, tonnes = one.text("unit"), one.number("tonnes")
        surrender_by = one.moment_or_none("surrender_by")
        _check_unit(books, unit, seen)
        if books.listing(unit, year) != "regulated":
            books.fault("AUD-404", f"{unit} {year}", books.listing(unit, year) or "not listed")
        if (tonnes * _TEN_THOUSANDTHS).denominator != 1:
            books.fault("AUD-202", f"{one.place}.tonnes", one.text("tonnes"))
        if surrender_by is not None:
            departed = books.departures.get(unit)
            if departed is None or departed.year != year or surrender_by <= books.now.at:
                books.fault("AUD-405", f"{unit} {year}", written(surrender_by))
        enter_determination(books, unit, year, tonnes, surrender_by, document)


def departure(books: Books, act: Act) -> None:
    """Note a unit that closes or leaves the city."""
    body = act.body
    check_two(books, body, *RIGHTS["compliance.departure"], ())
    unit, reason, on = body.text("unit"), body.text("reason"), body.text("on")
    if len(on) != len("2025-06-30") or not on[:4].isdecimal():
        raise Misshapen("body.on", f"{on[:20]!r} is no day")
    if unit in books.departures or unit not in books.organisations or reason not in REASONS:
        books.fault("AUD-418", unit, reason)
    books.departures[unit] = Departure(int(on[:4]), reason, on, books.now)


def succession(books: Books, act: Act) -> None:
    """Let heirs take over a unit's duties of a year, by their shares."""
    body = act.body
    year, predecessor, cause = body.whole("year"), body.text("predecessor"), body.text("succession")
    heirs = {one.text("unit"): one.whole("share") for one in body.many("heirs")}
    place = f"{predecessor} {year}"
    running_year(books, year)
    if books.now.act != (expected := derived(cause, "duties", predecessor, year)):
        books.fault("AUD-207", place, books.now.act, expected)
    if books.listing(predecessor, year) != "regulated":
        books.fault("AUD-416", place, "not a regulated unit of the year")
    if body.flag("keeps") != (predecessor in heirs):
        books.fault("AUD-416", place, "keeps", predecessor in heirs)
    books.passed_on[predecessor, year] = (cause, heirs, books.now)
    _divide_determination(books, body, (predecessor, year), heirs)
    for unit, listing in [(predecessor, "not_listed"), *((heir, "regulated") for heir in heirs)]:
        if books.listing(unit, year) != listing and (unit in heirs) == (listing == "regulated"):
            relist(books, unit, year, listing, body.text("document"))
    _divide_uses(books, body, (predecessor, year), heirs, cause)


def undo(books: Books, act: Act) -> None:
    """Undo the uses that rested on a surrender; its reversal follows."""
    body = act.body
    id_ = body.text("transaction")
    stated = sorted(
        (one.text("unit"), one.whole("year"), one.whole("quantity")) for one in body.many("uses")
    )
    standing = [(place, use) for place, use in books.uses_of.get(id_, ()) if use.ended_at is None]
    found = sorted((unit, year, use.quantity) for (unit, year), use in standing)
    if stated != found or not found:
        books.fault("AUD-417", f"surrender {id_}", stated, found)
    for _, use in standing:
        use.ended_at, use.leaf = books.now.at, books.now
    books.undone[id_] = books.now


def running_year(books: Books, year: int) -> int:
    """Return a year; one that is not open is a finding."""
    found = books.years.get(year)
    if found is None or found.closed:
        books.fault("AUD-402", f"year {year}", "closed" if found else "never opened")
    return year


def relist(books: Books, unit: str, year: int, listing: str, reason: str) -> None:
    """Let a unit stand otherwise on a year's list; what stood before is superseded."""
    for one in books.listings[unit, year]:
        if one.ended_at is None:
            one.ended_at = books.now.at
    fresh = Listing(at=books.now.at, leaf=books.now, listing=listing, reason=reason)
    books.listings[unit, year].append(fresh)
    books.listed[year].setdefault(unit)


def enter_determination(
    books: Books,
    unit: str,
    year: int,
    tonnes: Fraction,
    surrender_by: datetime | None,
    document: str,
) -> None:
    """Enter the next version of a determination; the one before is superseded."""
    versions = books.determinations[unit, year]
    for one in versions:
        if one.ended_at is None:
            one.ended_at = books.now.at
    versions.append(
        Determination(
            at=books.now.at,
            leaf=books.now,
            version=len(versions) + 1,
            tonnes=tonnes,
            surrender_by=surrender_by,
            document=document,
        )
    )


def enter_use(books: Books, place: UnitYear, use: Use) -> None:
    """Enter what a unit has used for a year."""
    books.uses[place].append(use)
    if use.transaction:
        books.uses_of[use.transaction].append((place, use))


def _entries(act: Act) -> Iterable[Body]:
    yield from act.body.many("entries")
    yield from act.cases


def _check_unit(books: Books, unit: str, seen: set[str]) -> None:
    known = books.organisations.get(unit)
    if known is None or known.kind != "unit" or unit in seen:
        books.fault("AUD-403", unit, known.kind if known else "unknown")
    seen.add(unit)


def _divide_determination(books: Books, body: Body, place: UnitYear, heirs: dict[str, int]) -> None:
    predecessor, year = place
    stated = {one.text("unit"): one.number("tonnes") for one in body.many("determinations")}
    whole = books.determination(predecessor, year)
    expected: dict[str, Fraction] = {}
    if whole is not None:
        units = whole.tonnes * _TEN_THOUSANDTHS
        parts = divide(units.numerator // units.denominator, list(heirs.values()))
        for heir, part in zip(heirs, parts, strict=True):
            had = None if heir == predecessor else books.determination(heir, year)
            own = had.tonnes if had is not None else Fraction(0)
            expected[heir] = own + Fraction(part, _TEN_THOUSANDTHS)
    if stated != expected:
        shown = [{heir: str(tonnes) for heir, tonnes in one.items()} for one in (stated, expected)]
        books.fault("AUD-416", f"{predecessor} {year}: determined", *shown)
    for heir, tonnes in expected.items():
        enter_determination(books, heir, year, tonnes, None, body.text("document"))


def _divide_uses(
    books: Books, body: Body, place: UnitYear, heirs: dict[str, int], cause: str
) -> None:
    predecessor, year = place
    stated = [
        (one.text("unit"), one.whole("quantity"), one.text("of")) for one in body.many("uses")
    ]
    expected = []
    fresh = []
    for use in [one for one in books.uses[place] if one.ended_at is None]:
        use.ended_at, use.leaf = books.now.at, books.now
        parts = divide(use.quantity, list(heirs.values()))
        for heir, quantity in zip(heirs, parts, strict=True):
            if quantity:
                expected.append((heir, quantity, use.of))
                fresh.append(
                    (
                        heir,
                        replace(
                            use,
                            at=books.now.at,
                            leaf=books.now,
                            ended_at=None,
                            quantity=quantity,
                            of=cause,
                        ),
                    )
                )
    if stated != expected:
        books.fault("AUD-416", f"{predecessor} {year}: uses", stated, expected)
    for heir, one in fresh:
        enter_use(books, (heir, year), one)
