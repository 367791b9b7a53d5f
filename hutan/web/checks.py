"""The numbered checks of an act as a page lists them before it is proposed: each passed or not.

The numbers are those of the refusals and the order is that in which the services check.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from hutan.kernel.refusals import Refusal
from hutan.registry.domain.catalogue import catalogue
from hutan.registry.domain.checks import CHECKS
from hutan.web.language import Bilingual, bi


@dataclass(frozen=True, slots=True)
class NumberedCheck:
    """A check and what came of it. ``unasked``: an earlier refusal left nothing to look at."""

    numbers: str
    title: Bilingual
    state: Literal["passed", "refused", "unasked"]


@dataclass(frozen=True, slots=True)
class _Check:
    codes: tuple[str, ...]
    title: Bilingual
    # Where this one is refused, those after it are not asked.
    gate: bool = False


REGISTRY: Mapping[str, _Check] = {
    "giver_known": _Check(("REG-101",), bi("转出账户存在", "The giving account exists"), True),
    "receiver_known": _Check(
        ("REG-102",), bi("接收账户存在", "The receiving account exists"), True
    ),
    "giver_kind": _Check(("REG-103",), bi("转出账户种类适用", "The giving account's kind fits")),
    "receiver_kind": _Check(
        ("REG-104",), bi("接收账户种类适用", "The receiving account's kind fits")
    ),
    "holders": _Check(("REG-105",), bi("双方账户可以办理", "The two accounts fit each other")),
    "giver_open": _Check(("REG-110",), bi("转出账户状态正常", "The giving account is open")),
    "receiver_open": _Check(("REG-111",), bi("接收账户状态正常", "The receiving account is open")),
    "giver_frozen": _Check(("REG-120",), bi("转出账户未被冻结", "The giver is not frozen")),
    "receiver_frozen": _Check(("REG-121",), bi("接收账户未被冻结", "The receiver is not frozen")),
    "asset_kind": _Check(("REG-130",), bi("可办理的配额", "An asset that this act moves")),
    "amount": _Check(("REG-131",), bi("数量为正整数吨", "A whole positive number of tonnes")),
    "available": _Check(("REG-132",), bi("可用数量充足", "Enough is available")),
    "block": _Check(("REG-133",), bi("号段持有且未冻结", "The named block is held and free")),
    "ceiling": _Check(
        ("REG-140",), bi("不超过非信任账户单笔上限", "Within the ceiling off the trusted list")
    ),
    "own_limit": _Check(("REG-141",), bi("不超过账户单笔限额", "Within the limit per transfer")),
    "day_limit": _Check(("REG-142",), bi("不超过账户日限额", "Within the limit per day")),
    "line": _Check(("REG-150", "REG-151"), bi("不超出方案条目", "Within the plan line")),
    "part": _Check(("REG-152",), bi("不超出总量部分", "Within the part of the total")),
    "reversal": _Check(
        ("REG-160",), bi("在冲正期限内且未冲正", "Within the window, and not reversed")
    ),
}
"""The registry's checks by name; a test holds them against ``registry.domain.checks``."""

_BEFORE_SURRENDER = (
    _Check(("CMP-101",), bi("履约年度已开启、未结清", "The year is open and not closed"), True),
    _Check(("CMP-108",), bi("填写了配额或减排量", "Something is handed in"), True),
    _Check(("CMP-105",), bi("本年度负有本市清缴义务", "The unit has a local obligation"), True),
    _Check(("CMP-106",), bi("年度排放量已审定", "The emissions are determined"), True),
)
_AFTER_SURRENDER = (
    _Check(
        ("CMP-110", "CMP-112", "CMP-113", "RUL-146", "RUL-147"),
        bi("减排量注销证明有效、未使用", "The proofs are known and unused"),
    ),
    _Check(
        ("CMP-111",),
        bi("证明为本单位、本年度清缴", "The proofs are for this unit, year and purpose"),
    ),
    _Check(
        ("RUL-141", "RUL-142"),
        bi("配额年份可用于本年度", "The vintages serve this year"),
    ),
    _Check(
        ("RUL-143", "RUL-144", "RUL-145", "RUL-148"),
        bi(
            "减排量种类、类别、边界和取得期限适用",
            "Kind, class, boundary and date of the reductions fit",
        ),
    ),
    _Check(("RUL-151",), bi("不超过抵销上限", "Within the offset cap")),
    _Check(("CMP-107",), bi("不超过尚缺数量", "Not more than is missing")),
)


def checks_of(kind: str, refused: Sequence[Refusal]) -> list[NumberedCheck]:
    """Return the numbered checks of an act in their order; empty where it has none."""
    checks = _checks(kind)
    codes = {refusal.code for refusal in refused}
    found: list[NumberedCheck] = []
    stopped = False
    for check in checks:
        hit = bool(codes & set(check.codes))
        state: Literal["passed", "refused", "unasked"] = (
            "refused" if hit else "unasked" if stopped else "passed"
        )
        found.append(NumberedCheck("、".join(check.codes[:2]), check.title, state))
        stopped = stopped or (hit and check.gate)
    return found


def _checks(kind: str) -> list[_Check]:
    context, _, type = kind.partition(".")
    if kind == "compliance.surrender":
        return [*_BEFORE_SURRENDER, *_of_type("surrender"), *_AFTER_SURRENDER]
    if context == "registry" and type in catalogue():
        return _of_type(type)
    return []


def _of_type(type: str) -> list[_Check]:
    wanted = catalogue()[type].checks
    return [REGISTRY[name] for name in CHECKS if name in wanted]
