"""Keys on the organisation's page: issued against a code, shown once, revoked at once."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client

from hutan.web.api.keys import keys_of
from tests.marks import clause
from tests.web.people import sign_in
from tests.web.town import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None) -> Town:
    """The town with its year open."""
    return Town()


@clause("M47")
def test_a_key_is_shown_once_works_and_is_revoked(town: Town, client: Client) -> None:
    """Its text stands on the page once; it reads its own account alone; revoked it is nothing."""
    person, unit = town.people["account_representative"], town.chemicals
    address = f"/units/{unit.id}/keys"
    sign_in(client, person)
    given = {"id": str(uuid4()), "name": "能碳系统", "lasting": "90", "scope_0": "on"}
    refused = client.post(address, {**given, "code": "000000"})
    assert refused.status_code == 401
    assert keys_of(unit.id) == []
    page = client.post(address, {**given, "code": person.code()}).content.decode()
    person.wait()
    (text,) = set(re.findall(r"hutan_[a-z0-9]{12}_[A-Za-z0-9_-]{43}", page))
    assert text not in client.get(address).content.decode()
    asks = {"Authorization": f"Bearer {text}"}
    assert Client().get(f"/api/v1/accounts/{unit.account}", headers=asks).status_code == 200
    assert Client().get(f"/api/v1/accounts/{town.glass.account}", headers=asks).status_code == 404
    (kept,) = keys_of(unit.id)
    assert client.post(f"{address}/{kept.id}/revoke").status_code == 302
    assert Client().get(f"/api/v1/accounts/{unit.account}", headers=asks).status_code == 401


def test_a_key_that_may_do_nothing_is_not_issued(town: Town, client: Client) -> None:
    """At least one right is chosen, and the code stays fresh."""
    person, unit = town.people["account_representative"], town.chemicals
    sign_in(client, person)
    answer = client.post(
        f"/units/{unit.id}/keys",
        {"id": str(uuid4()), "name": "x", "lasting": "90", "code": person.code()},
    )
    assert answer.status_code == 422
    assert "请至少选择一项" in answer.content.decode()


def test_nobody_revokes_anothers_key(town: Town, client: Client) -> None:
    """For strangers the page is not there, and a key of another organisation is none of theirs."""
    person, unit = town.people["account_representative"], town.chemicals
    sign_in(client, person)
    client.post(
        f"/units/{unit.id}/keys",
        {"id": str(uuid4()), "name": "x", "lasting": "90", "scope_0": "on", "code": person.code()},
    )
    (kept,) = keys_of(unit.id)
    stranger = sign_in(Client(), town.people["other_representative"])
    for organisation in (unit.id, town.steel.id):
        address = f"/units/{organisation}/keys/{kept.id}/revoke"
        assert stranger.post(address).status_code == 404
    assert keys_of(unit.id)[0].revoked_at is None
