"""Stories of the registry: plan, issue, transfer, wait, stop, reverse, freeze, pledge, cancel."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from hutan.kernel.canonical import Json
from hutan.kernel.moments import SHANGHAI
from hutan.parties.refusals import MayNotApprove, MayNotPropose, NotADepartment
from hutan.parties.services import approve, propose
from hutan.registry import refusals as no
from hutan.registry.models import Attempt, Debt
from hutan.registry.queries import account, accounts_of, history, holdings, path, waiting
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.registry.services.waiting import execute_due, stop
from tests.marks import clause
from tests.parties.people import NOW, organisation, someone
from tests.refused import refuses
from tests.registry.city import DOCUMENTS, City, Unit, held

pytestmark = pytest.mark.django_db

A24 = "allowance:2024"
TUESDAY_NOON = datetime(2025, 6, 17, 12, 0, tzinfo=SHANGHAI)
"""When a transfer off the list executes that was approved on Monday before noon."""


@pytest.fixture
def city(db: None) -> City:
    return City()


class Two:
    """A city with two units that hold 100 and 50 allowances of 2024."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.one, self.two = city.unit("甲厂"), city.unit("乙厂")
        city.plan(
            2024, {self.one.account: 100, self.two.account: 50}, total=220, direct=170, reserve=50
        )
        city.issue(2024)


@pytest.fixture
def two(city: City) -> Two:
    return Two(city)


def numbers(account: str) -> list[tuple[int, int]]:
    """Return the blocks of 2024 in an account."""
    return [(b.first, b.last) for h in holdings(account) if h.asset == A24 for b in h.blocks]


@clause("M10.2", "M13")
def test_a_plan_creates_the_total_and_issues_only_its_lines(two: Two) -> None:
    total, reserve = GOVERNMENT_ACCOUNTS["total"], GOVERNMENT_ACCOUNTS["reserve"]
    assert held(total) == {A24: (20, 0)}
    assert held(reserve) == {A24: (50, 0)}
    assert numbers(two.one.account) == [(1, 100)]
    assert numbers(two.two.account) == [(101, 150)]
    assert numbers(total) == [(151, 170)]
    assert numbers(reserve) == [(171, 220)]


@clause("M13")
def test_one_tonne_beyond_a_line_is_refused_and_the_attempt_kept(two: Two) -> None:
    content: dict[str, Json] = {
        "giver": GOVERNMENT_ACCOUNTS["total"],
        "receiver": two.one.account,
        "items": [{"asset": A24, "amount": 1}],
        "plan_line": f"2024/free/{two.one.account}/1",
    }
    id = uuid4()
    with refuses(no.BeyondLine):
        propose(id=id, kind="registry.issue_free", content=content, by=two.city.clerk.user, at=NOW)
    attempt = Attempt.objects.get(act=id)
    assert (attempt.by, attempt.content) == (two.city.clerk.user, content)
    assert attempt.refused[0]["code"] == "REG-151"


def test_a_transfer_off_the_list_waits_until_noon_of_the_next_working_day(two: Two) -> None:
    two.city.transfer(two.one, two.two, 30)
    (row,) = waiting([two.two.account])
    assert row.execute_at == TUESDAY_NOON
    assert held(two.one.account) == {A24: (100, 30)}
    assert execute_due(at=TUESDAY_NOON - timedelta(microseconds=1)) == 0
    assert execute_due(at=TUESDAY_NOON) == 1
    assert execute_due(at=TUESDAY_NOON) == 0
    assert held(two.one.account) == {A24: (70, 0)}
    assert numbers(two.two.account) == [(1, 30), (101, 150)]
    assert [step.receiver for step in path(2024, 17)] == [
        GOVERNMENT_ACCOUNTS["total"], two.one.account, two.two.account,
    ]  # fmt: skip


def test_either_holder_the_agency_and_the_bureau_stop_a_waiting_transfer(two: Two) -> None:
    stoppers = [two.one.rep, two.two.approver, two.city.clerk, two.city.head]
    for stopper in stoppers:
        id = two.city.transfer(two.one, two.two, 30).id
        stop(id=id, by=stopper.user, reason="误操作", at=NOW)
        assert held(two.one.account) == {A24: (100, 0)}
        with refuses(no.NotWaiting):
            stop(id=id, by=stopper.user, reason="误操作", at=NOW)
    stranger = two.city.unit("丙厂").rep
    id = two.city.transfer(two.one, two.two, 30).id
    with refuses(no.MayNotStop):
        stop(id=id, by=stranger.user, reason="", at=NOW)
    with refuses(no.NotWaiting):
        stop(id=id, by=two.one.rep.user, reason="", at=TUESDAY_NOON)
    with refuses(no.NotWaiting):
        stop(id=uuid4(), by=two.one.rep.user, reason="", at=NOW)


