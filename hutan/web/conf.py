"""Settings that several pages ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """The limits of sign-in: see ``HUTAN_SIGN_IN`` in the settings.

    ``failures`` in a row lock for ``lock``, doubled each time up to ``lock_longest``. ``idle`` and
    ``longest_session`` end a session; ``second_step`` and ``step_up`` are how long a person has for
    the second step of signing in, and for confirming what he was shown.
    """

    failures: int
    idle: timedelta
    lock: timedelta
    lock_longest: timedelta
    second_step: timedelta
    longest_session: timedelta
    step_up: timedelta


def sign_in_limits() -> SignInLimits:
    """Return the limits in force."""
    return SignInLimits(**settings.HUTAN_SIGN_IN)  # type: ignore[arg-type]  # a plain dictionary


def secure_cookies() -> bool:
    """Tell whether cookies go over HTTPS only: always in production."""
    return bool(settings.SESSION_COOKIE_SECURE)


def is_demonstration() -> bool:
    """Tell whether this is a demonstration or a test, where the style guide is shown."""
    return settings.ENVIRONMENT != "production"
