"""The numbered checks: each refuses what it names, and they run in one fixed order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from hutan.kernel.moments import SHANGHAI
from hutan.kernel.refusals import Refusal
from hutan.registry import refusals as no
from hutan.registry.domain.blocks import Block, Holding
from hutan.registry.domain.catalogue import TransactionType, catalogue
from hutan.registry.domain.checks import CHECKS, accept, refusals_of
from hutan.registry.domain.facts import (
    AccountFacts,
    Facts,
    HoldingFacts,
    Item,
    LineFacts,
    Order,
    PartFacts,
    ReversalSubject,
    asset_kind,
    vintage,
)
from hutan.registry.domain.numbers import account_number
from tests.marks import clause

AT = datetime(2025, 6, 16, 10, 0, tzinfo=SHANGHAI)
UNIT_A, UNIT_B = account_number("unit", 1), account_number("unit", 2)
TRADER = account_number("trading", 1)
TOTAL, RESERVE = account_number("total", 1), account_number("reserve", 1)
SURRENDER, ISSUANCE = account_number("surrender", 1), account_number("issuance", 1)
A24 = "allowance:2024"
FIRM_A, FIRM_B = UUID(int=1), UUID(int=2)
TX, SUBJECT = UUID(int=100), UUID(int=200)


def facts() -> Facts:
    """Two units, a trading account of the first, the government's accounts, one plan."""
    return Facts(
        accounts={
            UNIT_A: AccountFacts(UNIT_A, "unit", FIRM_A, "open"),
            UNIT_B: AccountFacts(UNIT_B, "unit", FIRM_B, "open"),
            TRADER: AccountFacts(TRADER, "trading", FIRM_A, "open"),
            TOTAL: AccountFacts(TOTAL, "total", None, "open"),
            RESERVE: AccountFacts(RESERVE, "reserve", None, "open"),
            SURRENDER: AccountFacts(SURRENDER, "surrender", None, "open"),
            ISSUANCE: AccountFacts(ISSUANCE, "issuance", None, "open"),
        },
        holdings={
            (UNIT_A, A24): HoldingFacts(100, 30, Holding([Block(1, 90), Block(91, 100, True)])),
            (TOTAL, A24): HoldingFacts(1000, 0, Holding([Block(101, 1100)])),
            (SURRENDER, A24): HoldingFacts(50, 0, Holding([Block(2001, 2050)])),
        },
        lines={
            "2024/free/A": LineFacts("2024/free/A", "free", 2024, UNIT_A, 40, 10, True),
            "2024/old": LineFacts("2024/old", "free", 2024, UNIT_A, 40, 10, False),
            "2024/ordinary": LineFacts("2024/ordinary", "ordinary_auction", 2024, "", 9, 0, True),
        },
        parts={(2024, "direct"): PartFacts(2024, "direct", 1000, 990)},
        subjects={
            SUBJECT: ReversalSubject(
                SUBJECT, "surrender", "executed", UNIT_A, SURRENDER,
                (Item(A24, 50, 2001, 2050),), AT, False, AT + timedelta(days=14),
            )
        },
        ceiling=60,
    )  # fmt: skip


def transfer(amount: int = 10, **changes: object) -> Order:
    """A transfer from unit A to unit B."""
    order = Order(TX, "transfer", UNIT_A, UNIT_B, (Item(A24, amount),))
    return replace(order, **changes)  # type: ignore[arg-type]  # any field may change


def issue(amount: int = 30, **changes: object) -> Order:
    """A free issue to unit A against its line."""
    order = Order(TX, "issue_free", TOTAL, UNIT_A, (Item(A24, amount),), "2024/free/A")
    return replace(order, **changes)  # type: ignore[arg-type]  # any field may change


def create(amount: int = 10, part: str = "direct") -> Order:
    """The creation of part of the year's total."""
    return Order(TX, "create", ISSUANCE, TOTAL, (Item(A24, amount),), part)


def reverse(**changes: object) -> Order:
    """The reversal of the surrender in the facts."""
    order = Order(TX, "reverse", SURRENDER, UNIT_A, (Item(A24, 50, 2001, 2050),), reverses=SUBJECT)
    return replace(order, **changes)  # type: ignore[arg-type]  # any field may change


