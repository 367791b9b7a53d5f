"""The trusted list: who receives at once, from when on."""

from __future__ import annotations

from hutan.auditor.books import Books
from hutan.auditor.catalogue import RIGHTS
from hutan.auditor.delays import Delay
from hutan.auditor.log import Act
from hutan.auditor.people import check_two
from hutan.auditor.texts import written


def trust(books: Books, act: Act) -> None:
    """Put a receiver on an account's list; it counts from a working day on."""
    body = act.body
    account, trusted = books.account(body.text("account")), books.account(body.text("trusted"))
    since = body.moment("effective_at")
    check_two(books, body, *RIGHTS["registry.trust"], (account.holder,) if account else ())
    if account is None or trusted is None:
        return
    if account is trusted or trusted.number in account.trusted:
        books.fault("AUD-325", f"{account.number} trusts {trusted.number}", "already, or itself")
    delay = Delay(body)
    expected = delay.counts_from(books.now.at)
    if since != expected:
        place = f"{account.number} trusts {trusted.number}"
        books.fault("AUD-325", place, written(since), written(expected))
    delay.check_days(books, expected)
    account.trusted[trusted.number] = (since, books.now)
    account.leaf = books.now


def distrust(books: Books, act: Act) -> None:
    """Take a receiver off the list, at once."""
    body = act.body
    account, trusted = books.account(body.text("account")), body.text("trusted")
    check_two(books, body, *RIGHTS["registry.distrust"], (account.holder,) if account else ())
    if account is None:
        return
    if account.trusted.pop(trusted, None) is None:
        books.fault("AUD-325", f"{account.number} trusts {trusted}", "it is not on the list")
    account.leaf = books.now
