"""Certificates and statements: facts kept for good under a code that anybody can check.

Issuing one neither moves units nor decides anything, so one person does it; the leaf in the log
carries the hash of what was certified, never the code that opens it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from hutan.kernel.canonical import Json, digest
from hutan.kernel.moments import SHANGHAI, aware, canonical, day_of
from hutan.kernel.refusals import Fact, said
from hutan.kernel.verification import code_of
from hutan.ledger.queries import statement as ledger_statement
from hutan.parties.domain.approvals import HeldPost, Reach
from hutan.parties.domain.approvals import differences as differing
from hutan.parties.queries import actor, organisations
from hutan.parties.refusals import ActIdTaken
from hutan.parties.services.acts import hold
from hutan.registry import queries
from hutan.registry import refusals as no
from hutan.registry.domain.documents import (
    DocumentKind,
    Entry,
    HeldFacts,
    Stretch,
    causes_of,
    statement_record,
)
from hutan.registry.models import Account, Document, Freeze, Holding, Pledge, Transaction
from hutan.registry.queries import DocumentRecord
from hutan.registry.services.holdings import lock_holdings
from hutan.runtime.sealing import blind_index
from hutan.transparency.services import record

ISSUERS: Mapping[str, Reach] = {
    "account_representative": "own",
    "account_approver": "own",
    "unit_reporter": "own",
    "exchange_operator": "own",
    "registry_clerk": "any",
    "registry_approver": "any",
}
"""Posts that may draw documents of an account: the holder's people, and the registry agency."""

Facts = dict[str, Json]


def issue_cancellation(*, id: UUID, transaction: UUID, by: UUID, at: datetime) -> DocumentRecord:
    """Certify a voluntary cancellation that has executed (M21.4), with the numbers cancelled.

    ``id`` is the caller's: a retry answers with the same document. Raises ``NotACancellation``,
    ``MayNotIssue``, ``ActIdTaken``.
    """
    done = Transaction.objects.filter(
        id=transaction, type="cancel_voluntary", state="executed"
    ).first()
    if done is None:
        raise no.NotACancellation(transaction=str(transaction))
    assert done.executed_at is not None
    facts: Facts = {
        "transaction": str(done.id),
        "amount": done.amount,
        "items": done.items,
        "purpose": done.note,
        "executed_at": canonical(done.executed_at),
    }
    request: Facts = {"transaction": str(transaction)}
    return _issue(id, "cancellation", done.giver_id, request, lambda: facts, by, at)


def issue_holding(*, id: UUID, account: str, by: UUID, at: datetime) -> DocumentRecord:
    """Certify what an account holds at this moment, number by number, and what burdens it.

    Raises ``AccountUnknown``, ``MayNotIssue``, ``ActIdTaken``.
    """
    return _issue(id, "holding", account, {}, lambda: _holding_facts(account), by, at)


def issue_statement(
    *, id: UUID, account: str, since: date, until: date, by: UUID, at: datetime
) -> DocumentRecord:
    """State how an account came from its opening to its closing balances, both days included.

    A statement up to today ends at this moment. Raises ``AccountUnknown``, ``PeriodWrong``,
    ``MayNotIssue``, ``ActIdTaken``.
    """
    if reason := _period_wrong(since, until, day_of(at)):
        raise no.PeriodWrong(since=since.isoformat(), until=until.isoformat(), reason=reason)
    request: Facts = {"since": since.isoformat(), "until": until.isoformat()}
    begins = datetime.combine(since, time(), SHANGHAI)
    ends = min(datetime.combine(until + timedelta(days=1), time(), SHANGHAI), at)

    def facts() -> Facts:
        return {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "ends": canonical(ends),
            "assets": _stretches(account, begins, ends),
        }

    return _issue(id, "statement", account, request, facts, by, at)


@transaction.atomic
def _issue(
    id: UUID,
    kind: DocumentKind,
    account: str,
    request: Facts,
    facts: Callable[[], Facts],
    by: UUID,
    at: datetime,
) -> DocumentRecord:
    aware(at)
    hold(id)
    row = Account.objects.filter(number=account).first()
    if row is None:
        raise no.AccountUnknown(account=account)
    issuer = actor(by, day_of(at))
    post = issuer.post_for(ISSUERS, row.holder_id)
    if post is None:
        raise no.MayNotIssue(account=account)
    code = code_of(blind_index(id.bytes, context="registry.document"))
    asked: Facts = {"kind": kind, "account": account, **request}
    if (stored := queries.document(code)) is not None:
        return _same(id, stored, asked)
    _hold_still(account)
    content: Facts = {"request": asked, **_about(row), **facts()}
    written = Document.objects.create(
        code=code,
        kind=kind,
        account=row,
        facts=content,
        facts_hash=facts_hash(code, at, content),
        issued_at=at,
    )
    _leaf(id, written, issuer.person, post)
    return queries.document_record(written)


