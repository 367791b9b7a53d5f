"""Each page for each role: allowed, forbidden or hidden; in at most 20 queries."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.marks import clause
from tests.web.people import sign_in
from tests.web.places import PAGES, ROLES
from tests.web.town import Town

Limited = Callable[[], AbstractContextManager[None]]

# Addresses that act, and answer a script, stand beside the page they belong to.
PARTS = {
    "act_approve", "act_return", "act_withdraw", "act_attachment", "transaction_stop",
    "desk_merge_sums", "desk_split_sums", "bureau_plan_sums", "unit_key_revoke",
}  # fmt: skip
OTHERS = {
    "how_it_works", "accessibility", "verify", "verify_code", "clause", "api_reference", "language",
    "sign_in", "sign_in_code", "sign_in_enrol", "sign_out", "my_security", "change_password",
    "renew_recovery_codes", "replace_second_factor", "end_session", "styleguide",
    "styleguide_document", "health", "document_file",
}  # fmt: skip


@clause("M47")
@pytest.mark.parametrize("role", sorted(ROLES | {"nobody"}))
def test_a_page_opens_for_those_it_is_for(
    db: None, client: Client, role: str, assert_max_queries: Limited
) -> None:
    """Every page, one role after the other."""
    town = Town.with_everything()
    if role != "nobody":
        sign_in(client, town.people[role])
    wrong = []
    for page in PAGES:
        with assert_max_queries():
            answer = client.get(page.path(town))
        expected = page.status_for(role)
        if answer.status_code != expected:
            wrong.append(f"{page.route}: {answer.status_code}, not {expected}")
    assert wrong == []


def test_every_page_is_in_the_table() -> None:
    """A new page gets a row, or is named as a part of another."""
    named = {
        pattern.name
        for resolver in get_resolver().url_patterns
        for pattern in getattr(resolver, "url_patterns", [])
        if getattr(resolver, "app_name", None) != "ninja"
    }
    assert named - {None} - PARTS - OTHERS == {page.route for page in PAGES}
