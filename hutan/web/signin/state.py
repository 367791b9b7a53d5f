"""What a session knows about its sign-in: the first step done, the second factor shown."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

SECOND_FACTOR_AT = "second_factor_at"
LOGIN = "login"
FIRST_STEP = "first_step"


def user_of(request: HttpRequest) -> UUID:
    """Return the id of the person signed in; only where the gate has let the request pass."""
    user = request.user.pk
    assert isinstance(user, UUID)
    return user


def has_second_factor(request: HttpRequest) -> bool:
    """Tell whether this session showed the second factor."""
    return bool(request.session.get(SECOND_FACTOR_AT))


def signed_in_login(request: HttpRequest) -> str:
    """Return the login of a fully signed-in person, or nothing. No query."""
    session = getattr(request, "session", None)
    if session is None or not session.get(SECOND_FACTOR_AT):
        return ""
    return str(session.get(LOGIN, ""))
