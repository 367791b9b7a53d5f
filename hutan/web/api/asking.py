"""Who asks for market records: a program with a key, or a person in his own session.

A session counts only with the second factor shown, and for writing only with the page's own token
against forged requests. A key reads, proposes, withdraws and stops; it never approves.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from hutan.parties.domain.approvals import Actor
from hutan.web.api.frame import KeyAuth, viewer_in
from hutan.web.limits import API, count_request
from hutan.web.moments import real_now
from hutan.web.permissions import NOBODY, Viewer, viewer_of
from hutan.web.refusals import KeyNotAccepted
from hutan.web.rights import actor_of


class KeyOrSession(KeyAuth):
    """``Authorization: Bearer hutan_...``; without that header, the session's cookie."""

    def __call__(self, request: HttpRequest) -> Any:
        """Return who asks; whoever is neither is refused like a wrong key."""
        if "Authorization" in request.headers:
            return super().__call__(request)
        viewer = viewer_of(request)
        if viewer is NOBODY or viewer.user is None or check_csrf(request) is not None:
            raise KeyNotAccepted()
        count_request(API, str(viewer.user), at=real_now())
        return viewer


ASKER: AuthBase = KeyOrSession()


def asker(request: HttpRequest) -> tuple[Viewer, Actor]:
    """Return who asks in an operation, and the person who answers for it."""
    viewer = viewer_in(request)
    return viewer, actor_of(viewer)
