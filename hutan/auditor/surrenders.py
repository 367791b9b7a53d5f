"""Surrenders: what was handed in, for which years it counts, where the unit stood afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hutan.auditor import rules
from hutan.auditor.books import Books, UnitYear, asset_year
from hutan.auditor.catalogue import RIGHTS
from hutan.auditor.duties import enter_use, running_year
from hutan.auditor.log import Act
from hutan.auditor.people import check_two
from hutan.auditor.records import Use, Year
from hutan.auditor.rules import RuleMissing
from hutan.auditor.standing import Standing, position, stands
from hutan.auditor.texts import Body, any_moment
from hutan.auditor.transactions import replay

PURPOSE = "surrender"
"""What a reduction must have been cancelled for."""

Handed = Sequence[tuple[int, int]]
"""Vintages and amounts, in the order of the items."""


@dataclass(frozen=True, slots=True)
class _Surrender:
    """A surrender as it is stated. ``uses`` are by the year for which each counts."""

    unit: str
    year: Year
    account: str
    uses: tuple[tuple[int, Use], ...]
    figures: dict[str, str | int]

    @property
    def place(self) -> str:
        return f"{self.unit} {self.year.year}"


def surrender(books: Books, act: Act) -> None:
    """Replay a unit's own surrender."""
    body = act.body
    holder = books.holder_of(body.text("account"))
    check_two(books, body, *RIGHTS["compliance.surrender"], (holder,))
    year = books.years.get(running_year(books, body.whole("year")))
    if year is None:
        return
    transactions = body.many("transactions")
    ids = [one.text("id") for one in transactions]
    stated = _read(books, body, year, ids[0] if ids else "")
    if len(ids) > 1:
        books.fault("AUD-406", stated.place, f"{len(ids)} transactions", 1)
    handed: dict[str, Handed] = {}
    replay(books, body, _noted(books, transactions, dict.fromkeys(ids, stated.account), handed))
    _settle(books, stated, [one for id_ in ids for one in handed.get(id_, ())])


def surrender_in_bulk(books: Books, act: Act) -> None:
    """Replay a surrender of many units by one file, where the rules of the year allow it."""
    body = act.body
    check_two(books, body, *RIGHTS["compliance.surrender_in_bulk"], ())
    year = books.years.get(running_year(books, body.whole("year")))
    if year is None:
        return
    try:
        if rules.word(year, "compliance.surrender_in_bulk") != "yes":
            books.fault("AUD-420", f"year {year.year}")
    except RuleMissing as missing:
        books.fault("AUD-401", f"year {year.year}", str(missing))
    stated: dict[str, _Surrender] = {}
    handed: dict[str, Handed] = {}
    replay(
        books, body, _noted(books, _sorted_out(books, act, year, stated), _Givers(stated), handed)
    )
    for id_, one in stated.items():
        _settle(books, one, handed.get(id_, ()))
    _hold_file(books, body, len(stated), sum(n for few in handed.values() for _, n in few))


class _Givers(dict[str, str]):
    """Whose account each transaction must take from: known once its surrender has been read."""

    def __init__(self, stated: dict[str, _Surrender]) -> None:
        super().__init__()
        self._stated = stated

    def __missing__(self, id_: str) -> str:
        found = self._stated.get(id_)
        return found.account if found is not None else ""


def _sorted_out(
    books: Books, act: Act, year: Year, stated: dict[str, _Surrender]
) -> Iterable[Body]:
    """Note the surrenders, which stand first, and pass the transactions on."""
    units: set[str] = set()
    for case in act.cases:
        sort = case.text("record")
        if sort == "surrender":
            case.same("id", "unit")
            id_ = case.text("transaction")
            one = _read(books, case, year, id_)
            if id_ in stated or one.unit in units:
                books.fault("AUD-406", one.place, "handed in twice")
            units.add(one.unit)
            stated[id_] = one
        elif sort == "transaction":
            yield case
        else:
            books.fault("AUD-202", f"{case.place}.record", sort)


def _noted(
    books: Books, transactions: Iterable[Body], givers: dict[str, str], handed: dict[str, Handed]
) -> Iterable[Body]:
    """Pass transactions on, and note what each hands in from the account it is for."""
    for one in transactions:
        id_ = one.text("id")
        said = (one.text("type"), one.text("giver"))
        if said != ("surrender", givers[id_]):
            books.fault("AUD-406", f"surrender {id_}", said, givers[id_] or "no surrender")
        handed[id_] = [
            (asset_year(item.text("asset")), item.whole("amount")) for item in one.many("items")
        ]
        yield one


def _read(books: Books, body: Body, year: Year, transaction: str) -> _Surrender:
    unit = body.text("unit")
    uses = []
    for one in body.many("uses"):
        use = Use(
            at=books.now.at,
            leaf=books.now,
            kind=one.text("kind"),
            quantity=one.whole("quantity"),
            received_at=books.now.at,
            of=books.now.act,
        )
        if use.kind == "allowance":
            vintage = one.whole("vintage")
            uses.append((one.whole("year"), replace(use, vintage=vintage, transaction=transaction)))
        else:
            uses.append((year.year, _reduction(books, one, use, unit, year.year)))
    figures: dict[str, str | int] = {"status": body.text("status")}
    figures |= {name: body.whole(name) for name in ("due", "counted", "missing")}
    return _Surrender(unit, year, body.text("account"), tuple(uses), figures)


