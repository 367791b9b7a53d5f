"""One long story with every kind of act in it, for what must be seen in each of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from hutan.compliance.ports import connect_register
from hutan.compliance.services.years import assumed_keys
from hutan.flows import connect
from hutan.integrations.simulated_register import SimulatedRegister
from hutan.kernel.canonical import Json
from hutan.kernel.moments import SHANGHAI, day_of
from hutan.parties.services import dismiss, propose, send_back, withdraw
from hutan.registry.queries import accounts_of
from hutan.registry.services.documents import issue_cancellation, issue_holding, issue_statement
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.registry.services.waiting import execute_due, stop
from hutan.rules.parameters import rulebook
from hutan.transparency.services import integrate
from tests.compliance.test_story import A24, Market, cancelled
from tests.parties.people import NOW, Someone, organisation, someone
from tests.registry.city import DOCUMENTS, Unit, valid_code

FRIDAY = datetime(2025, 6, 20, 15, 0, tzinfo=SHANGHAI)
"""An afternoon after which the working days begin again on Monday."""

LATE = datetime(2025, 7, 1, 9, 0, tzinfo=SHANGHAI)
"""The day after the deadline of surrender for 2024, an hour before the year is closed."""

CLOSE_24 = LATE + timedelta(hours=1)
CLOSE_25 = datetime(2026, 7, 1, 10, 0, tzinfo=SHANGHAI)
END = CLOSE_25 + timedelta(days=1)

TOTAL, AUCTION, SURRENDER, CANCELLATION = (
    GOVERNMENT_ACCOUNTS[kind] for kind in ("total", "auction", "surrender", "cancellation")
)


class Scenario(Market):
    """Two years of a small market: whatever can happen happens once or twice."""

    def __init__(self) -> None:
        connect()
        self.registers = {"ccer": SimulatedRegister(), "reduction": SimulatedRegister()}
        for kind, register in self.registers.items():
            connect_register(kind, register)
        super().__init__()
        self.three, self.four = self.city.unit("丙厂"), self.city.unit("丁厂")
        self.five = self.city.unit("戊厂")

    def play(self) -> Scenario:
        """Play all of it, a checkpoint after each chapter; return the scenario."""
        for chapter in (
            self.beginnings, self.encumbrances, self.plans_and_debts, self.transfers, self.trade,
            self.surrenders, self.successions, self.year_ends,
        ):  # fmt: skip
            integrate(at=NOW)
            chapter()
        return self

    def beginnings(self) -> None:
        """Proposals that came to nothing, a clerk who leaves, a second account, limits, status."""
        content: dict[str, Json] = {
            "account": self.four.account, "status": "suspended", "reason": "核查",
        }  # fmt: skip
        returned = propose(
            id=uuid4(), kind="registry.change_status", content=content,
            by=self.city.clerk.user, at=NOW,
        )  # fmt: skip
        send_back(id=returned.id, by=self.city.checker.user, reason="补件", at=NOW)
        withdraw(id=returned.id, by=self.city.clerk.user, at=NOW)
        self.registry("change_status", content)
        self.registry("change_status", content | {"status": "open"})
        leaving = someone("registry_clerk", self.city.agency)
        self.registry(
            "open_account",
            {
                "kind": "trading",
                "holder": str(self.one.id),
                "documents": DOCUMENTS,
                "new_in_year": 2024,
            },
            by=leaving,
        )
        dismiss(post=self.post_of(leaving), until=day_of(NOW) + timedelta(days=1), at=NOW)
        (self.trading,) = [one.number for one in accounts_of(self.one.id) if one.kind == "trading"]
        self.own(self.one, "set_own_limits", {"per_transfer": 500, "per_day": 600})
        self.city.act(
            "registry.set_bureau_limits",
            {"account": self.one.account, "per_transfer": 400},
            by=self.city.officer,
            approved_by=self.city.head,
        )

    def encumbrances(self) -> None:
        """Freezes of every scope, of which some are lifted; pledges, of which one is released."""
        order: dict[str, Json] = {"authority": "上海金融法院", "order": "（2025）沪74执1号"}
        block: dict[str, Json] = {
            "scope": "block", "account": self.two.account, "asset": A24, "amount": 10,
            "first": 1201, "last": 1210,
        }  # fmt: skip
        amount: dict[str, Json] = {
            "scope": "amount", "account": self.two.account, "asset": A24, "amount": 5,
        }  # fmt: skip
        whole: dict[str, Json] = {"scope": "account", "account": self.five.account}
        lifted = [self.registry("freeze", one | order) for one in (block, amount, whole)]
        for freeze in lifted:
            self.registry("lift", {"freeze": str(freeze), **order})
        for one in (block | {"first": 1301, "last": 1310}, amount, whole):
            self.registry("freeze", one | order)
        bank = organisation("bank", "甲银行")
        banker = someone("bank_officer", bank)
        pledge: dict[str, Json] = {
            "giver": self.two.account, "asset": A24, "amount": 20, "creditor": str(bank),
            "contract": "质押合同1号",
        }  # fmt: skip
        first = self.holder(self.two, "pledge", pledge)
        self.holder(self.two, "pledge", pledge | {"amount": 7})
        self.registry("release", {"pledge": str(first)}, by=banker)

    def plans_and_debts(self) -> None:
        """A final plan takes back more than a unit has; what it receives repays the debt."""
        lines = self.provisional({self.three: 80, self.four: 40})
        self.city.plan(2026, {}, provisional=True, total=120, direct=120, lines=lines)
        self.city.issue(2026, "provisional")
        self.city.transfer(self.three, self.four, 70, year=2026)
        execute_due(at=FRIDAY)
        final = {self.three.account: 30, self.four.account: 90}
        self.city.plan(2026, final, total=200, direct=200)
        self.city.transfer(self.four, self.three, 15, at=FRIDAY, year=2026)
        execute_due(at=FRIDAY + timedelta(days=4))
        self.city.issue(2026)

    def transfers(self) -> None:
        """Transfers that wait, are stopped by a person and by a freeze, and that need not wait."""
        self.city.transfer(self.one, self.two, 3)
        stopped = self.city.transfer(self.one, self.two, 4).id
        stop(id=stopped, by=self.two.rep.user, reason="误操作", at=NOW)
        refused = self.transfer_items(self.one, self.four, [{"asset": A24, "amount": 2}])
        self.registry(
            "freeze",
            {"scope": "account", "account": self.four.account, "authority": "x", "order": "y"},
        )
        execute_due(at=FRIDAY)
        held = self.registry_freezes(self.four.account)
        for freeze in held:
            self.registry("lift", {"freeze": str(freeze), "authority": "x", "order": "y"})
        assert refused
        self.own(self.one, "trust", {"trusted": self.two.account})
        self.own(self.one, "trust", {"trusted": self.four.account})
        self.own(self.one, "distrust", {"trusted": self.four.account})
        self.city.transfer(self.one, self.two, 6, at=FRIDAY + timedelta(days=3, hours=-4))
        self.transfer_items(
            self.one, self.two,
            [{"asset": A24, "amount": 5, "first": 501, "last": 505}, {"asset": A24, "amount": 1}],
            at=FRIDAY,
        )  # fmt: skip
        execute_due(at=FRIDAY + timedelta(days=4))
        # One is left waiting for good.
        self.city.transfer(self.two, self.one, 1, at=CLOSE_25)

    def trade(self) -> None:
        """The exchange, auctions, cancellation, and a reversed issue."""
        omnibus = GOVERNMENT_ACCOUNTS["omnibus"]
        self.holder(self.one, "to_exchange", self.order(self.one.account, omnibus, 20))
        operator = someone("exchange_operator", self.city.exchange)
        self.city.act(
            "registry.from_exchange",
            self.order(omnibus, self.two.account, 12),
            by=operator,
            approved_by=self.city.checker,
        )
        cancelled_9 = self.order(self.one.account, CANCELLATION, 9)
        gone = self.holder(self.one, "cancel_voluntary", cancelled_9)
        rep, account = self.one.rep.user, self.one.account
        issue_cancellation(id=uuid4(), transaction=gone, by=rep, at=NOW)
        issue_holding(id=uuid4(), account=account, by=self.city.clerk.user, at=NOW)
        issue_statement(
            id=uuid4(), account=account, since=day_of(NOW), until=day_of(NOW), by=rep, at=NOW
        )
        commission = organisation("department", "市发展改革委", duty="development_reform")
        self.city.plan(
            2024, {self.one.account: 1110, self.two.account: 1900}, total=3130, direct=3080,
            reserve=50,
            co_signed=[{"department": str(commission), "document": "会签"}],
            lines=[
                {"kind": "free", "account": self.one.account, "amount": 1110},
                {"kind": "free", "account": self.two.account, "amount": 1900},
                {"kind": "ordinary_auction", "amount": 60},
                {"kind": "regulation_auction", "amount": 50},
            ],
        )  # fmt: skip
        for giver, amount in ((TOTAL, 60), (GOVERNMENT_ACCOUNTS["reserve"], 50)):
            self.desk("to_auction", self.order(giver, AUCTION, amount))
        self.desk("from_auction", self.order(AUCTION, TOTAL, 5))
        paid = self.order(AUCTION, self.trading, 30) | {"plan_line": "2024/ordinary_auction/-/2"}
        self.registry("issue_paid", paid)
        free = self.order(TOTAL, self.one.account, 10) | {
            "plan_line": f"2024/free/{self.one.account}/2"
        }
        issued = self.registry("issue_free", free)
        self.registry("reverse", {"reverses": str(issued)})
        self.registry("issue_free", free)
        self.registry("return_excess", self.order(self.one.account, TOTAL, 1))

    def surrenders(self) -> None:
        """Allowances and reductions, in time; one surrender is reversed and made again."""
        self.registers["ccer"].enter(cancelled(self.one, "CCER-1", 30))
        self.registers["reduction"].enter(cancelled(self.one, "SH-1", 20, reduction_class="I"))
        self.surrender(self.one, 0, ("ccer", "CCER-1"))
        self.surrender(self.one, 900, ("reduction", "SH-1"))
        self.surrender(self.two, 1000)
        undone = self.city.act(
            "compliance.surrender",
            {
                "year": 2024,
                "account": self.one.account,
                "items": [{"asset": A24, "amount": 50, "first": 1051, "last": 1100}],
            },
            by=self.one.rep,
            approved_by=self.one.approver,
        )
        self.registry("reverse", {"reverses": str(undone.id)}, at=NOW + timedelta(days=1))
        self.surrender(self.one, 50)

    def successions(self) -> None:
        """Five splits off part of itself, four is merged away; departures and closings."""
        self.registry("lift", {
            "freeze": str(self.registry_freezes(self.five.account)[0]),
            "authority": "上海金融法院", "order": "之一",
        })  # fmt: skip
        self.enlist(self.three, self.four, self.five)
        self.determine({self.three: "70.5", self.four: "10", self.five: "33.3333"})
        for unit, amount in ((self.three, 81), (self.five, 41)):
            self.city.transfer(self.two, unit, amount, at=FRIDAY + timedelta(days=4))
        execute_due(at=FRIDAY + timedelta(days=7))
        self.surrender(self.five, 11)
        lines = self.provisional({self.five: 101, self.three: 50, self.four: 1})
        self.city.plan(2025, {}, provisional=True, total=152, direct=152, lines=lines)
        self.six = self.city.unit("己厂")
        shares: list[Json] = [
            {"account": to.account, "duties": duties, "facilities": [{"name": name}],
             "items": [{"asset": A24, "amount": amount}]}
            for to, duties, name, amount in (
                (self.five, 333_333, "一号", 10), (self.six, 666_667, "二号", 20),
            )
        ]  # fmt: skip
        self.registry(
            "split",
            {"predecessor": self.five.account, "shares": shares, "document": "分立方案"},
        )
        held: list[Json] = [
            {"asset": f"allowance:{year}", "amount": amount}
            for year, amount in self.holdings(self.four).items()
        ]
        assert held
        self.registry(
            "merge",
            {
                "predecessors": [{"account": self.four.account}],
                "successor": self.three.account,
                "document": "合并协议",
            },
        )
        self.bureau(
            "departure", {"unit": str(self.six.id), "reason": "moved_out", "on": "2025-06-10"}
        )

    def year_ends(self) -> None:
        """Two years close; a unit that moved carries its surplus over in instalments."""
        self.determine({self.five: "0", self.six: "0"})
        self.bureau("pre_allocate", {"year": 2024, "document": "沪环气候〔2024〕254号"})
        self.open(2025)
        self.enlist(self.one, listing="national", year=2025)
        self.enlist(self.two, self.six, year=2025)
        self.surrender(self.three, 81, at=LATE)
        self.registry("cancel_surrendered", self.order(SURRENDER, CANCELLATION, 100), at=LATE)
        self.bureau("close_year", {"year": 2024}, at=CLOSE_24)
        self.determine({self.two: "0"}, year=2025)
        self.determine({self.six: "0"}, year=2025, by=(CLOSE_24 + timedelta(days=60)).isoformat())
        for year, amount in ((2024, 20), (2025, 67)):
            order = self.order(self.six.account, CANCELLATION, amount, year=year)
            self.holder(self.six, "cancel_voluntary", order)
        self.registry("close_account", {"account": self.six.account, "reason": "迁出"}, at=CLOSE_24)
        self.bureau("close_year", {"year": 2025}, at=CLOSE_25)
        nobody = Someone(uuid4(), uuid4())
        # Units without accounts and people: as many as a list names in bulk.
        codes = [valid_code() for _ in range(18)]
        many = [
            Unit(organisation("unit", f"第{n}厂", credit_code=code), "", nobody, nobody)
            for n, code in enumerate(codes)
        ]
        confirmed: list[Json] = [{"key": key} for key in assumed_keys(2026, rulebook())]
        self.bureau("open_year", {"year": 2026, "confirmed": confirmed}, at=CLOSE_25)
        self.enlist(*many, year=2026)
        self.determine(dict.fromkeys(many[1:], "12.5"), year=2026, at=CLOSE_25)

    # --- short words ---------------------------------------------------------------------------

    def registry(
        self,
        kind: str,
        content: Mapping[str, Json],
        *,
        by: Someone | None = None,
        at: datetime = NOW,
    ) -> UUID:
        """Let the registry agency act; return the act's id."""
        return self.city.act(
            f"registry.{kind}",
            content,
            by=by or self.city.clerk,
            approved_by=self.city.checker,
            at=at,
        ).id

    def desk(self, kind: str, content: Mapping[str, Json]) -> UUID:
        """Let the bureau act; return the act's id."""
        return self.city.act(
            f"registry.{kind}", content, by=self.city.officer, approved_by=self.city.head
        ).id

    def holder(self, unit: Unit, kind: str, content: Mapping[str, Json]) -> UUID:
        """Let a unit's two people act; return the act's id."""
        return self.city.act(f"registry.{kind}", content, by=unit.rep, approved_by=unit.approver).id

    def own(self, unit: Unit, kind: str, content: dict[str, Json]) -> UUID:
        """Let a unit's two people act on its own account."""
        return self.holder(unit, kind, {"account": unit.account} | content)

    def order(self, giver: str, receiver: str, amount: int, *, year: int = 2024) -> dict[str, Json]:
        """Return the content of a transaction of allowances of a year."""
        items: list[Json] = [{"asset": f"allowance:{year}", "amount": amount}]
        return {"giver": giver, "receiver": receiver, "items": items}

    def transfer_items(self, giver: Unit, to: Unit, items: list[Json], at: datetime = NOW) -> UUID:
        """Transfer exactly these items."""
        content: dict[str, Json] = {
            "giver": giver.account, "receiver": to.account, "items": items,
        }  # fmt: skip
        return self.city.act(
            "registry.transfer", content, by=giver.rep, approved_by=giver.approver, at=at
        ).id

    def provisional(self, amounts: Mapping[Unit, int]) -> list[Json]:
        """Return provisional lines of a plan."""
        return [
            {"kind": "provisional", "account": unit.account, "amount": amount}
            for unit, amount in amounts.items()
        ]

    def holdings(self, unit: Unit) -> dict[int, int]:
        """Return what a unit holds by vintage."""
        from hutan.registry.queries import balances_of_account

        return {
            int(one.asset[-4:]): one.balance
            for one in balances_of_account(unit.account)
            if one.balance
        }

    def registry_freezes(self, account: str) -> list[UUID]:
        """Return the freezes of an account that are in force."""
        from hutan.registry.models import Freeze

        return list(
            Freeze.objects.filter(account=account, lifted_at__isnull=True).values_list(
                "id", flat=True
            )
        )

    def post_of(self, who: Someone) -> UUID:
        """Return the one post of a person."""
        from hutan.parties.models import Post

        found: UUID = Post.objects.values_list("id", flat=True).get(person=who.person)
        return found
