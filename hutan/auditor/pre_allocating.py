"""Pre-allocation: who had surrendered in full gets a share of the next year's allowances early."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from hutan.auditor.books import Books
from hutan.auditor.catalogue import RIGHTS
from hutan.auditor.log import Act
from hutan.auditor.people import check_two
from hutan.auditor.plans import enter_plan, hold_transactions
from hutan.auditor.rules import floor
from hutan.auditor.standing import MET, position, stands
from hutan.auditor.texts import Body, Misshapen

_SHARE = "allocation.pre_allocation_share"
_SWITCH = "allocation.pre_allocation"


def pre_allocate(books: Books, act: Act) -> None:
    """Replay a pre-allocation: provisional lines, and their issue, in one act."""
    body = act.body
    check_two(books, body, *RIGHTS["compliance.pre_allocate"], ())
    year = body.whole("surrendered_year")
    if body.whole("year") != year + 1 or not body.flag("provisional"):
        books.fault("AUD-415", "year", body.whole("year"), f"{year + 1}, provisional")
    eligible = _eligible(books, year)
    before = {
        line.account: line.amount
        for line in books.open_lines.get(year + 1, {}).values()
        if line.kind == "provisional"
    }
    granted: dict[str, int] = {}
    cases = iter(act.cases)
    first = _take_grants(books, cases, eligible, granted, before, year + 1)
    for unit, tonnes in eligible.items():
        books.fault("AUD-415", f"{unit} {year + 1}", "nothing", f"a share of {tonnes}")
    expected = enter_plan(books, body)
    _hold_lines(books, year + 1, before, granted)
    hold_transactions(books, body, expected, _rest(books, first, cases), lines=True)


def _eligible(books: Books, year: int) -> dict[str, Fraction]:
    """Return the determined tonnes of units that have surrendered in full and got nothing yet."""
    opened, found = books.years.get(year), {}
    if opened is None:
        books.fault("AUD-402", f"year {year}", "never opened")
        return {}
    for unit in books.listed.get(year, ()):
        where = position(books, unit, year)
        if where is None or where.tonnes is None or (unit, year + 1) in books.grants:
            continue
        standing = stands(books, where, opened)
        if standing is not None and standing.status in MET and unit in books.unit_accounts:
            found[unit] = where.tonnes
    return found


def _take_grants(
    books: Books,
    cases: Iterable[Body],
    eligible: dict[str, Fraction],
    granted: dict[str, int],
    before: dict[str, int],
    year: int,
) -> Body | None:
    """Hold the grants, which stand first; return the first case that is none.

    ``before``: provisional lines that came with units merged or split, which count against a share.
    """
    shares: set[Fraction] = set()
    left = None
    for case in cases:
        if case.text("record") != "grant":
            left = case
            break
        case.same("id", "unit")
        unit, amount, share = case.text("unit"), case.whole("amount"), _share(case)
        tonnes = eligible.pop(unit, None)
        account = books.unit_accounts.get(unit, "")
        had = before.get(account, 0)
        wanted = max(floor(share * tonnes) - had, 0) if tonnes is not None else 0
        shares.add(share)
        if amount != wanted or len(shares) > 1:
            books.fault("AUD-415", f"{unit} {year}", amount, wanted)
        _hold_working(books, case, tonnes, had, amount, year)
        books.grants[unit, year] = (amount, books.now)
        granted[account] = amount
    for unit, tonnes in list(eligible.items()) if shares else ():
        if floor(max(shares) * tonnes) <= before.get(books.unit_accounts[unit], 0):
            del eligible[unit]
    return left


def _share(case: Body) -> Fraction:
    """Return the share that the grant's own working names."""
    uses = {one.text("key"): one for one in case.inner("working").many("parameters")}
    if _SHARE not in uses:
        raise Misshapen(f"{case.place}.working", f"{_SHARE} is missing")
    return uses[_SHARE].number("value")


def _hold_working(
    books: Books, case: Body, tonnes: Fraction | None, had: int, amount: int, year: int
) -> None:
    """See that a grant's working starts from tonnes and what was had, and ends in the amount."""
    working = case.inner("working")
    uses = {one.text("key"): one.text("value") for one in working.many("parameters")}
    results = [
        one.text("value")
        for one in working.many("steps")
        if one.text("name") == working.text("result")
    ]
    inputs = working.inner("inputs")
    less = inputs.number("had") if "had" in inputs else Fraction(0)
    said = (inputs.number("determined"), less, uses.get(_SWITCH), results)
    years = {one.text("basis") for one in working.many("parameters")}
    years.add(inputs.text("year"))
    if said != (tonnes, Fraction(had), "yes", [str(amount)]) or years != {str(year)}:
        place = f"working of {case.text('unit')}"
        shown = ", ".join(str(one) for one in said)
        books.fault("AUD-415", place, shown, f"{tonnes}, {had}, {amount}")


def _hold_lines(books: Books, year: int, before: dict[str, int], granted: dict[str, int]) -> None:
    lines = {
        line.account: line.amount
        for line in books.open_lines.get(year, {}).values()
        if line.kind == "provisional"
    }
    wanted = {
        account: before.get(account, 0) + granted.get(account, 0)
        for account in before.keys() | granted.keys()
    }
    for account in sorted(lines.keys() | wanted.keys()):
        if lines.get(account, 0) != wanted.get(account, 0):
            place = f"provisional line of {account}"
            books.fault("AUD-415", place, lines.get(account, 0), wanted.get(account, 0))


def _rest(books: Books, first: Body | None, cases: Iterable[Body]) -> Iterable[Body]:
    for case in ([] if first is None else [first], cases):
        for one in case:
            if one.text("record") == "transaction":
                yield one
            else:
                books.fault("AUD-202", f"{one.place}.record", one.text("record"))
