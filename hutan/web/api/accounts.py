"""Operations on accounts: what they hold, what moved, the path of a number, documents, stopping."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from hutan.kernel.refusals import refuse
from hutan.parties.queries import seen_by
from hutan.registry import queries
from hutan.registry.domain.facts import GOVERNMENT
from hutan.registry.domain.numbers import allowance_position
from hutan.registry.queries import AccountRecord, DocumentRecord, Passage, TransactionRecord
from hutan.registry.refusals import MayNotIssue, NotWaiting
from hutan.registry.services import documents, waiting
from hutan.registry.services.documents import ISSUERS
from hutan.web.api import forms
from hutan.web.api.asking import ASKER, asker
from hutan.web.api.forms import AccountNumber, AllowanceNumber, PageSize
from hutan.web.api.frame import answers, summary, viewer_in
from hutan.web.moments import moment_of
from hutan.web.permissions import Viewer, require
from hutan.web.refusals import InvalidField, NotFound
from hutan.web.rights import (
    HOLDINGS,
    ISSUE_DOCUMENT,
    SEE_ACCOUNT,
    STOP_TRANSFER,
    Belongs,
    sees,
)

router = Router(auth=ASKER)


@router.get(
    "/accounts", response=answers(list[forms.Account]), **summary("可见的账户", "Accounts you see")
)
def accounts(
    request: HttpRequest,
    after: AccountNumber | None = None,
    limit: PageSize = 100,
) -> list[AccountRecord]:
    """Return accounts by number, a page at a time: your own, your district's, or all.

    ``after`` is the last number you have.
    """
    viewer, actor = asker(request)
    require(viewer, SEE_ACCOUNT)
    return queries.accounts(holders=seen_by(actor, HOLDINGS), limit=limit, after=after or "")


@router.get(
    "/accounts/{number}",
    response=answers(forms.AccountHoldings, 404),
    **summary("账户及其持有的配额和号段", "An account with its holdings and blocks"),
)
def account(request: HttpRequest, number: AccountNumber) -> dict[str, object]:
    """Return an account with what it holds, oldest vintage first."""
    found = _seen(request, number)
    return {
        **{name: getattr(found, name) for name in AccountRecord.__slots__},
        "holdings": queries.holdings(number),
    }


@router.get(
    "/accounts/{number}/history",
    response=answers(list[forms.Transaction], 404),
    **summary("账户的业务记录", "An account's transactions"),
)
def history(
    request: HttpRequest,
    number: AccountNumber,
    past: UUID | None = None,
    limit: PageSize = 50,
) -> list[TransactionRecord]:
    """Return transactions of all states, newest first, a page at a time.

    ``past`` is the last transaction you have.
    """
    _seen(request, number)
    return queries.history(number, past=past, limit=limit)


@router.get(
    "/accounts/{number}/documents",
    response=answers(list[forms.IssuedRecord], 404),
    **summary("账户已出具的凭证", "Documents drawn on an account"),
)
def documents_of(request: HttpRequest, number: AccountNumber) -> list[DocumentRecord]:
    """Return certificates and statements, newest first."""
    _seen(request, number)
    return queries.documents_of(number)


@router.post(
    "/accounts/{number}/documents",
    response=answers(forms.IssuedRecord, 404),
    **summary("出具证明或对账单", "Draw a certificate or a statement"),
)
def issue(
    request: HttpRequest, number: AccountNumber, payload: forms.IssueRequest
) -> DocumentRecord:
    """Draw a document; its code opens it on the public page. A retry gives the same document.

    ``holding``: what the account holds now. ``statement``: from ``since`` to ``until``.
    ``cancellation``: of the ``transaction`` by which something was cancelled voluntarily.
    """
    found = _seen(request, number)
    viewer, actor = asker(request)
    require(viewer, ISSUE_DOCUMENT)
    if actor.post_for(ISSUERS, found.holder) is None:
        raise MayNotIssue(account=number)
    at = moment_of(request)
    if payload.kind == "statement":
        refuse(
            InvalidField(name=name, reason="it is missing")
            for name in ("since", "until")
            if getattr(payload, name) is None
        )
        return documents.issue_statement(
            id=payload.id,
            account=number,
            since=_day("since", payload.since or ""),
            until=_day("until", payload.until or ""),
            by=actor.user,
            at=at,
        )
    if payload.kind == "cancellation":
        if payload.transaction is None:
            raise InvalidField(name="transaction", reason="it is missing")
        done = queries.transaction(payload.transaction)
        if done is None or done.giver != number:
            raise NotFound(what=str(payload.transaction))
        return documents.issue_cancellation(
            id=payload.id, transaction=payload.transaction, by=actor.user, at=at
        )
    return documents.issue_holding(id=payload.id, account=number, by=actor.user, at=at)


@router.get(
    "/transactions/waiting",
    response=answers(list[forms.Transaction]),
    **summary("等待执行的划转", "Transfers that wait"),
)
def waiting_transfers(request: HttpRequest) -> list[TransactionRecord]:
    """Return the waiting transfers of the accounts you see, soonest first."""
    viewer, actor = asker(request)
    require(viewer, SEE_ACCOUNT)
    holders = seen_by(actor, HOLDINGS)
    if holders is None:
        return queries.waiting()
    own = queries.accounts(holders=holders, limit=10_000)
    return queries.waiting([one.number for one in own])


@router.get(
    "/transactions/{id}",
    response=answers(forms.Transaction, 404),
    **summary("一笔业务", "A transaction"),
)
def transaction(request: HttpRequest, id: UUID) -> TransactionRecord:
    """Return a transaction of which you see one side."""
    viewer = viewer_in(request)
    require(viewer, SEE_ACCOUNT)
    return _seen_transaction(viewer, id)


@router.post(
    "/transactions/{id}/stop",
    response=answers(forms.Transaction, 404),
    **summary("中止等待执行的划转", "Stop a waiting transfer"),
)
def stop(request: HttpRequest, id: UUID, payload: forms.Stop) -> TransactionRecord:
    """Stop a transfer before it executes: either holder, the registry agency or the bureau may.

    A retry with the same reason answers as before.
    """
    viewer, actor = asker(request)
    found = _seen_transaction(viewer, id, permission=STOP_TRANSFER)
    try:
        waiting.stop(id=id, by=actor.user, reason=payload.reason, at=moment_of(request))
    except NotWaiting:
        if found.state != "stopped" or found.stop_reason != payload.reason:
            raise
    after = queries.transaction(id)
    assert after is not None
    return after


@router.get(
    "/allowances/{number}/path",
    response=answers(list[forms.Step], 404),
    **summary("一个配额编号的流转路径", "The path of one allowance"),
)
def path(request: HttpRequest, number: AllowanceNumber) -> list[dict[str, object]]:
    """Return every step of one number from its creation on.

    Whoever does not see all accounts gets the path of numbers that went through his own; accounts
    of others are then named by their kind alone.
    """
    viewer, actor = asker(request)
    require(viewer, SEE_ACCOUNT)
    steps = queries.path(*allowance_position(number))
    known = queries.accounts_numbered(
        {one for step in steps for one in (step.giver, step.receiver)}
    )
    holders = seen_by(actor, HOLDINGS)
    own = {one.number for one in known.values() if holders is None or one.holder in holders}
    if not own:
        raise NotFound(what=number)
    return [_step(step, known, own) for step in steps]


def _seen(request: HttpRequest, number: str) -> AccountRecord:
    """Return an account the asker may see; any other is as if it were not there."""
    viewer = viewer_in(request)
    require(viewer, SEE_ACCOUNT)
    found = queries.account(number)
    if found is None or not sees(viewer, found.holder, HOLDINGS):
        raise NotFound(what=number)
    return found


def _seen_transaction(viewer: Viewer, id: UUID, *, permission: str = "") -> TransactionRecord:
    found = queries.transaction(id)
    sides = queries.accounts_numbered([found.giver, found.receiver]) if found else {}
    if found is None or not any(sees(viewer, side.holder, HOLDINGS) for side in sides.values()):
        raise NotFound(what=str(id))
    if permission:
        require(viewer, permission, [Belongs(side.holder, HOLDINGS) for side in sides.values()])
    return found


def _step(step: Passage, known: dict[str, AccountRecord], own: set[str]) -> dict[str, object]:
    def named(number: str) -> str:
        return number if number in own or known[number].kind in GOVERNMENT else ""

    return {
        "transaction": step.transaction if own & {step.giver, step.receiver} else None,
        "type": step.type,
        "giver": named(step.giver),
        "giver_kind": known[step.giver].kind,
        "receiver": named(step.receiver),
        "receiver_kind": known[step.receiver].kind,
        "at": step.at,
    }


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidField(name=name, reason="there is no such day") from None
