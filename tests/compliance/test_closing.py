"""What happens to surpluses when a year closes: all carry over, movers in thirds, or they lapse."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hutan.compliance.models import CarriedOver, Instalment
from hutan.compliance.services.years import assumed_keys
from hutan.kernel.canonical import Json
from hutan.kernel.moments import SHANGHAI
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.rules.parameters import rulebook
from tests.compliance.test_story import AFTER, Market
from tests.marks import clause
from tests.registry.city import held

pytestmark = pytest.mark.django_db

A24 = "allowance:2024"


@clause("A5.2", "M21.3")
def test_a_unit_that_moves_to_the_national_market_gets_its_surplus_in_thirds(db: None) -> None:
    market = Market()
    market.surrender(market.one, 1000)
    market.surrender(market.two, 1900)
    market.determine({market.two: "1900"})
    market.open(2025)
    market.enlist(market.one, listing="national", year=2025)
    market.enlist(market.two, year=2025)
    market.bureau("close_year", {"year": 2024}, at=AFTER)
    assert held(market.one.account) == {A24: (100, 67)}
    parts = Instalment.objects.order_by("year").values_list("year", "amount", "released_at")
    assert list(parts) == [(2026, 33, None), (2027, 34, None)]
    market.determine({market.two: "0"}, year=2025)
    next_year = datetime(2026, 7, 1, 10, 0, tzinfo=SHANGHAI)
    market.bureau("close_year", {"year": 2025}, at=next_year)
    assert held(market.one.account) == {A24: (100, 34)}
    assert Instalment.objects.filter(released_at=next_year).count() == 1


@clause("M21.3")
def test_where_the_rule_of_the_year_carries_nothing_over_it_lapses(db: None) -> None:
    market = Market()
    book = rulebook("eutl")
    confirmed: list[Json] = [{"key": key} for key in assumed_keys(2007, book)]
    market.bureau("open_year", {"year": 2007, "profile": "eutl", "confirmed": confirmed})
    market.enlist(market.one, market.two, year=2007)
    market.determine({market.one: "90", market.two: "30"}, year=2007)
    market.city.plan(2007, {market.one.account: 100, market.two.account: 20}, total=150, reserve=30)
    market.city.issue(2007)
    market.surrender(market.one, 90, asset="allowance:2007", year=2007)
    market.bureau("close_year", {"year": 2007})
    assert "allowance:2007" not in held(market.one.account)
    assert "allowance:2007" not in held(market.two.account)
    assert held(GOVERNMENT_ACCOUNTS["cancellation"])["allowance:2007"] == (150, 0)
    lapsed = dict(CarriedOver.objects.values_list("account", "lapsed"))
    assert lapsed == {
        market.one.account: 10,
        market.two.account: 20,
        GOVERNMENT_ACCOUNTS["reserve"]: 30,
    }
    assert held(market.one.account) == {A24: (1100, 0)}


def test_a_short_unit_carries_nothing_over_and_keeps_what_it_has(db: None) -> None:
    market = Market()
    market.bureau("close_year", {"year": 2024}, at=AFTER + timedelta(days=1))
    assert CarriedOver.objects.count() == 0
    assert held(market.one.account) == {A24: (1100, 0)}
