"""Replaying the log: each act by what its kind means, then what must hold when all is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hutan.auditor import (
    accounts,
    closing,
    duties,
    people,
    plans,
    pledges,
    pre_allocating,
    successions,
    surrenders,
    transactions,
    trust,
)
from hutan.auditor.books import Books
from hutan.auditor.log import Act
from hutan.auditor.texts import Misshapen

Handle = Callable[[Books, Act], None]


def _nothing(books: Books, act: Act) -> None:
    """Stand for acts that change nothing the auditor keeps."""
    act.body.skip(*act.body.content)


KINDS: Mapping[str, Handle] = {
    "log.opened": _nothing,
    "log.keys": _nothing,
    "parties.register_organisations": people.organisations,
    "parties.register_person": people.person,
    "parties.open_login": people.login,
    "parties.appoint": people.appoint,
    "parties.dismiss": people.dismiss,
    "parties.delegate": people.delegate,
    "parties.returned": _nothing,
    "parties.withdrawn": _nothing,
    "registry.found": accounts.found,
    "registry.open_accounts": accounts.open_accounts,
    "registry.account_status": accounts.change_status,
    "registry.account_limits": accounts.set_limits,
    "registry.close_account": accounts.close_account,
    "registry.plan": plans.plan,
    "registry.transaction": transactions.transactions,
    "registry.stop": transactions.stop,
    "registry.freeze": pledges.freeze,
    "registry.lift": pledges.lift,
    "registry.trust": trust.trust,
    "registry.distrust": trust.distrust,
    "registry.document": accounts.document,
    "registry.merge": successions.merge,
    "registry.split": successions.split,
    "compliance.open_year": duties.open_year,
    "compliance.list": duties.enter_list,
    "compliance.determine": duties.determine,
    "compliance.departure": duties.departure,
    "compliance.surrender": surrenders.surrender,
    "compliance.surrender_in_bulk": surrenders.surrender_in_bulk,
    "compliance.succession": duties.succession,
    "compliance.undo": duties.undo,
    "compliance.close_year": closing.close_year,
    "compliance.pre_allocate": pre_allocating.pre_allocate,
}
"""What each kind of act does, by docs/log-format.md."""

HOLDING = ("log.", "parties.", "registry.", "compliance.")
"""Kinds under these change holdings, duties or who may act: none can be passed over unknown."""


def replay_act(books: Books, act: Act) -> None:
    """Replay one act; whatever is wrong with it goes to the findings, and the replay goes on."""
    books.now = act.leaf
    handle = KINDS.get(act.leaf.kind)
    if handle is None:
        if act.leaf.kind.startswith(HOLDING):
            books.fault("AUD-201", act.leaf.kind)
        else:
            books.findings.remark(f"kind {act.leaf.kind}")
        return
    try:
        handle(books, act)
    except Misshapen as wrong:
        books.fault("AUD-202", wrong.place, wrong.why)
        return
    except Exception as strange:
        # Whatever an act holds, the auditor says where he stopped and goes on with the next one.
        books.fault("AUD-208", "", f"{type(strange).__name__}: {strange}"[:200])
        return
    act.body.skip("proposer", "approver", "clause", "document", "reason", "note", "working")
    for name in act.body.unread():
        books.findings.remark(f"{act.leaf.kind}: field {name}")


def close_books(books: Books) -> None:
    """Note what no single act shows: blocks and balances agree, nothing was left half done."""
    for one in books.holdings.values():
        account = books.accounts.get(one.account)
        if account is not None and account.kind == "issuance":
            continue
        numbers = one.free.amount + one.frozen.amount
        if numbers != one.balance:
            place = f"{one.account} {one.asset}"
            books.findings.add("AUD-334", place, one.balance, numbers, one.leaf)
        if one.available < 0 or one.balance < 0:
            place = f"{one.account} {one.asset}"
            books.findings.add("AUD-310", place, one.balance, one.set_aside, one.leaf)
    for (unit, year), (_, _, leaf) in books.passed_on.items():
        books.findings.add("AUD-416", f"{unit} {year}", "passed on without a merger", leaf=leaf)
    for number in books.closing:
        books.findings.add("AUD-333", f"account {number}", "a merger or split left it open")
    for id_, leaf in books.undone.items():
        books.findings.add("AUD-417", f"surrender {id_}", "undone, never reversed", leaf=leaf)
