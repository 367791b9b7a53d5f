"""One organisation neither sees nor touches what is another's: every operation, one table.

Three strangers try: another unit's key, a bank's key, and another unit's person in his session.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from hutan.parties.services import propose
from hutan.registry.queries import history
from hutan.transparency.services import integrate
from hutan.web.api.urls import api
from tests.marks import clause
from tests.parties.people import NOW
from tests.transparency.conftest import log_settings as log_settings
from tests.web.market import Asker, Platform, in_person

pytestmark = pytest.mark.django_db

Row = tuple[str, str, dict[str, Any] | None, tuple[int, ...]]

TOUCHING: list[Row] = [
    ("get", "/accounts/{account}", None, (404,)),
    ("get", "/accounts/{account}/history", None, (404,)),
    ("get", "/accounts/{account}/documents", None, (404,)),
    ("post", "/accounts/{account}/documents", {"kind": "holding"}, (404,)),
    ("post", "/accounts/{account}/documents",
     {"kind": "statement", "since": "2025-06-01", "until": "2025-06-16"}, (404,)),
    ("get", "/transactions/{transaction}", None, (404,)),
    ("post", "/transactions/{transaction}/stop", {"reason": "我要它停"}, (404,)),
    ("get", "/allowances/2024-00000000001/path", None, (404,)),
    ("post", "/acts/preview", {"kind": "registry.transfer", "content": "transfer"}, (409,)),
    ("post", "/acts/preview", {"kind": "compliance.surrender", "content": "surrender"}, (409,)),
    ("post", "/acts", {"kind": "registry.transfer", "content": "transfer"}, (409,)),
    ("post", "/acts", {"kind": "compliance.surrender", "content": "surrender"}, (409,)),
    ("post", "/acts", {"kind": "registry.plan", "content": "transfer"}, (409,)),
    ("get", "/acts?organisation={unit}", None, (404,)),
    ("get", "/acts/{act}", None, (404,)),
    ("post", "/acts/{act}/amendment", {"content": "transfer"}, (404,)),
    ("post", "/acts/{act}/withdrawal", {}, (404,)),
    ("post", "/acts/{act}/approval", {"seen": "0" * 64}, (404,)),
    ("post", "/acts/{act}/return", {"reason": "不行"}, (404,)),
    ("get", "/units/{unit}/years/2024", None, (404,)),
    ("get", "/years/2024/board", None, (403,)),
    ("get", "/log/receipts/{approved}", None, (404,)),
]  # fmt: skip
"""What a stranger asks about the first unit's things, and how he is answered."""

LISTS = ["/accounts", "/transactions/waiting", "/acts/desk"]
"""Operations that list: a stranger's list holds nothing of the first unit's."""


class Victim:
    """The first unit with something of every kind, and three who have no business with it."""

    def __init__(self) -> None:
        self.platform = platform = Platform()
        third = platform.city.unit("丙厂")
        self.transaction = platform.transfer(platform.one, third)
        self.approved = self.transaction
        self.act = uuid4()
        propose(
            id=self.act, kind="registry.transfer", content=platform.order(platform.one, third),
            by=platform.one.rep.user, at=NOW,
        )  # fmt: skip
        integrate(at=NOW)
        person, _ = in_person(platform.two.rep)
        self.strangers: dict[str, Asker] = {
            "another unit": platform.other,
            "a bank": platform.bank,
            "a person": person,
        }

    def names(self) -> dict[str, UUID | str]:
        """Return what stands for what in an address."""
        one = self.platform.one
        return {
            "account": one.account, "unit": one.id, "transaction": self.transaction,
            "act": self.act, "approved": self.approved,
        }  # fmt: skip

    def body(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return a body with its content."""
        one = self.platform.one
        contents = {
            "transfer": self.platform.order(one, self.platform.two),
            "surrender": {"year": 2024, "account": one.account,
                          "items": [{"asset": "allowance:2024", "amount": 1}]},
        }  # fmt: skip
        content = {"content": contents[given["content"]]} if "content" in given else {}
        return {"id": str(uuid4()), **given, **content}

    def state(self) -> list[Any]:
        """Return all that a stranger could have changed."""
        one = self.platform.one
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM parties_proposal),"
                " (SELECT count(*) FROM registry_document),"
                " (SELECT count(*) FROM transparency_entry),"
                " (SELECT string_agg(state || version, ',' ORDER BY id) FROM parties_proposal)"
            )
            counted = cursor.fetchone()
        return [counted, history(one.account)]


@pytest.fixture
def victim(db: None) -> Victim:
    return Victim()


@clause("M47", "M12.1")
def test_strangers_see_and_touch_nothing(victim: Victim) -> None:
    """Each answer is the one for something that is not there, or a refusal; nothing changes."""
    before = victim.state()
    wrong = []
    for who, stranger in victim.strangers.items():
        for method, path, body, expected in TOUCHING:
            address = path.format(**victim.names())
            answer = (
                stranger.get(address)
                if body is None
                else getattr(stranger, method)(address, victim.body(body))
            )
            said = answer.content.decode()
            if answer.status_code not in expected or "甲厂" in said or "1100" in said:
                wrong.append((who, method, path, answer.status_code, said[:300]))
    assert wrong == []
    assert victim.state() == before


def test_strangers_lists_hold_nothing_of_it(victim: Victim) -> None:
    hidden = {str(victim.platform.one.account), str(victim.transaction), str(victim.act)}
    for stranger in victim.strangers.values():
        for path in LISTS:
            answer = stranger.get(path)
            assert answer.status_code == 200
            assert not any(name in answer.content.decode() for name in hidden)


def test_its_own_people_are_answered(victim: Victim) -> None:
    """The table means something: who belongs there gets through wherever he may."""
    own = victim.platform.own
    through = 0
    for method, path, body, _ in TOUCHING:
        address = path.format(**victim.names())
        if method == "get" and "board" not in path:
            assert own.get(address).status_code == 200, path
            through += 1
        elif body is not None and path.endswith(("preview", "documents")):
            assert own.post(address, victim.body(body)).status_code == 200, path
            through += 1
    assert through == 13


def test_no_operation_is_missing_from_the_table() -> None:
    """A new operation of the market must be entered: as one that touches, or one that lists."""
    described = api.get_openapi_schema()["paths"]
    wanted = set()
    for path, methods in described.items():
        for method, operation in methods.items():
            tags = set(operation["tags"])
            if tags & {"Registry", "Acts", "Compliance"} or "receipts" in path:
                wanted.add((method, path.removeprefix("/api/v1")))
    public = {("get", "/acts/kinds")}
    listed = {("get", path) for path in (*LISTS, "/acts")}
    touching = set()
    for method, path, _, _ in TOUCHING:
        shape = path.partition("?")[0]
        for real, named in (
            ("/allowances/{number}/path", "/allowances/2024-00000000001/path"),
            ("/years/{year}/board", "/years/2024/board"),
            ("/units/{unit}/years/{year}", "/units/{unit}/years/2024"),
            ("/log/receipts/{act}", "/log/receipts/{approved}"),
        ):
            shape = real if shape == named else shape
        shape = shape.replace("{account}", "{number}").replace("{transaction}", "{id}")
        if shape.startswith("/acts/{act}"):
            shape = shape.replace("{act}", "{id}")
        touching.add((method, shape))
    assert wanted - public == touching | listed
