"""Stories of compliance: a year opens, is determined, surrendered, closed, and pre-allocates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from hutan.compliance import ports
from hutan.compliance import refusals as no
from hutan.compliance.models import CarriedOver, Closing, PreAllocation, Use
from hutan.compliance.ports import Cancellation, connect_register
from hutan.compliance.queries import assessment, assessments, closings, determinations
from hutan.compliance.services.years import assumed_keys
from hutan.flows import connect
from hutan.integrations.simulated_register import SimulatedRegister
from hutan.kernel.canonical import Json
from hutan.kernel.moments import SHANGHAI
from hutan.parties.queries import organisation as organisation_record
from hutan.registry import refusals as registry_no
from hutan.registry.queries import account, open_lines
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.rules.compliance_status import BeyondOffsetCap, Status
from hutan.rules.eligibility import ClassNotAccepted, FutureVintage, InsideOwnBoundary
from hutan.rules.parameters import rulebook
from tests.marks import clause
from tests.parties.people import NOW
from tests.refused import refuses
from tests.registry.city import City, Unit, held

pytestmark = pytest.mark.django_db

A24 = "allowance:2024"
DEADLINE = datetime(2025, 6, 30, 17, 0, tzinfo=SHANGHAI)
JUST_IN_TIME = DEADLINE - timedelta(microseconds=1)
AFTER = datetime(2025, 7, 1, 10, 0, tzinfo=SHANGHAI)


class Market:
    """A city with two regulated units, determined at 1000 and 2000 t for 2024."""

    def __init__(self) -> None:
        self.city = City()
        self.one, self.two = self.city.unit("甲厂"), self.city.unit("乙厂")
        self.city.plan(2024, {self.one.account: 1100, self.two.account: 1900})
        self.city.issue(2024)
        self.open(2024)
        self.enlist(self.one, self.two)
        self.determine({self.one: "1000", self.two: "2000"})

    def bureau(self, kind: str, content: dict[str, Json], *, at: datetime = NOW) -> None:
        self.city.act(
            f"compliance.{kind}", content, by=self.city.officer, approved_by=self.city.head, at=at
        )

    def open(self, year: int) -> None:
        confirmed: list[Json] = [{"key": key} for key in assumed_keys(year, rulebook())]
        self.bureau("open_year", {"year": year, "confirmed": confirmed})

    def enlist(self, *units: Unit, listing: str = "regulated", year: int = 2024) -> None:
        entries: list[Json] = [
            {"unit": str(unit.id), "listing": listing, "reason": "年度名录"} for unit in units
        ]
        self.bureau("list", {"year": year, "document": "名录", "entries": entries})

    def determine(
        self, tonnes: dict[Unit, str], *, at: datetime = NOW, year: int = 2024, by: str = ""
    ) -> None:
        deadline: dict[str, Json] = {"surrender_by": by} if by else {}
        entries: list[Json] = [
            {"unit": str(unit.id), "tonnes": amount, **deadline} for unit, amount in tonnes.items()
        ]
        self.bureau("determine", {"year": year, "document": "审定", "entries": entries}, at=at)

    def surrender(
        self,
        unit: Unit,
        amount: int = 0,
        *proofs: tuple[str, str],
        at: datetime = NOW,
        asset: str = A24,
        year: int = 2024,
    ) -> dict[str, Json]:
        done = self.city.act(
            "compliance.surrender",
            {
                "year": year,
                "account": unit.account,
                "items": [{"asset": asset, "amount": amount}] if amount else [],
                "reductions": [{"kind": kind, "proof": number} for kind, number in proofs],
            },
            by=unit.rep,
            approved_by=unit.approver,
            at=at,
        )
        assert done.outcome is not None
        return dict(done.outcome)

    def status(self, unit: Unit, at: datetime = NOW, year: int = 2024) -> Status:
        found = assessment(unit.id, year, at)
        assert found is not None
        return found.status


@pytest.fixture
def market(db: None) -> Market:
    return Market()


@pytest.fixture
def registers() -> Iterator[dict[str, SimulatedRegister]]:
    found = {"ccer": SimulatedRegister(), "reduction": SimulatedRegister()}
    for kind, register in found.items():
        connect_register(kind, register)
    yield found
    ports._registers.clear()


def cancelled(unit: Unit, number: str, quantity: int, **change: object) -> Cancellation:
    given: dict[str, object] = {
        "number": number,
        "quantity": quantity,
        "beneficiary": organisation_record(unit.id).credit_code,
        "year": 2024,
        "purpose": "surrender",
        "site_owner": "",
        "cancelled_at": NOW - timedelta(days=1),
        "reduction_class": "",
    }
    return Cancellation(**given | change)  # type: ignore[arg-type]  # any field may change


@clause("M21.1", "N4.1")
def test_a_unit_surrenders_in_full_and_in_time(market: Market) -> None:
    assert market.status(market.one) == Status.SHORT
    outcome = market.surrender(market.one, 1000, at=JUST_IN_TIME)
    assert outcome == {"year": 2024, "status": "met", "counted": 1000, "missing": 0}
    assert held(market.one.account) == {A24: (100, 0)}
    assert held(GOVERNMENT_ACCOUNTS["surrender"]) == {A24: (1000, 0)}


@clause("M21.1", "N4.1")
def test_a_unit_is_short_at_17_00_00(market: Market) -> None:
    market.surrender(market.two, 1900)
    assert market.status(market.two, JUST_IN_TIME) == Status.SHORT
    found = assessment(market.two.id, 2024, DEADLINE)
    assert found is not None
    assert (found.status, int(found.missing), found.overdue) == (Status.SHORT, 100, True)
    assert found.fine is not None
    market.city.transfer(market.one, market.two, 100)
    from hutan.registry.services.waiting import execute_due

    execute_due(at=datetime(2025, 6, 17, 12, tzinfo=SHANGHAI))
    assert market.surrender(market.two, 100, at=DEADLINE)["status"] == "met_late"
    assert market.status(market.two, JUST_IN_TIME) == Status.SHORT


def test_the_moment_of_receipt_is_the_second_persons(market: Market) -> None:
    from uuid import uuid4

    from hutan.parties.services import approve, propose

    waiting = propose(
        id=uuid4(),
        kind="compliance.surrender",
        content={
            "year": 2024,
            "account": market.one.account,
            "items": [{"asset": A24, "amount": 1000}],
        },
        by=market.one.rep.user,
        at=JUST_IN_TIME,
    )
    done = approve(
        id=waiting.id, by=market.one.approver.user, seen=waiting.content_hash, at=DEADLINE
    )
    assert done.outcome is not None
    assert done.outcome["status"] == "met_late"


def test_what_cannot_be_surrendered_is_refused(market: Market) -> None:
    market.city.plan(2025, {market.one.account: 10})
    market.city.issue(2025)
    with refuses(FutureVintage):
        market.surrender(market.one, 10, asset="allowance:2025")
    with refuses(no.MoreThanMissing):
        market.surrender(market.one, 1001)
    with refuses(no.NothingToSurrender):
        market.surrender(market.one)
    with refuses(registry_no.NotAvailable):
        market.surrender(market.two, 1901)
    with refuses(no.YearNotOpen):
        market.surrender(market.one, 1, year=2025)
    three = market.city.unit("丙厂")
    with refuses(no.NotRegulated):
        market.surrender(three, 1)
    market.enlist(three)
    with refuses(no.NotDetermined):
        market.surrender(three, 1)


@clause("M2.2")
def test_a_national_unit_has_no_local_obligation(market: Market) -> None:
    market.enlist(market.one, listing="national")
    assert market.status(market.one) == Status.EXCLUDED
    with refuses(no.NotRegulated):
        market.surrender(market.one, 1)
    with refuses(no.NotRegulated):
        market.determine({market.one: "5"})


@clause("N4.2", "N4.3", "M21.2", "P29.2")
def test_reductions_serve_within_the_cap_once(
    market: Market, registers: dict[str, SimulatedRegister]
) -> None:
    one = market.one
    registers["ccer"].enter(cancelled(one, "CCER-1", 30))
    registers["ccer"].enter(cancelled(one, "CCER-2", 21))
    registers["ccer"].enter(cancelled(market.two, "CCER-3", 1))
    registers["ccer"].enter(cancelled(one, "CCER-4", 1, year=2023))
    registers["ccer"].enter(cancelled(one, "CCER-5", 1, purpose="offset"))
    registers["ccer"].enter(
        cancelled(one, "CCER-6", 1, site_owner=organisation_record(one.id).credit_code)
    )
    registers["reduction"].enter(cancelled(one, "SH-1", 20, reduction_class="I"))
    registers["reduction"].enter(cancelled(one, "SH-2", 1, reduction_class="II"))
    market.surrender(one, 0, ("ccer", "CCER-1"))
    with refuses(no.ProofUsed):
        market.surrender(one, 0, ("ccer", "CCER-1"))
    with refuses(no.ProofUsed):
        market.surrender(one, 0, ("reduction", "SH-1"), ("reduction", "SH-1"))
    with refuses(BeyondOffsetCap):
        market.surrender(one, 0, ("ccer", "CCER-2"))
    for number in ("CCER-3", "CCER-4", "CCER-5"):
        with refuses(no.ProofForAnother):
            market.surrender(one, 0, ("ccer", number))
    with refuses(InsideOwnBoundary):
        market.surrender(one, 0, ("ccer", "CCER-6"))
    with refuses(ClassNotAccepted):
        market.surrender(one, 0, ("reduction", "SH-2"))
    with refuses(no.ProofUnknown):
        market.surrender(one, 0, ("ccer", "CCER-9"))
    registers["ccer"].silent = True
    with refuses(no.RegisterSilent):
        market.surrender(one, 0, ("ccer", "CCER-9"))
    assert market.surrender(one, 950, ("reduction", "SH-1"))["status"] == "met"


def test_without_a_register_behind_the_port_nothing_is_accepted(market: Market) -> None:
    with refuses(no.RegisterSilent):
        market.surrender(market.one, 0, ("ccer", "CCER-1"))


@clause("M18.1")
def test_the_latest_determination_counts_and_all_stay_readable(market: Market) -> None:
    market.surrender(market.one, 1000)
    later = NOW + timedelta(days=1)
    market.determine({market.one: "1010.5"}, at=later)
    assert market.status(market.one, later) == Status.SHORT
    assert market.status(market.one, NOW) == Status.MET
    assert market.surrender(market.one, 11, at=later)["missing"] == 0
    assert [(v, t) for v, t, _, _ in determinations(market.one.id, 2024)] == [
        (1, Decimal("1000.0000")), (2, Decimal("1010.5000")),
    ]  # fmt: skip


@clause("M21.1", "M21.3")
def test_closing_the_year_cancels_and_carries_over(market: Market) -> None:
    market.surrender(market.one, 1000)
    market.surrender(market.two, 1900)
    with refuses(no.TooEarlyToClose):
        market.bureau("close_year", {"year": 2024})
    market.bureau("close_year", {"year": 2024}, at=AFTER)
    assert held(GOVERNMENT_ACCOUNTS["surrender"]) == {}
    assert held(GOVERNMENT_ACCOUNTS["cancellation"]) == {A24: (2900, 0)}
    found = {one.unit: (one.status, one.missing) for one in closings(2024)}
    assert found == {market.one.id: ("met", 0), market.two.id: ("short", 100)}
    assert CarriedOver.objects.values_list("account", "carried", "lapsed").get() == (
        market.one.account, 100, 0,
    )  # fmt: skip
    with refuses(no.YearNotOpen):
        market.bureau("close_year", {"year": 2024}, at=AFTER)
    with refuses(no.YearNotOpen):
        market.surrender(market.two, 1, at=AFTER)


def test_a_year_with_an_undetermined_unit_does_not_close(market: Market) -> None:
    three = market.city.unit("丙厂")
    market.enlist(three)
    with refuses(no.TooEarlyToClose) as found:
        market.bureau("close_year", {"year": 2024}, at=AFTER)
    assert "丙厂" in found[0].sentence()
    assert Closing.objects.count() == 0


@clause("N5")
def test_full_surrender_releases_four_fifths_in_advance(market: Market) -> None:
    notice: dict[str, Json] = {"year": 2024, "document": "沪环气候〔2024〕254号"}
    with refuses(no.NobodyToPreAllocate):
        market.bureau("pre_allocate", notice)
    market.surrender(market.one, 1000)
    market.bureau("pre_allocate", notice)
    assert held(market.one.account)["allowance:2025"] == (800, 0)
    assert "allowance:2025" not in held(market.two.account)
    market.determine({market.two: "1899.9"})
    market.surrender(market.two, 1900)
    market.bureau("pre_allocate", notice)
    assert held(market.two.account)["allowance:2025"] == (1519, 0)
    assert held(market.one.account)["allowance:2025"] == (800, 0)
    with refuses(no.NobodyToPreAllocate):
        market.bureau("pre_allocate", notice)


@clause("M13", "M14.1")
def test_what_a_merged_unit_had_in_advance_is_not_given_again(market: Market) -> None:
    connect()
    notice: dict[str, Json] = {"year": 2024, "document": "沪环气候〔2024〕254号"}
    three = market.city.unit("丙厂")
    market.enlist(three)
    market.surrender(market.one, 1000)
    market.bureau("pre_allocate", notice)
    market.city.act(
        "registry.merge",
        {
            "predecessors": [{"account": market.one.account}],
            "successor": three.account,
            "document": "合并协议",
        },
        by=market.city.clerk,
        approved_by=market.city.checker,
    )
    assert held(three.account)["allowance:2025"] == (800, 0)
    with refuses(no.NobodyToPreAllocate):
        market.bureau("pre_allocate", notice)
    market.determine({three: "1500", market.two: "1000"})
    market.city.transfer(market.two, three, 400)
    from hutan.registry.services.waiting import execute_due

    later = datetime(2025, 6, 17, 12, tzinfo=SHANGHAI)
    execute_due(at=later)
    market.surrender(three, 500)
    market.surrender(market.two, 1000)
    market.bureau("pre_allocate", notice, at=later)
    assert held(three.account)["allowance:2025"] == (1200, 0)
    assert held(market.two.account)["allowance:2025"] == (800, 0)
    given = PreAllocation.objects.get(unit=three.id)
    assert (given.amount, given.working["inputs"]["had"]) == (400, "800")
    assert {one.account: (one.amount, one.issued) for one in open_lines(2025)} == {
        three.account: (1200, 1200),
        market.two.account: (800, 800),
    }
    with refuses(no.NobodyToPreAllocate):
        market.bureau("pre_allocate", notice, at=later)


@clause("M22.1", "M22.2")
def test_a_unit_that_leaves_surrenders_out_of_season_before_its_account_closes(
    market: Market,
) -> None:
    one = market.one
    surrender_by = NOW + timedelta(days=30)
    market.open(2025)
    market.enlist(one, year=2025)
    with refuses(no.DeterminationOutOfOrder):
        market.determine({one: "300"}, year=2025, by=surrender_by.isoformat())
    leave: dict[str, Json] = {"unit": str(one.id), "reason": "moved_out", "on": "2025-06-10"}
    market.bureau("departure", leave)
    with refuses(no.AlreadyDeparted):
        market.bureau("departure", leave)
    market.surrender(one, 1000)
    close: dict[str, Json] = {"account": one.account, "reason": "迁出本市"}

    def close_account() -> None:
        market.city.act(
            "registry.close_account", close, by=market.city.clerk, approved_by=market.city.checker
        )

    with refuses(registry_no.NotClosable) as found:
        close_account()
    assert "2025" in "".join(refusal.sentence() for refusal in found)
    market.determine({one: "300"}, year=2025, by=surrender_by.isoformat())
    market.city.transfer(market.two, one, 200)
    from hutan.registry.services.waiting import execute_due

    execute_due(at=datetime(2025, 6, 17, 12, tzinfo=SHANGHAI))
    market.surrender(one, 300, year=2025)
    assert market.status(one, surrender_by, year=2025) == Status.MET
    close_account()
    closed = account(one.account)
    assert closed is not None
    assert closed.status == "closed"


def test_a_year_opens_once_and_only_with_what_is_assumed_confirmed(market: Market) -> None:
    with refuses(no.AlreadyOpen):
        market.open(2024)
    with refuses(no.AssumedNotConfirmed) as found:
        market.bureau("open_year", {"year": 2025})
    assert "compliance.surrender_deadline" in found[0].sentence()
    from hutan.rules.refusals import YearNotEntered

    with refuses(YearNotEntered):
        market.bureau("open_year", {"year": 2031})


@clause("M14.1", "M14.2")
def test_duties_pass_on_with_a_merger_and_a_split(market: Market) -> None:
    connect()
    three = market.city.unit("丙厂")
    shares: list[Json] = [
        {"account": market.two.account, "duties": 600_000, "facilities": [{"name": "一号"}],
         "items": [{"asset": A24, "amount": 1900}]},
        {"account": three.account, "duties": 400_000, "facilities": [{"name": "二号"}]},
    ]  # fmt: skip
    market.city.act(
        "registry.split",
        {"predecessor": market.two.account, "shares": shares, "document": "分立方案"},
        by=market.city.clerk,
        approved_by=market.city.checker,
    )
    due = {unit.unit: int(found.due) for unit, found in assessments(2024, NOW)}
    assert due == {market.one.id: 1000, market.two.id: 1200, three.id: 800}
    market.surrender(market.two, 1200)
    market.city.act(
        "registry.merge",
        {
            "predecessors": [{"account": market.two.account}, {"account": three.account}],
            "successor": market.one.account,
            "document": "合并协议",
        },
        by=market.city.clerk,
        approved_by=market.city.checker,
    )
    merged = assessment(market.one.id, 2024, NOW)
    assert merged is not None
    assert (int(merged.due), int(merged.counted)) == (3000, 1200)
    assert market.status(market.two) == Status.EXCLUDED
    assert account_status(market.two) == "closed"


def account_status(unit: Unit) -> str:
    found = account(unit.account)
    assert found is not None
    return found.status


def test_a_reversed_surrender_no_longer_counts(market: Market) -> None:
    connect()
    market.surrender(market.one, 1000)
    transaction = Use.objects.values_list("transaction_id", flat=True).get()
    market.city.act(
        "registry.reverse",
        {"reverses": str(transaction)},
        by=market.city.clerk,
        approved_by=market.city.checker,
        at=NOW + timedelta(days=1),
    )
    assert market.status(market.one, NOW + timedelta(days=1)) == Status.SHORT
    assert market.status(market.one, NOW) == Status.MET
    assert held(market.one.account) == {A24: (1100, 0)}


def test_wrong_lists_and_determinations_are_refused(market: Market) -> None:
    with refuses(no.UnitUnknown):
        market.bureau(
            "list",
            {
                "year": 2024,
                "document": "x",
                "entries": [
                    {"unit": str(UUID(int=1)), "listing": "regulated", "reason": "x"},
                ],
            },
        )
    with refuses(no.ListedTwice):
        market.enlist(market.one, market.one)
    for wrong in ("-1", "NaN", "1e400", "1.00001", "x", "Infinity"):
        with refuses():
            market.determine({market.one: wrong})