def test_a_trusted_receiver_gets_it_at_once_in_the_window(two: Two) -> None:
    two.city.act(
        "registry.trust",
        {"account": two.one.account, "trusted": two.two.account},
        by=two.one.rep,
        approved_by=two.one.approver,
    )
    effective = datetime(2025, 6, 20, 12, 0, tzinfo=SHANGHAI)
    two.city.transfer(two.one, two.two, 1, at=effective - timedelta(microseconds=1))
    assert len(waiting()) == 1
    two.city.transfer(two.one, two.two, 2, at=effective)
    assert len(waiting()) == 1
    assert held(two.two.account)[A24] == (52, 0)
    with refuses(no.TrustUnchanged):
        two.city.act(
            "registry.trust",
            {"account": two.one.account, "trusted": two.two.account},
            by=two.one.rep,
            approved_by=two.one.approver,
        )
    pair: dict[str, Json] = {"account": two.one.account, "trusted": two.two.account}
    two.city.act("registry.distrust", pair, by=two.one.rep, approved_by=two.one.approver)
    two.city.transfer(two.one, two.two, 3, at=effective)
    assert len(waiting()) == 2


def test_what_a_freeze_meets_while_it_waits_is_stopped_with_the_reason(two: Two) -> None:
    id = two.city.transfer(two.one, two.two, 30).id
    freeze(two, {"scope": "account", "account": two.two.account})
    assert execute_due(at=TUESDAY_NOON) == 1
    row = next(one for one in history(two.one.account) if one.id == id)
    assert (row.state, row.stop_reason[:7]) == ("stopped", "REG-121")
    assert held(two.one.account) == {A24: (100, 0)}


def freeze(two: Two, content: dict[str, Json]) -> UUID:
    order: dict[str, Json] = {"authority": "上海金融法院", "order": "（2025）沪74执1号"}
    done = two.city.act(
        "registry.freeze", content | order, by=two.city.clerk, approved_by=two.city.checker
    )
    return done.id


def lift(two: Two, id: UUID) -> None:
    two.city.act(
        "registry.lift",
        {"freeze": str(id), "authority": "上海金融法院", "order": "（2025）沪74执1号之一"},
        by=two.city.clerk,
        approved_by=two.city.checker,
    )


@clause("M12.1")
def test_a_court_freezes_an_account_an_amount_or_a_block(two: Two) -> None:
    one = two.one.account
    whole = freeze(two, {"scope": "account", "account": one})
    assert account(one) is not None
    with refuses(no.GiverFrozen):
        two.city.transfer(two.one, two.two, 1)
    lift(two, whole)
    amount = freeze(two, {"scope": "amount", "account": one, "asset": A24, "amount": 60})
    assert held(one) == {A24: (100, 60)}
    with refuses(no.NotAvailable):
        two.city.transfer(two.one, two.two, 41)
    block: dict[str, Json] = {
        "scope": "block", "account": one, "asset": A24, "amount": 10, "first": 11, "last": 20,
    }  # fmt: skip
    frozen = freeze(two, block)
    assert held(one) == {A24: (100, 70)}
    assert [(b.first, b.last, b.frozen) for b in holdings(one)[0].blocks] == [
        (1, 10, False), (11, 20, True), (21, 100, False),
    ]  # fmt: skip
    two.city.transfer(two.one, two.two, 30)
    execute_due(at=TUESDAY_NOON)
    assert numbers(one) == [(11, 20), (41, 100)]
    lift(two, frozen)
    lift(two, amount)
    assert held(one) == {A24: (70, 0)}
    with refuses(no.FreezeUnknown):
        lift(two, amount)
    with refuses(no.NotAvailable):
        freeze(two, {"scope": "amount", "account": one, "asset": A24, "amount": 71})
    with refuses(no.BlockNotHeld):
        freeze(two, block | {"first": 1, "last": 10})
    with refuses(no.AccountUnknown):
        freeze(two, {"scope": "account", "account": "SHUN9999999999"})
    with refuses(no.AmountWrong):
        freeze(two, {"scope": "block", "account": one, "asset": A24, "amount": 10})


