"""Default deny: a page is for people signed in with a second factor, unless it says it is public.

``public`` marks a view as open to everybody. The API carries its own keys and is checked there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from hutan.web.signin.state import has_second_factor

V = TypeVar("V", bound=Callable[..., Any])
API_APP = "ninja"


def public(view: V) -> V:
    """Open a view to people who are not signed in."""
    # Django's own attribute: checks that know it see the same as we do.
    view.login_required = False  # type: ignore[attr-defined]
    return view


def is_public(view: Callable[..., Any]) -> bool:
    """Tell whether a view is open to people who are not signed in."""
    return not getattr(view, "login_required", True)


class GateMiddleware:
    """Sends those without a full sign-in to the sign-in page, and brings them back after it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Let the request pass, or answer it with the way to the sign-in page."""
        match = request.resolver_match
        if is_public(view) or (match is not None and API_APP in match.app_names):
            return None
        if request.user.is_authenticated:
            if has_second_factor(request):
                return None
            # A session that came about without the second factor is none of ours.
            logout(request)
        query = {"next": request.get_full_path()} if request.method == "GET" else {}
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            # There was a session: the sign-in page says why it is over.
            query["ended"] = "1"
        address = reverse(settings.LOGIN_URL) + (f"?{urlencode(query)}" if query else "")
        if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return redirect(address)
