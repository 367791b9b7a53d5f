"""What stands against a transaction: every check the registry must have made, made again."""

from __future__ import annotations

from hutan.auditor.books import Books, asset_year
from hutan.auditor.catalogue import GOVERNMENT, TYPES, Type
from hutan.auditor.delays import Delay, window_ends
from hutan.auditor.records import HOME_OF_PART, Account, Item
from hutan.auditor.stated import Stated
from hutan.auditor.texts import Misshapen, day_of, written


def check_new(books: Books, stated: Stated, kind: Type) -> None:
    """Hold a new transaction against accounts, freezes, balances, limits, lines and delays."""
    place = stated.place
    giver = books.account(stated.giver)
    receiver = books.account(stated.receiver) if kind.receivers else None
    if stated.receiver and not kind.receivers:
        books.fault("AUD-304", place, stated.receiver, "nothing moves")
    if giver is not None:
        if giver.kind not in kind.givers:
            books.fault("AUD-303", place, f"{giver.number} {giver.kind}")
        _check_usable(books, place, giver, kind.checks)
    if receiver is not None:
        if receiver.kind not in kind.receivers:
            books.fault("AUD-304", place, f"{receiver.number} {receiver.kind}")
        _check_usable(books, place, receiver, frozenset({"open", "frozen"}))
    if giver is not None and receiver is not None:
        _check_holders(books, place, giver, receiver, kind)
    _check_items(books, stated)
    if giver is not None:
        _check_held(books, stated, giver, kind)
        if kind.limited:
            _check_limits(books, stated, giver)
    if stated.plan_line and not kind.lines and stated.type != "create":
        books.fault("AUD-315", place, stated.plan_line, "none")
    if kind.lines:
        _check_line(books, stated, kind)
    if stated.type == "create":
        _check_part(books, stated)
    if kind.waits and giver is not None and receiver is not None:
        _check_delay(books, stated, giver, receiver)
    elif stated.state != "executed" or stated.execute_at is not None:
        books.fault("AUD-321", place, stated.state, "executed")
    if (stated.type == "reverse") != bool(stated.reverses):
        books.fault("AUD-318", place, stated.reverses or "nothing")


def check_standing(books: Books, stated: Stated) -> list[str]:
    """Return what stands against a waiting transaction at the moment it would execute."""
    found = []
    for number in (stated.giver, stated.receiver):
        account = books.accounts.get(number)
        if account is None:
            found.append(f"{number} unknown")
            continue
        if account.status != "open":
            found.append(f"{number} {account.status}")
        if account.frozen:
            found.append(f"{number} frozen")
    return found


def check_reversal(books: Books, stated: Stated) -> None:
    """Hold a reversal against what it turns round: executed, in time, once, number by number."""
    subject = books.transactions.get(stated.reverses)
    place = stated.place
    if subject is None or subject.executed_at is None:
        books.fault("AUD-318", place, stated.reverses, "nothing that has executed")
        return
    if subject.type not in TYPES or not TYPES[subject.type].reversible:
        books.fault("AUD-318", place, subject.type, "a type that allows none")
    if subject.reversed:
        books.fault("AUD-318", place, subject.id, "reversed already")
    line = books.lines.get(subject.plan_line)
    if line is not None and not line.open:
        books.fault("AUD-318", place, subject.id, f"line {line.id} is closed")
    ends = window_ends(books, stated.body.inner("rules"), subject.executed_at)
    if books.now.at >= ends:
        books.fault("AUD-318", place, written(books.now.at), f"before {written(ends)}")
    turned = (subject.receiver, subject.giver, subject.items)
    if (stated.giver, stated.receiver, stated.items) != turned:
        books.fault("AUD-318", place, _shown(stated.items), _shown(subject.items))


def trusts(books: Books, giver: Account, receiver: Account) -> bool:
    """Tell whether a receiver counts as trusted: by the list, as one's own, or the government's."""
    since = giver.trusted.get(receiver.number)
    return (
        (since is not None and since[0] <= books.now.at)
        or (bool(giver.holder) and giver.holder == receiver.holder)
        or receiver.kind in GOVERNMENT
    )


