"""Pages with many rows cost no more queries than with few: nothing is asked row by row."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hutan.parties.services import propose
from tests.parties.people import NOW
from tests.web.people import sign_in
from tests.web.town import YEAR, Town

pytestmark = pytest.mark.django_db

MANY = 12


def crowd(town: Town) -> None:
    """Let a good deal happen: transfers that wait, acts that wait, freezes, units on the list."""
    for number in range(MANY):
        town.transfer(town.chemicals, town.steel, 10 + number)
        town.freeze(town.steel, 100 + number)
        town.proposed(
            "registry.set_own_limits",
            {"account": town.chemicals.account, "per_transfer": 1000 + number, "per_day": None},
            town.chemicals.rep,
        )
        propose(
            id=uuid4(), kind="registry.change_status",
            content={"account": town.glass.account, "status": "suspended", "reason": f"{number}"},
            by=town.city.clerk.user, at=NOW,
        )  # fmt: skip
    town.enlist(*(town.unit(f"奉贤第{number}工厂", "奉贤区") for number in range(MANY)))


PAGES = [
    ("account_approver", "/approvals"),
    ("account_approver", "/start"),
    ("account_representative", "/approvals/mine"),
    ("account_representative", "/accounts/{account}"),
    ("account_representative", "/accounts/{account}/history"),
    ("account_representative", "/units/{unit}/years/{year}"),
    ("account_representative", "/units/{unit}/acts"),
    ("registry_approver", "/approvals"),
    ("registry_clerk", "/desk"),
    ("registry_clerk", "/desk/accounts"),
    ("registry_clerk", "/desk/waiting"),
    ("registry_clerk", "/desk/freezes"),
    ("bureau_officer", "/bureau/{year}"),
    ("bureau_officer", "/bureau/{year}/list"),
    ("bureau_officer", "/bureau/{year}/determine"),
    ("bureau_officer", "/bureau/{year}/plan"),
]


def test_many_rows_cost_no_more(db: None) -> None:
    """The same number of queries, at most twenty, before and after."""
    town = Town()
    place = {"account": town.chemicals.account, "unit": town.chemicals.id, "year": YEAR}
    roles = dict.fromkeys(role for role, _ in PAGES)
    clients = {role: sign_in(Client(), town.people[role]) for role in roles}

    def counted() -> dict[tuple[str, str], int]:
        found = {}
        for role, path in PAGES:
            with CaptureQueriesContext(connection) as asked:
                answer = clients[role].get(path.format(**place))
            assert answer.status_code == 200, (role, path)
            found[role, path] = len(asked)
        return found

    counted()  # Whatever is kept once read, is read by now.
    town.transfer(town.chemicals, town.steel, 9)
    town.freeze(town.steel, 99)
    town.proposed(
        "registry.set_own_limits",
        {"account": town.chemicals.account, "per_transfer": 999, "per_day": None},
        town.chemicals.rep,
    )
    town.proposed(
        "registry.change_status",
        {"account": town.glass.account, "status": "suspended", "reason": "资料"},
        town.city.clerk,
    )
    few = counted()
    crowd(town)
    many = counted()
    assert {page: (few[page], many[page]) for page in many if many[page] > few[page]} == {}
    assert max(many.values()) <= 20
