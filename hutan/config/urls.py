"""Where each address leads. Pages are in ``hutan.web.urls``, the API in ``hutan.web.api``."""

from __future__ import annotations

from django.urls import include, path

from hutan.web.api.urls import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("hutan.web.urls")),
]

handler400 = "hutan.web.failures.bad_request"
handler403 = "hutan.web.failures.forbidden"
handler404 = "hutan.web.failures.not_found"
handler500 = "hutan.web.failures.server_error"
