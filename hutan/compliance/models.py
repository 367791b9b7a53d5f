"""Rows of the compliance context. What was determined, used and closed is never rewritten."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from hutan.parties.models import Organisation, Proposal
from hutan.registry.models import Transaction


class YearOpening(models.Model):
    """A compliance year opened by two people, who confirmed what in it is merely assumed."""

    year = models.IntegerField(primary_key=True)
    act = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="+")
    profile = models.CharField(max_length=32)
    rules_version = models.CharField(max_length=64)
    surrender_closes = models.DateTimeField()
    rules = models.JSONField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closing_act = models.OneToOneField(
        Proposal, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="year_closed_after_deadline",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("surrender_closes")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)


class Listing(models.Model):
    """How a unit stands on a year's list, in versions; the one not superseded counts."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="listings")
    year = models.IntegerField()
    listing = models.CharField(max_length=16)
    reason = models.CharField(max_length=400)
    act = models.UUIDField()
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="one_listing_counts",
                fields=["unit", "year"],
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="listing_names",
                condition=Q(listing__in=["regulated", "national", "reporting_only", "not_listed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.listing}"


class Determination(models.Model):
    """A year's emissions as the bureau determined them, in versions; the latest counts (M18.1).

    ``surrender_by`` is set where it was made out of season, for a unit that closes or leaves (M22).
    """

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="determinations")
    year = models.IntegerField()
    version = models.IntegerField()
    tonnes = models.DecimalField(max_digits=18, decimal_places=4)
    surrender_by = models.DateTimeField(null=True)
    document = models.CharField(max_length=200)
    act = models.UUIDField()
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="determination_version_once", fields=["unit", "year", "version"]
            ),
            models.UniqueConstraint(
                name="one_determination_counts",
                fields=["unit", "year"],
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(name="determination_tonnes", condition=Q(tonnes__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.tonnes}"


class Proof(models.Model):
    """A proof of cancellation in another register; each serves one unit, one year, once (N4.3)."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12)
    number = models.CharField(max_length=64)
    quantity = models.BigIntegerField()
    reduction_class = models.CharField(max_length=2, blank=True)
    inside_own_boundary = models.BooleanField()
    certified_at = models.DateTimeField()
    answer = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="proof_used_once", fields=["kind", "number"]),
            models.CheckConstraint(name="proof_quantity", condition=Q(quantity__gte=1)),
        ]

    def __str__(self) -> str:
        return self.number


class Use(models.Model):
    """What a unit has used for a year: allowances surrendered, or reductions by their proof."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="uses")
    year = models.IntegerField()
    vintage = models.IntegerField(null=True)
    proof = models.ForeignKey(Proof, on_delete=models.PROTECT, null=True, related_name="uses")
    quantity = models.BigIntegerField()
    received_at = models.DateTimeField()
    transaction = models.ForeignKey(
        Transaction, on_delete=models.PROTECT, null=True, related_name="uses"
    )
    act = models.UUIDField()
    entered_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="use_quantity", condition=Q(quantity__gte=1)),
            models.CheckConstraint(
                name="use_is_one_thing",
                condition=Q(vintage__isnull=False, proof__isnull=True, transaction__isnull=False)
                | Q(vintage__isnull=True, proof__isnull=False, transaction__isnull=True),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "year"], name="uses_of_unit_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.quantity}"


class Departure(models.Model):
    """A unit that dissolves, deregisters, stops production or moves out of the city (M22.1)."""

    id = models.UUIDField(primary_key=True)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="departures")
    year = models.IntegerField()
    reason = models.CharField(max_length=16)
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="departure_once", fields=["unit"]),
            models.CheckConstraint(
                name="departure_reasons",
                condition=Q(reason__in=["dissolved", "deregistered", "stopped", "moved_out"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.reason}"


class Closing(models.Model):
    """How a unit stood when its year was closed. Append-only."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="closings")
    year = models.IntegerField()
    status = models.CharField(max_length=20)
    due = models.BigIntegerField()
    counted = models.BigIntegerField()
    missing = models.BigIntegerField()
    excess = models.BigIntegerField()
    reductions = models.BigIntegerField()
    act = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="closing_once", fields=["unit", "year"]),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.status}"


class CarriedOver(models.Model):
    """What was carried over, or lapsed, of an account's surplus when a year was closed."""

    id = models.BigAutoField(primary_key=True)
    year = models.IntegerField()
    account = models.CharField(max_length=14)
    asset = models.CharField(max_length=64)
    carried = models.BigIntegerField()
    lapsed = models.BigIntegerField()
    act = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="carried_once", fields=["year", "account", "asset"]),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.account}"


class Instalment(models.Model):
    """A part of a mover's surplus that is set aside until its year (A5.2)."""

    id = models.UUIDField(primary_key=True)
    account = models.CharField(max_length=14)
    asset = models.CharField(max_length=64)
    amount = models.BigIntegerField()
    year = models.IntegerField()
    set_aside_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.year} {self.account}"


class PreAllocation(models.Model):
    """What a unit was given in advance for the next year after full surrender (N5)."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.IntegerField()
    amount = models.BigIntegerField()
    working = models.JSONField()
    act = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="pre_allocated_once", fields=["unit", "year"]),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.amount}"
