"""Opening, changing and closing accounts: decided from plain facts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from hutan.kernel.refusals import Fact, Refusal, said
from hutan.registry import refusals as no

HOLDER_KINDS: Mapping[str, frozenset[str]] = {
    "unit": frozenset({"unit"}),
    "trading": frozenset({"unit", "investor", "bank"}),
}
"""Which kinds of organisation hold which kinds of account. Persons hold personal ones."""

REQUIRED_DOCUMENTS = ("application", "business_licence", "representative_identity")
"""Documents that an opening needs, by kind: 开户申请表, 营业执照, 账户代表身份证明."""

_STEPS = {("open", "suspended"), ("suspended", "open")}


@dataclass(frozen=True, slots=True)
class Opening:
    """An account as it is applied for. ``documents`` maps kinds of document to their hashes."""

    id: UUID
    kind: str
    holder: UUID
    documents: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HolderFacts:
    """The applicant as the checks see it."""

    name: str
    organisation_kind: str
    credit_code: str
    unit_account: str = ""


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What stands on an account that wants to close."""

    status: str
    balance: int
    reserved: int
    freezes: int
    pledges: int
    waiting: int
    debt: int
    duties: tuple[Fact, ...] = ()


def opening_refusals(opening: Opening, holder: HolderFacts) -> Iterator[Refusal]:
    """Yield why an organisation cannot open this account, in order of checking.

    Order: kind of holder, credit code, one unit account per unit, documents.
    """
    if holder.organisation_kind not in HOLDER_KINDS.get(opening.kind, ()):
        yield no.AccountKindNotForHolder(
            name=holder.name, organisation_kind=holder.organisation_kind, kind=opening.kind
        )
    if not holder.credit_code:
        yield no.HolderCodeMissing(name=holder.name)
    if opening.kind == "unit" and holder.unit_account:
        yield no.UnitAccountExists(name=holder.name, account=holder.unit_account)
    missing = [kind for kind in REQUIRED_DOCUMENTS if kind not in opening.documents]
    if missing:
        yield no.DocumentsMissing(missing=", ".join(missing))


def status_refusal(account: str, status: str, wanted: str) -> Refusal | None:
    """Return why an account cannot change from ``status`` to ``wanted``, or nothing."""
    if (status, wanted) in _STEPS:
        return None
    return no.StatusUnchanged(account=account, status=status, wanted=wanted)


def closing_refusals(account: str, facts: ClosingFacts) -> Iterator[Refusal]:
    """Yield everything that keeps an account from closing."""
    if facts.status == "closed":
        yield no.StatusUnchanged(account=account, status="closed", wanted="closed")
    for reason in _standing(facts):
        yield no.NotClosable(account=account, reason=reason)


def _standing(facts: ClosingFacts) -> Collection[Fact]:
    numbers = (
        (facts.balance, "持有 {} 吨", "it holds {} t"),
        (facts.reserved, "占用 {} 吨", "it has {} t reserved"),
        (facts.freezes, "有效冻结 {} 项", "{} freezes are in force"),
        (facts.pledges, "有效质押 {} 项", "{} pledges are in force"),
        (facts.waiting, "待执行业务 {} 项", "{} transactions wait"),
        (facts.debt, "应收回欠额 {} 吨", "it owes {} t to be taken back"),
    )
    found = [said(zh.format(number), en.format(number)) for number, zh, en in numbers if number]
    return [*found, *facts.duties]