@clause("M35.3")
def test_a_pledge_holds_an_amount_until_the_creditor_releases_it(two: Two) -> None:
    bank = organisation("bank", "甲银行")
    officer = someone("bank_officer", bank)
    pledged = two.city.act(
        "registry.pledge",
        {
            "giver": two.one.account,
            "asset": A24,
            "amount": 80,
            "creditor": str(bank),
            "contract": "质押合同1号",
        },
        by=two.one.rep,
        approved_by=two.one.approver,
    )
    assert held(two.one.account) == {A24: (100, 80)}
    with refuses(no.NotAvailable):
        two.city.transfer(two.one, two.two, 21)
    other_bank = someone("bank_officer", organisation("bank", "乙银行"))
    content: dict[str, Json] = {"pledge": str(pledged.id)}
    with refuses(MayNotPropose):
        propose(id=uuid4(), kind="registry.release", content=content, by=other_bank.user, at=NOW)
    two.city.act("registry.release", content, by=officer, approved_by=two.city.checker)
    assert held(two.one.account) == {A24: (100, 0)}
    with refuses(no.PledgeUnknown):
        two.city.act("registry.release", content, by=two.city.clerk, approved_by=two.city.checker)


@clause("M21.4")
def test_a_unit_cancels_voluntarily_and_it_never_comes_back(two: Two) -> None:
    cancel(two, two.one, 10)
    assert held(two.one.account) == {A24: (90, 0)}
    assert numbers(GOVERNMENT_ACCOUNTS["cancellation"]) == [(1, 10)]
    with refuses(no.GiverKindWrong):
        propose(
            id=uuid4(),
            kind="registry.issue_free",
            content={
                "giver": GOVERNMENT_ACCOUNTS["cancellation"],
                "receiver": two.one.account,
                "items": [{"asset": A24, "amount": 10}],
                "plan_line": f"2024/free/{two.one.account}/1",
            },
            by=two.city.clerk.user,
            at=NOW,
        )


def cancel(two: Two, unit: Unit, amount: int) -> None:
    two.city.act(
        "registry.cancel_voluntary",
        {
            "giver": unit.account,
            "receiver": GOVERNMENT_ACCOUNTS["cancellation"],
            "items": [{"asset": A24, "amount": amount}],
        },
        by=unit.rep,
        approved_by=unit.approver,
    )


def test_an_issue_is_reversed_once_within_its_window_and_its_line_is_free_again(
    city: City,
) -> None:
    one = city.unit("甲厂")
    city.plan(2024, {one.account: 100})
    line = f"2024/free/{one.account}/1"
    content: dict[str, Json] = {
        "giver": GOVERNMENT_ACCOUNTS["total"],
        "receiver": one.account,
        "items": [{"asset": A24, "amount": 100}],
        "plan_line": line,
    }
    issued = city.act("registry.issue_free", content, by=city.clerk, approved_by=city.checker)
    back: dict[str, Json] = {"reverses": str(issued.id)}
    with refuses(no.NotReversible):
        city.act(
            "registry.reverse", back, by=city.clerk, approved_by=city.checker,
            at=NOW + timedelta(days=15),
        )  # fmt: skip
    city.act("registry.reverse", back, by=city.clerk, approved_by=city.checker)
    assert held(one.account) == {}
    with refuses(no.NotReversible):
        city.act("registry.reverse", back, by=city.clerk, approved_by=city.checker)
    city.act("registry.issue_free", content, by=city.clerk, approved_by=city.checker)
    assert numbers(one.account) == [(1, 100)]


def test_a_transfer_is_not_reversible(two: Two) -> None:
    id = two.city.transfer(two.one, two.two, 5).id
    execute_due(at=TUESDAY_NOON)
    with refuses(no.NotReversible):
        two.city.act(
            "registry.reverse", {"reverses": str(id)}, by=two.city.clerk,
            approved_by=two.city.checker, at=TUESDAY_NOON,
        )  # fmt: skip
    with refuses(no.NotReversible):
        two.city.act(
            "registry.reverse", {"reverses": str(uuid4())}, by=two.city.clerk,
            approved_by=two.city.checker,
        )  # fmt: skip


@clause("M13")
def test_what_a_new_version_of_the_plan_takes_back_and_was_sold_is_a_debt(two: Two) -> None:
    two.city.transfer(two.one, two.two, 90)
    execute_due(at=TUESDAY_NOON)
    two.city.plan(
        2024, {two.one.account: 60, two.two.account: 50}, total=220, direct=170, reserve=50
    )
    assert held(two.one.account) == {}
    debt = Debt.objects.get()
    assert (debt.amount, debt.repaid) == (30, 0)
    assert held(GOVERNMENT_ACCOUNTS["total"]) == {A24: (30, 0)}
    two.city.transfer(two.two, two.one, 20, at=TUESDAY_NOON)
    execute_due(at=datetime(2025, 6, 19, 12, 0, tzinfo=SHANGHAI))
    debt.refresh_from_db()
    assert (debt.amount, debt.repaid) == (30, 20)
    assert held(two.one.account) == {}
    with refuses(no.NotClosable):
        two.city.act(
            "registry.close_account",
            {"account": two.one.account, "reason": "注销"},
            by=two.city.clerk,
            approved_by=two.city.checker,
        )


