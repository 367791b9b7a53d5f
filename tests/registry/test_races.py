"""Many at once, with commits: nothing is spent twice, nothing deadlocks, retries count once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import connection

from hutan.kernel.canonical import Json
from hutan.kernel.moments import SHANGHAI
from hutan.kernel.refusals import Refusal, Refusals
from hutan.ledger.services import expire
from hutan.parties.queries import ProposalRecord
from hutan.parties.services import approve, propose
from hutan.registry.models import PlanLine, Transaction
from hutan.registry.queries import account, holdings
from hutan.registry.services.waiting import execute_due
from tests.registry.city import City, Unit, held

A24 = "allowance:2024"
MORNING = datetime(2025, 6, 24, 10, 0, tzinfo=SHANGHAI)


class Race:
    """Two units that trust each other, so that transfers execute at once."""

    def __init__(self) -> None:
        self.city = City()
        self.one, self.two = self.city.unit("甲厂"), self.city.unit("乙厂")
        self.city.plan(2024, {self.one.account: 100, self.two.account: 100})
        self.city.issue(2024)
        for giver, to in ((self.one, self.two), (self.two, self.one)):
            self.city.act(
                "registry.trust",
                {"account": giver.account, "trusted": to.account},
                by=giver.rep,
                approved_by=giver.approver,
            )

    def transfer(self, giver: Unit, to: Unit, amount: int, id: UUID) -> str:
        """Propose and approve; answer with what came of it."""
        content: dict[str, Json] = {
            "giver": giver.account,
            "receiver": to.account,
            "items": [{"asset": A24, "amount": amount}],
        }
        try:
            waiting = propose(
                id=id, kind="registry.transfer", content=content, by=giver.rep.user, at=MORNING
            )
            approve(id=id, by=giver.approver.user, seen=waiting.content_hash, at=MORNING)
        except (Refusal, Refusals) as refused:
            return str(refused)
        return "done"


@pytest.fixture
def race(committed_db: str) -> Race:
    return Race()


def together(calls: Sequence[Callable[[], str]]) -> list[str]:
    """Run all calls at the same moment, each on a connection of its own."""
    start = Barrier(len(calls))

    def run(call: Callable[[], str]) -> str:
        try:
            start.wait()
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


@pytest.mark.parametrize("spenders", [2, 8, 32])
def test_parallel_spenders_of_the_same_units_spend_them_once(race: Race, spenders: int) -> None:
    answers = together(
        [lambda: race.transfer(race.one, race.two, 30, uuid4()) for _ in range(spenders)]
    )
    done = min(spenders, 3)
    assert answers.count("done") == done
    assert all("REG-132" in one for one in answers if one != "done")
    assert held(race.one.account) == {A24: (100 - 30 * done, 0)}
    assert held(race.two.account) == {A24: (100 + 30 * done, 0)}
    assert sum(b.amount for h in holdings(race.two.account) for b in h.blocks) == 100 + 30 * done


def test_transfers_both_ways_do_not_deadlock(race: Race) -> None:
    calls = [
        (lambda: race.transfer(race.one, race.two, 1, uuid4()))
        if number % 2
        else (lambda: race.transfer(race.two, race.one, 1, uuid4()))
        for number in range(24)
    ]
    assert together(calls) == ["done"] * 24
    assert held(race.one.account) == {A24: (100, 0)}


def test_simultaneous_retries_of_one_act_have_one_effect(race: Race) -> None:
    id = uuid4()
    answers = together([lambda: race.transfer(race.one, race.two, 30, id) for _ in range(16)])
    assert answers == ["done"] * 16
    assert held(race.one.account) == {A24: (70, 0)}
    assert Transaction.objects.filter(type="transfer").count() == 1


def test_two_workers_execute_a_waiting_transfer_once(race: Race) -> None:
    giver = race.city.unit("丙厂")
    race.city.transfer(race.one, giver, 30)
    noon = datetime(2025, 6, 17, 12, 0, tzinfo=SHANGHAI)

    def work() -> str:
        expire(at=noon)
        return str(execute_due(at=noon))

    answers = together([work] * 8)
    assert sorted(answers)[-1] == "1"
    assert sum(int(one) for one in answers) == 1
    assert held(giver.account) == {A24: (30, 0)}


def test_a_limit_per_day_holds_for_vintages_moved_together(race: Race) -> None:
    race.city.plan(2025, {race.one.account: 100})
    race.city.issue(2025)
    race.city.act(
        "registry.set_own_limits",
        {"account": race.one.account, "per_day": 100},
        by=race.one.rep,
        approved_by=race.one.approver,
    )

    def approved(one: ProposalRecord) -> str:
        try:
            approve(id=one.id, by=race.one.approver.user, seen=one.content_hash, at=MORNING)
        except (Refusal, Refusals) as refused:
            return str(refused)
        return "done"

    waiting = [
        propose(
            id=uuid4(),
            kind="registry.transfer",
            content={
                "giver": race.one.account,
                "receiver": race.two.account,
                "items": [{"asset": asset, "amount": 60}],
            },
            by=race.one.rep.user,
            at=MORNING,
        )
        for asset in (A24, "allowance:2025")
    ]
    answers = together([partial(approved, one) for one in waiting])
    assert answers.count("done") == 1


def test_an_account_does_not_close_over_what_arrives(race: Race) -> None:
    race.transfer(race.two, race.one, 100, uuid4())
    # Each round: one approves a transfer to the empty account while another closes it.
    closing = propose(
        id=uuid4(),
        kind="registry.close_account",
        content={"account": race.two.account, "reason": "关停"},
        by=race.city.clerk.user,
        at=MORNING,
    )

    def close() -> str:
        try:
            approve(
                id=closing.id,
                by=race.city.checker.user,
                seen=closing.content_hash,
                at=MORNING,
            )
        except (Refusal, Refusals) as refused:
            return str(refused)
        return "done"

    answers = together([close, lambda: race.transfer(race.one, race.two, 1, uuid4())])
    assert answers.count("done") == 1
    closed = account(race.two.account)
    assert closed is not None
    assert (closed.status == "closed") == (held(race.two.account) == {})


def test_a_plan_counts_what_is_issued_beside_it(race: Race) -> None:
    race.city.plan(2025, {race.one.account: 100})
    issuing = propose(
        id=uuid4(),
        kind="registry.issue_lines",
        content={"year": 2025, "kind": "free"},
        by=race.city.clerk.user,
        at=MORNING,
    )
    lines: list[Json] = [
        {"kind": "free", "account": race.one.account, "amount": 100},
        {"kind": "free", "account": race.two.account, "amount": 100},
    ]
    content: dict[str, Json] = {
        "year": 2025, "total": 200, "direct": 200, "reserve": 0, "document": "调整",
        "lines": lines,
    }  # fmt: skip
    planning = propose(
        id=uuid4(), kind="registry.plan", content=content, by=race.city.officer.user, at=MORNING
    )

    def approved(one: ProposalRecord, by: UUID) -> str:
        try:
            approve(id=one.id, by=by, seen=one.content_hash, at=MORNING)
        except (Refusal, Refusals) as refused:
            return str(refused)
        return "done"

    answers = together(
        [
            partial(approved, planning, race.city.head.user),
            partial(approved, issuing, race.city.checker.user),
        ]
    )
    assert answers[0] == "done"
    issued = sum(
        balance for number in (race.one, race.two)
        for balance, _ in [held(number.account).get("allowance:2025", (0, 0))]
    )  # fmt: skip
    counted = PlanLine.objects.filter(year=2025, closed_at__isnull=True)
    assert sum(line.issued for line in counted) == issued
