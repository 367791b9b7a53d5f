"""Rules for new passwords: length, not common, not like the login. No forced mixture of signs."""

from __future__ import annotations

from difflib import SequenceMatcher

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from hutan.kernel.refusals import Refusal
from hutan.web.signin.refusals import (
    PasswordLikeLogin,
    PasswordTooCommon,
    PasswordTooShort,
)

LEAST = 12
_TOO_ALIKE = 0.7  # of a likeness, not of money: SequenceMatcher's own measure


def password_refusals(password: str, *, login: str) -> list[Refusal]:
    """Return everything that stands against a new password, in order of checking."""
    found: list[Refusal] = []
    if len(password) < LEAST:
        found.append(PasswordTooShort(least=LEAST))
    try:
        _common.validate(password)
    except ValidationError:
        found.append(PasswordTooCommon())
    if _alike(password.lower(), login.lower()):
        found.append(PasswordLikeLogin())
    return found


def _alike(password: str, login: str) -> bool:
    if len(login) >= 4 and login in password:
        return len(password) - len(login) < LEAST // 2
    return SequenceMatcher(a=password, b=login).quick_ratio() >= _TOO_ALIKE


_common = CommonPasswordValidator()
