"""Debts: what is owed, and how what a debtor receives repays it, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass, field

from hutan.auditor.books import Books
from hutan.auditor.moving import move
from hutan.auditor.records import Debt, Transaction
from hutan.auditor.stated import Stated
from hutan.auditor.texts import derived

_NOTE = "debt "


@dataclass(slots=True)
class Repayments:
    """What debtors received in an act, and the repayments that it states."""

    _received: dict[tuple[str, str], int] = field(default_factory=dict)
    _causes: dict[tuple[str, str], str] = field(default_factory=dict)
    _stated: dict[str, Stated] = field(default_factory=dict)

    def takes(self, books: Books, stated: Stated) -> bool:
        """Keep a transaction for later if it repays a debt; such a one is nobody's own act."""
        repays = stated.type == "return_excess" and stated.note.startswith(_NOTE)
        if not repays or stated.id == books.now.act:
            return False
        if stated.id in books.transactions:
            books.fault("AUD-320", stated.place)
        self._stated[stated.note.removeprefix(_NOTE)] = stated
        return True

    def received(self, stated: Stated) -> None:
        """Note what a transaction brought to its receiver."""
        for one in stated.moves:
            place = (one.receiver, one.asset)
            self._received[place] = self._received.get(place, 0) + one.amount
            self._causes[place] = stated.id

    def settle(self, books: Books) -> None:
        """Apply the stated repayments and hold them against those that had to follow."""
        expected = self._expected(books)
        for id_, stated in self._stated.items():
            debt = books.debts.get(id_)
            wanted = expected.pop(id_, 0)
            if debt is None or stated.amount != wanted:
                books.fault("AUD-326", stated.place, stated.amount, wanted)
            if debt is not None:
                self._check(books, stated, debt)
                debt.repaid += stated.amount
                debt.leaf = books.now
            _enter(books, stated)
        for id_, amount in expected.items():
            books.fault("AUD-326", f"debt {id_}", "no repayment", amount)

    def _check(self, books: Books, stated: Stated, debt: Debt) -> None:
        said = (stated.giver, stated.receiver, [item.asset for item in stated.items], stated.state)
        wanted = (debt.account, books.government.get("total"), [debt.asset], "executed")
        if said != wanted:
            books.fault("AUD-326", stated.place, said, wanted)
        cause = self._causes.get((debt.account, debt.asset), "")
        if cause and stated.id != (id_ := derived(cause, "repay", debt.id)):
            books.fault("AUD-207", stated.place, stated.id, id_)
        if debt.repaid + stated.amount > debt.amount:
            books.fault("AUD-326", stated.place, stated.amount, debt.amount - debt.repaid)

    def _expected(self, books: Books) -> dict[str, int]:
        left = dict(self._received)
        debts = [
            debt
            for account in {account for account, _ in left}
            for debt in books.debts_of.get(account, ())
            if debt.repaid < debt.amount
        ]
        found = {}
        for debt in sorted(debts, key=lambda one: (one.since, one.id)):
            place = (debt.account, debt.asset)
            amount = min(left.get(place, 0), debt.amount - debt.repaid)
            if amount:
                left[place] -= amount
                found[debt.id] = amount
        return found


def _enter(books: Books, stated: Stated) -> None:
    books.transactions[stated.id] = Transaction(
        id=stated.id,
        type=stated.type,
        state="executed",
        giver=stated.giver,
        receiver=stated.receiver,
        items=stated.moved,
        plan_line="",
        reverses="",
        note=stated.note,
        leaf=books.now,
        approved_at=books.now.at,
        executed_at=books.now.at,
    )
    move(books, stated)
