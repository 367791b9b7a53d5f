"""Rows of the ledger. Nothing writes them through the ORM: services insert, triggers keep account.

The serving role may insert assets, accounts (without a balance) and history, and change none of
them. Balances, reservations and folios are written by the trigger on the history alone: see
``migrations/0002_rules.py``.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from hutan.ledger.domain.instructions import LARGEST


class Asset(models.Model):
    """Something that can be owned, such as ``allowance:2024``; ``unit`` is what one of it is."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=80, unique=True)
    unit = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z_]*(:[A-Za-z0-9._-]+)*$"),
                name="ledger_asset_code_form",
            ),
            models.CheckConstraint(condition=~Q(unit=""), name="ledger_asset_unit_given"),
        ]

    def __str__(self) -> str:
        return self.code


class Account(models.Model):
    """What one holder has of one asset.

    ``source`` may go below zero; ``serialised`` tells the registry that it keeps serial blocks for
    this account. ``last_sequence`` is that of its latest entry; ``entries`` counts those since
    its last folio, and ``earliest`` and ``latest`` are the moments between which these lie.
    """

    id = models.BigAutoField(primary_key=True)
    balance = models.BigIntegerField(db_default=0)
    reserved = models.BigIntegerField(db_default=0)
    last_sequence = models.BigIntegerField(db_default=0)
    entries = models.IntegerField(db_default=0)
    earliest = models.DateTimeField(null=True)
    latest = models.DateTimeField(null=True)
    asset = models.ForeignKey(Asset, models.PROTECT, db_index=False, db_column="asset")
    source = models.BooleanField()
    serialised = models.BooleanField()
    code = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "asset"], name="ledger_account_code_asset"),
            models.CheckConstraint(condition=~Q(code=""), name="ledger_account_code_given"),
            models.CheckConstraint(
                condition=Q(source=True) | Q(balance__gte=F("reserved")),
                name="ledger_account_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(balance__range=(-LARGEST, LARGEST), reserved__range=(0, LARGEST)),
                name="ledger_account_within_limits",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Transfer(models.Model):
    """One row of the history; append-only. Kinds are those of ``domain.instructions.Kind``.

    A row of kind 0 moves nothing: it holds the id of a refused instruction, so that no id is ever
    answered twice. ``debit_before`` and ``credit_before`` chain the entries of an account, latest
    first; no index leads from an account to its rows, as each such index would cost a COPY more
    than all the rest. Accounts are checked by the trigger, not by foreign keys, which cost a
    look-up a row.
    """

    id = models.UUIDField(primary_key=True)
    sequence = models.BigIntegerField()
    debit = models.ForeignKey(
        Account, models.PROTECT, null=True, db_constraint=False, db_index=False,
        related_name="+", db_column="debit",
    )  # fmt: skip
    credit = models.ForeignKey(
        Account, models.PROTECT, null=True, db_constraint=False, db_index=False,
        related_name="+", db_column="credit",
    )  # fmt: skip
    moved = models.BigIntegerField()
    held = models.BigIntegerField()
    debit_before = models.BigIntegerField(null=True)
    credit_before = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    asset = models.ForeignKey(
        Asset, models.PROTECT, null=True, db_constraint=False, db_index=False,
        related_name="+", db_column="asset",
    )  # fmt: skip
    kind = models.SmallIntegerField()
    subject = models.UUIDField(null=True)
    expires_at = models.DateTimeField(null=True)
    linked = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sequence"], name="ledger_transfer_sequence"),
        ]
        indexes = [
            models.Index(
                fields=["subject"],
                condition=Q(subject__isnull=False),
                name="ledger_transfer_subject",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Refusal(models.Model):
    """Why the instruction of that id was refused, and for which content; append-only."""

    transfer = models.OneToOneField(
        Transfer, models.PROTECT, primary_key=True, related_name="+", db_column="id"
    )
    code = models.CharField(max_length=8)
    facts = models.JSONField()
    content = models.JSONField()

    def __str__(self) -> str:
        return self.code


class Reservation(models.Model):
    """A reservation that is still open; written by the trigger alone."""

    id = models.UUIDField(primary_key=True)
    sequence = models.BigIntegerField()
    asset = models.ForeignKey(
        Asset,
        models.PROTECT,
        db_index=False,
        related_name="+",
        db_constraint=False,
        db_column="asset",
    )
    debit = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_constraint=False, db_column="debit"
    )
    credit = models.ForeignKey(
        Account,
        models.PROTECT,
        db_index=False,
        related_name="+",
        db_constraint=False,
        db_column="credit",
    )
    amount = models.BigIntegerField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False),
                name="ledger_reservation_due",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Folio(models.Model):
    """What an account had at the end of a page of its history; written by the trigger alone.

    Balances of any past moment are read backwards from a folio. ``earliest`` and ``latest`` are
    the moments between which the entries of the page lie.
    """

    pk = models.CompositePrimaryKey("account", "sequence")
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        db_index=False,
        related_name="+",
        db_constraint=False,
        db_column="account",
    )
    sequence = models.BigIntegerField()
    balance = models.BigIntegerField()
    reserved = models.BigIntegerField()
    earliest = models.DateTimeField()
    latest = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id}/{self.sequence}"
