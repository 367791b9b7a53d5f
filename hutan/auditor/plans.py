"""Plans: the total and its parts, the lines, and what an earlier version had issued beyond them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hutan.auditor.books import Books
from hutan.auditor.catalogue import OF_ONE_ACCOUNT, PART_OF_LINE, RIGHTS
from hutan.auditor.log import Act
from hutan.auditor.people import check_co_signed, check_two
from hutan.auditor.records import HOME_OF_PART, Debt, Line, Part, Plan
from hutan.auditor.texts import Body, derived
from hutan.auditor.transactions import replay

Place = tuple[str, str]
"""A kind of line (provisional ones count as free) and its account."""


@dataclass(slots=True)
class _Draft:
    year: int
    version: int
    provisional: bool
    total: int
    document: str
    amounts: dict[str, int]
    lines: list[Line] = field(default_factory=list)


def plan(books: Books, act: Act) -> None:
    """Put a year's plan into force."""
    check_two(books, act.body, *RIGHTS["registry.plan"], ())
    expected = enter_plan(books, act.body)
    hold_transactions(books, act.body, expected, act.body.many("transactions"))


def enter_plan(books: Books, body: Body) -> dict[tuple[str, str], int]:
    """Open a plan's parts and lines; return what must be created and taken back for it.

    Keys are a type of transaction with the part or account it is for.
    """
    draft = _read(books, body)
    issued = _issued(books, draft.year)
    _check(books, draft)
    _check_lines(books, draft, issued)
    for line in books.open_lines.pop(draft.year, {}).values():
        line.open, line.leaf = False, books.now
    books.plans[draft.year].append(
        Plan(
            draft.year, draft.version, draft.provisional, draft.total, draft.amounts["direct"],
            draft.amounts["reserve"], draft.document, books.now,
        )
    )  # fmt: skip
    expected: dict[tuple[str, str], int] = {}
    for part, amount in draft.amounts.items():
        known = books.parts.setdefault((draft.year, part), Part(amount, books.now))
        known.amount, known.leaf = amount, books.now
        if known.created > amount:
            books.fault("AUD-317", f"{draft.year} {part}", amount, known.created)
        elif known.created < amount:
            expected["create", part] = amount - known.created
    for line in draft.lines:
        if line.id in books.lines:
            books.fault("AUD-328", f"line {line.id}", "its id is used")
        books.add_line(line)
    excess = _excess(draft, issued)
    return expected | _take_back(books, body, draft.year, excess)


def hold_transactions(
    books: Books,
    act: Body,
    expected: dict[tuple[str, str], int],
    transactions: Iterable[Body],
    *,
    lines: bool = False,
) -> None:
    """Replay a plan's transactions and hold them against what must be created and taken back.

    ``lines``: all that is left on the year's provisional lines must be issued too.
    """
    if lines:
        for line in books.open_lines.get(act.whole("year"), {}).values():
            if line.kind == "provisional" and line.issued < line.amount:
                expected["issue_free", line.account] = line.amount - line.issued
    found: dict[tuple[str, str], int] = {}
    replay(books, act, _counted(transactions, found))
    for key in sorted(expected.keys() | found.keys()):
        if expected.get(key, 0) != found.get(key, 0):
            place = " ".join(key)
            books.fault("AUD-327", place, found.get(key, 0), expected.get(key, 0))


def _counted(bodies: Iterable[Body], found: dict[tuple[str, str], int]) -> Iterable[Body]:
    """Pass transactions on and add up what they state, repayments of debts aside."""
    for body in bodies:
        kind, note = body.text("type"), body.text("note")
        side = {"create": "plan_line", "return_excess": "giver"}.get(kind, "receiver")
        if not note.startswith("debt "):
            key = (kind, body.text(side))
            found[key] = found.get(key, 0) + sum(one.whole("amount") for one in body.many("items"))
        yield body


def _read(books: Books, body: Body) -> _Draft:
    check_co_signed(books, body)
    year = body.whole("year")
    draft = _Draft(
        year=year,
        version=body.whole("version"),
        provisional=body.flag("provisional"),
        total=body.whole("total"),
        document=body.text("document"),
        amounts={part: body.whole(part) for part in HOME_OF_PART},
    )
    if body.whole("total") != draft.amounts["direct"] + draft.amounts["reserve"]:
        said = f"{body.whole('total')} = {draft.amounts['direct']} + {draft.amounts['reserve']}"
        books.fault("AUD-327", f"plan {year}: total", said)
    for one in body.many("lines"):
        kind = one.text("kind")
        draft.lines.append(
            Line(
                id=one.text("line"),
                year=year,
                kind=kind,
                part=PART_OF_LINE.get(kind, ""),
                account=one.text("account"),
                amount=one.whole("amount"),
                issued=one.whole("issued"),
                leaf=books.now,
            )
        )
    return draft


