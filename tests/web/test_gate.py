"""Default deny: every address asks for a full sign-in unless it says it is public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from hutan.web.middleware.gate import is_public
from tests.marks import clause
from tests.web.people import Someone, first_step, sign_in, someone

# What anybody may open without signing in; a new public page is added here on purpose.
PUBLIC = {
    "health", "home", "how_it_works", "accessibility", "verify", "verify_code", "clause",
    "language", "api_reference", "sign_in", "sign_in_code", "sign_in_enrol", "sign_out",
    "styleguide", "styleguide_document", "document_file", "units", "public_list", "public_log",
    "log_checkpoint", "log_verifier", "catalogue", "rulebook", "rulebook_year",
    "rulebook_parameter", "public_list_file", "plans", "public_plan", "log_find_entry", "log_entry",
    "log_entry_proof", "log_growth", "receipt", "clauses", "api_docs",
}  # fmt: skip
EXAMPLES = {"uuid": str(uuid4()), "int": "2024", "str": "X"}
"""What stands in for a parameter of an address, by its kind."""


def _pages(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "ninja":
                yield from _pages(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern


PAGES = list(_pages(get_resolver().url_patterns))


def test_only_the_listed_pages_are_public() -> None:
    """A page becomes public in two places or not at all."""
    assert {pattern.name for _, pattern in PAGES if is_public(pattern.callback)} == PUBLIC


@pytest.mark.parametrize(
    "route", [route for route, pattern in PAGES if not is_public(pattern.callback)]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_private_page_sends_strangers_to_sign_in(
    db: None, client: Client, route: str, method: str
) -> None:
    """Whatever the page: the way in, and back to it after a GET."""
    address = re.sub(r"<(\w+):\w+>", lambda found: EXAMPLES[found[1]], route)
    answer = getattr(client, method)(f"/{address}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")
    assert ("next=" in answer.headers["Location"]) is (method == "get")


def test_the_password_alone_opens_nothing(client: Client, person: Someone) -> None:
    """Between the steps one is nobody."""
    assert first_step(client, person).status_code == 302
    assert client.get("/security").headers["Location"].startswith("/sign-in")


def test_a_session_without_the_second_factor_is_none_of_ours(
    client: Client, person: Someone
) -> None:
    """Even a session that Django itself would take as signed in."""
    client.force_login(person.user)
    assert client.get("/security").headers["Location"].startswith("/sign-in")
    assert "_auth_user_id" not in client.session


def test_a_script_is_told_where_to_go(client: Client, db: None) -> None:
    """htmx would show the sign-in page inside the page; it is told to go there instead."""
    answer = client.get("/security", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in?next=%2Fsecurity")


@clause("M47")
def test_a_closed_login_is_out_at_once(client: Client, person: Someone) -> None:
    """A session ends with the login it belongs to."""
    sign_in(client, person)
    assert client.get("/security").status_code == 200
    type(person.user).objects.filter(pk=person.user.pk).update(is_active=False)
    assert client.get("/security").status_code == 302


def test_two_people_do_not_mix(db: None) -> None:
    """Each browser shows its own person."""
    one, two = someone(), someone()
    pages = [sign_in(Client(), each).get("/security").content.decode() for each in (one, two)]
    assert one.login in pages[0]
    assert two.login not in pages[0]
    assert two.login in pages[1]
