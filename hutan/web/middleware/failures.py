"""Turns what views raise and return into designed pages: refusals, 405, 413, a lost database."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from hutan.kernel.refusals import Refusal, Refusals
from hutan.web.failures import failure_page, log, refusal_page
from hutan.web.middleware.reference import current_reference


class FailureMiddleware:
    """Answers each failure with its page. The API answers its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            page = failure_page(request, 405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page of an expected failure; anything else is a bug and becomes a 500."""
        if isinstance(exception, (Refusal, Refusals)):
            return refusal_page(request, exception)
        if isinstance(exception, (RequestDataTooBig, TooManyFieldsSent)):
            return failure_page(request, 413)
        if isinstance(exception, (OperationalError, InterfaceError)):
            log.error("reference %s: the database failed: %s", current_reference(), exception)
            page = failure_page(request, 503)
            page.headers["Retry-After"] = "60"
            return page
        return None
