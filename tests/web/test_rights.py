"""Pages and API give the same answer: one table of permissions, asked over both ways in."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from hutan.parties.refusals import MayNotPropose
from hutan.web import rights
from hutan.web.permissions import declared
from tests.marks import clause
from tests.web.people import sign_in
from tests.web.places import ROLES
from tests.web.town import YEAR, Town

pytestmark = pytest.mark.django_db

OPEN = {200}


@pytest.fixture
def town(db: None) -> Town:
    """The town with everything in it."""
    return Town.with_everything()


def pairs(town: Town) -> list[tuple[str, str]]:
    """Return pages beside the operations that answer the same question."""
    unit, account = town.chemicals.id, town.chemicals.account
    return [
        (f"/accounts/{account}", f"/accounts/{account}"),
        (f"/accounts/{account}/history", f"/accounts/{account}/history"),
        (f"/accounts/{account}/documents", f"/accounts/{account}/documents"),
        (f"/units/{unit}/years/{YEAR}", f"/units/{unit}/years/{YEAR}"),
        (f"/units/{unit}/acts", f"/acts?organisation={unit}"),
        (f"/bureau/{YEAR}", f"/years/{YEAR}/board"),
        (f"/transactions/{town.waiting}", f"/transactions/{town.waiting}"),
        (f"/acts/{town.pending}", f"/acts/{town.pending}"),
        (f"/allowances/{YEAR}-1", f"/allowances/{YEAR}-1/path"),
    ]


@clause("M47", "M3.2")
@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_page_and_its_operation_answer_alike(town: Town, client: Client, role: str) -> None:
    """Who may read it may read it both ways; from whom it is hidden, it is hidden both ways."""
    sign_in(client, town.people[role])
    answers = {
        page: (client.get(page).status_code, client.get(f"/api/v1{operation}").status_code)
        for page, operation in pairs(town)
    }
    assert {page: one for page, one in answers.items() if one[0] != one[1]} == {}
    assert {one for pair in answers.values() for one in pair} <= {200, 403, 404}


ACTS: dict[str, Any] = {
    "registry.transfer": lambda t: (
        f"/accounts/{t.chemicals.account}/transfer",
        {"giver": t.chemicals.account, "receiver": t.steel.account,
         "items": [{"asset": f"allowance:{YEAR}", "amount": 1}]},
    ),
    "registry.cancel_voluntary": lambda t: (
        f"/accounts/{t.chemicals.account}/orders/cancel_voluntary",
        {"giver": t.chemicals.account, "receiver": "SHGX0000000187",
         "items": [{"asset": f"allowance:{YEAR}", "amount": 1}]},
    ),
    "registry.change_status": lambda t: (
        f"/accounts/{t.chemicals.account}/status",
        {"account": t.chemicals.account, "status": "suspended", "reason": "x"},
    ),
    "registry.freeze": lambda t: (
        f"/accounts/{t.chemicals.account}/freeze",
        {"account": t.chemicals.account, "scope": "account", "authority": "x", "order": "y"},
    ),
    "compliance.surrender": lambda t: (
        f"/units/{t.chemicals.id}/years/{YEAR}/surrender",
        {"year": YEAR, "account": t.chemicals.account,
         "items": [{"asset": f"allowance:{YEAR}", "amount": 1}]},
    ),
    "registry.issue_free": lambda t: ("/orders/issue_free", {"giver": "x", "items": []}),
}  # fmt: skip


@clause("M47")
@pytest.mark.parametrize("kind", sorted(ACTS))
def test_who_may_propose_may_do_so_both_ways(town: Town, kind: str) -> None:
    """The form opens for exactly those whose preview the API answers."""
    page, content = ACTS[kind](town)
    for role, person in town.people.items():
        client = Client()
        sign_in(client, person)
        opened = client.get(page).status_code in OPEN
        body = json.dumps({"id": str(uuid4()), "kind": kind, "content": content})
        answer = client.post("/api/v1/acts/preview", body, content_type="application/json")
        refused = {one["code"] for one in answer.json().get("refused", [])}
        assert opened is (MayNotPropose.code not in refused), (role, answer.content)


def test_what_a_key_may_be_given_is_declared() -> None:
    """Each choice on the page is a permission, and none of them decides."""
    assert set(rights.KEY_SCOPES) <= set(declared())
    assert rights.DECIDE not in rights.KEY_SCOPES