def _check_usable(books: Books, place: str, account: Account, checks: frozenset[str]) -> None:
    if "open" in checks and account.status != "open":
        books.fault("AUD-306", place, account.number, account.status)
    if "frozen" in checks and account.frozen:
        books.fault("AUD-307", place, account.number, ", ".join(account.frozen.values()))


def _check_holders(books: Books, place: str, giver: Account, receiver: Account, kind: Type) -> None:
    same = bool(giver.holder) and giver.holder == receiver.holder
    if giver.number == receiver.number or (kind.other_holder and same):
        books.fault("AUD-305", place, giver.number, receiver.number)


def _check_items(books: Books, stated: Stated) -> None:
    if not stated.items:
        books.fault("AUD-309", stated.place, "no items")
    for item in stated.items:
        try:
            asset_year(item.asset)
        except Misshapen as wrong:
            books.fault("AUD-308", stated.place, wrong.why)
        ranged = item.first is not None and item.last is not None
        if item.amount < 1 or (ranged and item.last - item.first + 1 != item.amount):  # type: ignore[operator]  # both are there
            books.fault("AUD-309", stated.place, _shown((item,)))


def _check_held(books: Books, stated: Stated, giver: Account, kind: Type) -> None:
    if giver.kind == "issuance" or "available" not in kind.checks:
        return
    wanted: dict[str, int] = {}
    for item in stated.items:
        wanted[item.asset] = wanted.get(item.asset, 0) + item.amount
    for asset, amount in wanted.items():
        available = books.holding(giver.number, asset).available
        if amount > available:
            books.fault("AUD-310", f"{stated.place}: {giver.number} {asset}", amount, available)


def _check_limits(books: Books, stated: Stated, giver: Account) -> None:
    most, a_day = giver.limit("per_transfer"), giver.limit("per_day")
    if most is not None and stated.amount > most:
        books.fault("AUD-324", stated.place, stated.amount, most)
    moved = giver.moved.get(day_of(books.now.at), 0)
    if a_day is not None and moved + stated.amount > a_day:
        books.fault("AUD-324", stated.place, f"{moved} + {stated.amount} a day", a_day)


def _check_line(books: Books, stated: Stated, kind: Type) -> None:
    line = books.lines.get(stated.plan_line)
    fits = (
        line is not None
        and line.open
        and line.kind in kind.lines
        and line.account in ("", stated.receiver)
        and all(item.asset == f"allowance:{line.year}" for item in stated.items)
    )
    if line is None or not fits:
        books.fault("AUD-315", stated.place, stated.plan_line or "none")
    elif line.issued + stated.amount > line.amount:
        left = line.amount - line.issued
        books.fault("AUD-316", f"{stated.place}: {line.id}", stated.amount, left)


def _check_part(books: Books, stated: Stated) -> None:
    home = books.government.get(HOME_OF_PART.get(stated.plan_line, ""), "")
    if stated.receiver != home:
        books.fault("AUD-304", stated.place, stated.receiver, home)
    for item in stated.items:
        part = books.parts.get((asset_year(item.asset), stated.plan_line))
        left = part.amount - part.created if part is not None else 0
        if item.amount > left:
            books.fault("AUD-317", f"{stated.place}: {stated.plan_line}", item.amount, left)


def _check_delay(books: Books, stated: Stated, giver: Account, receiver: Account) -> None:
    delay = Delay(stated.body)
    trusted = trusts(books, giver, receiver)
    if delay.trusted != trusted:
        books.fault("AUD-325", stated.place, delay.trusted, trusted)
    if not trusted and stated.amount > (most := delay.whole("registry.transfer_ceiling")):
        books.fault("AUD-324", stated.place, stated.amount, most)
    when = delay.executes(books.now.at)
    expected = ("waiting", written(when)) if when > books.now.at else ("executed", "")
    said = (stated.state, written(stated.execute_at) if stated.execute_at else "")
    if said != expected:
        books.fault("AUD-321", stated.place, " ".join(said), " ".join(expected))
    delay.check_days(books, when)


def _shown(items: tuple[Item, ...]) -> str:
    return ", ".join(
        f"{item.amount} {item.asset}" + ("" if item.first is None else f" {item.first}-{item.last}")
        for item in items[:4]
    )
