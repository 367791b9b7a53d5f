"""Registering organisations and delegating tasks to them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from hutan.kernel.moments import aware
from hutan.parties.domain.duties import duties
from hutan.parties.models import Delegation, Organisation
from hutan.parties.queries import OrganisationRecord, organisation
from hutan.parties.refusals import (
    ActIdTaken,
    CreditCodeWrong,
    DutyUnknown,
    OrganisationKnown,
)
from hutan.parties.services.acts import hold
from hutan.rules.codes import credit_code_faults
from hutan.transparency.services import record


@transaction.atomic
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
    hold(id)
    if Organisation.objects.filter(id=id).exists():
        stored = organisation(id)
        if stored != given:
            differing = [
                name for name in given.__slots__ if getattr(stored, name) != getattr(given, name)
            ]
            raise ActIdTaken(act=str(id), differences=", ".join(differing))
        return stored
    if (kind == "department") != (duty in duties()):
        raise DutyUnknown(kind=kind, duty=duty)
    if credit_code:
        if credit_code_faults(credit_code):
            raise CreditCodeWrong(credit_code=credit_code)
        known = Organisation.objects.filter(credit_code=credit_code).first()
        if known is not None:
            raise OrganisationKnown(credit_code=credit_code, name=known.name)
    Organisation.objects.create(
        id=id,
        kind=Organisation.Kind(kind),
        name=name,
        name_en=name_en,
        credit_code=credit_code or None,
        district=district,
        duty=duty,
        registered_at=aware(at),
    )
    record(
        act=id,
        kind="parties.register_organisation",
        at=at,
        body={
            "organisation": str(id),
            "kind": kind,
            "name": name,
            "credit_code": credit_code,
            "district": district,
            "duty": duty,
        },
        subjects=[str(id)],
    )
    return given


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
