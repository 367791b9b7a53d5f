"""Opening, suspending, limiting and closing accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Q

from hutan.kernel.canonical import Json, Record
from hutan.kernel.events import publish
from hutan.kernel.ids import derive_id
from hutan.kernel.refusals import Refusal, refuse
from hutan.parties.acts import ApprovedAct
from hutan.parties.queries import organisation, organisations
from hutan.registry import refusals as no
from hutan.registry.domain.accounts import (
    ClosingFacts,
    HolderFacts,
    Opening,
    closing_refusals,
    opening_refusals,
    status_refusal,
)
from hutan.registry.domain.facts import GOVERNMENT
from hutan.registry.domain.numbers import account_number
from hutan.registry.events import AccountOpened
from hutan.registry.models import Account, AccountEvent, Freeze
from hutan.registry.ports import duties_of
from hutan.registry.queries import balances_of_account
from hutan.registry.services.debts import owed
from hutan.rules.parameters import rulebook
from hutan.transparency.services import record


@transaction.atomic
def found_registry(
    *, act: UUID, exchange: UUID | None, at: datetime, outside: bool = False
) -> None:
    """Open the government's accounts and the exchange's omnibus account, once.

    ``outside``: also the account of the outside market, for a registry that replays history.
    Without it nothing can be created beyond a year's total (M10.2).
    """
    if Account.objects.filter(kind="total").exists():
        return
    rows = [
        Account(
            number=account_number(kind, 1),
            kind=kind,
            holder_id=exchange if kind == "omnibus" else None,
            opened_by=derive_id(act, kind),
            opened_at=at,
        )
        for kind in sorted(GOVERNMENT)
        if kind != "outside" or outside
    ]
    Account.objects.bulk_create(rows)
    record(
        act=act,
        kind="registry.found",
        at=at,
        body={
            "accounts": [
                {
                    "account": row.number,
                    "kind": row.kind,
                    "holder": str(row.holder_id) if row.holder_id else "",
                }
                for row in rows
            ]
        },
    )


def preview_opening(openings: Sequence[Opening]) -> list[Refusal]:
    """Return everything that stands against opening these accounts, in order."""
    holders = _holders({opening.holder for opening in openings})
    found: list[Refusal] = []
    for opening in openings:
        holder = holders.get(opening.holder)
        if holder is None:
            organisation(opening.holder)
            continue
        found.extend(opening_refusals(opening, holder))
        if opening.kind == "unit" and not holder.unit_account:
            # A second one for the same unit in this batch is one too many as well.
            holders[opening.holder] = replace(holder, unit_account="（同一批次 in this batch）")
    return found


def open_accounts(
    openings: Sequence[Opening],
    *,
    act: UUID,
    at: datetime,
    people: Mapping[str, Json],
    late: bool = False,
) -> list[str]:
    """Open accounts in the caller's transaction and return their numbers, in order.

    Raises everything that refuses any of them. One leaf for all.
    """
    refuse(preview_opening(openings))
    rows = []
    for kind in sorted({opening.kind for opening in openings}):
        wanted = [opening for opening in openings if opening.kind == kind]
        serial = _next_serial(kind)
        rows += [
            Account(
                number=account_number(kind, serial + place),
                kind=kind,
                holder_id=opening.holder,
                opened_by=opening.id,
                opened_at=at,
                opened_late=late,
                documents=dict(opening.documents),
            )
            for place, opening in enumerate(wanted)
        ]
    Account.objects.bulk_create(rows)
    numbers = {row.opened_by: row.number for row in rows}
    opened: list[dict[str, Json]] = [
        {
            "id": row.number,
            "account": row.number,
            "kind": row.kind,
            "holder": str(row.holder_id),
            "late": late,
        }
        for row in rows
    ]
    _record_openings(opened, act=act, at=at, people=people)
    for row in rows:
        publish(
            AccountOpened(
                act=row.opened_by,
                at=at,
                account=row.number,
                kind=row.kind,
                holder=row.holder_id,
                late=late,
            )
        )
    return [numbers[opening.id] for opening in openings]


def opens_late(year: int, at: datetime) -> bool:
    """Tell whether an account opened ``at`` misses the day set for the new units of a list (N6)."""
    due = rulebook().by_year("registry.account_opening_due", year).deadline
    return not due.in_time(at)


def preview_status(account: str, wanted: str) -> list[Refusal]:
    """Return why an account cannot take a status."""
    row = Account.objects.filter(number=account).first()
    if row is None:
        return [no.AccountUnknown(account=account)]
    refusal = status_refusal(account, row.status, wanted)
    return [refusal] if refusal else []


def preview_limits(account: str) -> list[Refusal]:
    """Return why limits of an account cannot be set: there is no such account."""
    known = Account.objects.filter(number=account).exists()
    return [] if known else [no.AccountUnknown(account=account)]


def change_status(act: ApprovedAct, account: str, wanted: str, reason: str) -> Record:
    """Suspend an account or restore it."""
    row = locked_account(account)
    if (refusal := status_refusal(account, row.status, wanted)) is not None:
        raise refusal
    _changed(row, act.id, "status", row.status, wanted, act.at)
    row.status = wanted
    row.save(update_fields=["status"])
    record(
        act=act.id,
        kind="registry.account_status",
        at=act.at,
        body={"account": account, "status": wanted, "reason": reason, **act.people()},
        subjects=[account],
    )
    return {"account": account, "status": wanted}


def set_limits(act: ApprovedAct, account: str, limits: Mapping[str, int | None]) -> Record:
    """Set the limits of an account: the holder's own, or the bureau's. ``None`` lifts one."""
    row = locked_account(account)
    before = {name: getattr(row, name) for name in limits}
    for name, value in limits.items():
        setattr(row, name, value)
    row.save(update_fields=list(limits))
    _changed(row, act.id, "limits", before, dict(limits), act.at)
    record(
        act=act.id,
        kind="registry.account_limits",
        at=act.at,
        body={"account": account, "limits": dict(limits), **act.people()},
        subjects=[account],
    )
    return {"account": account, "limits": dict(limits)}


def preview_closing(account: str, at: datetime) -> list[Refusal]:
    """Return everything that keeps an account from closing at this moment."""
    row = Account.objects.filter(number=account).first()
    if row is None:
        return [no.AccountUnknown(account=account)]
    balances = balances_of_account(account)
    counts = Account.objects.filter(number=account).aggregate(
        freezes=Count("freezes", filter=Q(freezes__lifted_at__isnull=True), distinct=True),
        pledges=Count("pledges", filter=Q(pledges__released_at__isnull=True), distinct=True),
        waiting=Count("given", filter=Q(given__state="waiting"), distinct=True),
        coming=Count("received", filter=Q(received__state="waiting"), distinct=True),
    )
    facts = ClosingFacts(
        status=row.status,
        balance=sum(one.balance for one in balances),
        reserved=sum(one.reserved for one in balances),
        freezes=counts["freezes"],
        pledges=counts["pledges"],
        waiting=counts["waiting"] + counts["coming"],
        debt=owed(account),
        duties=duties_of(row.holder_id, at) if row.kind == "unit" and row.holder_id else (),
    )
    return list(closing_refusals(account, facts))


def close_account(
    account: str, *, act: UUID, at: datetime, reason: str, people: Mapping[str, Json]
) -> None:
    """Close an account for good. Raises everything that keeps it open."""
    row = locked_account(account)
    refuse(preview_closing(account, at))
    _changed(row, act, "status", row.status, "closed", at)
    row.status, row.closed_at = "closed", at
    row.save(update_fields=["status", "closed_at"])
    record(
        act=derive_id(act, "close", account),
        kind="registry.close_account",
        at=at,
        body={"account": account, "reason": reason, **people},
        subjects=[account],
    )


def locked_account(number: str) -> Account:
    """Return an account's row, locked; refuse an unknown one."""
    row = Account.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise no.AccountUnknown(account=number)
    return row


