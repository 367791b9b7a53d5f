"""Where each address leads: the health page here, pages and API in ``hutan.web``."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hutan.web.api.urls import api
from hutan.web.middleware.gate import public


@public
@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Tell a load balancer whether this process can serve: 200, or 503 without its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({"database": "ok"})


urlpatterns = [
    path("health", health, name="health"),
    path("api/v1/", api.urls),
    path("", include("hutan.web.urls")),
]

handler400 = "hutan.web.failures.bad_request"
handler403 = "hutan.web.failures.forbidden"
handler404 = "hutan.web.failures.not_found"
handler500 = "hutan.web.failures.server_error"
