"""Lists come in pages that lose nothing and repeat nothing, whatever arrives in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from hutan.parties.services import propose
from tests.parties.people import NOW
from tests.web.market import Asker, Platform

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform(db: None) -> Platform:
    return Platform()


def walk(
    asker: Asker, path: str, cursor: str, key: str, between: Callable[[], object]
) -> list[str]:
    """Read a list two at a time by its cursor; something happens after each page."""
    found: list[str] = []
    while True:
        given = {cursor: found[-1]} if found else {}
        page: list[Any] = asker.get(path, limit=2, **given).json()
        found += [one[key] for one in page]
        if len(page) < 2:
            return found
        between()


def test_an_accounts_history_stays_whole_while_more_happens(platform: Platform) -> None:
    for _ in range(5):
        platform.transfer(platform.one, platform.two, 1)
    path = f"/accounts/{platform.one.account}/history"
    before = [one["id"] for one in platform.own.get(path).json()]
    walked = walk(
        platform.own, path, "past", "id", lambda: platform.transfer(platform.one, platform.two, 1)
    )
    assert [id for id in walked if id in before] == before
    assert len(walked) == len(set(walked))


def test_an_organisations_acts_stay_whole_while_more_are_proposed(platform: Platform) -> None:
    """All of them of one moment: the order does not rest on the clock alone."""

    def another() -> None:
        order = platform.order(platform.one, platform.two)
        by = platform.one.rep.user
        propose(id=uuid4(), kind="registry.transfer", content=order, by=by, at=NOW)

    for _ in range(5):
        another()
    before = [one["id"] for one in platform.own.get("/acts").json()]
    walked = walk(platform.own, "/acts", "past", "id", another)
    kept = [id for id in walked if id in before]
    assert kept == before
    assert len(walked) == len(set(walked))


def test_accounts_stay_whole_while_others_are_opened(platform: Platform) -> None:
    before = [one["number"] for one in platform.clerk.get("/accounts").json()]
    names = iter(range(100))
    walked = walk(
        platform.clerk, "/accounts", "after", "number",
        lambda: platform.city.unit(f"第{next(names)}厂") if len(before) < 20 else None,
    )  # fmt: skip
    assert [number for number in walked if number in before] == before
    assert len(walked) == len(set(walked))


def test_a_cursor_that_is_nobodys_leads_nowhere(platform: Platform) -> None:
    """Nor does another organisation's act tell anything about its place."""
    theirs = uuid4()
    propose(
        id=theirs, kind="registry.transfer", content=platform.order(platform.two, platform.one),
        by=platform.two.rep.user, at=NOW,
    )  # fmt: skip
    for past in (uuid4(), theirs):
        assert platform.own.get("/acts", past=past).json() == []
