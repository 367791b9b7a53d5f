"""A small registry for tests: government accounts, two units with their people, a plan in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from hutan.kernel.canonical import Json
from hutan.parties.queries import ProposalRecord
from hutan.parties.services import approve, propose
from hutan.registry.queries import balances_of_account, unit_account
from hutan.registry.services.accounts import found_registry
from hutan.rules.codes import check_character, organisation_check
from tests.parties.people import NOW, Someone, organisation, registry_agency, someone

DOCUMENTS: list[Json] = [
    {"kind": kind, "sha256": "0" * 64}
    for kind in ("application", "business_licence", "representative_identity")
]


@dataclass(frozen=True)
class Unit:
    """A unit with its account and its two people."""

    id: UUID
    account: str
    rep: Someone
    approver: Someone


class City:
    """The cast, and short words for what tests do over and over."""

    def __init__(self) -> None:
        self.bureau = organisation("bureau", "市生态环境局")
        self.exchange = organisation("exchange", "环交所")
        self.agency = registry_agency(self.bureau)
        found_registry(act=uuid4(), exchange=self.exchange, at=NOW)
        self.officer = someone("bureau_officer", self.bureau)
        self.head = someone("bureau_approver", self.bureau)
        self.clerk = someone("registry_clerk", self.agency)
        self.checker = someone("registry_approver", self.agency)

    def unit(self, name: str, *, code: str = "") -> Unit:
        """Register a unit, appoint its people and open its unit account."""
        id = organisation("unit", name, credit_code=code or valid_code())
        rep, approver = someone("account_representative", id), someone("account_approver", id)
        self.act(
            "registry.open_account",
            {"kind": "unit", "holder": str(id), "documents": DOCUMENTS},
            by=self.clerk,
            approved_by=self.checker,
        )
        return Unit(id, unit_account(id), rep, approver)

    def act(
        self,
        kind: str,
        content: Mapping[str, Json],
        *,
        by: Someone,
        approved_by: Someone,
        at: datetime = NOW,
        id: UUID | None = None,
    ) -> ProposalRecord:
        """Propose and approve."""
        waiting = propose(id=id or uuid4(), kind=kind, content=content, by=by.user, at=at)
        return approve(id=waiting.id, by=approved_by.user, seen=waiting.content_hash, at=at)

    def plan(self, year: int, free: Mapping[str, int], **more: Json) -> ProposalRecord:
        """Put a plan into force: free lines by account; the rest of the total by ``more``."""
        direct = sum(free.values())
        content: dict[str, Json] = {
            "year": year,
            "total": direct,
            "direct": direct,
            "reserve": 0,
            "document": "沪环气候〔2024〕1号",
            "lines": [
                {"kind": "free", "account": account, "amount": amount}
                for account, amount in free.items()
            ],
            **more,
        }
        return self.act("registry.plan", content, by=self.officer, approved_by=self.head)

    def issue(self, year: int, kind: str = "free") -> ProposalRecord:
        """Issue everything that is left on the lines of a year."""
        content: dict[str, Json] = {"year": year, "kind": kind}
        return self.act("registry.issue_lines", content, by=self.clerk, approved_by=self.checker)

    def transfer(
        self, giver: Unit, to: Unit, amount: int, *, at: datetime = NOW, year: int = 2024
    ) -> ProposalRecord:
        """Transfer allowances between two units by the giver's two people."""
        return self.act(
            "registry.transfer",
            {
                "giver": giver.account,
                "receiver": to.account,
                "items": [{"asset": f"allowance:{year}", "amount": amount}],
            },
            by=giver.rep,
            approved_by=giver.approver,
            at=at,
        )


def held(account: str) -> dict[str, tuple[int, int]]:
    """Return balance and reservation by asset."""
    return {
        one.asset: (one.balance, one.reserved)
        for one in balances_of_account(account)
        if one.balance or one.reserved
    }


def valid_code() -> str:
    """Return a fresh unified social credit code with its right check characters."""
    body = f"{uuid4().int % 10**8:08d}"
    code = f"91310000{body}{organisation_check(body)}"
    return code + check_character(code)
