"""What a viewer may open of units and accounts; what is not his to see is not there for him."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from hutan.parties import queries as parties
from hutan.parties.queries import OrganisationRecord
from hutan.registry import overviews
from hutan.registry.domain.numbers import checked_account_number
from hutan.registry.overviews import AccountLine
from hutan.registry.refusals import AccountNumberWrong
from hutan.web.permissions import Viewer, may, viewer_of
from hutan.web.refusals import NotFound
from hutan.web.rights import (
    HOLDINGS,
    OBLIGATIONS,
    SEE_ACCOUNT,
    SEE_UNIT,
    SEE_UNIT_YEAR,
    Belongs,
)


@dataclass(frozen=True, slots=True)
class SeenAccount:
    """An account that the viewer may see. Government accounts have no holder."""

    line: AccountLine
    holder: OrganisationRecord | None


def visible_unit(request: HttpRequest, id: UUID) -> OrganisationRecord:
    """Return an organisation of which the viewer may see something, or refuse with ``NotFound``."""
    found = parties.organisations([id]).get(id)
    if found is None or not may(viewer_of(request), SEE_UNIT, found):
        raise NotFound(what=str(id))
    return found


def unit_with_year(request: HttpRequest, id: UUID) -> OrganisationRecord:
    """Return a unit whose duties the viewer may see, or refuse with ``NotFound``."""
    found = parties.organisations([id]).get(id)
    if found is None or not sees_of(viewer_of(request), SEE_UNIT_YEAR, found, OBLIGATIONS):
        raise NotFound(what=str(id))
    return found


def sees_of(viewer: Viewer, permission: str, unit: OrganisationRecord, subject: str) -> bool:
    """Tell whether a viewer may see an organisation's records of a subject. No query."""
    return may(viewer, permission, Belongs(unit.id, subject, unit.district))


def visible_account(request: HttpRequest, number: str) -> SeenAccount:
    """Return an account that the viewer may see, or refuse with ``NotFound``."""
    try:
        checked = checked_account_number(number)
    except AccountNumberWrong:
        raise NotFound(what=number[:20]) from None
    line = overviews.account_lines([checked]).get(checked)
    if line is None:
        raise NotFound(what=number)
    holder = None
    if line.holder is not None:
        holder = OrganisationRecord(
            id=line.holder,
            kind=line.holder_kind,
            name=line.name,
            name_en="",
            credit_code=line.credit_code,
            district=line.district,
        )
    if not may(viewer_of(request), SEE_ACCOUNT, Belongs(line.holder, HOLDINGS, line.district)):
        raise NotFound(what=number)
    return SeenAccount(line, holder)
