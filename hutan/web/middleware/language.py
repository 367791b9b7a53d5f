"""Answers each request in the language its cookie asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from hutan.web.language import CODES, COOKIE, HTML_CODES, chosen


class LanguageMiddleware:
    """Sets the language for the request, so that Django's own sentences follow it too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = chosen(request.COOKIES.get(COOKIE))
        with translation.override(CODES[language]):
            response = self.get_response(request)
        if not request.path.startswith("/api/"):
            patch_vary_headers(response, ["Cookie"])
            response.headers.setdefault("Content-Language", HTML_CODES[language])
        return response
