"""Merger and split of units: what passes to whom, to the last tonne (M14)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from hutan.kernel.refusals import Refusal, said
from hutan.registry.refusals import SharesWrong, SuccessionBlocked

WHOLE = 1_000_000
"""Shares of a unit's duties are counted in millionths of the whole."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one successor takes: tonnes of each asset, and its part of the duties in millionths.

    ``facilities`` names the emission facilities whose ownership the share follows.
    """

    account: str
    amounts: Mapping[str, int]
    duties: int
    facilities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Estate:
    """What a predecessor's account has, and what stands on it."""

    account: str
    holder: UUID | None
    holdings: Mapping[str, int]
    reserved: int
    waiting: int
    freezes: int
    debt: int


def blocking_refusals(estate: Estate) -> Iterator[Refusal]:
    """Yield what must be settled before an account can be taken over."""
    reasons = {
        "占用 {} 吨 ({} t are reserved)": estate.reserved,
        "待执行业务 {} 项 ({} transactions wait)": estate.waiting,
        "有效冻结 {} 项 ({} freezes in force)": estate.freezes,
        "应收回欠额 {} 吨 ({} t are owed)": estate.debt,
    }
    for text, number in reasons.items():
        if number:
            yield SuccessionBlocked(account=estate.account, reason=text.format(number, number))


def share_refusals(estate: Estate, shares: Sequence[Share]) -> Iterator[Refusal]:
    """Yield every asset of which the shares are not exactly the whole, then the duties.

    The predecessor may be among the successors: what it keeps is a share like the others.
    """
    assets = sorted(estate.holdings.keys() | {asset for share in shares for asset in share.amounts})
    for asset in assets:
        given = sum(share.amounts.get(asset, 0) for share in shares)
        if given != estate.holdings.get(asset, 0):
            yield SharesWrong(asset=asset, given=given, held=estate.holdings.get(asset, 0))
    duties = sum(share.duties for share in shares)
    if duties != WHOLE:
        yield SharesWrong(asset=said("义务", "duties, millionths"), given=duties, held=WHOLE)
    accounts = [share.account for share in shares]
    if len(set(accounts)) != len(accounts):
        yield SuccessionBlocked(
            account=estate.account, reason=said("承接账户重复", "a successor twice")
        )
    if any(not share.facilities for share in shares):
        yield SuccessionBlocked(
            account=estate.account, reason=said("未列明排放设施", "a share without its facilities")
        )


def divide(amount: int, shares: Sequence[int]) -> list[int]:
    """Divide whole tonnes by shares in millionths so that the parts make up the whole.

    Each part is rounded down; what is left goes, one tonne each, to the largest remainders, and
    among equal ones to the first (largest-remainder rounding).
    """
    assert sum(shares) == WHOLE
    parts = [amount * share // WHOLE for share in shares]
    by_remainder = sorted(
        range(len(shares)), key=lambda place: (-(amount * shares[place] % WHOLE), place)
    )
    for place in by_remainder[: amount - sum(parts)]:
        parts[place] += 1
    return parts
