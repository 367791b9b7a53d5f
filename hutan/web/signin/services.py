"""Sign-in as verbs: check the password, check or set up the second factor, end sessions.

Failures are written before they are refused, each in its own transaction, so that no refusal takes
them back.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from django.contrib.auth import authenticate
from django.db import transaction

from hutan.kernel.moments import aware
from hutan.kernel.refusals import Refusal, refuse
from hutan.parties.models import User
from hutan.runtime.sealing import seal, stale, unseal
from hutan.web.models import RecoveryCode, SecondFactor, SignInEvent, SignInSession
from hutan.web.signin import totp
from hutan.web.signin.locks import Place, forget_failures, take_attempt
from hutan.web.signin.passwords import password_refusals
from hutan.web.signin.queries import factor_context
from hutan.web.signin.refusals import (
    CodeUsed,
    NoSecondFactor,
    PasswordUnchanged,
    RecoveryCodeWrong,
    SecondFactorThere,
    WrongCode,
    WrongCredentials,
    WrongOldPassword,
)

RECOVERY_CODES = 10
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
Kind = SignInEvent.Kind
Method = Literal["code", "recovery"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A second factor as it was shown: by which means, and the step of the code."""

    method: Method
    step: int | None


def check_password(*, login: str, password: str, place: Place, at: datetime) -> User:
    """Return the user to whom login and password belong.

    Raises ``Locked`` without looking at the password, or ``WrongCredentials``. An unknown login
    takes the same time and counts in the same way as a known one.
    """
    login = login.strip()
    last = take_attempt("password", login, place, at=at)
    user = authenticate(username=login, password=password)
    if not isinstance(user, User):
        known = User.objects.filter(login=login).values_list("id", flat=True).first()
        if known is not None:
            _note_failure(known, Kind.WRONG_PASSWORD, place, at, last=last)
        raise WrongCredentials()
    forget_failures("password", login, place)
    return user


def check_code(*, user: UUID, code: str, place: Place, at: datetime) -> Shown:
    """Accept a fresh code of the authenticator once; raise the refusal that stands against it.

    The step is taken by one conditional update: of two requests with the same code, in whatever
    process, one succeeds. Raises ``NoSecondFactor``, ``Locked``, ``WrongCode``, ``CodeUsed``.
    """
    factor = SecondFactor.objects.select_related("user").filter(user_id=user).first()
    if factor is None:
        raise NoSecondFactor()
    login = factor.user.login
    last = take_attempt("code", login, place, at=at)
    secret = unseal(bytes(factor.sealed_secret), context=factor_context(user))
    step = totp.matching_step(secret, code, at)
    if step is None:
        _note_failure(user, Kind.WRONG_CODE, place, at, last=last)
        raise WrongCode()
    taken = SecondFactor.objects.filter(user_id=user, last_step__lt=step).update(
        last_step=step, last_used_at=at
    )
    if not taken:
        _note_failure(user, Kind.CODE_REPLAYED, place, at, last=last)
        raise CodeUsed()
    if stale(bytes(factor.sealed_secret)):
        _seal_again(user, secret)
    forget_failures("code", login, place)
    return Shown("code", step)


def check_recovery_code(*, user: UUID, code: str, place: Place, at: datetime) -> Shown:
    """Accept an unused recovery code, once. Raises ``Locked`` or ``RecoveryCodeWrong``."""
    login = User.objects.values_list("login", flat=True).get(id=user)
    last = take_attempt("code", login, place, at=at)
    used = RecoveryCode.objects.filter(
        user_id=user, code_hash=_recovery_hash(user, code), used_at=None
    ).update(used_at=at)
    if not used:
        _note_failure(user, Kind.WRONG_CODE, place, at, last=last)
        raise RecoveryCodeWrong()
    note(user, Kind.RECOVERY_CODE_USED, place, at)
    forget_failures("code", login, place)
    return Shown("recovery", None)


def enrol(*, user: UUID, secret: bytes, code: str, place: Place, at: datetime) -> list[str]:
    """Set up the authenticator whose first code is ``code``; return the recovery codes, once.

    Raises ``SecondFactorThere``, ``Locked`` or ``WrongCode``.
    """
    login = User.objects.values_list("login", flat=True).get(id=user)
    if SecondFactor.objects.filter(user_id=user).exists():
        raise SecondFactorThere()
    last = take_attempt("code", login, place, at=at)
    step = totp.matching_step(secret, code, at)
    if step is None:
        _note_failure(user, Kind.WRONG_CODE, place, at, last=last)
        raise WrongCode()
    with transaction.atomic():
        _keep_factor(user, secret, last_step=step, at=at)
        held = SecondFactor.objects.select_for_update().get(user_id=user)
        if unseal(bytes(held.sealed_secret), context=factor_context(user)) != secret:
            raise SecondFactorThere()
        codes = _new_recovery_codes(user, at)
        note(user, Kind.ENROLLED, place, at)
    forget_failures("code", login, place)
    return codes


