"""Rows of the log. All but the queue and the personal keys are append-only.

The migration takes UPDATE and DELETE on them from the serving role. There are no foreign keys: the
triggers behind them run once a row and would cost a bulk act more than all else; ``log verify``
finds what points nowhere.
"""

from __future__ import annotations

from django.db import models
from django.db.models import BooleanField, Func, IntegerField, Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import Exact

from hutan.transparency.domain.hashing import SIZE
from hutan.transparency.domain.keys import SUITES
from hutan.transparency.domain.records import KIND


def _whole_hash(name: str) -> models.CheckConstraint:
    length = Func("hash", function="octet_length", output_field=IntegerField())
    return models.CheckConstraint(condition=Exact(length, SIZE), name=name)


class Log(models.Model):
    """The log's birth: its name and suite, for life. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    origin = models.CharField(max_length=200)
    suite = models.CharField(max_length=20)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="log_is_one"),
            models.CheckConstraint(condition=Q(suite__in=sorted(SUITES)), name="log_suite_known"),
        ]

    def __str__(self) -> str:
        return self.origin


class Entry(models.Model):
    """One official act. ``record`` is the canonical text that the leaf is the hash of."""

    id = models.BigAutoField(primary_key=True)
    act = models.UUIDField(unique=True)
    kind = models.CharField(max_length=100)
    at = models.DateTimeField()
    record = models.TextField()

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], condition=Q(kind__startswith="log."), name="entry_of_the_log_itself"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__regex=f"^{KIND.pattern}$"), name="entry_kind_is_namespaced"
            ),
            models.CheckConstraint(
                condition=Func(
                    "record",
                    Concat(
                        Value('{"act":"', TextField()),
                        Cast("act", TextField()),
                        Value('",', TextField()),
                    ),
                    function="starts_with",
                    output_field=BooleanField(),
                ),
                name="entry_record_is_of_its_act",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.act}"


class Pending(models.Model):
    """The queue before the tree: entries that are committed and not yet leaves."""

    entry = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.entry)


class Subject(models.Model):
    """Whom an entry concerns: an index for finding receipts, not part of the record."""

    pk = models.CompositePrimaryKey("subject", "entry")
    subject = models.CharField(max_length=100)
    entry = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.subject} {self.entry}"


class Movement(models.Model):
    """One movement of an act: the ``number``-th leaf of the act's own tree."""

    pk = models.CompositePrimaryKey("entry", "number")
    entry = models.BigIntegerField()
    number = models.IntegerField()
    key = models.CharField(max_length=100)
    hash = models.BinaryField()
    record = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "key"], name="movement_key_once_an_act"),
            _whole_hash("movement_hash_is_whole"),
            models.CheckConstraint(condition=Q(number__gte=0), name="movement_number_from_0"),
        ]

    def __str__(self) -> str:
        return f"{self.entry}/{self.number}"


class MovementNode(models.Model):
    """A stored inner node (levels 8, 16, ...) of an act's own tree."""

    pk = models.CompositePrimaryKey("entry", "level", "position")
    entry = models.BigIntegerField()
    level = models.SmallIntegerField()
    position = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__gt=0), name="movement_node_is_inner"),
            _whole_hash("movement_node_hash_is_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.entry}/{self.level}/{self.position}"


class Leaf(models.Model):
    """One leaf of the tree: which entry stands there, and its hash."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField(unique=True)
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(position__gte=0), name="leaf_position_from_0"),
            _whole_hash("leaf_hash_is_whole"),
        ]

    def __str__(self) -> str:
        return str(self.position)


class Node(models.Model):
    """A stored inner node (levels 8, 16, ...) of the tree."""

    pk = models.CompositePrimaryKey("level", "position")
    level = models.SmallIntegerField()
    position = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__gt=0), name="node_is_inner"),
            _whole_hash("node_hash_is_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.level}/{self.position}"


class Checkpoint(models.Model):
    """A signed head: ``note`` is the text as published, without witnesses' signatures."""

    size = models.BigIntegerField(primary_key=True)
    previous = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(previous__gte=0, size__gt=models.F("previous")), name="checkpoint_grows"
            )
        ]

    def __str__(self) -> str:
        return str(self.size)


class Cosignature(models.Model):
    """A witness's signature line under a checkpoint."""

    pk = models.CompositePrimaryKey("size", "witness")
    size = models.BigIntegerField()
    witness = models.CharField(max_length=220)
    line = models.TextField()

    def __str__(self) -> str:
        return f"{self.size} {self.witness}"


class PersonalKey(models.Model):
    """What makes an owner's commitments readable. Erased at the owner's wish; never exported."""

    owner = models.CharField(max_length=100, primary_key=True)
    key = models.BinaryField()

    def __str__(self) -> str:
        return self.owner
