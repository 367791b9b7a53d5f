"""Settings that several pages ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from hutan.kernel.moments import day_of
from hutan.rules.parameters import rulebook
from hutan.web.moments import real_now


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """The limits of sign-in: the first two by the rulebook, the others ``HUTAN_SIGN_IN``.

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
    book, on = rulebook(), day_of(real_now())
    minutes = book.on_day("registry.idle_minutes", on).value
    return SignInLimits(
        failures=int(book.on_day("registry.sign_in_attempts", on).value),  # type: ignore[arg-type]  # a number by its unit
        idle=timedelta(minutes=int(minutes)),  # type: ignore[arg-type]  # a number by its unit
        **settings.HUTAN_SIGN_IN,
    )


def secure_cookies() -> bool:
    """Tell whether cookies go over HTTPS only: always in production."""
    return bool(settings.SESSION_COOKIE_SECURE)


def is_demonstration() -> bool:
    """Tell whether this is a demonstration or a test, where the style guide is shown."""
    return settings.ENVIRONMENT != "production"
