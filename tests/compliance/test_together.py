"""Surrenders at the same moment: each sees the one before, so that no cap is passed twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from hutan.compliance import ports
from hutan.compliance.models import Proof, Use
from hutan.compliance.ports import connect_register
from hutan.integrations.simulated_register import SimulatedRegister
from hutan.kernel.canonical import Json
from hutan.kernel.ids import new_id
from hutan.kernel.refusals import Refusal, Refusals
from hutan.parties.queries import ProposalRecord
from hutan.parties.services import approve, propose
from tests.compliance.test_story import A24, Market, cancelled
from tests.marks import clause
from tests.parties.people import NOW
from tests.registry.city import Unit
from tests.registry.test_races import together


@pytest.fixture
def market(committed_db: str) -> Market:
    return Market()


@pytest.fixture
def ccer() -> Iterator[SimulatedRegister]:
    register = SimulatedRegister()
    connect_register("ccer", register)
    yield register
    ports._registers.clear()


def proposed(unit: Unit, **handed_in: Json) -> ProposalRecord:
    content: dict[str, Json] = {"year": 2024, "account": unit.account, **handed_in}
    return propose(
        id=new_id(), kind="compliance.surrender", content=content, by=unit.rep.user, at=NOW
    )


def approved_together(unit: Unit, waiting: Sequence[ProposalRecord]) -> list[str]:
    def answer(one: ProposalRecord) -> str:
        try:
            approve(id=one.id, by=unit.approver.user, seen=one.content_hash, at=NOW)
        except (Refusal, Refusals) as refused:
            return str(refused)
        return "done"

    return together([lambda one=one: answer(one) for one in waiting])  # type: ignore[misc]  # a lambda with a default has no type of its own


@clause("N4.3", "M21.2")
def test_reductions_approved_together_stay_within_the_cap(
    market: Market, ccer: SimulatedRegister
) -> None:
    numbers = [f"CCER-{number}" for number in range(6)]
    for number in numbers:
        ccer.enter(cancelled(market.one, number, 30))
    waiting = [
        proposed(market.one, reductions=[{"kind": "ccer", "proof": number}]) for number in numbers
    ]
    answers = approved_together(market.one, waiting)
    assert answers.count("done") == 1
    assert Use.objects.get().quantity == 30


@clause("P29.2")
def test_one_proof_in_acts_approved_together_serves_once(
    market: Market, ccer: SimulatedRegister
) -> None:
    ccer.enter(cancelled(market.one, "CCER-1", 30))
    waiting = [
        proposed(market.one, reductions=[{"kind": "ccer", "proof": "CCER-1"}]) for _ in range(4)
    ]
    answers = approved_together(market.one, waiting)
    assert sorted(one == "done" for one in answers) == [False, False, False, True]
    assert all("CCER-1" in one for one in answers if one != "done")
    assert Proof.objects.count() == 1


@clause("M21.1")
def test_allowances_approved_together_do_not_pass_what_is_missing(market: Market) -> None:
    waiting = [
        proposed(market.two, items=[{"asset": A24, "amount": amount}]) for amount in (900, 901)
    ]
    market.determine({market.two: "1000"})
    answers = approved_together(market.two, waiting)
    assert answers.count("done") == 1
    assert Use.objects.count() == 1
