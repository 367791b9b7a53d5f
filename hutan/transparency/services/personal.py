"""Personal data in acts: committed to under keys that are kept here, apart, and can be erased."""

from __future__ import annotations

import os
from uuid import UUID

from django.conf import settings
from django.db import connection

from hutan.kernel.canonical import Json
from hutan.transparency.domain.commitments import KEY_SIZE, commitment, opening
from hutan.transparency.domain.keys import SUITES


def commit(*, owner: str, act: UUID, field: str, value: Json) -> str:
    """Return what stands in an act's body in place of the personal ``value`` of ``field``.

    A retry of the act gives the same text. ``owner`` names the person (an id, not a name); all of
    the owner's commitments rest on one key, made here at the first use, in the caller's
    transaction.
    """
    assert connection.in_atomic_block, "a commitment belongs into the transaction of its act"
    algorithm = SUITES[settings.LOG_SUITE].algorithm
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO transparency_personalkey (owner, key) VALUES (%s, %s)"
            " ON CONFLICT DO NOTHING",
            [owner, os.urandom(KEY_SIZE)],
        )
    key = _key(owner)
    assert key is not None
    return commitment(algorithm, opening(algorithm, key, act=act, field=field), value)


def opening_of(*, owner: str, act: UUID, field: str) -> bytes | None:
    """Return what opens that one commitment to an examiner; ``None`` once the key is erased."""
    algorithm = SUITES[settings.LOG_SUITE].algorithm
    key = _key(owner)
    return None if key is None else opening(algorithm, key, act=act, field=field)


def erase_personal_key(*, owner: str) -> bool:
    """Make all of the owner's commitments unreadable for good; tell whether there was a key.

    Backups of the table must expire too before the erasure is complete.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM transparency_personalkey WHERE owner = %s", [owner])
        return bool(cursor.rowcount)


def _key(owner: str) -> bytes | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM transparency_personalkey WHERE owner = %s", [owner])
        row = cursor.fetchone()
    return None if row is None else bytes(row[0])
