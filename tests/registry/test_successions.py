"""Stories of mergers and splits: what a plan has issued is never issued a second time."""

from __future__ import annotations

import pytest

from hutan.kernel.canonical import Json
from hutan.registry import refusals as no
from hutan.registry.models import PlanLine
from hutan.registry.queries import open_lines
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from tests.marks import clause
from tests.parties.people import NOW
from tests.refused import refuses
from tests.registry.city import City, Unit, held

pytestmark = pytest.mark.django_db

A25 = "allowance:2025"
TOTAL = GOVERNMENT_ACCOUNTS["total"]


@pytest.fixture
def city(db: None) -> City:
    return City()


def issue(city: City, unit: Unit, amount: int) -> None:
    """Issue on the unit's own line of 2025."""
    line = next(one.id for one in open_lines(2025) if one.account == unit.account)
    order: dict[str, Json] = {
        "giver": TOTAL,
        "receiver": unit.account,
        "items": [{"asset": A25, "amount": amount}],
        "plan_line": line,
    }
    city.act("registry.issue_free", order, by=city.clerk, approved_by=city.checker)


def merge(city: City, gone: Unit, into: Unit) -> None:
    city.act(
        "registry.merge",
        {
            "predecessors": [{"account": gone.account}],
            "successor": into.account,
            "document": "合并协议",
        },
        by=city.clerk,
        approved_by=city.checker,
    )


def split(city: City, unit: Unit, parts: dict[Unit, tuple[int, int]]) -> None:
    """Split by ``parts``: millionths of the duties, and tonnes of 2025."""
    shares: list[Json] = [
        {
            "account": to.account,
            "duties": duties,
            "facilities": [{"name": to.account}],
            "items": [{"asset": A25, "amount": amount}],
        }
        for to, (duties, amount) in parts.items()
    ]
    city.act(
        "registry.split",
        {"predecessor": unit.account, "shares": shares, "document": "分立方案"},
        by=city.clerk,
        approved_by=city.checker,
    )


def lines() -> dict[str, tuple[int, int]]:
    """Return what open lines of 2025 give and have issued, by account."""
    return {one.account: (one.amount, one.issued) for one in open_lines(2025)}


@clause("M13", "M14.1")
def test_what_was_issued_before_a_merger_counts_in_the_next_plan(city: City) -> None:
    one, two, three = (city.unit(name) for name in ("甲厂", "乙厂", "丙厂"))
    city.plan(2025, {one.account: 1000, two.account: 1500})
    issue(city, two, 1500)
    merge(city, two, three)
    assert lines() == {one.account: (1000, 0), three.account: (1500, 1500)}
    old = PlanLine.objects.get(account_id=two.account)
    assert (old.amount, old.issued, old.closed_at) == (0, 0, NOW)
    city.plan(2025, {one.account: 1000, three.account: 1500})
    assert lines() == {one.account: (1000, 0), three.account: (1500, 1500)}
    with refuses(no.BeyondLine):
        issue(city, three, 1)
    issue(city, one, 1000)
    assert held(one.account) == {A25: (1000, 0)}
    assert held(three.account) == {A25: (1500, 0)}
    assert held(TOTAL) == {}


@clause("M13", "M14.2")
def test_what_was_issued_before_a_split_counts_in_the_next_plan(city: City) -> None:
    one, two, three = (city.unit(name) for name in ("甲厂", "乙厂", "丙厂"))
    city.plan(2025, {one.account: 1000, two.account: 1500})
    issue(city, two, 1500)
    split(city, two, {two: (600_000, 900), three: (400_000, 600)})
    wanted = {one.account: (1000, 0), two.account: (900, 900), three.account: (600, 600)}
    assert lines() == wanted
    city.plan(2025, {one.account: 1000, two.account: 900, three.account: 600})
    assert lines() == wanted
    for unit in (two, three):
        with refuses(no.BeyondLine):
            issue(city, unit, 1)
    issue(city, one, 1000)
    assert held(TOTAL) == {}


@clause("M14.2")
def test_a_line_issued_in_part_is_divided_to_the_last_tonne(city: City) -> None:
    one, two, three = (city.unit(name) for name in ("甲厂", "乙厂", "丙厂"))
    city.plan(2025, {one.account: 10, two.account: 10})
    issue(city, one, 5)
    split(city, one, {two: (500_000, 3), three: (500_000, 2)})
    # Five left and five issued: of each the odd tonne goes to the first, as remainders are equal.
    assert lines() == {two.account: (10 + 6, 3), three.account: (4, 2)}
    city.issue(2025)
    assert (held(two.account), held(three.account)) == ({A25: (16, 0)}, {A25: (4, 0)})
    assert held(TOTAL) == {}


@clause("M13")
def test_an_issue_that_passed_on_is_not_reversed(city: City) -> None:
    one, two = city.unit("甲厂"), city.unit("乙厂")
    city.plan(2025, {one.account: 1000, two.account: 500})
    line = next(found.id for found in open_lines(2025) if found.account == one.account)
    order: dict[str, Json] = {
        "giver": TOTAL,
        "receiver": one.account,
        "items": [{"asset": A25, "amount": 1000}],
        "plan_line": line,
    }
    done = city.act("registry.issue_free", order, by=city.clerk, approved_by=city.checker)
    split(city, one, {one: (500_000, 1000), two: (500_000, 0)})
    with refuses(no.NotReversible):
        city.act(
            "registry.reverse",
            {"reverses": str(done.id)},
            by=city.clerk,
            approved_by=city.checker,
        )
