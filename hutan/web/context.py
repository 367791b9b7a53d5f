"""What every template knows: language, viewer, navigation, environment."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from hutan.web.language import HTML_CODES, active
from hutan.web.middleware.reference import current_reference
from hutan.web.moments import moment_of, real_now
from hutan.web.navigation import places_for
from hutan.web.signin.queries import demonstration_code
from hutan.web.signin.state import signed_in_login, user_of


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's own context; it asks the database only for a signed-in person's posts."""
    language = active()
    return {
        "language": language,
        "html_language": HTML_CODES[language],
        "other_language": "en" if language == "zh" else "zh",
        "here": request.get_full_path(),
        "environment": settings.ENVIRONMENT,
        "reference": current_reference(),
        "signed_in_login": signed_in_login(request),
        "shown_at": lambda: moment_of(request),
        "places": lambda: places_for(request),
        "demonstration_code": lambda: _demonstration_code(request),
    }


def _demonstration_code(request: HttpRequest) -> str | None:
    if not signed_in_login(request):
        return None
    return demonstration_code(user_of(request), at=real_now())
