"""Accounts: founded, opened, suspended, limited, closed; documents drawn on them."""

from __future__ import annotations

from hutan.auditor.books import Books
from hutan.auditor.catalogue import GOVERNMENT, HOLDER_KINDS, ISSUERS, LETTERS, RIGHTS
from hutan.auditor.log import Act
from hutan.auditor.people import check_one, check_two
from hutan.auditor.records import Account
from hutan.auditor.standing import duties_left

LIMITS = frozenset(
    f"{whose}limit_{of}" for whose in ("", "bureau_") for of in ("per_transfer", "per_day")
)
"""The holder's own limits of an account and the bureau's."""

_STEPS = {("open", "suspended"), ("suspended", "open")}


def found(books: Books, act: Act) -> None:
    """Open the government's accounts."""
    kinds = set()
    for one in act.body.many("accounts"):
        number, kind, holder = one.text("account"), one.text("kind"), one.text("holder")
        kinds.add(kind)
        if kind not in GOVERNMENT or kind in books.government:
            books.fault("AUD-302", f"account {number}", kind)
        _enter(books, Account(number, kind, holder, False, books.now, books.now.at))
        books.government.setdefault(kind, number)
    if kinds | {"outside"} != GOVERNMENT:
        books.fault("AUD-302", "government accounts", sorted(kinds), sorted(GOVERNMENT))


def open_accounts(books: Books, act: Act) -> None:
    """Open accounts of units and traders."""
    holders = []
    for one in [*act.body.many("accounts"), *act.cases]:
        one.same("id", "account")
        account = Account(
            number=one.text("account"),
            kind=one.text("kind"),
            holder=one.text("holder"),
            late=one.flag("late"),
            leaf=books.now,
            opened_at=books.now.at,
        )
        holders.append(account.holder)
        _check_holder(books, account)
        _enter(books, account)
        if account.kind == "unit":
            books.unit_accounts[account.holder] = account.number
    check_two(books, act.body, *RIGHTS["registry.open_accounts"], _if_one(holders))


def change_status(books: Books, act: Act) -> None:
    """Suspend an account or restore it."""
    body = act.body
    body.skip("reason")
    account, status = books.account(body.text("account")), body.text("status")
    check_two(books, body, *RIGHTS["registry.account_status"], ())
    if account is None:
        return
    if (account.status, status) not in _STEPS:
        books.fault("AUD-331", f"account {account.number}", status, account.status)
    account.status, account.leaf = status, books.now


def set_limits(books: Books, act: Act) -> None:
    """Set an account's own limits, or the bureau's."""
    body = act.body
    account, limits = books.account(body.text("account")), body.inner("limits")
    bureau = any(name.startswith("bureau_") for name in limits.content)
    rights = RIGHTS["registry.bureau_limits" if bureau else "registry.own_limits"]
    check_two(books, body, *rights, (account.holder,) if account else ())
    if not limits.content.keys() <= LIMITS or len({n[:6] for n in limits.content}) > 1:
        books.fault("AUD-331", body.place, sorted(limits.content))
    values = {name: limits.whole_or_none(name) for name in limits.content}
    if account is not None:
        account.limits |= values
        account.leaf = books.now


def close_account(books: Books, act: Act) -> None:
    """Close an account on which nothing stands any more."""
    body = act.body
    body.skip("reason")
    account = books.account(body.text("account"))
    check_two(books, body, *RIGHTS["registry.close_account"], (account.holder,) if account else ())
    if account is None:
        return
    place = f"account {account.number}"
    if account.status == "closed":
        books.fault("AUD-332", place, "closed again")
    for what, amount in _standing(books, account).items():
        if amount:
            books.fault("AUD-332", place, what, amount)
    if account.kind == "unit" and account.holder:
        for duty in duties_left(books, account.holder):
            books.fault("AUD-332", place, duty)
    expected = books.closing.pop(account.number, books.now.act)
    if books.now.act != expected:
        books.fault("AUD-207", place, books.now.act, expected)
    account.status, account.closed_at, account.leaf = "closed", books.now.at, books.now
    if books.unit_accounts.get(account.holder) == account.number:
        del books.unit_accounts[account.holder]


def document(books: Books, act: Act) -> None:
    """Note a certificate or statement: the log has only the hash of its facts."""
    body = act.body
    body.skip("document", "facts_hash")
    account = books.account(body.text("account"))
    check_one(books, body, "issuer", ISSUERS, (account.holder,) if account else ())


def _standing(books: Books, account: Account) -> dict[str, int]:
    held = books.held_by(account.number)
    return {
        "balance": sum(one.balance for one in held),
        "reserved": sum(one.set_aside for one in held),
        "freezes": books.freezes_on(account.number),
        "pledges": books.pledges_on(account.number),
        "waiting": books.waiting.get(account.number, 0),
        "debt": books.owed(account.number),
    }


def _enter(books: Books, account: Account) -> None:
    place = f"account {account.number}"
    expected = _number(account.kind, books.by_kind[account.kind] + 1)
    if account.number in books.accounts or account.number != expected:
        books.fault("AUD-302", place, account.number, expected)
    books.by_kind[account.kind] += 1
    books.accounts[account.number] = account


def _check_holder(books: Books, account: Account) -> None:
    place = f"account {account.number}"
    holder = books.organisations.get(account.holder)
    if holder is None or holder.kind not in HOLDER_KINDS.get(account.kind, ()):
        books.fault("AUD-302", place, account.kind, holder.kind if holder else "no such holder")
    elif not holder.code:
        books.fault("AUD-302", place, "the holder has no credit code")
    if account.kind == "unit" and account.holder in books.unit_accounts:
        books.fault("AUD-302", place, "a second one", books.unit_accounts[account.holder])


def _number(kind: str, serial: int) -> str:
    """Return the serial-th number of a kind: its check digits are ISO 7064 MOD 97-10."""
    if kind not in LETTERS:
        return ""
    body = f"SH{LETTERS[kind]}{serial:08d}"
    value = int("".join(str(int(character, 36)) for character in body)) * 100
    return f"{body}{98 - value % 97:02d}"


def _if_one(holders: list[str]) -> tuple[str, ...]:
    """Return the one holder of an opening; a bulk opening concerns nobody alone."""
    return (holders[0],) if len(holders) == 1 else ()
