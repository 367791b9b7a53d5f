"""Transactions of the catalogue on pages: the form follows from the row, two people decide."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from hutan.parties.queries import proposal
from hutan.registry.queries import balances_of_account, open_lines
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.web.orders import desk_types, own_types
from tests.marks import clause
from tests.web.people import Someone, sign_in
from tests.web.town import YEAR, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None) -> Town:
    """The town with its year open."""
    return Town()


def seen_by(person: Someone) -> Client:
    """Return a browser in which somebody is signed in."""
    return sign_in(Client(), person)


def proposed(client: Client, address: str, **fields: Any) -> UUID:
    """Send a form; return the act it led to."""
    answer = client.post(address, {"id": str(uuid4()), **fields})
    assert answer.status_code == 302, answer.content.decode()
    return UUID(answer.headers["Location"].rpartition("/")[2])


def approved(client: Client, person: Someone, id: UUID) -> None:
    """Approve an act with a fresh code, as its page asks for it."""
    page = client.get(f"/acts/{id}")
    card = page.context["card"]
    answer = client.post(
        f"/acts/{id}/approve",
        {"seen": card.seen, "effect": card.effect, "step_up": card.challenge,
         "code": person.code()},
    )  # fmt: skip
    person.wait()
    assert answer.status_code == 302, answer.content.decode()


def held(account: str) -> int:
    """Return what an account holds of the town's year."""
    return sum(
        one.balance for one in balances_of_account(account) if one.asset == f"allowance:{YEAR}"
    )


@clause("M21.4")
def test_a_unit_cancels_voluntarily(town: Town) -> None:
    """Proposed by the representative, approved by the approver; for good."""
    people, account = town.people, town.chemicals.account
    rep, approver = seen_by(people["account_representative"]), seen_by(people["account_approver"])
    address = f"/accounts/{account}/orders/cancel_voluntary"
    page = rep.get(address).content.decode()
    assert GOVERNMENT_ACCOUNTS["cancellation"] in page
    assert "永久退出流通" in page
    id = proposed(rep, address, asset=f"allowance:{YEAR}", amount="250", note="建厂二十周年")
    assert proposal(id).kind == "registry.cancel_voluntary"  # type: ignore[union-attr]  # there
    before = held(account)
    approved(approver, people["account_approver"], id)
    assert held(account) == before - 250
    assert str(id) in rep.get(f"/accounts/{account}/documents").content.decode()


@clause("M13")
def test_a_refusal_stands_beside_its_field_and_nothing_is_proposed(town: Town) -> None:
    """One tonne more than there is: the amount is marked, with clause and what to do."""
    rep = seen_by(town.people["account_representative"])
    address = f"/accounts/{town.chemicals.account}/orders/cancel_voluntary"
    amount = held(town.chemicals.account) + 1
    answer = rep.post(
        address, {"id": str(uuid4()), "asset": f"allowance:{YEAR}", "amount": str(amount)}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'id="id_amount-refused"' in page
    assert "REG-132" in page


@clause("M13")
def test_the_desk_issues_part_of_a_line(town: Town) -> None:
    """The line fixes account and vintage; what is beyond it is refused beside the amount."""
    town.city.plan(2025, {town.paper.account: 900})
    (line,) = open_lines(2025, accounts=[town.paper.account])
    clerk, checker = town.people["registry_clerk"], town.people["registry_approver"]
    desk = seen_by(clerk)
    refused = desk.post(
        "/orders/issue_free", {"id": str(uuid4()), "plan_line": line.id, "amount": "901"}
    )
    assert "REG-151" in refused.content.decode()
    id = proposed(desk, "/orders/issue_free", plan_line=line.id, amount="400")
    approved(seen_by(checker), checker, id)
    (after,) = open_lines(2025, accounts=[town.paper.account])
    assert after.issued == 400


def test_every_type_opens_for_those_who_propose_it(town: Town) -> None:
    """No row of the catalogue is without its page."""
    people = {**town.people}
    for type in desk_types():
        for role in type.proposers:
            if role in people:
                answer = seen_by(people[role]).get(f"/orders/{type.code}")
                assert answer.status_code == 200, (type.code, role)
    rep = seen_by(people["account_representative"])
    for type in own_types():
        answer = rep.get(f"/accounts/{town.chemicals.account}/orders/{type.code}")
        assert answer.status_code == 200, type.code
    assert rep.get(f"/accounts/{town.chemicals.account}/orders/transfer").status_code == 404
    assert rep.get("/orders/nothing").status_code == 404
