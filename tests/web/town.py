"""A small town whose people can sign in: every role, four units, a year that is open.

Its clock stands at 2025-06-16 09:00 (the test platform's own). For 2024: Pudong Chemicals is
short and holds enough; Minhang Glass has met its duty; Jinshan Steel holds less than it owes and is
short; Baoshan Paper is listed and not determined yet. Names and figures are invented.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID, uuid4

from hutan.compliance.services.years import assumed_keys
from hutan.kernel.canonical import Json
from hutan.kernel.refusals import Refusal, Refusals
from hutan.parties.models import User
from hutan.parties.queries import ProposalRecord
from hutan.parties.services import propose
from hutan.registry.queries import open_lines, unit_account
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.rules.parameters import rulebook
from hutan.runtime.sealing import seal
from hutan.transparency.services import integrate
from hutan.web.models import SecondFactor
from hutan.web.moments import real_now
from hutan.web.signin import totp
from tests.parties.people import NOW, organisation
from tests.parties.people import Someone as Login
from tests.parties.people import someone as appointed
from tests.registry.city import DOCUMENTS, City, valid_code
from tests.web.people import PASSWORD, Someone

YEAR = 2024
DISTRICT = "浦东新区"


def enrolled(login: Login, name: str = "") -> Someone:
    """Let somebody sign in: with the tests' password and an authenticator."""
    user = User.objects.get(id=login.user)
    user.set_password(PASSWORD)
    user.login = name or user.login
    user.save()
    secret = totp.new_secret()
    SecondFactor.objects.create(
        user=user,
        sealed_secret=seal(secret, context=f"web.second_factor:{user.pk}"),
        enrolled_at=real_now(),
        last_step=0,
    )
    return Someone(user, secret)


@dataclass(frozen=True)
class TownUnit:
    """A unit with its account and its people."""

    id: UUID
    name: str
    account: str
    rep: Login
    approver: Login
    reporter: Login


