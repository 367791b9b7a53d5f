"""Everything that goes wrong has a designed page in both languages, or JSON in the API."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from hutan.config.urls import urlpatterns as ours
from hutan.kernel.refusals import Refusals
from hutan.web.middleware.gate import public
from hutan.web.middleware.reference import current_reference, new_reference
from hutan.web.refusals import NotFound
from tests.web.samples import SampleClosed, SampleFrozen

RAISED: dict[str, BaseException] = {
    "400": BadRequest("no"),
    "403": PermissionDenied("no"),
    "404": Http404("no"),
    "413": RequestDataTooBig("no"),
    "500": RuntimeError("no"),
    "503": OperationalError("the connection is closed"),
    "409": SampleClosed(when="16:00"),
    "one": NotFound(what="SH-1"),
    "two": Refusals(
        [SampleFrozen(account="A", available="1", amount="2"), SampleClosed(when="16:00")]
    ),
}


@public
def failing(request: HttpRequest, name: str) -> HttpResponse:
    """Fail as asked."""
    raise RAISED[name]


urlpatterns = [
    path("fail/<str:name>", failing),
    path("api/v1/fail/<str:name>", failing),
    *ours,
]
handler400 = "hutan.web.failures.bad_request"
handler403 = "hutan.web.failures.forbidden"
handler404 = "hutan.web.failures.not_found"
handler500 = "hutan.web.failures.server_error"


@pytest.fixture(autouse=True)
def failing_pages() -> Iterator[None]:
    """Add the failing addresses to ours."""
    logging.disable(logging.CRITICAL)
    with override_settings(ROOT_URLCONF="tests.web.test_failures"):
        yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def client() -> Client:
    """Return a client that shows the page of a 500 instead of raising."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("name", "status", "chinese", "english"),
    [
        ("400", 400, "请求无法理解", "could not be understood"),
        ("403", 403, "无权查看", "Not yours to see"),
        ("404", 404, "没有找到页面", "Page not found"),
        ("413", 413, "内容过大", "Too large"),
        ("409", 409, "演示：16:00 之后不再受理。", "Sample: nothing is taken after 16:00."),
        ("one", 404, "没有找到“SH-1”。", "“SH-1” was not found."),
        ("500", 500, "系统出错", "Something went wrong here"),
        ("503", 503, "暂时无法服务", "Not available for the moment"),
    ],
)
def test_each_failure_has_its_page(
    db: None, client: Client, name: str, status: int, chinese: str, english: str
) -> None:
    """What happened, what to do next, a way on; in the reader's language."""
    for language, sentence in (("zh", chinese), ("en", english)):
        client.cookies["language"] = language
        page = client.get(f"/fail/{name}")
        text = page.content.decode()
        assert page.status_code == status
        assert sentence in text
        assert 'href="/"' in text
        assert "Content-Security-Policy" in page.headers


def test_a_refusal_shows_all_there_is_to_know(db: None, client: Client) -> None:
    """Each of several: sentence, cure, code, clause."""
    page = client.get("/fail/two")
    text = page.content.decode()
    assert page.status_code == 409
    assert re.findall(r"<code>(WEB-9\d\d)</code>", text) == ["WEB-900", "WEB-901"]
    assert 'href="/clauses/M12.1"' in text
    assert "请减少数量" in text


def test_a_500_carries_the_reference_of_the_log(
    client: Client, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    """The page, the header and the log name the same request; no internals show."""
    logging.disable(logging.NOTSET)
    with caplog.at_level(logging.ERROR, logger="hutan.web"):
        page = client.get("/fail/500")
    reference = page.headers["X-Reference"]
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", reference)
    assert f"<code>{reference}</code>" in page.content.decode()
    assert reference in caplog.text
    assert "RuntimeError" not in page.content.decode()


def test_a_500_needs_no_database(client: Client) -> None:
    """The page of a broken platform is made without it (this test has none)."""
    for name in ("500", "503"):
        assert client.get(f"/fail/{name}").status_code == int(name)


def test_a_lost_database_says_when_to_come_back(client: Client, db: None) -> None:
    """Browsers and programs may read it."""
    assert client.get("/fail/503").headers["Retry-After"] == "60"


def test_a_wrong_method_says_which_are_right(client: Client, db: None) -> None:
    """A page for people, the header for programs."""
    page = client.get("/sign-out")
    assert (page.status_code, page.headers["Allow"]) == (405, "POST")
    assert "不支持这种操作" in page.content.decode()
    assert client.delete("/").status_code == 405


def test_a_submission_that_is_too_large_is_told_so(client: Client, db: None) -> None:
    """The framework's own limits end on the same page."""
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        assert client.post("/sign-in", {"login": "a" * 100}).status_code == 413
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=1):
        assert client.post("/sign-in", {"a": "1", "b": "2", "c": "3"}).status_code == 413


def test_a_foreign_host_is_refused(client: Client, db: None) -> None:
    """A host that is not ours gets no page of ours."""
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("name", sorted(RAISED))
def test_the_api_fails_in_json(db: None, client: Client, name: str) -> None:
    """The same failures, for programs."""
    answer = client.get(f"/api/v1/fail/{name}")
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["reference"] == answer.headers["X-Reference"]
    codes = {"409": ["WEB-901"], "one": ["WEB-002"], "two": ["WEB-900", "WEB-901"]}
    assert [refusal["code"] for refusal in problem["refused"]] == codes.get(name, [])


def test_a_signed_in_person_stays_in_his_frame(db: None, client: Client) -> None:
    """On a failure page he is still signed in, and sees it."""
    from tests.web.people import sign_in, someone

    person = someone()
    sign_in(client, person)
    assert person.login in client.get("/nowhere").content.decode()
    assert person.login not in client.get("/fail/500").content.decode()


def test_references_differ() -> None:
    """And outside of a request there is none."""
    assert len({new_reference() for _ in range(200)}) == 200
    assert current_reference() == ""
