"""Mergers and splits of units: allowances, plan lines and duties pass on, to the last tonne."""

from __future__ import annotations

from collections.abc import Sequence

from hutan.auditor.books import Books
from hutan.auditor.catalogue import RIGHTS
from hutan.auditor.log import Act
from hutan.auditor.people import check_two
from hutan.auditor.records import Line, Succession
from hutan.auditor.texts import Body, derived
from hutan.auditor.transactions import replay

WHOLE = 1_000_000
"""Shares of duties are millionths of the whole."""


def merge(books: Books, act: Act) -> None:
    """Let one unit take over everything of others."""
    body = act.body
    _enter(books, body, "merge")
    check_two(books, body, *RIGHTS["registry.merge"], ())
    predecessors, successors = body.texts("predecessors"), body.texts("successors")
    if len(successors) != 1 or not predecessors or successors[0] in predecessors:
        books.fault("AUD-333", "successors", successors, predecessors)
    estate = _estate(books, predecessors)
    heirs = {successors[0]: WHOLE} if successors else {}
    _check_usable(books, [*predecessors, *heirs])
    replay(books, body, body.many("transactions"))
    for (number, asset), amount in estate.items():
        if left := books.holding(number, asset).balance:
            books.fault("AUD-333", f"{number} {asset}", amount - left, amount)
    _hold_lines(books, body, predecessors, heirs)
    for number in predecessors:
        _hold_duties(books, number, heirs)
        books.closing[number] = derived(books.now.act, "close", number)


def split(books: Books, act: Act) -> None:
    """Divide a unit's holdings and duties among its successors."""
    body = act.body
    _enter(books, body, "split")
    check_two(books, body, *RIGHTS["registry.split"], ())
    predecessors = body.texts("predecessors")
    heirs: dict[str, int] = {}
    for one in body.many("successors"):
        if not one.texts("facilities") or one.text("account") in heirs:
            books.fault("AUD-333", one.text("account"), "no facilities, or named twice")
        heirs[one.text("account")] = one.whole("duties")
    if len(predecessors) != 1 or sum(heirs.values()) != WHOLE:
        books.fault("AUD-333", "duties", sum(heirs.values()), WHOLE)
    _estate(books, predecessors)
    _check_usable(books, [*predecessors, *heirs])
    replay(books, body, body.many("transactions"))
    for number in predecessors:
        if number not in heirs and (left := sum(one.balance for one in books.held_by(number))):
            books.fault("AUD-333", number, f"{left} t stay behind")
    _hold_lines(books, body, predecessors, heirs)
    for number in predecessors:
        _hold_duties(books, number, heirs)
        if number not in heirs:
            books.closing[number] = derived(books.now.act, "close", number)


def divide(amount: int, shares: Sequence[int]) -> list[int]:
    """Divide whole units by millionths: rounded down, the rest to the largest remainders."""
    whole = sum(shares) or 1
    parts = [amount * share // whole for share in shares]
    order = sorted(range(len(shares)), key=lambda n: (-(amount * shares[n] % whole), n))
    for place in order[: amount - sum(parts)]:
        parts[place] += 1
    return parts


def _enter(books: Books, body: Body, kind: str) -> None:
    books.successions[books.now.act] = Succession(
        kind,
        body.entries("predecessors"),
        body.entries("successors"),
        body.text("document"),
        books.now,
    )


def _estate(books: Books, predecessors: Sequence[str]) -> dict[tuple[str, str], int]:
    """Return what predecessors hold, after seeing that nothing stands in the way."""
    estate = {}
    for number in predecessors:
        held = books.held_by(number)
        estate.update({(number, one.asset): one.balance for one in held if one.balance})
        reasons = {
            "reserved": sum(one.set_aside for one in held),
            "waiting": books.waiting.get(number, 0),
            "freezes": books.freezes_on(number),
            "debt": books.owed(number),
        }
        for what, count in reasons.items():
            if count:
                books.fault("AUD-333", number, what, count)
    return estate


def _check_usable(books: Books, numbers: Sequence[str]) -> None:
    for number in numbers:
        account = books.account(number)
        if account is not None and (account.kind, account.status) != ("unit", "open"):
            books.fault("AUD-333", number, f"{account.kind} {account.status}", "unit open")


def _hold_lines(
    books: Books, body: Body, predecessors: Sequence[str], heirs: dict[str, int]
) -> None:
    """Pass plan lines on, issued or not, and hold them against what the act says of them."""
    stated = {one.text("line"): one for one in body.many("lines")}
    for number in predecessors:
        for line in [one for one in books.lines_of.get(number, ()) if one.open]:
            shares = list(heirs.values())
            left, issued = divide(line.amount - line.issued, shares), divide(line.issued, shares)
            parts = {
                heir: (rest + given, given)
                for heir, rest, given in zip(heirs, left, issued, strict=True)
            }
            said = stated.pop(line.id, None)
            if said is None:
                books.fault("AUD-333", f"line {line.id}", "not passed on", parts)
                continue
            _pass_on(books, line, said, parts)
    for id_ in stated:
        books.fault("AUD-333", f"line {id_}", "passed on", "no open line of a predecessor")


def _pass_on(books: Books, line: Line, said: Body, parts: dict[str, tuple[int, int]]) -> None:
    """Close a line and add to the heirs' what each takes of it: its amount, and what is issued."""
    line.amount, line.issued, line.open, line.leaf = 0, 0, False, books.now
    books.open_lines[line.year].pop(line.id, None)
    rows = {one.text("account"): one for one in said.many("to")}
    taken = {one: (row.whole("amount"), row.whole("issued")) for one, row in rows.items()}
    if taken != parts:
        books.fault("AUD-333", f"line {line.id}", taken, parts)
    for account, (amount, issued) in parts.items():
        id_ = rows[account].text("line") if account in rows else f"{line.id}+{account}"
        heir = books.lines.get(id_)
        fits = heir is not None and (heir.account, heir.kind, heir.open) == (
            account, line.kind, True,
        )  # fmt: skip
        if heir is None:
            heir = Line(id_, line.year, line.kind, line.part, account, 0, 0, books.now)
            books.add_line(heir)
        elif not fits:
            books.fault("AUD-333", f"line {id_}", "passed on to", heir.account)
        heir.amount += amount
        heir.issued += issued
        heir.leaf = books.now


def _hold_duties(books: Books, number: str, heirs: dict[str, int]) -> None:
    """See that a unit's duties of every open year were passed on as the act divides them."""
    unit = books.holder_of(number)
    wanted: dict[str, int] = {}
    for account, share in heirs.items():
        holder = books.holder_of(account)
        wanted[holder] = wanted.get(holder, 0) + share
    for year in books.years.values():
        if year.closed:
            continue
        cause, passed, leaf = books.passed_on.pop((unit, year.year), ("", {}, books.now))
        regulated = books.listing(unit, year.year) == "regulated"
        whole = (cause, passed, leaf.at) == (books.now.act, wanted, books.now.at)
        if (cause or regulated) and not whole:
            said = passed if cause == books.now.act else "not passed on by this act"
            books.fault("AUD-416", f"{unit} {year.year}", said, wanted)
