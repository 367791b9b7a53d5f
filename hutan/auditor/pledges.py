"""Pledges and freezes: what is held but cannot move."""

from __future__ import annotations

from hutan.auditor.books import Books, asset_year
from hutan.auditor.catalogue import FREEZABLE, RIGHTS
from hutan.auditor.log import Act
from hutan.auditor.people import check_two
from hutan.auditor.records import Freeze, Pledge
from hutan.auditor.stated import Stated
from hutan.auditor.texts import Body


def set_pledge(books: Books, act: Body, stated: Stated) -> None:
    """Set an amount aside for a creditor."""
    creditor, contract = act.text("creditor"), act.text("contract")
    if creditor not in books.organisations or len(stated.items) != 1:
        books.fault("AUD-330", stated.place, creditor)
    for item in stated.items[:1]:
        books.pledges[stated.id] = Pledge(
            stated.id, stated.giver, creditor, item.asset, item.amount, contract, books.now,
            books.now.at,
        )  # fmt: skip
        holding = books.holding(stated.giver, item.asset)
        holding.reserve(("pledge", stated.id), item.amount)
        holding.leaf = books.now


def free_pledge(books: Books, act: Body, stated: Stated) -> None:
    """Free what was pledged."""
    pledge = books.pledges.get(act.text("pledge"))
    if pledge is None or pledge.released:
        books.fault("AUD-330", stated.place, act.text("pledge"), "no pledge in force")
        return
    said = (stated.giver, [(item.asset, item.amount) for item in stated.items])
    if said != (pledge.account, [(pledge.asset, pledge.amount)]):
        books.fault("AUD-330", stated.place, said, (pledge.account, pledge.asset, pledge.amount))
    pledge.released_at, pledge.leaf = books.now.at, books.now
    holding = books.holding(pledge.account, pledge.asset)
    holding.release(("pledge", pledge.id))
    holding.leaf = books.now


def freeze(books: Books, act: Act) -> None:
    """Stop an account, an amount or a block by an order of an authority or court."""
    body = act.body
    scope = body.text("scope")
    one = Freeze(
        id=body.text("freeze"),
        account=body.text("account"),
        scope=scope,
        asset=body.text("asset"),
        amount=body.whole("amount"),
        first=body.whole_or_none("first"),
        last=body.whole_or_none("last"),
        authority=body.text("authority"),
        order=body.text("order"),
        leaf=books.now,
        imposed_at=books.now.at,
    )
    check_two(books, body, *RIGHTS["registry.freeze"], ())
    account = books.account(one.account)
    _check_freeze(books, one)
    books.freezes[one.id] = one
    if account is not None and scope == "account":
        account.frozen[one.id] = one.order
        account.leaf = books.now
    if scope == "account":
        return
    holding = books.holding(one.account, one.asset)
    holding.reserve(("freeze", one.id), one.amount)
    holding.leaf = books.now
    if one.first is not None and one.last is not None:
        if holding.free.remove(one.first, one.last):
            holding.frozen.add(one.first, one.last)
        else:
            books.fault("AUD-329", f"freeze {one.id}", f"{one.first}-{one.last}", "not held free")


def lift(books: Books, act: Act) -> None:
    """Lift a freeze: what it stopped can move again."""
    body = act.body
    body.skip("authority")
    order = body.text("order")
    check_two(books, body, *RIGHTS["registry.lift"], ())
    one = books.freezes.get(body.text("freeze"))
    if one is None or one.lifted:
        books.fault("AUD-329", f"freeze {body.text('freeze')}", "none in force")
        return
    one.lifted_at, one.lifted_order, one.leaf = books.now.at, order, books.now
    account = books.accounts.get(one.account)
    if account is not None and one.scope == "account":
        account.frozen.pop(one.id, None)
        account.leaf = books.now
    if one.scope == "account":
        return
    holding = books.holding(one.account, one.asset)
    holding.release(("freeze", one.id))
    holding.leaf = books.now
    if (
        one.first is not None
        and one.last is not None
        and holding.frozen.remove(one.first, one.last)
    ):
        holding.free.add(one.first, one.last)


def _check_freeze(books: Books, one: Freeze) -> None:
    place = f"freeze {one.id}"
    if one.id in books.freezes or one.id != books.now.act:
        books.fault("AUD-207", place, one.id, books.now.act)
    if one.scope not in ("account", "amount", "block"):
        books.fault("AUD-329", place, one.scope)
    ranged = one.first is not None and one.last is not None
    if ranged != (one.scope == "block") or (one.scope == "account") == bool(one.amount):
        books.fault("AUD-329", place, f"{one.scope} {one.amount} {one.first}-{one.last}")
    if one.scope == "account":
        return
    asset_year(one.asset)
    if ranged and one.last - one.first + 1 != one.amount:  # type: ignore[operator]  # both are there
        books.fault("AUD-329", place, one.amount, f"{one.first}-{one.last}")
    account = books.accounts.get(one.account)
    if account is not None and account.kind not in FREEZABLE:
        books.fault("AUD-329", place, account.kind, ", ".join(sorted(FREEZABLE)))
    available = books.holding(one.account, one.asset).available
    if one.amount > available:
        books.fault("AUD-310", place, one.amount, available)
