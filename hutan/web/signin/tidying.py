"""What the clockwork clears away: sessions that ended, counts that are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from hutan.web.limits import forget_requests
from hutan.web.moments import real_now
from hutan.web.signin.locks import forget_old_failures
from hutan.web.signin.sessions import SessionStore


def forget_what_ended(*, at: datetime) -> None:
    """Delete ended sessions, counts of requests, and counts of failures untouched for a week.

    A job of the clockwork, harmless when repeated. ``at`` is the platform's moment, which a
    demonstration moves; sessions and locks live by the real one.
    """
    now = real_now()
    SessionStore.clear_expired()
    forget_requests(before=now)
    forget_old_failures(before=now - timedelta(days=7))