def frozen(account: str) -> bool:
    """Tell whether the account is frozen as a whole."""
    return Freeze.objects.filter(account=account, scope="account", lifted_at__isnull=True).exists()


def _holders(ids: set[UUID]) -> dict[UUID, HolderFacts]:
    unit_accounts = dict(
        Account.objects.filter(holder_id__in=ids, kind="unit")
        .exclude(status="closed")
        .values_list("holder_id", "number")
    )
    return {
        id: HolderFacts(
            name=found.name,
            organisation_kind=found.kind,
            credit_code=found.credit_code,
            unit_account=unit_accounts.get(id, ""),
        )
        for id, found in organisations(ids).items()
    }


def _next_serial(kind: str) -> int:
    with connection.cursor() as cursor:
        # One opening of a kind at a time, so that serial numbers have neither gaps nor doubles.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"registry.serial.{kind}"])
        cursor.execute("SELECT count(*) + 1 FROM registry_account WHERE kind = %s", [kind])
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def _record_openings(
    opened: list[dict[str, Json]], *, act: UUID, at: datetime, people: Mapping[str, Json]
) -> None:
    bulk = len(opened) > 1
    record(
        act=act,
        kind="registry.open_accounts",
        at=at,
        body={**people, "accounts": [] if bulk else opened},
        movements=opened if bulk else (),
        subjects=[str(one["account"]) for one in opened],
    )


def _changed(row: Account, act: UUID, what: str, before: Json, after: Json, at: datetime) -> None:
    AccountEvent.objects.create(account=row, act=act, what=what, before=before, after=after, at=at)
