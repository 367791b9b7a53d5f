"""Failures as the API writes them: RFC 9457 with our refusals, one JSON object.

``{"title": ..., "status": 409, "reference": "7KQ2-M9XB", "refused": [{"code": ...}, ...]}``
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from django.http import HttpRequest, JsonResponse

from hutan.kernel.refusals import Refusal
from hutan.web.middleware.reference import current_reference

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/v1/"


def is_api(request: HttpRequest) -> bool:
    """Tell whether a request is one of the API, whose failures are JSON."""
    return request.path.startswith(PREFIX)


def problem(status: int, refusals: Iterable[Refusal] = ()) -> JsonResponse:
    """Return a failure as the API answers it; ``refused`` is empty where no rule is behind it."""
    response = JsonResponse(
        {
            "title": HTTPStatus(status).phrase,
            "status": status,
            "reference": current_reference(),
            "refused": [refusal.to_record() for refusal in refusals],
        },
        status=status,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