def found(order: Order, known: Facts | None = None) -> list[Refusal]:
    return list(refusals_of(order, catalogue()[order.type], known or facts(), AT))


@pytest.mark.parametrize("order", [transfer(), transfer(60), issue(), create(), reverse()])
def test_what_is_in_order_passes(order: Order) -> None:
    assert found(order) == []


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        (transfer(giver="SHUN0000000999"), no.GiverUnknown),
        (transfer(receiver="SHUN0000000999"), no.ReceiverUnknown),
        (transfer(giver=TOTAL), no.GiverKindWrong),
        (transfer(receiver=SURRENDER), no.ReceiverKindWrong),
        (transfer(receiver=UNIT_A), no.HoldersWrong),
        (Order(TX, "merge", UNIT_A, UNIT_A, (Item(A24, 1),)), no.HoldersWrong),
        (Order(TX, "merge", UNIT_A, TRADER, (Item(A24, 1),)), no.HoldersWrong),
        (transfer(items=(Item("cea:2024", 1),)), no.AssetKindWrong),
        (transfer(items=(Item("allowance:lots", 1),)), no.AssetKindWrong),
        (transfer(items=()), no.AmountWrong),
        (transfer(0), no.AmountWrong),
        (transfer(items=(Item(A24, 5, 1, 6),)), no.AmountWrong),
        (transfer(items=(Item(A24, 5, 1, None),)), no.AmountWrong),
        (transfer(items=(Item(A24, 5, 0, 4),)), no.AmountWrong),
        (transfer(71), no.NotAvailable),
        (transfer(items=(Item(A24, 40), Item(A24, 31))), no.NotAvailable),
        (transfer(items=(Item(A24, 5, 88, 92),)), no.BlockNotHeld),
        (transfer(items=(Item(A24, 2, 100, 101),)), no.BlockNotHeld),
        (transfer(61), no.OverCeiling),
        (issue(plan_line=""), no.LineUnknown),
        (issue(plan_line="2024/old"), no.LineUnknown),
        (issue(plan_line="2024/ordinary"), no.LineUnknown),
        (issue(receiver=UNIT_B), no.LineUnknown),
        (issue(items=(Item("allowance:2025", 1),)), no.LineUnknown),
        (issue(31), no.BeyondLine),
        (create(11), no.BeyondPart),
        (create(1, "reserve"), no.BeyondPart),
        (reverse(reverses=UUID(int=3)), no.NotReversible),
        (reverse(reverses=None), no.NotReversible),
        (reverse(items=(Item(A24, 49, 2001, 2049),)), no.NotReversible),
    ],
)
def test_each_check_refuses_what_it_names(order: Order, refusal: type[Refusal]) -> None:
    assert refusal in [type(one) for one in found(order)]


def changed(change: Callable[[Facts], None]) -> Facts:
    known = facts()
    change(known)
    return known


def status(number: str, to: str) -> Callable[[Facts], None]:
    def change(known: Facts) -> None:
        known.accounts[number].status = to  # type: ignore[assignment]  # a status by its name

    return change


def freeze(number: str) -> Callable[[Facts], None]:
    def change(known: Facts) -> None:
        known.accounts[number].frozen_by = "（2025）沪01执1号"

    return change


def limits(per_transfer: int | None, per_day: int | None, moved: int) -> Callable[[Facts], None]:
    def change(known: Facts) -> None:
        known.accounts[UNIT_A].limit_per_transfer = per_transfer
        known.accounts[UNIT_A].limit_per_day = per_day
        known.accounts[UNIT_A].moved_today = moved

    return change


def subject(**changes: object) -> Callable[[Facts], None]:
    def change(known: Facts) -> None:
        known.subjects[SUBJECT] = replace(
            known.subjects[SUBJECT],
            **changes,  # type: ignore[arg-type]  # any field may change
        )

    return change