def _settle(books: Books, stated: _Surrender, handed: Handed) -> None:
    """Hold a surrender against what was handed in and where its unit stood before and after."""
    if books.holder_of(stated.account) != stated.unit:
        owner = books.unit_accounts.get(stated.unit, "none")
        books.fault("AUD-406", stated.place, stated.account, owner)
    try:
        wanted = _shares(books, stated, handed)
    except RuleMissing as missing:
        books.fault("AUD-401", stated.place, str(missing))
        wanted = None
    said = [(year, use.vintage, use.quantity) for year, use in _allowances(stated)]
    if wanted is not None and said != wanted:
        books.fault("AUD-406", stated.place, said, wanted)
    for year, use in stated.uses:
        enter_use(books, (stated.unit, year), use)
    for year in sorted({year for year, _ in stated.uses} | {stated.year.year}):
        after = _standing(books, (stated.unit, year))
        if after is None:
            continue
        for use in after.short_of:
            if any(use is one for _, one in stated.uses):
                what = f"{use.quantity} {use.kind} {use.vintage or use.proof}"
                books.fault("AUD-408", f"{stated.unit} {year}", what)
        if year == stated.year.year:
            for name, value in stated.figures.items():
                if value != (found := after.figures()[name]):
                    books.fault("AUD-410", f"{stated.place}: {name}", value, found)


def _shares(books: Books, stated: _Surrender, handed: Handed) -> list[tuple[int, int, int]]:
    """Return year, vintage and quantity of what is handed in, by the rule of the year.

    What goes beyond the year's own missing quantity fills earlier years that closed short and
    still are, the oldest first and with the oldest vintages, where the rule lets it; else it is a
    finding. Raises ``RuleMissing``.
    """
    own = (stated.unit, stated.year.year)
    rule = rules.word(stated.year, "compliance.beyond_due")
    where = position(books, *own)
    if (
        where is None
        or where.listing != "regulated"
        or (rule == "refused" and where.tonnes is None)
    ):
        books.fault("AUD-404", stated.place, where.listing if where is not None else "not listed")
        return [(stated.year.year, vintage, amount) for vintage, amount in handed]
    before = stands(books, where, stated.year)
    missing = before.missing if before is not None else 0
    given = sum(amount for _, amount in handed)
    given += sum(use.quantity for _, use in stated.uses if use.kind != "allowance")
    left = given - min(given, missing)
    if not given or (left and rule == "refused"):
        books.fault("AUD-409", stated.place, given, missing)
    earlier = {} if rule == "refused" else _still_short(books, own)
    filled = []
    for year in sorted(earlier):
        if part := min(left, earlier[year]):
            filled.append((year, part))
            left -= part
    return _divide(handed, stated.year.year, filled)


def _divide(
    handed: Handed, year: int, earlier: Sequence[tuple[int, int]]
) -> list[tuple[int, int, int]]:
    """Divide what is handed in: the oldest vintages to the oldest years, the rest to the year."""
    wanted, found = [list(one) for one in earlier], []
    # Without earlier years every item stays whole, the oldest vintage first.
    for vintage, amount in sorted(handed, key=lambda one: one[0]):
        left = amount
        while left:
            part = min(left, wanted[0][1]) if wanted else left
            found.append((wanted[0][0] if wanted else year, vintage, part))
            left -= part
            if wanted:
                wanted[0][1] -= part
                if not wanted[0][1]:
                    wanted.pop(0)
    return found


def _still_short(books: Books, own: UnitYear) -> dict[int, int]:
    """Return what earlier years lack that closed short on the unit and are short still."""
    unit, before = own
    found = {}
    for year in books.years.values():
        closing = books.closings.get((unit, year.year))
        if year.year >= before or closing is None or not closing.missing:
            continue
        where = position(books, unit, year.year, books.now.at)
        standing = stands(books, where, year) if where is not None else None
        if standing is not None and standing.missing:
            found[year.year] = standing.missing
    return found


def _standing(books: Books, place: UnitYear) -> Standing | None:
    where, year = position(books, *place), books.years.get(place[1])
    return stands(books, where, year) if where is not None and year is not None else None


def _allowances(stated: _Surrender) -> list[tuple[int, Use]]:
    return [(year, use) for year, use in stated.uses if use.kind == "allowance"]


def _reduction(books: Books, one: Body, use: Use, unit: str, year: int) -> Use:
    """Return a use of reductions, after holding the answer of their register against it."""
    answer, proof = one.inner("answer"), one.text("proof")
    place = f"{use.kind} {proof}"
    known = books.organisations.get(unit)
    code = known.code if known is not None else ""
    said = (
        answer.text("number"), answer.whole("quantity"), answer.text("beneficiary"),
        answer.whole("year"), answer.text("purpose"),
    )  # fmt: skip
    wanted = (proof, use.quantity, code, year, PURPOSE)
    if use.kind not in ("ccer", "reduction") or said != wanted or not code:
        books.fault("AUD-407", place, said, wanted)
    if (use.kind, proof) in books.proofs:
        books.fault("AUD-407", place, "used before", books.proofs[use.kind, proof].leaf)
    found = replace(
        use,
        proof=proof,
        class_=answer.text("reduction_class"),
        inside=answer.text("site_owner") == code,
        certified_at=any_moment(answer.text("cancelled_at"), answer.place),
    )
    books.proofs[use.kind, proof] = found
    return found


def _hold_file(books: Books, body: Body, rows: int, amount: int) -> None:
    """Hold what the proposal said of its file against what was carried out."""
    file = body.inner("file")
    if not file.content:
        return
    said = f"{file.whole('rows')} rows, {file.inner('totals').text('amount')} t"
    if said != (found := f"{rows} rows, {amount} t"):
        books.fault("AUD-406", f"file {file.text('sha256')}", said, found)