@clause("M10.2", "M34")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"total": 99}, "≠"),
        ({"lines": [{"kind": "ordinary_auction", "amount": 101}]}, "条目合计"),
        ({"lines": [{"kind": "regulation_auction", "amount": 1}]}, "reserve"),
        ({"lines": [{"kind": "gift", "amount": 1}]}, "不存在"),
        ({"lines": [{"kind": "free", "amount": 1}]}, "不符"),
        ({"lines": [{"kind": "free", "account": "SHUN9999999999", "amount": 1}]}, "不是开立"),
        ({"lines": [{"kind": "provisional", "account": "X", "amount": 1}]}, "预分配"),
        ({"lines": [{"kind": "outside", "amount": 1}] * 2}, "重复"),
    ],
)
def test_a_plan_that_does_not_add_up_is_refused(
    city: City, change: dict[str, Json], said: str
) -> None:
    with refuses(no.PlanWrong) as found:
        city.plan(2024, {}, **({"total": 100, "direct": 100, "reserve": 0} | change))
    assert said in "".join(one.sentence() for one in found)


@clause("M3.2")
def test_a_joint_decision_records_who_co_signed(city: City) -> None:
    finance = organisation("department", "市财政局", duty="finance")
    one = city.unit("甲厂")
    signed: list[Json] = [{"department": str(finance), "document": "沪财函〔2025〕1号"}]
    id = city.plan(2024, {one.account: 100}, co_signed=signed).id
    with connection.cursor() as cursor:
        cursor.execute("SELECT record FROM transparency_entry WHERE act = %s", [id])
        assert json.loads(cursor.fetchone()[0])["body"]["co_signed"] == signed
    with refuses(NotADepartment):
        city.plan(2024, {}, co_signed=[{"department": str(one.id), "document": "x"}])


def test_a_provisional_line_is_netted_by_the_final_plan(city: City) -> None:
    one, two = city.unit("甲厂"), city.unit("乙厂")
    lines: list[Json] = [
        {"kind": "provisional", "account": one.account, "amount": 80},
        {"kind": "provisional", "account": two.account, "amount": 40},
    ]
    city.plan(2025, {}, provisional=True, total=120, direct=120, lines=lines)
    city.issue(2025, "provisional")
    city.plan(2025, {one.account: 100, two.account: 30})
    assert held(two.account) == {"allowance:2025": (30, 0)}
    city.issue(2025)
    assert held(one.account) == {"allowance:2025": (100, 0)}
    with refuses(no.PlanWrong):
        city.plan(2025, {}, provisional=True, total=130, direct=130, lines=lines)


@clause("N6")
def test_an_account_opens_for_the_right_holder_with_its_documents(city: City) -> None:
    unit = city.unit("甲厂")
    holder = str(unit.id)

    def open_account(**change: Json) -> None:
        content: dict[str, Json] = {"kind": "unit", "holder": holder, "documents": DOCUMENTS}
        city.act("registry.open_account", content | change, by=city.clerk, approved_by=city.checker)

    with refuses(no.UnitAccountExists):
        open_account()
    with refuses(no.DocumentsMissing):
        open_account(kind="trading", documents=DOCUMENTS[:1])
    with refuses(no.AccountKindNotForHolder):
        open_account(kind="trading", holder=str(city.bureau))
    open_account(kind="trading", new_in_year=2024)
    trading = next(one for one in accounts_of(unit.id) if one.kind == "trading")
    assert trading.opened_late


def test_limits_hold_the_lowest_of_own_and_bureau(two: Two) -> None:
    two.city.act(
        "registry.set_own_limits", {"account": two.one.account, "per_transfer": 20, "per_day": 30},
        by=two.one.rep, approved_by=two.one.approver,
    )  # fmt: skip
    two.city.act(
        "registry.set_bureau_limits", {"account": two.one.account, "per_transfer": 15},
        by=two.city.officer, approved_by=two.city.head,
    )  # fmt: skip
    with refuses(no.OverOwnLimit):
        two.city.transfer(two.one, two.two, 16)
    two.city.transfer(two.one, two.two, 15)
    two.city.transfer(two.one, two.two, 15)
    with refuses(no.OverDayLimit):
        two.city.transfer(two.one, two.two, 1)
    two.city.transfer(two.one, two.two, 1, at=TUESDAY_NOON)