@pytest.mark.parametrize(
    ("order", "change", "refusal"),
    [
        (transfer(), status(UNIT_A, "suspended"), no.GiverNotOpen),
        (transfer(), status(UNIT_B, "closed"), no.ReceiverNotOpen),
        (transfer(), freeze(UNIT_A), no.GiverFrozen),
        (transfer(), freeze(UNIT_B), no.ReceiverFrozen),
        (transfer(), limits(9, None, 0), no.OverOwnLimit),
        (transfer(), limits(None, 15, 6), no.OverDayLimit),
        (reverse(), subject(state="waiting"), no.NotReversible),
        (reverse(), subject(window_ends=None), no.NotReversible),
        (reverse(), subject(window_ends=AT), no.NotReversible),
        (reverse(), subject(reversed=True), no.NotReversible),
    ],
)
def test_circumstances_refuse_too(
    order: Order, change: Callable[[Facts], None], refusal: type[Refusal]
) -> None:
    assert [type(one) for one in found(order, changed(change))] == [refusal]


def test_limits_reached_exactly_pass() -> None:
    assert found(transfer(), changed(limits(10, 16, 6))) == []


def test_own_accounts_are_trusted_and_listed_ones_too() -> None:
    assert found(transfer(70, receiver=TRADER)) == []
    assert [type(one) for one in found(transfer(70))] == [no.OverCeiling]
    known = facts()
    known.accounts[UNIT_A].trusted = frozenset({UNIT_B})
    assert found(transfer(70), known) == []


@clause("M12.1")
def test_forty_faults_are_forty_refusals_in_the_order_of_their_numbers() -> None:
    known = changed(freeze(UNIT_B))
    status(UNIT_A, "suspended")(known)
    freeze(UNIT_A)(known)
    limits(1, 1, 1)(known)
    codes = [one.code for one in found(transfer(500), known)]
    assert codes == [
        "REG-110", "REG-120", "REG-121", "REG-132", "REG-140", "REG-141", "REG-142",
    ]  # fmt: skip
    assert codes == sorted(codes)


def test_every_check_is_used_by_a_row_and_every_row_uses_checks_that_exist() -> None:
    used = {name for kind in catalogue().values() for name in kind.checks}
    assert used == set(CHECKS), "a check without a row, or a row without its check"


@pytest.mark.parametrize("kind", catalogue().values(), ids=catalogue())
def test_every_row_of_the_catalogue_is_complete(kind: TransactionType) -> None:
    assert kind.zh
    assert kind.en
    assert kind.clause or kind.basis
    assert kind.givers
    assert kind.assets == {"allowance"}
    assert kind.service_only or (kind.proposers and kind.approvers)
    assert kind.moves == bool(kind.receivers)
    assert bool(kind.plan_line) == ("line" in kind.checks)


@clause("M13", "M10.2")
def test_a_batch_meets_the_effect_of_what_was_accepted_before() -> None:
    known = facts()
    first, second = issue(20), issue(11)
    assert found(first, known) == []
    accept(first, catalogue()["issue_free"], known)
    assert [type(one) for one in found(second, known)] == [no.BeyondLine]
    accept(create(10), catalogue()["create"], known)
    assert [type(one) for one in found(create(1), known)] == [no.BeyondPart]


def test_a_reversal_is_accepted_once_and_gives_its_plan_line_back() -> None:
    known = changed(subject(plan_line="2024/free/A"))
    accept(reverse(), catalogue()["reverse"], known)
    assert known.lines["2024/free/A"].issued == 10 - 50
    assert no.NotReversible in [type(one) for one in found(reverse(), known)]
    without_line = facts()
    accept(reverse(), catalogue()["reverse"], without_line)
    assert without_line.subjects == {}


def test_a_pledge_moves_nothing() -> None:
    known = facts()
    pledge = Order(TX, "pledge", UNIT_A, "", (Item(A24, 10),))
    assert found(pledge, known) == []
    accept(pledge, catalogue()["pledge"], known)
    assert known.holding(UNIT_A, A24).balance == 100


def test_assets_are_named_by_kind_and_vintage() -> None:
    assert (asset_kind(A24), vintage(A24)) == ("allowance", 2024)
    assert (asset_kind("ccer"), vintage("ccer")) == ("ccer", 0)
