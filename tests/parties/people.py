"""A small cast for tests: a bureau, a registry agency and two units, with their people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from hutan.kernel.moments import SHANGHAI, day_of
from hutan.parties.services import (
    appoint,
    delegate,
    open_login,
    register_organisation,
    register_person,
)

NOW = datetime(2025, 6, 16, 9, 0, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Someone:
    """A person with one login."""

    person: UUID
    user: UUID


def organisation(
    kind: str, name: str, *, district: str = "", credit_code: str = "", duty: str = ""
) -> UUID:
    """Register an organisation and return its id."""
    return register_organisation(
        id=uuid4(),
        kind=kind,
        name=name,
        district=district,
        credit_code=credit_code,
        duty=duty,
        at=NOW,
    ).id


def someone(role: str, at: UUID, *, name: str = "某人") -> Someone:
    """Register a fresh person with a login and a post."""
    person = register_person(id=uuid4(), name=name, identity_number=uuid4().hex, at=NOW)
    found = login(person)
    appoint(id=uuid4(), person=person, organisation=at, role_code=role, since=day_of(NOW), at=NOW)
    return found


def login(person: UUID) -> Someone:
    """Give a person another login."""
    user = uuid4()
    open_login(id=user, login=user.hex, person=person, password="x", at=NOW)
    return Someone(person=person, user=user)


def registry_agency(bureau: UUID) -> UUID:
    """Register the registry agency and delegate the registry to it."""
    agency = organisation("registry_agency", "登记机构")
    delegate(
        id=uuid4(), scope="registry", delegator=bureau, to=agency,
        document="委托书", since=day_of(NOW), at=NOW,
    )  # fmt: skip
    return agency
