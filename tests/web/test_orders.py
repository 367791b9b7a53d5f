"""Transactions of the catalogue on pages: the form follows from the row, two people decide."""

from __future__ import annotations

import re
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


def test_without_a_line_the_page_says_so(town: Town) -> None:
    """All of the town's plan is issued: nothing is left to choose."""
    page = seen_by(town.people["registry_clerk"]).get("/orders/issue_free").content.decode()
    assert "没有还有余额的方案条目" in page


@clause("M35.3")
def test_a_pledge_is_made_and_released(town: Town) -> None:
    """By the holder's two people; the bank asks for its release, and the agency approves."""
    people, account = town.people, town.chemicals.account
    rep = seen_by(people["account_representative"])
    id = proposed(
        rep, f"/accounts/{account}/pledge", asset=f"allowance:{YEAR}", amount="300",
        creditor=str(town.bank), contract="质字第 1 号",
    )  # fmt: skip
    approved(seen_by(people["account_approver"]), people["account_approver"], id)
    assert reserved(account) == 300
    bank = seen_by(people["bank_officer"])
    assert "质字第 1 号" in bank.get("/pledges").content.decode()
    release = proposed(bank, f"/pledges/{id}/release")
    approved(seen_by(people["registry_approver"]), people["registry_approver"], release)
    assert reserved(account) == 0
    assert bank.get(f"/pledges/{id}/release").status_code == 404


@clause("M13")
def test_what_cannot_be_taken_back_stands_among_the_debts(town: Town) -> None:
    """A final plan below what a unit has surrendered already: the rest is owed, never negative."""
    free = {
        town.chemicals.account: 128_000, town.glass.account: 80_000, town.steel.account: 240_000,
    }  # fmt: skip
    town.city.plan(YEAR, free, total=454_500, direct=454_500)
    desk = seen_by(town.people["bureau_officer"]).get("/desk/debts")
    page = desk.content.decode()
    assert town.glass.account in page
    assert "210" in page
    assert "没有欠额" not in page
    assert (
        "没有欠额" in seen_by(town.people["auditor"]).get("/desk/debts?repaid=1").content.decode()
    )


@clause("M12.1")
def test_a_court_sees_and_lifts_its_own_freezes(town: Town) -> None:
    """It names the account, sees no balance, and finds its freeze again to have it lifted."""
    court, checker = town.people["court_officer"], town.people["registry_approver"]
    browser, account = seen_by(court), town.steel.account
    assert browser.get(f"/freezes/start?number={account}").headers["Location"].endswith("/freeze")
    page = browser.get(f"/accounts/{account}/freeze").content.decode()
    assert "240,000" not in page
    id = proposed(
        browser, f"/accounts/{account}/freeze", scope="account", authority="上海一中院",
        order="（2025）沪01执9号",
    )  # fmt: skip
    approved(seen_by(checker), checker, id)
    own = browser.get("/freezes/start").content.decode()
    assert "（2025）沪01执9号" in own
    (lift,) = set(re.findall(r"/freezes/[0-9a-f-]{36}/lift", own))
    released = proposed(browser, lift, authority="上海一中院", order="（2025）沪01执9号之一")
    approved(seen_by(checker), checker, released)
    assert "已解除" in browser.get("/freezes/start").content.decode()


def reserved(account: str) -> int:
    """Return what is set aside of an account's holding of the town's year."""
    return sum(
        one.reserved for one in balances_of_account(account) if one.asset == f"allowance:{YEAR}"
    )
