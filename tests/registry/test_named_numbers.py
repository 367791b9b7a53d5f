"""Orders that name their numbers: those numbers and no others, none twice, none promised twice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from hutan.kernel.canonical import Json
from hutan.kernel.moments import SHANGHAI
from hutan.parties.queries import ProposalRecord
from hutan.registry import refusals as no
from hutan.registry.models import Transaction
from hutan.registry.queries import holdings
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.registry.services.waiting import execute_due
from tests.refused import refuses
from tests.registry.city import City, Unit, held

pytestmark = pytest.mark.django_db

A24 = "allowance:2024"
LATER = datetime(2025, 6, 20, 12, tzinfo=SHANGHAI)


class Town:
    """Two units; the first holds the numbers 1 to 100, the second 101 to 200."""

    def __init__(self) -> None:
        self.city = City()
        self.one, self.two = self.city.unit("甲厂"), self.city.unit("乙厂")
        self.city.plan(2024, {self.one.account: 100, self.two.account: 100})
        self.city.issue(2024)

    def give(self, kind: str, giver: Unit, receiver: str, *items: Json) -> ProposalRecord:
        content: dict[str, Json] = {
            "giver": giver.account, "receiver": receiver, "items": list(items),
        }  # fmt: skip
        return self.city.act(f"registry.{kind}", content, by=giver.rep, approved_by=giver.approver)


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def item(amount: int, first: int | None = None, last: int | None = None) -> dict[str, Json]:
    return {"asset": A24, "amount": amount, "first": first, "last": last}


def state(id: UUID) -> tuple[str, str]:
    return Transaction.objects.values_list("state", "stop_reason").get(id=id)


@pytest.mark.parametrize("taken_by", ["another transfer", "a freeze"])
def test_a_waiting_transfer_stops_once_its_numbers_are_gone(town: Town, taken_by: str) -> None:
    gone = town.give("transfer", town.one, town.two.account, item(20, 1, 20))
    behind = town.give("transfer", town.two, town.one.account, item(5))
    if taken_by == "a freeze":
        order: dict[str, Json] = {"authority": "法院", "order": "〔2025〕1号"}
        town.city.act(
            "registry.freeze",
            {"account": town.one.account, "scope": "block", **item(10, 11, 20), **order},
            by=town.city.officer,
            approved_by=town.city.head,
        )
    else:
        cancellation = GOVERNMENT_ACCOUNTS["cancellation"]
        town.give("cancel_voluntary", town.one, cancellation, item(10))
    assert execute_due(at=LATER) == 2
    assert state(gone.id)[0] == "stopped"
    assert "REG-133" in state(gone.id)[1]
    assert state(behind.id) == ("executed", "")
    reserved = 10 if taken_by == "a freeze" else 0
    assert held(town.one.account)[A24][1] == reserved


def test_a_waiting_transfer_moves_the_numbers_it_named(town: Town) -> None:
    town.give("transfer", town.one, town.two.account, item(20, 41, 60))
    assert execute_due(at=LATER) == 1
    (holding,) = holdings(town.two.account)
    assert [(one.first, one.last) for one in holding.blocks] == [(41, 60), (101, 200)]


def test_no_number_goes_twice_in_one_order(town: Town) -> None:
    cancellation = GOVERNMENT_ACCOUNTS["cancellation"]
    for second in (item(10, 1, 10), item(10, 10, 19)):
        with refuses(no.BlockNotHeld):
            town.give("cancel_voluntary", town.one, cancellation, item(10, 1, 10), second)


def test_items_that_name_no_numbers_leave_the_named_ones_to_the_others(town: Town) -> None:
    cancellation = GOVERNMENT_ACCOUNTS["cancellation"]
    town.give("cancel_voluntary", town.one, cancellation, item(10), item(10, 1, 10))
    (holding,) = holdings(town.one.account)
    assert [(one.first, one.last) for one in holding.blocks] == [(21, 100)]


def test_half_a_range_is_refused(town: Town) -> None:
    for half in (item(10, None, 10), item(10, 1, None)):
        with refuses(no.AmountWrong):
            town.give("transfer", town.one, town.two.account, half)


@pytest.mark.parametrize("asset", ["ALLOWANCE:2024", "allowance:２０２４", "allowance:2024:1"])
def test_an_asset_is_named_by_its_code_alone(town: Town, asset: str) -> None:
    with refuses(no.AssetKindWrong):
        town.give("transfer", town.one, town.two.account, {"asset": asset, "amount": 1})


def test_what_a_later_plan_counts_is_not_reversed(town: Town) -> None:
    issue = Transaction.objects.get(type="issue_free", receiver=town.two.account)
    town.city.plan(2024, {town.one.account: 100, town.two.account: 120})
    with refuses(no.NotReversible):
        town.city.act(
            "registry.reverse",
            {"reverses": str(issue.id)},
            by=town.city.clerk,
            approved_by=town.city.checker,
        )
    town.city.issue(2024)
    assert held(town.two.account)[A24] == (120, 0)


def test_a_plan_beyond_the_numbers_of_a_year_is_refused(town: Town) -> None:
    most = 10**11 - 1
    with refuses(no.PlanWrong):
        town.city.plan(2026, {town.one.account: most + 1})
    town.city.plan(2026, {town.one.account: most})
    assert held(GOVERNMENT_ACCOUNTS["total"])["allowance:2026"] == (most, 0)
