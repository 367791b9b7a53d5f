"""Rows of the registry. The constraints here hold whatever code writes; see also the migrations."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from hutan.parties.models import Organisation, Person, Proposal


class Account(models.Model):
    """An account of the registry, named by its number."""

    class Kind(models.TextChoices):
        """The kinds of account; the last eight are the government's and the exchange's."""

        UNIT = "unit", "配额账户"
        TRADING = "trading", "交易账户"
        PERSONAL = "personal", "个人账户"
        ISSUANCE = "issuance", "发放源账户"
        TOTAL = "total", "总量账户"
        RESERVE = "reserve", "储备账户"
        AUCTION = "auction", "竞价账户"
        SURRENDER = "surrender", "清缴账户"
        CANCELLATION = "cancellation", "注销账户"
        OMNIBUS = "omnibus", "交易所总账户"
        OUTSIDE = "outside", "外部市场账户"

    class Status(models.TextChoices):
        """Whether the account can be used."""

        OPEN = "open", "正常"
        SUSPENDED = "suspended", "暂停"
        CLOSED = "closed", "已销户"

    number = models.CharField(primary_key=True, max_length=14)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    holder = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="accounts"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="accounts")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    opened_by = models.UUIDField(unique=True)
    opened_at = models.DateTimeField()
    opened_late = models.BooleanField(default=False)
    documents = models.JSONField(default=list)
    limit_per_transfer = models.BigIntegerField(null=True)
    limit_per_day = models.BigIntegerField(null=True)
    bureau_limit_per_transfer = models.BigIntegerField(null=True)
    bureau_limit_per_day = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="account_number_form", condition=Q(number__regex=r"^SH[A-Z]{2}[0-9]{10}$")
            ),
            models.UniqueConstraint(
                name="one_unit_account_per_unit",
                fields=["holder"],
                condition=Q(kind="unit") & ~Q(status="closed"),
            ),
            models.UniqueConstraint(
                name="one_of_each_government_account",
                fields=["kind"],
                condition=~Q(kind__in=["unit", "trading", "personal"]),
            ),
            models.CheckConstraint(
                name="account_holder_by_kind",
                condition=Q(kind__in=["unit", "trading"], holder__isnull=False, person__isnull=True)
                | Q(kind="personal", holder__isnull=True, person__isnull=False)
                | (~Q(kind__in=["unit", "trading", "personal"]) & Q(person__isnull=True)),
            ),
            models.CheckConstraint(
                name="account_closed_once",
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="account_limits",
                condition=(Q(limit_per_transfer__isnull=True) | Q(limit_per_transfer__gte=0))
                & (Q(limit_per_day__isnull=True) | Q(limit_per_day__gte=0))
                & (Q(bureau_limit_per_transfer__isnull=True) | Q(bureau_limit_per_transfer__gte=0))
                & (Q(bureau_limit_per_day__isnull=True) | Q(bureau_limit_per_day__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class AccountEvent(models.Model):
    """What happened to an account itself, before and after. Append-only."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="events")
    act = models.UUIDField()
    what = models.CharField(max_length=32)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id} {self.what}"


class Holding(models.Model):
    """One asset in one account: the ledger account of the same id carries its balance."""

    id = models.BigIntegerField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holdings")
    asset = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="holding_once", fields=["account", "asset"]),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.asset}"