class Town:
    """The cast and the year. What a test does beyond that, it does on the pages."""

    def __init__(self) -> None:
        self.city = City()
        self.area = organisation("district_bureau", "浦东新区生态环境局", district=DISTRICT)
        self.department = organisation("department", "市发展改革委", duty="development_reform")
        self.bank = organisation("bank", "浦江银行")
        self.court = organisation("court", "上海市第一中级人民法院")
        self.chemicals = self.unit("浦东化工有限公司", DISTRICT)
        self.glass = self.unit("闵行玻璃有限公司", "闵行区")
        self.steel = self.unit("金山钢铁有限公司", "金山区")
        self.paper = self.unit("宝山纸业有限公司", "宝山区")
        self.city.plan(
            YEAR,
            {
                self.chemicals.account: 128_000,
                self.glass.account: 86_500,
                self.steel.account: 240_000,
            },
        )
        self.city.issue(YEAR)
        self.open(YEAR)
        self.enlist(self.chemicals, self.glass, self.steel, self.paper)
        self.determine({self.chemicals: "121456.4", self.glass: "80210", self.steel: "251000.25"})
        self.surrender(self.glass, 80_210)

    frozen: UUID
    """A freeze in force, after ``with_everything``."""

    pledged: UUID
    """A pledge of the glass works to the bank, likewise."""

    waiting: UUID
    """A transfer that waits, likewise."""

    pending: UUID
    """A surrender of the chemicals works that waits for its second person, likewise."""

    @classmethod
    def with_everything(cls) -> Town:
        """Return the town with a freeze, a waiting transfer, acts that wait, and a checkpoint."""
        town = cls()
        town.frozen = town.freeze(town.steel, 1_000).id
        town.pledged = town.pledge(town.glass, 500).id
        town.waiting = town.transfer(town.chemicals, town.steel, 5_000).id
        items: list[Json] = [{"asset": f"allowance:{YEAR}", "amount": 100_000}]
        town.pending = town.proposed(
            "compliance.surrender",
            {"year": YEAR, "account": town.chemicals.account, "items": items},
            town.chemicals.rep,
        ).id
        town.proposed(
            "registry.change_status",
            {"account": town.paper.account, "status": "suspended", "reason": "资料待更新"},
            town.city.clerk,
        )
        with suppress(Refusal, Refusals):
            town.issue_too_much()
        integrate(at=NOW)
        return town

    def freeze(self, unit: TownUnit, amount: int) -> ProposalRecord:
        """Freeze an amount by a court's order."""
        return self.city.act(
            "registry.freeze",
            {"account": unit.account, "scope": "amount", "asset": f"allowance:{YEAR}",
             "amount": amount, "authority": "上海一中院", "order": "（2025）沪01执123号"},
            by=self.city.clerk,
            approved_by=self.city.checker,
        )  # fmt: skip

    def pledge(self, unit: TownUnit, amount: int) -> ProposalRecord:
        """Pledge an amount to the bank."""
        return self.city.act(
            "registry.pledge",
            {"giver": unit.account, "asset": f"allowance:{YEAR}", "amount": amount,
             "creditor": str(self.bank), "contract": "浦江质字（2025）第 8 号"},
            by=unit.rep,
            approved_by=unit.approver,
        )  # fmt: skip

    def issue_too_much(self) -> None:
        """Try to issue one tonne beyond a plan line; it is refused, and the attempt kept."""
        line = open_lines(YEAR, accounts=[self.chemicals.account])[0]
        items: list[Json] = [{"asset": f"allowance:{YEAR}", "amount": 1}]
        content: dict[str, Json] = {
            "giver": GOVERNMENT_ACCOUNTS["total"], "receiver": self.chemicals.account,
            "items": items, "plan_line": line.id,
        }  # fmt: skip
        self.proposed("registry.issue_free", content, self.city.clerk)

    def unit(self, name: str, district: str) -> TownUnit:
        """Register a unit with its people and open its account."""
        id = organisation("unit", name, district=district, credit_code=valid_code())
        self.city.act(
            "registry.open_account",
            {"kind": "unit", "holder": str(id), "documents": DOCUMENTS},
            by=self.city.clerk,
            approved_by=self.city.checker,
        )
        roles = ("account_representative", "account_approver", "unit_reporter")
        return TownUnit(id, name, unit_account(id), *(appointed(role, id) for role in roles))

    def bureau(self, kind: str, content: dict[str, Json]) -> ProposalRecord:
        """Let the bureau's two people act."""
        return self.city.act(
            f"compliance.{kind}", content, by=self.city.officer, approved_by=self.city.head
        )

    def open(self, year: int) -> None:
        """Open a compliance year with everything assumed confirmed."""
        confirmed: list[Json] = [{"key": key} for key in assumed_keys(year, rulebook())]
        self.bureau("open_year", {"year": year, "confirmed": confirmed})

    def enlist(self, *units: TownUnit) -> None:
        """Put units on the year's list."""
        entries: list[Json] = [
            {"unit": str(unit.id), "listing": "regulated", "reason": "年度名录"} for unit in units
        ]
        self.bureau("list", {"year": YEAR, "document": "沪环气候〔2024〕253号", "entries": entries})

    def determine(self, tonnes: dict[TownUnit, str]) -> None:
        """Determine emissions."""
        entries: list[Json] = [
            {"unit": str(unit.id), "tonnes": amount} for unit, amount in tonnes.items()
        ]
        self.bureau(
            "determine", {"year": YEAR, "document": "沪环气候〔2025〕88号", "entries": entries}
        )

    def surrender(self, unit: TownUnit, amount: int) -> ProposalRecord:
        """Surrender by a unit's two people."""
        items: list[Json] = [{"asset": f"allowance:{YEAR}", "amount": amount}]
        return self.city.act(
            "compliance.surrender",
            {"year": YEAR, "account": unit.account, "items": items},
            by=unit.rep,
            approved_by=unit.approver,
        )

    def proposed(self, kind: str, content: dict[str, Json], by: Login) -> ProposalRecord:
        """Propose something, and leave it to a colleague."""
        return propose(id=uuid4(), kind=kind, content=content, by=by.user, at=NOW)

    def transfer(self, giver: TownUnit, to: TownUnit, amount: int) -> ProposalRecord:
        """Transfer between two units; off the trusted list, so it waits."""
        items: list[Json] = [{"asset": f"allowance:{YEAR}", "amount": amount}]
        return self.city.act(
            "registry.transfer",
            {"giver": giver.account, "receiver": to.account, "items": items},
            by=giver.rep,
            approved_by=giver.approver,
        )

    @cached_property
    def people(self) -> dict[str, Someone]:
        """Return one person for each role, by the role's code; they can sign in."""
        agency, bureau = self.city.agency, self.city.bureau
        logins = {
            "account_representative": self.chemicals.rep,
            "account_approver": self.chemicals.approver,
            "unit_reporter": self.chemicals.reporter,
            "other_representative": self.steel.rep,
            "registry_clerk": self.city.clerk,
            "registry_approver": self.city.checker,
            "bureau_officer": self.city.officer,
            "bureau_approver": self.city.head,
            "district_officer": appointed("district_officer", self.area),
            "department_reader": appointed("department_reader", self.department),
            "exchange_operator": appointed("exchange_operator", self.city.exchange),
            "bank_officer": appointed("bank_officer", self.bank),
            "court_officer": appointed("court_officer", self.court),
            "auditor": appointed("auditor", agency),
            "security_administrator": appointed("security_administrator", bureau),
        }
        return {role: enrolled(login, role.replace("_", ".")) for role, login in logins.items()}
