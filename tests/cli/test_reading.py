"""The commands that read the platform's database: as a person reads them and as programs do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hutan.kernel.moments import canonical
from hutan.parties.queries import organisation
from hutan.registry.domain.numbers import account_number
from hutan.registry.models import Holding
from tests.cli.asking import run
from tests.compliance.test_story import A24, Market, market
from tests.parties.people import NOW
from tests.registry.city import City

__all__ = ["market"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the city's clock at the tests' moment."""
    monkeypatch.setattr("hutan.clock.now", lambda: NOW)
    monkeypatch.setenv("COLUMNS", "200")


def printed(*arguments: str, given: str = "") -> str:
    """Return what a command prints; it must not fail."""
    result = run(*arguments, given=given)
    assert result.exception is None, result.output
    return result.stdout


def records(*arguments: str, given: str = "") -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed(*arguments, given=given).splitlines()]


def ask(city: City, **order: Any) -> dict[str, Any]:
    (answer,) = records("registry", "check", given=json.dumps(order))
    return answer


def test_the_preview_runs_the_checks_in_their_order_and_leaves_nothing() -> None:
    city = City()
    one, two = city.unit("甲厂"), city.unit("乙厂")
    before = set(Holding.objects.values_list("account_id", "asset"))
    order = {
        "type": "transfer",
        "giver": one.account,
        "receiver": one.account,
        "items": [{"asset": A24, "amount": 1}],
    }
    answer = ask(city, **order)
    assert not answer["passes"]
    assert answer["at"] == canonical(NOW)
    assert [refusal["code"] for refusal in answer["refused"]] == ["REG-105", "REG-132"]
    assert answer["checked"][:2] == ["giver_known", "receiver_known"]
    assert "one and the same" in answer["refused"][0]["en"]
    assert "同一账户" not in answer["refused"][0]["en"]
    city.plan(2024, {one.account: 5})
    city.issue(2024)
    answer = ask(city, **{**order, "receiver": two.account})
    assert answer["passes"]
    after = set(Holding.objects.values_list("account_id", "asset"))
    assert (two.account, A24) not in after - before


def test_a_question_the_preview_cannot_read_is_answered_with_every_fault() -> None:
    city = City()
    wrong = ask(city, type="teleport", giver="x")
    assert [one["code"] for one in wrong["refused"]]
    wrong = ask(city, type="transfer", giver=5, receiver="x", items=[{"asset": A24, "amount": 1.5}])
    assert len(wrong["refused"]) == 2


def test_accounts_are_listed_and_found() -> None:
    city = City()
    unit = city.unit("甲厂")
    city.plan(2024, {unit.account: 5})
    city.issue(2024)
    assert unit.account in printed("registry", "accounts")
    (found,) = records("registry", "accounts", "甲", "--json")
    assert (found["number"], found["holder"], found["kind"]) == (unit.account, "甲厂", "unit")
    assert "不存在" not in printed("registry", "accounts", "--limit", "1")
    assert "… " in printed("registry", "accounts", "--limit", "1")
    assert "无 (nothing)" in printed("registry", "accounts", "丙")
    shown = records("registry", "account", unit.account.lower(), "--json")
    assert shown[1] == {
        "asset": A24,
        "balance": 5,
        "reserved": 0,
        "available": 5,
        "first": "2024-00000000001",
        "last": "2024-00000000005",
        "frozen": False,
    }
    assert shown[2]["type"] == "issue_free"
    table = printed("registry", "account", unit.account)
    assert "等待执行 Waiting\n无 (nothing)" in table


def test_an_account_that_is_not_there_is_refused() -> None:
    City()
    result = run("registry", "account", "SHUN0000000001")
    assert "REG-100" in str(result.exception)
    missing = run("registry", "account", account_number("unit", 99))
    assert "REG-205" in str(missing.exception)


def test_the_path_of_a_number_begins_with_its_creation() -> None:
    city = City()
    unit = city.unit("甲厂")
    city.plan(2024, {unit.account: 5})
    city.issue(2024)
    steps = records("registry", "path", "2024-3", "--json")
    assert [step["type"] for step in steps] == ["create", "issue_free"]
    assert steps[1]["first"] == "2024-00000000001"
    assert records("registry", "path", "2024-6", "--json") == []
    assert run("registry", "path", "three").exit_code == 2


def test_the_catalogue_is_printed_from_its_file() -> None:
    rows = {row["type"]: row for row in records("registry", "types", "--json")}
    assert rows["surrender"]["clause"] == "M21.1"
    assert rows["transfer"]["delay"] == "by_trust"
    assert records("registry", "waiting", "--json") == []


def test_the_board_and_a_unit_s_status(market: Market) -> None:
    board = records("compliance", "board", "2024", "--json")
    assert [(row["unit"], row["status"], row["missing"]) for row in board] == [
        ("乙厂", "short", 2000),
        ("甲厂", "short", 1000),
    ]
    assert "short 2" in printed("compliance", "board", "2024")
    code = organisation(market.one.id).credit_code
    (late,) = records("compliance", "status", code, "2024", "--at", "2025-06-30T17:00:00", "--json")
    assert late["deadline"] == late["at"] == "2025-06-30T17:00:00+08:00"
    shown = printed("compliance", "status", code.lower(), "2024")
    assert "compliance.allowance_tonnes" in shown
    assert "official" in shown
    assert run("compliance", "status", code, "2024", "--at", "soon").exit_code == 2
    assert "CMP-101" in str(run("compliance", "board", "2031").exception)
    assert "CMP-105" in str(run("compliance", "status", code, "2031").exception)
    assert run("compliance", "status", "nobody", "2024").exception is not None