class Freeze(models.Model):
    """An order of an authority or court that stops an account, an amount or a block."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="freezes")
    scope = models.CharField(max_length=8)
    asset = models.CharField(max_length=64, blank=True)
    amount = models.BigIntegerField(null=True)
    first = models.BigIntegerField(null=True)
    last = models.BigIntegerField(null=True)
    authority = models.CharField(max_length=200)
    order = models.CharField(max_length=200)
    imposed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_order = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="freeze_scope",
                condition=Q(scope="account", amount__isnull=True, first__isnull=True)
                | Q(scope="amount", amount__gte=1, first__isnull=True)
                | Q(scope="block", amount__gte=1, first__gte=1, last__gte=F("first")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.order}"


class Block(models.Model):
    """A range of allowance numbers in a holding. Ranges never overlap (exclusion constraint)."""

    id = models.BigAutoField(primary_key=True)
    holding = models.ForeignKey(
        Holding, on_delete=models.PROTECT, related_name="blocks", db_index=False
    )
    vintage = models.IntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    freeze = models.ForeignKey(Freeze, on_delete=models.PROTECT, null=True, related_name="blocks")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="block_range", condition=Q(first__gte=1) & Q(last__gte=F("first"))
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["holding", "first"], name="block_of_holding")]

    def __str__(self) -> str:
        return f"{self.vintage}: {self.first}-{self.last}"


class Numbering(models.Model):
    """The last number given out of each vintage."""

    vintage = models.IntegerField(primary_key=True)
    last = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.vintage}: {self.last}"


class Plan(models.Model):
    """A year's allocation plan as the registry needs it: total, parts and lines (M10, M13, M34)."""

    id = models.UUIDField(primary_key=True)
    year = models.IntegerField()
    version = models.IntegerField()
    provisional = models.BooleanField(default=False)
    total = models.BigIntegerField()
    direct = models.BigIntegerField()
    reserve = models.BigIntegerField()
    document = models.CharField(max_length=200)
    approved_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="plan_total_is_direct_plus_reserve",
                condition=Q(total=F("direct") + F("reserve"))
                & Q(direct__gte=0)
                & Q(reserve__gte=0),
            ),
            models.UniqueConstraint(name="plan_version_once", fields=["year", "version"]),
            models.UniqueConstraint(
                name="one_plan_in_force",
                fields=["year"],
                condition=Q(superseded_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} v{self.version}"


class PlanPart(models.Model):
    """How much of a year's direct or reserve part there is, and how much has been created."""

    id = models.BigAutoField(primary_key=True)
    year = models.IntegerField()
    part = models.CharField(max_length=8)
    amount = models.BigIntegerField()
    created = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="plan_part_once", fields=["year", "part"]),
            models.CheckConstraint(
                name="plan_part_not_passed",
                condition=Q(created__gte=0) & Q(created__lte=F("amount")),
            ),
            models.CheckConstraint(
                name="plan_part_names", condition=Q(part__in=["direct", "reserve", "outside"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.part}"


class PlanLine(models.Model):
    """What a plan lets one unit, or the auctions of a kind, have; and what of it is issued."""

    id = models.CharField(primary_key=True, max_length=64)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="lines")
    year = models.IntegerField()
    part = models.CharField(max_length=8)
    kind = models.CharField(max_length=20)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="lines")
    amount = models.BigIntegerField()
    issued = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="plan_line_not_passed",
                condition=Q(issued__gte=0) & Q(issued__lte=F("amount")),
            ),
            models.CheckConstraint(
                name="plan_line_part_by_kind",
                condition=Q(kind__in=["free", "provisional", "ordinary_auction"], part="direct")
                | Q(kind="regulation_auction", part="reserve")
                | Q(kind="outside", part="outside"),
            ),
            models.UniqueConstraint(
                name="one_open_line_per_account",
                fields=["year", "kind", "account"],
                condition=Q(closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.id


class Transaction(models.Model):
    """One transaction of the catalogue. What has executed never changes."""

    class State(models.TextChoices):
        """Where it stands; all but waiting are final."""

        WAITING = "waiting", "等待执行"
        EXECUTED = "executed", "已执行"
        STOPPED = "stopped", "已中止"

    id = models.UUIDField(primary_key=True)
    type = models.CharField(max_length=24)
    state = models.CharField(max_length=10, choices=State.choices)
    # The indexes below begin with giver and receiver; by its line no transaction is looked up.
    giver = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="given", db_index=False
    )
    receiver = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="received", db_index=False
    )
    amount = models.BigIntegerField()
    items = models.JSONField()
    plan_line = models.ForeignKey(PlanLine, on_delete=models.PROTECT, null=True, db_index=False)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="transactions")
    note = models.CharField(max_length=400, blank=True)
    proposed_at = models.DateTimeField()
    approved_at = models.DateTimeField()
    execute_at = models.DateTimeField(null=True)
    executed_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="transaction_amount", condition=Q(amount__gte=1)),
            models.CheckConstraint(
                name="transaction_state",
                condition=Q(state="waiting", executed_at__isnull=True, stopped_at__isnull=True)
                | Q(state="executed", executed_at__isnull=False, stopped_at__isnull=True)
                | Q(state="stopped", executed_at__isnull=True, stopped_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["giver", "approved_at"], name="transactions_given"),
            models.Index(fields=["receiver", "approved_at"], name="transactions_received"),
            models.Index(
                fields=["execute_at"], condition=Q(state="waiting"), name="transactions_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"


class BlockMovement(models.Model):
    """The path of the numbers: which range went from which account to which. Append-only."""

    id = models.BigAutoField(primary_key=True)
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="blocks")
    vintage = models.IntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    giver = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    receiver = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.vintage}: {self.first}-{self.last}"


class TrustedAccount(models.Model):
    """A receiver that an account trusts, from a moment on and until removed."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="trusts")
    trusted = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="trusted_by")
    approved_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="trusted_once",
                fields=["account", "trusted"],
                condition=Q(removed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} -> {self.trusted_id}"


class Pledge(models.Model):
    """An amount set aside for a creditor until released (M35.3)."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="pledges")
    creditor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    asset = models.CharField(max_length=64)
    amount = models.BigIntegerField()
    contract = models.CharField(max_length=200)
    pledged_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="pledge_amount", condition=Q(amount__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.contract}"


class Debt(models.Model):
    """Units to be taken back that the account no longer had: later receipts repay them."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debts")
    asset = models.CharField(max_length=64)
    amount = models.BigIntegerField()
    repaid = models.BigIntegerField(default=0)
    cause = models.CharField(max_length=400)
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="debt_repaid",
                condition=Q(amount__gte=1) & Q(repaid__gte=0) & Q(repaid__lte=F("amount")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.asset}"


class Attempt(models.Model):
    """A refused attempt that the law wants remembered (M13). Append-only."""

    id = models.BigAutoField(primary_key=True)
    act = models.UUIDField()
    kind = models.CharField(max_length=64)
    content = models.JSONField()
    refused = models.JSONField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.act}"


class Succession(models.Model):
    """A merger or split of units: who took over from whom (M14)."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=8)
    predecessors = models.JSONField()
    successors = models.JSONField()
    document = models.CharField(max_length=200)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Document(models.Model):
    """A statement or certificate that anybody can check by its code. Append-only."""

    code = models.CharField(primary_key=True, max_length=24)
    kind = models.CharField(max_length=24)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField()
    facts_hash = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code
