"""A year's plan as the registry enforces it: total, parts, lines (M10, M13, M34).

total = direct part + reserve part (M10.2); free lines, provisional lines and ordinary auctions come
out of the direct part (M13); regulation auctions come out of the reserve (M34). ``outside`` stands
apart: it exists only where history is replayed, for units that were bought in another market.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hutan.kernel.refusals import Fact, Refusal, said
from hutan.parties.services import CoSigner
from hutan.registry.refusals import PlanWrong

PART_OF_KIND: Mapping[str, str] = {
    "free": "direct",
    "provisional": "direct",
    "ordinary_auction": "direct",
    "regulation_auction": "reserve",
    "outside": "outside",
}
"""Out of which part of the total each kind of line comes."""

MOST_NUMBERS = 10**11 - 1
"""A number has at most eleven digits, so a year has no more allowances than that."""

FOR_ONE_ACCOUNT = frozenset({"free", "provisional"})
"""Kinds of line that belong to one unit's account; the others are open to every receiver."""


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as proposed, in tonnes."""

    kind: str
    account: str
    amount: int


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan as proposed, in tonnes. ``provisional``: a notice before the year's plan (N5)."""

    year: int
    provisional: bool
    total: int
    direct: int
    reserve: int
    outside: int
    document: str
    lines: tuple[LineDraft, ...]
    co_signed: tuple[CoSigner, ...] = ()

    def of_part(self, part: str) -> int:
        """Return the amount of one part."""
        return {"direct": self.direct, "reserve": self.reserve, "outside": self.outside}[part]


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What is already there for the year: in tonnes by part, and whether a final plan stands.

    ``outside_market``: this registry replays history and has an account for what was bought
    elsewhere.
    """

    created: Mapping[str, int]
    final_in_force: bool
    unit_accounts: frozenset[str]
    issued: Mapping[tuple[str, str], int]
    outside_market: bool = False


def plan_refusals(draft: PlanDraft, facts: PlanFacts) -> Iterator[Refusal]:
    """Yield every reason why a plan does not hold."""
    for reason in _reasons(draft, facts):
        yield PlanWrong(year=draft.year, reason=reason)


def _reasons(draft: PlanDraft, facts: PlanFacts) -> Iterator[Fact]:
    if draft.total != draft.direct + draft.reserve:
        yield said(
            f"总量 {draft.total} ≠ 直接发放 {draft.direct} + 储备 {draft.reserve}",
            f"the total {draft.total} is not direct {draft.direct} + reserve {draft.reserve}",
        )
    if draft.total + draft.outside > MOST_NUMBERS:
        yield said(
            f"总量 {draft.total + draft.outside} 超过一个年度可编的 {MOST_NUMBERS} 个号码",
            f"{draft.total + draft.outside} is more than the {MOST_NUMBERS} numbers of a year",
        )
    if draft.outside and not facts.outside_market:
        yield said(
            f"外部市场 {draft.outside}：本登记簿没有外部市场账户",
            f"an outside part of {draft.outside}, but there is no outside account here",
        )
    if draft.provisional and facts.final_in_force:
        yield said("该年度正式方案已生效", "the year's final plan is in force already")
    for part in ("direct", "reserve", "outside"):
        lines = sum(one.amount for one in draft.lines if PART_OF_KIND.get(one.kind) == part)
        if lines > draft.of_part(part):
            yield said(
                f"{part}: 条目合计 {lines} > {draft.of_part(part)}",
                f"{part}: its lines make {lines}, which passes its {draft.of_part(part)}",
            )
        if facts.created.get(part, 0) > draft.of_part(part):
            yield said(
                f"{part}: 已入库 {facts.created[part]} > {draft.of_part(part)}",
                f"{part}: {facts.created[part]} is created, more than its {draft.of_part(part)}",
            )
    yield from _line_reasons(draft.lines, facts, provisional=draft.provisional)


def _line_reasons(
    lines: Sequence[LineDraft], facts: PlanFacts, *, provisional: bool
) -> Iterator[Fact]:
    seen: set[tuple[str, str]] = set()
    for line in lines:
        place = (line.kind, line.account)
        if line.kind not in PART_OF_KIND:
            yield said(f"条目种类 {line.kind} 不存在", f"there is no kind of line {line.kind}")
        elif (line.kind == "provisional") != provisional and line.kind == "provisional":
            yield said("正式方案不含预分配条目", "a final plan has no provisional lines")
        elif (line.kind in FOR_ONE_ACCOUNT) != bool(line.account):
            yield said(
                f"{line.kind} 条目与账户 {line.account or '—'} 不符",
                f"a line {line.kind} does not fit the account {line.account or '—'}",
            )
        elif line.account and line.account not in facts.unit_accounts:
            yield said(
                f"{line.account} 不是开立的配额账户", f"{line.account} is not an open unit account"
            )
        if place in seen:
            yield said(
                f"{line.kind} {line.account} 重复", f"{line.kind} {line.account} is entered twice"
            )
        seen.add(place)
        if line.kind not in FOR_ONE_ACCOUNT and facts.issued.get(place, 0) > line.amount:
            yield said(
                f"{line.kind}: 已发放 {facts.issued[place]} > {line.amount}",
                f"{line.kind}: {facts.issued[place]} is issued, more than {line.amount}",
            )
