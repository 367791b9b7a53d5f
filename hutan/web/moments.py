"""The two clocks of the pages.

``platform_now`` is the clock of the law and the market: the demonstration city moves its own.
``real_now`` is the clock of security: codes, sessions and locks never follow a demonstration.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.http import HttpRequest

from hutan.kernel.moments import day_of
from hutan.web.seams import seams


def real_now() -> datetime:
    """Return the real moment, for sign-in, sessions and limits."""
    return datetime.now(UTC)


def platform_now() -> datetime:
    """Return the platform's moment: the demonstration clock's, or the real one."""
    return seams().now()


def platform_day() -> date:
    """Return the Shanghai day of the platform's clock."""
    return day_of(platform_now())


def moment_of(request: HttpRequest) -> datetime:
    """Return the platform's moment of a request: one for all that is decided and shown in it."""
    known: datetime | None = getattr(request, "_moment", None)
    if known is None:
        known = platform_now()
        request._moment = known  # type: ignore[attr-defined]  # kept for this request alone
    return known
