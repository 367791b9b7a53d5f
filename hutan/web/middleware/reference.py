"""Gives each request a reference that the error page, the log and the answer share."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_current: ContextVar[str] = ContextVar("reference", default="")


def current_reference() -> str:
    """Return the reference of the present request, or nothing outside of one."""
    return _current.get()


def new_reference() -> str:
    """Return a fresh reference that can be read over the telephone: ``7KQ2-M9XB``."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


class ReferenceMiddleware:
    """Sets the reference before anything else happens and returns it as ``X-Reference``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _current.set(new_reference())
        try:
            response = self.get_response(request)
            response.headers["X-Reference"] = _current.get()
            return response
        finally:
            _current.reset(token)