def facts_hash(code: str, issued_at: datetime, facts: Mapping[str, Json]) -> str:
    """Return the hash that stands on the document, in the register and in the log.

    The code is part of it, so that the hash in the log tells nobody what was certified.
    """
    return digest({"code": code, "issued_at": canonical(issued_at), "facts": facts})


def _period_wrong(since: date, until: date, today: date) -> Fact:
    if since > until:
        return said("起始日晚于截止日", "it ends before it begins")
    if until > today:
        return said("截止日晚于今天", "it ends after today")
    return ""


def _same(id: UUID, stored: DocumentRecord, asked: Facts) -> DocumentRecord:
    known = stored.facts["request"]
    assert isinstance(known, dict)
    if known != asked:
        raise ActIdTaken(act=str(id), differences=", ".join(differing(known, asked)))
    return stored


def _about(row: Account) -> Facts:
    holder = organisations([row.holder_id]).get(row.holder_id) if row.holder_id else None
    return {
        "account": row.number,
        "account_kind": row.kind,
        "status": row.status,
        "holder": holder.name if holder else "",
        "holder_en": holder.name_en if holder else "",
        "credit_code": holder.credit_code if holder else "",
    }


def _hold_still(account: str) -> None:
    """Let nothing move on the account until the facts are read: balances and blocks agree."""
    lock_holdings((account, one.asset) for one in queries.balances_of_account(account))


def _holding_facts(account: str) -> Facts:
    pledged = _sums(Pledge.objects.filter(account=account, released_at__isnull=True))
    frozen = _sums(Freeze.objects.filter(account=account, lifted_at__isnull=True).exclude(asset=""))
    whole = Freeze.objects.filter(account=account, scope="account", lifted_at__isnull=True)
    held = [one for one in queries.holdings(account) if one.balance]
    return {
        "frozen_by": "；".join(
            f"{authority} {order}"
            for authority, order in whole.order_by("imposed_at").values_list("authority", "order")
        ),
        "total": sum(one.balance for one in held),
        "holdings": [
            HeldFacts(
                asset=one.asset,
                balance=one.balance,
                reserved=one.reserved,
                pledged=pledged.get(one.asset, 0),
                frozen=frozen.get(one.asset, 0),
                blocks=one.blocks,
            ).to_record()
            for one in held
        ],
    }


def _sums(rows: QuerySet[Pledge] | QuerySet[Freeze]) -> dict[str, int]:
    found: dict[str, int] = {}
    for asset, amount in rows.values_list("asset", "amount"):
        found[asset] = found.get(asset, 0) + (amount or 0)
    return found


def _stretches(account: str, begins: datetime, ends: datetime) -> list[Facts]:
    held = dict(Holding.objects.filter(account=account).values_list("asset", "id"))
    stated = {asset: ledger_statement(id, since=begins, until=ends) for asset, id in held.items()}
    others = {line.counterparty for one in stated.values() for line in one.lines}
    numbers = dict(Holding.objects.filter(id__in=others).values_list("id", "account_id"))
    stretches = [
        Stretch(
            asset=asset,
            opening=one.opening.balance,
            closing=one.closing.balance,
            reserved=one.closing.reserved,
            entries=tuple(
                Entry(line.id, line.at, numbers[line.counterparty], line.moved, line.balance)
                for line in one.lines
                if line.moved
            ),
        )
        for asset, one in stated.items()
    ]
    done = Transaction.objects.filter(
        Q(giver=account) | Q(receiver=account),
        state="executed",
        executed_at__gte=begins,
        executed_at__lt=ends,
    ).values_list("id", "type", "note", "items")
    causes = causes_of([(id, type, note, len(items)) for id, type, note, items in done])
    return statement_record(stretches, causes, _holders(numbers.values()))


def _holders(numbers: Iterable[str]) -> dict[str, str]:
    """Return the names of those who hold these accounts, where somebody does."""
    named = Account.objects.filter(number__in=set(numbers), holder__isnull=False)
    return dict(named.values_list("number", "holder__name"))


def _leaf(id: UUID, row: Document, issuer: UUID, post: HeldPost) -> None:
    record(
        act=id,
        kind="registry.document",
        at=row.issued_at,
        body={
            "document": row.kind,
            "account": row.account_id,
            "facts_hash": row.facts_hash,
            "issuer": {
                "person": str(issuer),
                "role": post.role,
                "organisation": str(post.organisation),
            },
        },
        subjects=[row.account_id],
    )
