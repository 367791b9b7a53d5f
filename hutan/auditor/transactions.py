"""Acts of transactions: replayed in order, with what repays debts and what stops them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from hutan.auditor.books import Books
from hutan.auditor.catalogue import ACCOUNT_ROLES, STOPPERS, TYPES
from hutan.auditor.checks import check_new, check_reversal, check_standing
from hutan.auditor.debts import Repayments
from hutan.auditor.log import Act
from hutan.auditor.moving import move, release, reserve
from hutan.auditor.people import check_two, has_people, holds
from hutan.auditor.pledges import free_pledge, set_pledge
from hutan.auditor.records import Transaction
from hutan.auditor.stated import Stated, read_transaction
from hutan.auditor.texts import Body, Misshapen, day_of, derived, written

_LONGEST_REASON = 400
"""So much of a reason the platform keeps beside a transaction."""


@dataclass(slots=True)
class Replayed:
    """What an act's transactions came to."""

    types: set[str] = field(default_factory=set)
    holders: set[str] = field(default_factory=set)
    waited: list[Stated] = field(default_factory=list)
    count: int = 0


def transactions(books: Books, act: Act) -> None:
    """Replay an act of transactions: of two people, or the clock's execution of one that waited."""
    creditor = _creditor(books, act.body)
    done = replay(books, act.body, act.body.many("transactions"), act.cases)
    if not done.count:
        books.fault("AUD-202", "transactions", "there are none")
    if done.waited:
        _check_execution(books, act.body, done)
        return
    for kind in sorted(done.types):
        rights = TYPES[kind].proposers, TYPES[kind].approvers
        check_two(books, act.body, *rights, sorted(done.holders | creditor))


def replay(books: Books, act: Body, listed: Iterable[Body], cases: Iterable[Body] = ()) -> Replayed:
    """Apply an act's transactions in their order, then hold repayments against the debts."""
    done, repayments = Replayed(), Repayments()
    for body in chain(listed, cases):
        done.count += 1
        try:
            stated = read_transaction(body)
            for name in body.unread():
                books.findings.remark(f"{stated.type}: field {name.rpartition('.')[2]}")
            if repayments.takes(books, stated):
                continue
            _one(books, act, stated, done)
            if stated.state == "executed" and TYPES[stated.type].settles_debt:
                repayments.received(stated)
        except Misshapen as wrong:
            books.fault("AUD-202", wrong.place, wrong.why)
    repayments.settle(books)
    return done


def stop(books: Books, act: Act) -> None:
    """Stop a waiting transaction: by one who may before it executes, or by what stands then."""
    body = act.body
    reason, id_ = body.text("reason"), body.text("transaction")
    row = books.transactions.get(id_)
    place = f"transaction {id_}"
    if books.now.act != derived(id_, "stop"):
        books.fault("AUD-207", place, books.now.act, derived(id_, "stop"))
    if row is None or row.state != "waiting" or row.execute_at is None:
        books.fault("AUD-323", place, "waiting", row.state if row else "unknown")
        return
    stated = _as_stated(body, row)
    due = books.now.at >= row.execute_at
    if "refused" in body:
        body.skip("refused")
        if not due or not check_standing(books, stated):
            books.fault("AUD-323", place, written(books.now.at), "nothing stood against it")
    else:
        person = body.text("by")
        if due or not _may_stop(books, person, row):
            books.fault("AUD-323", place, person, f"executes {written(row.execute_at)}")
    release(books, stated)
    row.state, row.stopped_at, row.leaf = "stopped", books.now.at, books.now
    row.stop_reason = reason[:_LONGEST_REASON]
    giver = books.accounts.get(row.giver)
    if giver is not None and TYPES[row.type].limited:
        giver.moved[day_of(row.approved_at)] -= row.amount


def _one(books: Books, act: Body, stated: Stated, done: Replayed) -> None:
    kind = TYPES.get(stated.type)
    if kind is None:
        raise Misshapen(f"{stated.body.place}.type", f"{stated.type[:40]!r} is unknown")
    if books.now.kind not in kind.places:
        books.fault("AUD-319", stated.place, books.now.kind, ", ".join(sorted(kind.places)))
    known = books.transactions.get(stated.id)
    if known is not None:
        _execute(books, stated, known, done)
        return
    done.types.add(stated.type)
    done.holders.add(books.holder_of(stated.giver))
    if stated.id not in (books.now.act, _id(books, stated, done.count - 1)):
        books.fault("AUD-207", stated.place, stated.id)
    if stated.type == "release":
        free_pledge(books, act, stated)
    check_new(books, stated, kind)
    row = Transaction(
        id=stated.id,
        type=stated.type,
        state=stated.state,
        giver=stated.giver,
        receiver=stated.receiver,
        items=stated.moved,
        plan_line=stated.plan_line if kind.lines else "",
        reverses=stated.reverses,
        note=stated.note,
        leaf=books.now,
        approved_at=books.now.at,
        execute_at=stated.execute_at,
    )
    books.transactions[stated.id] = row
    _count_day(books, stated, row)
    if stated.state == "waiting":
        reserve(books, stated)
        return
    row.executed_at = books.now.at
    if stated.type == "reverse":
        _turn_round(books, stated)
    move(books, stated)
    if stated.type == "pledge":
        set_pledge(books, act, stated)