def _issued(books: Books, year: int) -> dict[Place, int]:
    """Return what is issued on the open lines of a year."""
    found: dict[Place, int] = {}
    for line in books.open_lines.get(year, {}).values():
        place = _place(line)
        found[place] = found.get(place, 0) + line.issued
    return found


def _check(books: Books, draft: _Draft) -> None:
    place = f"plan {draft.year}"
    before = books.plans.get(draft.year, [])
    if draft.version != len(before) + 1:
        books.fault("AUD-327", f"{place}: version", draft.version, len(before) + 1)
    if draft.provisional and before and not before[-1].provisional:
        books.fault("AUD-327", place, "provisional", "the final plan is in force")
    if draft.amounts["outside"] and "outside" not in books.government:
        books.fault("AUD-327", f"{place}: outside", draft.amounts["outside"], "no such account")
    for part, amount in draft.amounts.items():
        total = sum(line.amount for line in draft.lines if line.part == part)
        if total > amount:
            books.fault("AUD-327", f"{place}: lines of {part}", total, amount)


def _check_lines(books: Books, draft: _Draft, issued: dict[Place, int]) -> None:
    seen: set[tuple[str, str]] = set()
    for line in draft.lines:
        place = f"line {line.id}"
        if not line.part or (line.kind == "provisional" and not draft.provisional):
            books.fault("AUD-327", place, line.kind)
        if (line.kind in OF_ONE_ACCOUNT) != bool(line.account):
            books.fault("AUD-327", place, line.account or "no account", line.kind)
        account = books.accounts.get(line.account)
        if line.account and (
            account is None or account.kind != "unit" or account.status == "closed"
        ):
            books.fault("AUD-327", place, line.account, "no open unit account")
        if (line.kind, line.account) in seen:
            books.fault("AUD-327", place, "a second line")
        seen.add((line.kind, line.account))
        before = issued.get(_place(line), 0)
        if line.issued != min(before, line.amount):
            books.fault("AUD-328", place, line.issued, min(before, line.amount))
        if not line.account and before > line.amount:
            books.fault("AUD-316", place, line.amount, before)


def _excess(draft: _Draft, issued: dict[Place, int]) -> dict[str, int]:
    """Return what each account was issued beyond its new line, as far as it has one."""
    allowed: dict[str, int] = {}
    for line in draft.lines:
        if line.account:
            allowed[line.account] = allowed.get(line.account, 0) + line.amount
    had: dict[str, int] = {}
    for (_, account), amount in issued.items():
        if account:
            had[account] = had.get(account, 0) + amount
    return {
        account: amount - allowed.get(account, 0)
        for account, amount in had.items()
        if amount > allowed.get(account, 0)
    }


def _take_back(
    books: Books, body: Body, year: int, excess: dict[str, int]
) -> dict[tuple[str, str], int]:
    """Return what must be taken back at once, by account; enter the rest as debts."""
    stated = {one.text("account"): one for one in body.many("debts")}
    asset, expected = f"allowance:{year}", {}
    for account, amount in excess.items():
        now = min(amount, max(books.holding(account, asset).available, 0))
        if now:
            expected["return_excess", account] = now
        if now < amount:
            _owe(books, stated.pop(account, None), account, asset, amount - now)
    for account, one in stated.items():
        books.fault("AUD-326", f"debt of {account}", one.whole("amount"), "none")
    return expected


def _owe(books: Books, stated: Body | None, account: str, asset: str, amount: int) -> None:
    place = f"debt of {account}"
    if stated is None:
        books.fault("AUD-326", place, "none", amount)
    elif (stated.text("asset"), stated.whole("amount")) != (asset, amount):
        books.fault("AUD-326", place, stated.whole("amount"), amount)
    id_ = derived(books.now.act, "debt", account)
    if stated is not None and stated.text("id") != id_:
        books.fault("AUD-207", place, stated.text("id"), id_)
    debt = Debt(id_, account, asset, amount, since=books.now.at, leaf=books.now)
    books.debts[id_] = debt
    books.debts_of[account].append(debt)


def _place(line: Line) -> Place:
    return ("free" if line.kind == "provisional" else line.kind, line.account)
