"""Rows of the clock: what kind of place this database is, and each move of its clock."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from hutan.clock.domain.reading import END


class Kind(models.TextChoices):
    """Whether the acts in this database count for real."""

    DEMO = "demo", "演示"
    PRODUCTION = "production", "生产"


class City(models.Model):
    """What this database is for: one row, written once, never changed."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    # The setting from which the clock runs until it is moved for the first time.
    real = models.DateTimeField()
    city = models.DateTimeField()

    class Meta:
        db_table = "clock_city"
        constraints = (
            models.CheckConstraint(condition=Q(id=1), name="clock_city_one_row"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="clock_city_kind"),
        )

    def __str__(self) -> str:
        return self.kind


class Move(models.Model):
    """The clock was moved: by whom, at which real moment, from where, to where."""

    act = models.UUIDField(unique=True)
    who = models.CharField(max_length=64)
    real = models.DateTimeField()
    moved_from = models.DateTimeField()
    moved_to = models.DateTimeField()

    class Meta:
        db_table = "clock_move"
        constraints = (
            models.CheckConstraint(
                condition=Q(moved_to__gt=F("moved_from")), name="clock_move_forward"
            ),
            models.CheckConstraint(condition=Q(moved_to__lt=END), name="clock_move_before_end"),
        )

    def __str__(self) -> str:
        return f"{self.moved_from} -> {self.moved_to} ({self.who})"
