"""API keys: issued to an organisation, shown once, kept hashed, limited to scopes, revocable.

``hutan_<12 characters>_<43 characters>``: a public part by which the row is found and a secret of
256 random bits, so that a plain hash is enough at rest. The prefix lets scanners find leaked keys.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from hutan.kernel.moments import aware, day_of
from hutan.kernel.refusals import refuse
from hutan.parties.domain.approvals import HeldPost
from hutan.parties.queries import actor
from hutan.parties.refusals import UnknownUser
from hutan.web.models import ApiKey
from hutan.web.moments import platform_day
from hutan.web.permissions import declared
from hutan.web.refusals import KeyIdTaken, KeyNotAccepted, UnknownScope

LASTING = timedelta(days=365)
_FORM = re.compile(r"hutan_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key as its organisation sees it: everything but the secret."""

    id: UUID
    organisation: UUID
    name: str
    public_part: str
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    issued_by: UUID | None = None


@dataclass(frozen=True)
class KeyViewer:
    """A program that asks with a key: it stands for one organisation, within the key's scopes.

    A key is an instrument of the person who issued it and who answers for what it does: it never
    reaches further than his posts in that organisation do today, and ends with them.
    """

    key: KeyRecord
    user: None = field(default=None, init=False)

    @cached_property
    def posts(self) -> tuple[HeldPost, ...]:
        """The posts that the person who issued the key holds in its organisation today."""
        if self.key.issued_by is None:
            return ()
        try:
            issuer = actor(self.key.issued_by, platform_day())
        except UnknownUser:
            return ()
        return tuple(post for post in issuer.posts if post.organisation == self.key.organisation)

    @property
    def organisations(self) -> frozenset[UUID]:
        """The one organisation of the key."""
        return frozenset({self.key.organisation})

    @property
    def scopes(self) -> frozenset[str]:
        """What the key may do at most."""
        return frozenset(self.key.scopes)


@transaction.atomic
def issue_key(
    *,
    id: UUID,
    organisation: UUID,
    name: str,
    scopes: Collection[str],
    by: UUID,
    at: datetime,
    lasting: timedelta = LASTING,
) -> tuple[KeyRecord, str]:
    """Issue a key and return it with its text, which is never shown again.

    Raises ``UnknownScope`` for each scope that is no permission, and ``KeyIdTaken`` on a retry:
    what was not received cannot be shown a second time, it is revoked and issued anew.
    """
    refuse(UnknownScope(scope=scope) for scope in scopes if scope not in declared())
    public_part = "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(12))
    secret = secrets.token_urlsafe(32)
    row = ApiKey(
        id=id,
        organisation=organisation,
        name=name,
        public_part=public_part,
        secret_hash=_hash(secret),
        scopes=sorted(scopes),
        issued_by_id=by,
        issued_at=aware(at),
        expires_at=at + lasting,
    )
    if not ApiKey.objects.bulk_create([row], ignore_conflicts=True) or not _is_ours(row):
        raise KeyIdTaken(id=str(id))
    return _record(row), f"hutan_{public_part}_{secret}"


@transaction.atomic
def revoke_key(*, id: UUID, at: datetime) -> KeyRecord:
    """Revoke a key at once; a retry answers with the first revocation."""
    row = ApiKey.objects.select_for_update().get(id=id)
    if row.revoked_at is None:
        row.revoked_at = aware(at)
        row.save(update_fields=["revoked_at"])
    return _record(row)


def holder_of(text: str, *, at: datetime) -> KeyViewer:
    """Return who asks with a key, or refuse with ``KeyNotAccepted``. One query, a write a day."""
    parts = _FORM.fullmatch(text.strip())
    if parts is None:
        raise KeyNotAccepted()
    row = ApiKey.objects.filter(
        Q(revoked_at__isnull=True), public_part=parts[1], expires_at__gt=aware(at)
    ).first()
    expected = row.secret_hash if row is not None else _hash("")
    if not hmac.compare_digest(expected, _hash(parts[2])) or row is None:
        raise KeyNotAccepted()
    if row.last_used_on != day_of(at):
        ApiKey.objects.filter(id=row.id).update(last_used_on=day_of(at))
    return KeyViewer(_record(row))


def key(id: UUID) -> KeyRecord | None:
    """Return a key, or nothing."""
    row = ApiKey.objects.filter(id=id).first()
    return None if row is None else _record(row)


def keys_of(organisation: UUID) -> list[KeyRecord]:
    """Return an organisation's keys, newest first."""
    rows = ApiKey.objects.filter(organisation=organisation).order_by("-issued_at", "id")
    return [_record(row) for row in rows]


def _is_ours(row: ApiKey) -> bool:
    return ApiKey.objects.filter(id=row.id, secret_hash=row.secret_hash).exists()


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _record(row: ApiKey) -> KeyRecord:
    return KeyRecord(
        id=row.id,
        organisation=row.organisation,
        name=row.name,
        public_part=row.public_part,
        scopes=tuple(row.scopes),
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        issued_by=row.issued_by_id,
    )
