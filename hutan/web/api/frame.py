"""The API's frame: who asks, how refusals are written, how writing requests repeat harmlessly.

An operation raises refusals as services do; they become ``{"refused": [...]}`` with 409, or the
status the refusal names. ``answers(Schema)`` documents them with each operation. A writing request
is a ``WriteRequest``: its ``id`` is the caller's, and goes to the service as the id of the act.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import HttpBearer

from hutan.kernel.refusals import Refusal, Refusals
from hutan.web.api.keys import KeyViewer, holder_of
from hutan.web.limits import API, API_UNKNOWN, count_request, source_of
from hutan.web.moments import real_now
from hutan.web.permissions import NOBODY, Viewer
from hutan.web.problems import MEDIA_TYPE, problem
from hutan.web.refusals import InvalidField, KeyNotAccepted, NotFound, status_of

WRITE_ID = Field(
    description="The caller's own id of this request (a UUID). Sending the same id with the same "
    "content again is harmless and answers as before; with other content it is refused."
)


class RefusalRecord(Schema):
    """One reason, in both languages, with its cure and its clause or other basis."""

    code: str = Field(examples=["REG-120"])
    zh: str
    en: str
    cure_zh: str
    cure_en: str
    clause: str = Field(description="Clause of the law such as M21.1, or empty.")
    basis: str = Field(description="What the refusal rests on where no clause does, or empty.")
    field: str = Field(description="The field of the request it speaks of, or empty.")
    facts: dict[str, Any]


class Refused(Schema):
    """What every failure looks like (RFC 9457)."""

    title: str
    status: int
    reference: str = Field(description="Names this answer in the platform's log.")
    refused: list[RefusalRecord]


class WriteRequest(Schema):
    """What every writing request carries."""

    id: UUID = WRITE_ID


class KeyAuth(HttpBearer):
    """``Authorization: Bearer hutan_...``."""

    def __call__(self, request: HttpRequest) -> KeyViewer:
        """Return who asks; a missing key is refused like a wrong one."""
        found = super().__call__(request)
        if found is None:
            raise KeyNotAccepted()
        assert isinstance(found, KeyViewer)
        return found

    def authenticate(self, request: HttpRequest, token: str) -> KeyViewer:
        """Check the key and count the request; guesses are limited by where they come from."""
        at = real_now()
        try:
            viewer = holder_of(token, at=at)
        except KeyNotAccepted:
            count_request(API_UNKNOWN, source_of(request), at=at)
            raise
        count_request(API, str(viewer.key.id), at=at)
        return viewer


def open_to_all(request: HttpRequest) -> Viewer:
    """Let anybody ask, within a limit by where the request comes from."""
    count_request(API_UNKNOWN, source_of(request), at=real_now())
    return NOBODY


def viewer_in(request: HttpRequest) -> Viewer:
    """Return who asks in an operation of the API."""
    viewer: Viewer = request.auth  # type: ignore[attr-defined]  # set by ninja from KeyAuth
    return viewer


def answers(ok: Any, *also: int, status: int = 200) -> dict[int, Any]:
    """Document an operation's answers: its own, and the refusals any operation can give."""
    refused = dict.fromkeys(sorted({400, 401, 403, 409, 422, 429, *also}), Refused)
    return {status: ok, **refused}


def summary(zh: str, en: str) -> dict[str, Any]:
    """Return an operation's one-line description in both languages, as keywords of the router."""
    return {"summary": en, "openapi_extra": {"x-summary-zh": zh}}


class HutanApi(NinjaAPI):
    """django-ninja with our failures; each one is documented as ``application/problem+json``."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the description, with the media type of failures as they are sent."""
        described = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for methods in described["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"][MEDIA_TYPE] = answer["content"].pop("application/json")
        return described


def build_api() -> HutanApi:
    """Return an API without operations, with everything around them."""
    api = HutanApi(
        title="Hutan",
        version="1",
        description="Shanghai's carbon market: one platform. 沪碳：上海碳市场综合平台。",
        urls_namespace="api-v1",
        docs_url=None,
        auth=KeyAuth(),
    )
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(Refusals, _refused)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(AuthenticationError, _not_accepted)
    api.add_exception_handler(Http404, _not_found)
    return api


def _refused(request: HttpRequest, refused: Any) -> HttpResponse:
    found = tuple(refused) if isinstance(refused, Refusals) else (refused,)
    return problem(status_of(refused), found)


def _invalid(request: HttpRequest, invalid: Any) -> HttpResponse:
    return problem(
        422,
        [
            InvalidField(name=_field(error["loc"]), reason=str(error["msg"]))
            for error in invalid.errors
        ],
    )


def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, [InvalidField(name="body", reason=str(error))])


def _not_accepted(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(401, [KeyNotAccepted()])


def _not_found(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(404, [NotFound(what=request.path)])


def _field(place: tuple[Any, ...]) -> str:
    # ("body", "payload", "id"): where it was read from and the operation's own name for it go.
    names = [str(part) for part in place]
    return ".".join(names[2:] or names[-1:])
