"""Registering organisations and delegating tasks to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from hutan.kernel.moments import aware
from hutan.kernel.refusals import Refusal, refuse
from hutan.parties.domain.duties import duties
from hutan.parties.models import Delegation, Organisation
from hutan.parties.queries import OrganisationRecord, organisations
from hutan.parties.refusals import (
    ActIdTaken,
    CreditCodeWrong,
    DutyUnknown,
    OrganisationKnown,
)
from hutan.parties.services.acts import hold
from hutan.rules.codes import credit_code_faults
from hutan.transparency.services import record


def register_organisation(
    *,
    id: UUID,
    kind: str,
    name: str,
    name_en: str = "",
    credit_code: str = "",
    district: str = "",
    duty: str = "",
    at: datetime,
) -> OrganisationRecord:
    """Register a body under its unified social credit code; a retry answers as before.

    Raises ``DutyUnknown``, ``CreditCodeWrong``, ``OrganisationKnown``, or ``ActIdTaken`` where
    ``id`` already names a different body. Source: GB 32100-2015 for the code.
    """
    given = OrganisationRecord(
        id=id,
        kind=kind,
        name=name,
        name_en=name_en,
        credit_code=credit_code,
        district=district,
        duty=duty,
    )
    return register_organisations(act=id, bodies=[given], at=at)[0]


@transaction.atomic
def register_organisations(
    *, act: UUID, bodies: Sequence[OrganisationRecord], at: datetime
) -> list[OrganisationRecord]:
    """Register many bodies in one act and one leaf; a retry changes nothing.

    Raises everything that refuses any of them: ``DutyUnknown``, ``CreditCodeWrong``,
    ``OrganisationKnown`` (also where two of them share a code), ``ActIdTaken`` where an id already
    names a different body.
    """
    hold(act)
    stored = organisations([body.id for body in bodies])
    fresh = [body for body in bodies if body.id not in stored]
    refuse([*_taken(bodies, stored), *_duty_refusals(fresh), *_code_refusals(fresh)])
    if not fresh:
        return list(bodies)
    Organisation.objects.bulk_create(
        Organisation(
            id=body.id,
            kind=Organisation.Kind(body.kind),
            name=body.name,
            name_en=body.name_en,
            credit_code=body.credit_code or None,
            district=body.district,
            duty=body.duty,
            registered_at=aware(at),
        )
        for body in fresh
    )
    record(
        act=act,
        kind="parties.register_organisations",
        at=at,
        body={"organisations": len(fresh)},
        movements=[
            {
                "id": str(body.id),
                "organisation": str(body.id),
                "kind": body.kind,
                "name": body.name,
                "credit_code": body.credit_code,
                "district": body.district,
                "duty": body.duty,
            }
            for body in fresh
        ],
        subjects=[str(body.id) for body in fresh],
    )
    return list(bodies)


def _taken(
    bodies: Sequence[OrganisationRecord], stored: Mapping[UUID, OrganisationRecord]
) -> Iterator[Refusal]:
    for body in bodies:
        known = stored.get(body.id, body)
        if known != body:
            differing = [
                name for name in body.__slots__ if getattr(known, name) != getattr(body, name)
            ]
            yield ActIdTaken(act=str(body.id), differences=", ".join(differing))


def _duty_refusals(bodies: Sequence[OrganisationRecord]) -> Iterator[Refusal]:
    for body in bodies:
        if (body.kind == "department") != (body.duty in duties()):
            yield DutyUnknown(kind=body.kind, duty=body.duty)


def _code_refusals(bodies: Sequence[OrganisationRecord]) -> Iterator[Refusal]:
    codes = [body.credit_code for body in bodies if body.credit_code]
    holders = dict(
        Organisation.objects.filter(credit_code__in=codes).values_list("credit_code", "name")
    )
    for body in bodies:
        if not body.credit_code:
            continue
        if credit_code_faults(body.credit_code):
            yield CreditCodeWrong(credit_code=body.credit_code)
        elif body.credit_code in holders:
            yield OrganisationKnown(
                credit_code=body.credit_code, name=holders[body.credit_code] or ""
            )
        holders.setdefault(body.credit_code, body.name)


@transaction.atomic
def delegate(
    *, id: UUID, scope: str, delegator: UUID, to: UUID, document: str, since: date, at: datetime
) -> None:
    """Hand a task of the bureau to an agency from a day on (M12.2). A retry changes nothing."""
    hold(id)
    _, fresh = Delegation.objects.get_or_create(
        id=id,
        defaults={
            "scope": scope,
            "delegator_id": delegator,
            "delegate_id": to,
            "document": document,
            "since": since,
        },
    )
    if fresh:
        record(
            act=id,
            kind="parties.delegate",
            at=at,
            body={
                "scope": scope,
                "delegator": str(delegator),
                "delegate": str(to),
                "document": document,
                "since": since.isoformat(),
            },
            subjects=[str(to)],
        )
