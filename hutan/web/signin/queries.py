"""Reads around sign-in: frozen records for the person's own security page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from hutan.runtime.sealing import unseal
from hutan.web.models import RecoveryCode, SecondFactor, SignInEvent, SignInSession
from hutan.web.signin import totp


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One open session of a person."""

    handle: UUID
    started_at: datetime
    seen_at: datetime
    network: str
    agent: str
    this: bool


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One thing that happened around a person's sign-in."""

    kind: str
    at: datetime
    network: str
    agent: str


@dataclass(frozen=True, slots=True)
class Security:
    """All a person sees of his own sign-in."""

    enrolled_at: datetime | None
    last_used_at: datetime | None
    recovery_codes_left: int
    sessions: tuple[SessionRecord, ...]
    events: tuple[EventRecord, ...]


def factor_context(user: UUID) -> str:
    """Return the place to which a person's sealed secret is bound."""
    return f"web.second_factor:{user}"


def demonstration_code(user: UUID, *, at: datetime) -> str | None:
    """Return the next code a person of the demonstration city may enter, or nothing.

    The city's people are invented and have no phones; whoever walks through it reads the code on
    the page. Nowhere else does this return anything. There may be none for a moment: a code that
    has been used is not offered again.
    """
    if settings.ENVIRONMENT != "demo":
        return None
    factor = SecondFactor.objects.filter(user_id=user).first()
    if factor is None:
        return None
    now = totp.step_at(at)
    step = max(now, factor.last_step + 1)
    if step > now + totp.DRIFT:
        return None
    return totp.code_of(unseal(bytes(factor.sealed_secret), context=factor_context(user)), step)


def demonstration_code_of(secret: bytes, *, at: datetime) -> str | None:
    """Return the code of an authenticator that is being set up; in the demonstration city alone."""
    if settings.ENVIRONMENT != "demo":
        return None
    return totp.code_of(secret, totp.step_at(at))


def is_enrolled(user: UUID) -> bool:
    """Tell whether the user has set up an authenticator."""
    return SecondFactor.objects.filter(user_id=user).exists()


def security_of(
    user: UUID, *, this_session: UUID | None, at: datetime, events: int = 20
) -> Security:
    """Return what the person's security page shows. Four queries."""
    factor = SecondFactor.objects.filter(user_id=user).first()
    return Security(
        enrolled_at=factor.enrolled_at if factor else None,
        last_used_at=factor.last_used_at if factor else None,
        recovery_codes_left=RecoveryCode.objects.filter(user_id=user, used_at=None).count(),
        sessions=tuple(
            SessionRecord(
                handle=row.handle,
                started_at=row.started_at,
                seen_at=row.seen_at,
                network=row.network,
                agent=row.agent,
                this=row.handle == this_session,
            )
            for row in SignInSession.objects.filter(user_id=user, expire_date__gt=at).order_by(
                "-seen_at"
            )
        ),
        events=tuple(
            EventRecord(kind=row.kind, at=row.at, network=row.network, agent=row.agent)
            for row in SignInEvent.objects.filter(user_id=user).order_by("-at", "-id")[:events]
        ),
    )