def test_a_suspended_account_neither_gives_nor_receives(two: Two) -> None:
    change: dict[str, Json] = {"account": two.two.account, "status": "suspended", "reason": "核查"}
    two.city.act("registry.change_status", change, by=two.city.clerk, approved_by=two.city.checker)
    with refuses(no.ReceiverNotOpen):
        two.city.transfer(two.one, two.two, 1)
    with refuses(no.StatusUnchanged):
        two.city.act(
            "registry.change_status", change, by=two.city.clerk, approved_by=two.city.checker
        )
    restored = change | {"status": "open"}
    two.city.act(
        "registry.change_status", restored, by=two.city.clerk, approved_by=two.city.checker
    )
    two.city.transfer(two.one, two.two, 1)


@clause("M14.1")
def test_a_merger_passes_everything_on_and_closes_the_account(two: Two) -> None:
    done = two.city.act(
        "registry.merge",
        {
            "predecessors": [{"account": two.one.account}],
            "successor": two.two.account,
            "document": "合并协议",
        },
        by=two.city.clerk,
        approved_by=two.city.checker,
    )
    assert done.outcome is not None
    assert numbers(two.two.account) == [(1, 150)]
    gone = account(two.one.account)
    assert gone is not None
    assert gone.status == "closed"
    with refuses(no.GiverNotOpen):
        two.city.transfer(two.one, two.two, 1)


@clause("M14.2")
def test_a_split_must_add_up_to_the_whole(two: Two) -> None:
    three = two.city.unit("丙厂")

    def split(mine: int, theirs: int, duties: int = 600_000) -> None:
        shares: list[Json] = [
            {"account": to, "duties": share, "facilities": [{"name": name}],
             "items": [{"asset": A24, "amount": amount}]}
            for to, share, name, amount in (
                (two.one.account, duties, "一号锅炉", mine),
                (three.account, 400_000, "二号锅炉", theirs),
            )
        ]  # fmt: skip
        two.city.act(
            "registry.split",
            {"predecessor": two.one.account, "shares": shares, "document": "分立方案"},
            by=two.city.clerk,
            approved_by=two.city.checker,
        )

    for wrong in ((60, 39), (60, 41)):
        with refuses(no.SharesWrong):
            split(*wrong)
    with refuses(no.SharesWrong):
        split(60, 40, duties=600_001)
    split(60, 40)
    assert held(two.one.account) == {A24: (60, 0)}
    assert numbers(three.account) == [(1, 40)]


def test_what_stands_on_an_account_blocks_a_succession(two: Two) -> None:
    two.city.transfer(two.one, two.two, 1)
    with refuses(no.SuccessionBlocked):
        two.city.act(
            "registry.merge",
            {
                "predecessors": [{"account": two.one.account}],
                "successor": two.two.account,
                "document": "合并协议",
            },
            by=two.city.clerk,
            approved_by=two.city.checker,
        )


def test_nobody_acts_for_accounts_of_others(two: Two) -> None:
    content: dict[str, Json] = {
        "giver": two.two.account,
        "receiver": two.one.account,
        "items": [{"asset": A24, "amount": 1}],
    }
    with refuses(MayNotPropose):
        propose(id=uuid4(), kind="registry.transfer", content=content, by=two.one.rep.user, at=NOW)
    waiting_one = propose(
        id=uuid4(), kind="registry.transfer", content=content, by=two.two.rep.user, at=NOW
    )
    with refuses(MayNotApprove):
        approve(id=waiting_one.id, by=two.one.approver.user, seen=waiting_one.content_hash, at=NOW)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"giver": 5, "receiver": [], "items": "x"},
        {"giver": "a", "receiver": "b", "items": [{"asset": A24, "amount": -1}]},
        {"giver": "a", "receiver": "b", "items": [{"asset": A24, "amount": 1.5}]},
        {"giver": "a", "receiver": "b", "items": [{"asset": A24, "amount": 10**30}]},
        {"giver": "a", "receiver": "b", "items": [{"asset": A24, "amount": 1}], "by": "root"},
        {
            "giver": "'; DROP TABLE x; --",
            "receiver": "b",
            "items": [{"asset": "\x00", "amount": 1}],
        },
    ],
)
def test_hostile_content_is_refused_field_by_field(city: City, content: dict[str, Json]) -> None:
    someone = city.unit("甲厂").rep
    with refuses():
        propose(id=uuid4(), kind="registry.transfer", content=content, by=someone.user, at=NOW)
