"""Persons, their logins and their posts."""

from __future__ import annotations

import json
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from hutan.kernel.ids import derive_id
from hutan.kernel.moments import aware
from hutan.kernel.refusals import refuse
from hutan.parties.domain.roles import appointment_refusals, role
from hutan.parties.models import Organisation, Person, Post, User
from hutan.parties.refusals import UnknownOrganisation
from hutan.parties.services.acts import hold
from hutan.runtime.sealing import blind_index, seal
from hutan.transparency.services import record

_IDENTITY = "parties.person.identity"


@transaction.atomic
def register_person(*, id: UUID, name: str, identity_number: str, at: datetime) -> UUID:
    """Register a human being and return the person's id.

    The same identity number always gives the person already known, so that two logins of one
    person are one person when acts are approved. Name and number are sealed; what finds a person
    again is a keyed digest of the number.
    """
    digest = blind_index(identity_number.strip().upper().encode(), context=_IDENTITY)
    hold(UUID(bytes=digest[:16]))
    known = Person.objects.filter(identity_digest=digest).values_list("id", flat=True).first()
    if known is not None:
        return known
    plain = json.dumps({"name": name, "identity_number": identity_number}, ensure_ascii=False)
    Person.objects.create(
        id=id,
        identity_digest=digest,
        sealed=seal(plain.encode(), context=f"parties.person:{id}"),
        registered_at=aware(at),
    )
    record(
        act=id,
        kind="parties.register_person",
        at=at,
        body={"person": str(id)},
        subjects=[str(id)],
    )
    return id


@transaction.atomic
def open_login(*, id: UUID, login: str, person: UUID, password: str | None, at: datetime) -> None:
    """Give a person a login. The password is hashed; its rules are checked where it is chosen.

    Without a password nobody can sign in with it until one is set.
    """
    hold(id)
    if User.objects.filter(id=id).exists():
        return
    user = User(id=id, login=login, person_id=person)
    user.set_password(password)
    user.save()
    record(
        act=id,
        kind="parties.open_login",
        at=at,
        body={"user": str(id), "person": str(person)},
        subjects=[str(person)],
    )


@transaction.atomic
def appoint(
    *, id: UUID, person: UUID, organisation: UUID, role_code: str, since: date, at: datetime
) -> None:
    """Give a person a post from a day on; a retry changes nothing.

    Raises every refusal that stands against it: the post does not exist here, posts that exclude
    each other, staff that may not trade (M32.2).
    """
    hold(id)
    if Post.objects.filter(id=id).exists():
        return
    Person.objects.select_for_update().get(id=person)
    body = Organisation.objects.filter(id=organisation).first()
    if body is None:
        raise UnknownOrganisation(organisation=str(organisation))
    wanted = role(role_code)
    held = [
        role(code)
        for code in Post.objects.filter(person_id=person, until__isnull=True).values_list(
            "role", flat=True
        )
    ]
    refuse(appointment_refusals(wanted, organisation_kind=body.kind, held=held))
    Post.objects.create(
        id=id, person_id=person, organisation_id=organisation, role=role_code, since=since
    )
    record(
        act=id,
        kind="parties.appoint",
        at=at,
        body={
            "post": str(id),
            "person": str(person),
            "organisation": str(organisation),
            "role": role_code,
            "since": since.isoformat(),
        },
        subjects=[str(person), str(organisation)],
    )


@transaction.atomic
def dismiss(*, post: UUID, until: date, at: datetime) -> None:
    """End a post on a day: it is held up to, but not on, that day. A retry changes nothing."""
    held = Post.objects.select_for_update().get(id=post)
    if held.until == until:
        return
    held.until = until
    held.save(update_fields=["until"])
    record(
        act=derive_id(post, "dismiss", until.isoformat()),
        kind="parties.dismiss",
        at=at,
        body={"post": str(post), "until": until.isoformat()},
        subjects=[str(held.person_id), str(held.organisation_id)],
    )
