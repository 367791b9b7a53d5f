"""A unit's year: what its people, the desk and others see of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client

from tests.web.people import sign_in
from tests.web.town import YEAR, Town

Limited = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def town(db: None) -> Town:
    """The town, with its year open."""
    return Town()


def test_a_year_shows_duty_holdings_and_time_left(
    town: Town, client: Client, assert_max_queries: Limited
) -> None:
    """Status, figures, countdown to the second, holdings, plan lines; in at most 20 queries."""
    sign_in(client, town.people["account_representative"])
    assert client.get("/unit").headers["Location"] == f"/units/{town.chemicals.id}/years/{YEAR}"
    with assert_max_queries():
        page = client.get(f"/units/{town.chemicals.id}/years/{YEAR}")
    text = page.content.decode()
    assert page.status_code == 200
    for part in ("未足额清缴", "121,457", "6,072", "14\xa0天\xa008:00:00", "2025年6月30日 17:00:00",
                 "128,000", "2024 免费发放"):  # fmt: skip
        assert part in text, part
