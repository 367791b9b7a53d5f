"""Surrenders: what was handed in, whether it counts, and where the unit stood afterwards."""

from __future__ import annotations

from dataclasses import replace

from hutan.auditor.books import Books, asset_year
from hutan.auditor.catalogue import RIGHTS
from hutan.auditor.duties import enter_use, running_year
from hutan.auditor.log import Act
from hutan.auditor.people import ANYBODY, check_two
from hutan.auditor.records import Use
from hutan.auditor.standing import Standing, position, stands
from hutan.auditor.texts import Body, any_moment
from hutan.auditor.transactions import replay

PURPOSE = "surrender"
"""What a reduction must have been cancelled for."""


def surrender(books: Books, act: Act) -> None:
    """Replay a surrender; a bulk one states each unit's in a movement, with the same fields."""
    if act.count:
        check_two(books, act.body, ANYBODY, ANYBODY, ())
    else:
        holder = books.holder_of(act.body.text("account"))
        check_two(books, act.body, *RIGHTS["compliance.surrender"], (holder,))
        _surrender(books, act.body)
    for case in act.cases:
        case.skip("id", "record")
        _surrender(books, case)


def _surrender(books: Books, body: Body) -> None:
    unit, year, account = body.text("unit"), body.whole("year"), body.text("account")
    place = f"{unit} {year}"
    running_year(books, year)
    if books.holder_of(account) != unit:
        books.fault("AUD-406", place, account, books.unit_accounts.get(unit, "none"))
    uses = _uses(books, body, unit, year)
    _hold_against_transactions(books, body, account, uses)
    before = _standing(books, unit, year)
    replay(books, body, body.many("transactions"))
    for use in uses:
        enter_use(books, (unit, year), use)
    after = _standing(books, unit, year)
    if before is None or after is None:
        body.skip("status", "due", "counted", "missing")
        return
    given = sum(use.quantity for use in uses)
    if not given or given > before.missing:
        books.fault("AUD-409", place, given, before.missing)
    for use in after.short_of:
        if any(use is one for one in uses):
            books.fault("AUD-408", place, f"{use.quantity} {use.kind} {use.vintage or use.proof}")
    said = {name: body.whole(name) for name in ("due", "counted", "missing")}
    for name, value in [("status", body.text("status")), *said.items()]:
        if value != after.figures()[name]:
            books.fault("AUD-410", f"{place}: {name}", value, after.figures()[name])


def _standing(books: Books, unit: str, year: int) -> Standing | None:
    where = position(books, unit, year)
    opened = books.years.get(year)
    if where is None or where.listing != "regulated" or where.tonnes is None or opened is None:
        said = where.listing if where is not None else "not listed"
        books.fault("AUD-404", f"{unit} {year}", said)
        return None
    return stands(books, where, opened)


def _uses(books: Books, body: Body, unit: str, year: int) -> list[Use]:
    found = []
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
            found.append(replace(use, vintage=one.whole("vintage")))
        else:
            found.append(_reduction(books, one, use, unit, year))
    return found


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
        books.fault("AUD-407", place, "used before", books.proofs[use.kind, proof])
    books.proofs[use.kind, proof] = books.now
    return replace(
        use,
        proof=proof,
        class_=answer.text("reduction_class"),
        inside=answer.text("site_owner") == code,
        certified_at=any_moment(answer.text("cancelled_at"), answer.place),
    )


def _hold_against_transactions(books: Books, body: Body, account: str, uses: list[Use]) -> None:
    """See that the allowances used are exactly those that moved, and mark which moved them."""
    moved: list[tuple[int, int]] = []
    ids = []
    for one in body.many("transactions"):
        ids.append(one.text("id"))
        if (one.text("type"), one.text("giver")) != ("surrender", account):
            books.fault("AUD-406", one.text("id"), one.text("giver"), account)
        moved += [
            (asset_year(item.text("asset")), item.whole("amount")) for item in one.many("items")
        ]
    used = [(use.vintage, use.quantity) for use in uses if use.kind == "allowance"]
    if used != moved or len(ids) > 1:
        books.fault("AUD-406", f"surrender {books.now.act}", used, moved)
    for use in uses:
        if use.kind == "allowance" and ids:
            use.transaction = ids[0]