def hand_out_second_factor(*, user: UUID, secret: bytes, at: datetime) -> None:
    """Set up an authenticator that the person received otherwise: a token, a demonstration's.

    A retry, and a login that has one already, change nothing.
    """
    _keep_factor(user, secret, last_step=0, at=at)


def renew_recovery_codes(*, user: UUID, place: Place, at: datetime) -> list[str]:
    """Replace all recovery codes and return the new ones, once. Ask for a fresh code before."""
    with transaction.atomic():
        codes = _new_recovery_codes(user, at)
        note(user, Kind.RECOVERY_CODES_RENEWED, place, at)
    return codes


def reset_second_factor(*, user: UUID, place: Place, at: datetime) -> None:
    """Take the authenticator and the recovery codes away and end all sessions of the user.

    At the next sign-in a new one is set up. A retry changes nothing.
    """
    with transaction.atomic():
        deleted, _ = SecondFactor.objects.filter(user_id=user).delete()
        RecoveryCode.objects.filter(user_id=user).delete()
        SignInSession.objects.filter(user_id=user).delete()
        if deleted:
            note(user, Kind.SECOND_FACTOR_RESET, place, at)


def change_password(*, user: UUID, old: str, new: str, place: Place, at: datetime) -> None:
    """Change the password; sessions under the old one are over with it.

    The session of the request goes on if its caller renews the hash in it. Raises ``Locked``,
    ``WrongOldPassword``, and everything that stands against the new one.
    """
    row = User.objects.get(id=user)
    last = take_attempt("password", row.login, place, at=at)
    if not row.check_password(old):
        _note_failure(user, Kind.WRONG_PASSWORD, place, at, last=last)
        raise WrongOldPassword()
    found: list[Refusal] = password_refusals(new, login=row.login)
    if old == new:
        found.append(PasswordUnchanged())
    refuse(found)
    row.set_password(new)
    with transaction.atomic():
        row.save(update_fields=["password"])
        note(user, Kind.PASSWORD_CHANGED, place, at)
    forget_failures("password", row.login, place)


def end_session(*, user: UUID, handle: UUID, place: Place, at: datetime) -> None:
    """End one of the user's own sessions. A retry, or a session of another, changes nothing."""
    deleted, _ = SignInSession.objects.filter(user_id=user, handle=handle).delete()
    if deleted:
        note(user, Kind.SESSION_ENDED, place, at)


def note(user: UUID, kind: SignInEvent.Kind, place: Place, at: datetime) -> None:
    """Write what happened around a user's sign-in."""
    SignInEvent.objects.create(
        user_id=user, kind=kind, at=aware(at), network=place.network, agent=place.agent[:120]
    )


def _note_failure(
    user: UUID, kind: SignInEvent.Kind, place: Place, at: datetime, *, last: bool
) -> None:
    note(user, kind, place, at)
    if last:
        note(user, Kind.LOCKED, place, at)


def _keep_factor(user: UUID, secret: bytes, *, last_step: int, at: datetime) -> None:
    factor = SecondFactor(
        user_id=user,
        sealed_secret=seal(secret, context=factor_context(user)),
        enrolled_at=aware(at),
        last_step=last_step,
        last_used_at=at if last_step else None,
    )
    SecondFactor.objects.bulk_create([factor], ignore_conflicts=True)


def _seal_again(user: UUID, secret: bytes) -> None:
    SecondFactor.objects.filter(user_id=user).update(
        sealed_secret=seal(secret, context=factor_context(user))
    )


def _new_recovery_codes(user: UUID, at: datetime) -> list[str]:
    RecoveryCode.objects.filter(user_id=user).delete()
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(16)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user_id=user, code_hash=_recovery_hash(user, code), made_at=at)
        for code in codes
    )
    return ["-".join(code[start : start + 4] for start in (0, 4, 8, 12)) for code in codes]


def _recovery_hash(user: UUID, code: str) -> str:
    # 80 random bits need no slow hash; the user's id keeps equal codes of two people apart.
    plain = re.sub(r"[\s-]", "", code).lower()
    return sha256(f"{user}|{plain}".encode()).hexdigest()