def _id(books: Books, stated: Stated, number: int) -> str:
    """Return the id of a transaction that is one of several of its act."""
    asset = stated.items[0].asset if stated.items else ""
    parts: dict[str, tuple[str | int, ...]] = {
        "create": ("create", stated.plan_line),
        "return_excess": ("take back", stated.giver),
        "issue_free": (stated.plan_line,),
        "merge": (stated.giver, asset),
        "split": (stated.receiver, asset),
        "cancel_surrendered": ("cancel surrendered",),
        "carry_over": ("carry_over", stated.giver, asset),
        "lapse": ("lapse", stated.giver, asset),
        "purchase_outside": (number,),
        "surrender": (number,),
    }
    return derived(books.now.act, *parts.get(stated.type, ()))


def _execute(books: Books, stated: Stated, row: Transaction, done: Replayed) -> None:
    """Execute a transaction that waited, exactly as it was ordered."""
    if row.state != "waiting" or stated.state != "executed" or row.execute_at is None:
        books.fault("AUD-320", stated.place, stated.state, row.state)
        return
    done.waited.append(stated)
    said = (stated.type, stated.giver, stated.receiver, stated.items)
    if said != (row.type, row.giver, row.receiver, row.items):
        books.fault("AUD-322", stated.place, said, (row.type, row.giver, row.receiver, row.items))
    if books.now.at < row.execute_at:
        books.fault("AUD-322", stated.place, written(books.now.at), written(row.execute_at))
    for reason in check_standing(books, stated):
        books.fault("AUD-322", stated.place, reason)
    release(books, _as_stated(stated.body, row))
    move(books, stated)
    row.state, row.executed_at, row.leaf = "executed", books.now.at, books.now
    row.items = stated.moved


def _turn_round(books: Books, stated: Stated) -> None:
    check_reversal(books, stated)
    subject = books.transactions.get(stated.reverses)
    if subject is None:
        return
    subject.reversed = True
    line = books.lines.get(subject.plan_line)
    if line is not None:
        line.issued -= stated.amount
        line.leaf = books.now
    undone = books.undone.pop(subject.id, None)
    expected = derived(stated.id, "undo uses")
    if undone is not None and (undone.act, undone.at) != (expected, books.now.at):
        books.fault("AUD-207", stated.place, undone.act, expected)
    if any(use.ended_at is None for _, use in books.uses_of.get(subject.id, ())):
        books.fault("AUD-417", stated.place, "its uses still count")


def _count_day(books: Books, stated: Stated, row: Transaction) -> None:
    giver = books.accounts.get(stated.giver)
    if giver is not None and TYPES[stated.type].limited:
        day = day_of(row.approved_at)
        giver.moved[day] = giver.moved.get(day, 0) + stated.amount


def _check_execution(books: Books, body: Body, done: Replayed) -> None:
    first = done.waited[0]
    if has_people(body) or len(done.waited) > 1 or done.types:
        books.fault("AUD-322", first.place, "one act for one transaction, by the clock alone")
    if books.now.act != (expected := derived(first.id, "execute")):
        books.fault("AUD-207", first.place, books.now.act, expected)


def _may_stop(books: Books, person: str, row: Transaction) -> bool:
    holders = {books.holder_of(row.giver), books.holder_of(row.receiver)} - {""}
    return any(
        post.role in STOPPERS or (post.role in ACCOUNT_ROLES and post.organisation in holders)
        for post in holds(books, person, day_of(books.now.at))
    )


def _creditor(books: Books, body: Body) -> set[str]:
    """Return whose act a release is, beside the holder: the creditor's."""
    if "pledge" not in body:
        return set()
    pledge = books.pledges.get(body.text("pledge"))
    return {pledge.creditor} if pledge is not None else set()


def _as_stated(body: Body, row: Transaction) -> Stated:
    return Stated(
        body, row.id, row.type, row.state, row.giver, row.receiver, row.items, row.plan_line,
        "", "", row.execute_at, (),
    )  # fmt: skip
