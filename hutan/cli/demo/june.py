"""June 2025 in the city, up to the moment at which its clock starts: what is done, what waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from hutan.cli.demo.city import Cast, OutsideCancellation
from hutan.cli.demo.desk import (
    AGENCY,
    BUREAU,
    Content,
    act,
    decide,
    of_unit,
    office_hours,
    propose,
    returned,
    user,
)
from hutan.cli.demo.founding import opening
from hutan.cli.demo.years import (
    account_of,
    issue,
    line,
    listed,
    oldest_first,
    plan,
    plan_content,
    surrender,
    surrender_in_full,
)
from hutan.compliance.ports import Cancellation
from hutan.integrations.simulated_register import SimulatedRegister
from hutan.kernel.canonical import Json
from hutan.kernel.moments import SHANGHAI
from hutan.registry.queries import accounts_of
from hutan.registry.services.documents import issue_holding

A23, A24 = "allowance:2023", "allowance:2024"
EARLY = (
    "chemicals", "metals", "materials", "paper", "cars", "airport", "metro", "offices", "food",
)  # fmt: skip
"""Units that surrendered in full on the third of June."""


def neighbours(cast: Cast, registers: dict[str, SimulatedRegister]) -> None:
    """Tell the simulated registers which reductions were cancelled for whom."""
    for one in cast.cancellations:
        registers[one.register].enter(_vouched(cast, one))


def happened(cast: Cast) -> None:
    """Play June: surrenders, transfers, a new version of the plan, a freeze, a pledge."""
    for key, at in zip(EARLY, office_hours(_on(3, 9)), strict=False):
        surrender_in_full(cast, key, 2024, at)
    _trust(cast, "airline", "port", _on(3, 16))
    _trust(cast, "chengfeng", "steel", _on(3, 17))
    _freeze(cast)
    _pledge(cast)
    surrender_in_full(cast, "airline", 2024, _on(5, 15))
    surrender_in_full(cast, "petro", 2024, _on(9, 11), _proofs_of(cast, "petro"))
    _part(cast, "steel", 2_000_000, _on(9, 14))
    _part(cast, "chips", 300_000, _on(9, 15))
    _part(cast, "textile", 50_000, _on(9, 16))
    transfer(cast, "airline", "port", 20_000, A24, _on(10, 11))
    revised = {key: unit.revised or line(unit, 2024) for key, unit in listed(cast, 2024)}
    plan(cast, 2024, 2, revised, _on(11, 10))
    issue(2024, 2, _on(11, 11))
    surrender_in_full(cast, "port", 2024, _on(11, 14))
    surrender_in_full(cast, "ships", 2024, _on(12, 9))
    decide("exchange/chengfeng", "registry.to_exchange", {
        "giver": account_of(cast, "chengfeng"),
        "receiver": _omnibus(cast),
        "items": [{"asset": A24, "amount": 30_000}],
    }, ("investor.rep", "investor.approver"), _on(12, 11))  # fmt: skip
    notice: Content = {"year": 2024, "document": "2025 年度预分配通知（演示）"}
    decide("pre_allocate/2024", "compliance.pre_allocate", notice, BUREAU, _on(12, 14))
    issue_holding(id=act("certificate/steel"), account=account_of(cast, "steel"),
                  by=user("steel.rep"), at=_on(12, 16))  # fmt: skip
    too_much = _order(cast, "mall", "hotel", 1_500, A24)
    reason = "数量有误：对方缺口不足 1,500 吨，请核对后重报。"
    returned("transfer/mall", "registry.transfer", too_much, of_unit("mall"), reason, _on(13, 10))
    # Approved on Friday after noon: it executes on Tuesday at noon, and can be stopped until then.
    transfer(cast, "cars", "textile", 2_000, A24, _on(13, 15))


def waits(cast: Cast) -> None:
    """Leave on each desk what a visitor can decide; the last proposal marks the city as filled."""
    propose("waits/release", "registry.release", {"pledge": str(act("pledge/chips"))},
            by="bank.officer", at=_on(13, 15))  # fmt: skip
    propose("waits/opening", "registry.open_account",
            lambda: opening(cast.bodies["pharma"], "unit", new_in_year=2024),
            by="registry.clerk", at=_on(13, 16))  # fmt: skip
    propose("waits/freeze", "registry.freeze", {
        "scope": "amount", "account": account_of(cast, "airport"), "asset": A24, "amount": 1_000,
        "authority": cast.bodies["court"].zh, "order": "（2025）沪演执27号",
    }, by="court.officer", at=_on(13, 16))  # fmt: skip
    propose("waits/determination", "compliance.determine", {
        "year": 2024, "document": "2024 年度复查审定（演示）",
        "entries": [{"unit": str(cast.bodies["mall"].id), "tonnes": "20731.5"}],
    }, by="bureau.officer", at=_on(13, 17))  # fmt: skip
    monday = _on(16, 8)
    propose("waits/trust", "registry.trust", {
        "account": account_of(cast, "textile"), "trusted": account_of(cast, "chengfeng"),
    }, by="textile.rep", at=monday + timedelta(minutes=20))  # fmt: skip
    propose("waits/transfer", "registry.transfer",
            _order(cast, "chengfeng", "steel", 8_000, A24),
            by="investor.rep", at=monday + timedelta(minutes=30))  # fmt: skip
    propose("waits/surrender", "compliance.surrender",
            lambda: _some(cast, "steel", 1_500_000),
            by="steel.rep", at=monday + timedelta(minutes=40))  # fmt: skip
    revised = {key: unit.revised or line(unit, 2024) for key, unit in listed(cast, 2024)}
    revised["hotel"] += 400
    propose(LAST, "registry.plan", plan_content(cast, 2024, 3, revised),
            by="bureau.officer", at=monday + timedelta(minutes=50))  # fmt: skip


LAST = "waits/plan"
"""The name of the last act: where it is there, the city is filled."""


def transfer(cast: Cast, giver: str, receiver: str, amount: int, asset: str, at: datetime) -> None:
    """Transfer as the giver's two people do; whether it waits is the registry's business."""
    decide(f"transfer/{giver}/{receiver}", "registry.transfer",
           _order(cast, giver, receiver, amount, asset), of_unit(giver), at)  # fmt: skip


def _order(cast: Cast, giver: str, receiver: str, amount: int, asset: str) -> dict[str, Json]:
    return {
        "giver": account_of(cast, giver),
        "receiver": account_of(cast, receiver),
        "items": [{"asset": asset, "amount": amount}],
    }


def _some(cast: Cast, key: str, amount: int) -> dict[str, Json]:
    account = account_of(cast, key)
    return {"year": 2024, "account": account, "items": oldest_first(account, 2024, amount)}


def _part(cast: Cast, key: str, amount: int, at: datetime) -> None:
    surrender(key, 2024, lambda: _some(cast, key, amount), at)


def _trust(cast: Cast, key: str, receiver: str, at: datetime) -> None:
    people = ("investor.rep", "investor.approver") if key == "chengfeng" else of_unit(key)
    content = {"account": account_of(cast, key), "trusted": account_of(cast, receiver)}
    decide(f"trust/{key}/{receiver}", "registry.trust", content, people, at)


def _freeze(cast: Cast) -> None:
    content = {
        "scope": "account",
        "account": account_of(cast, "rubber"),
        "authority": cast.bodies["court"].zh,
        "order": "（2025）沪演执19号",
    }
    decide("freeze/rubber", "registry.freeze", content, ("court.officer", AGENCY[1]), _on(4, 10))


def _pledge(cast: Cast) -> None:
    content: dict[str, Json] = {
        "giver": account_of(cast, "chips"),
        "asset": A24,
        "amount": 50_000,
        "creditor": str(cast.bodies["pulan_bank"].id),
        "contract": "浦澜质字（演示）2025-061",
    }
    decide("pledge/chips", "registry.pledge", content, of_unit("chips"), _on(4, 15))


def _proofs_of(cast: Cast, key: str) -> list[tuple[str, str, int]]:
    return [(one.register, one.number, one.quantity) for one in cast.cancellations
            if one.unit == key]  # fmt: skip


def _vouched(cast: Cast, one: OutsideCancellation) -> Cancellation:
    return Cancellation(
        number=one.number,
        quantity=one.quantity,
        beneficiary=cast.bodies[one.unit].credit_code,
        year=2024,
        purpose="surrender",
        site_owner=cast.bodies[one.owner].credit_code if one.owner else "",
        cancelled_at=datetime(one.on.year, one.on.month, one.on.day, 10, 0, tzinfo=SHANGHAI),
        reduction_class=one.reduction_class,
    )


def _omnibus(cast: Cast) -> str:
    return accounts_of(cast.bodies["exchange"].id)[0].number


def _on(day: int, hour: int) -> datetime:
    return datetime(2025, 6, day, hour, 0, tzinfo=SHANGHAI)
