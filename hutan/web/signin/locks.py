"""Locks after failures in a row, so that guessing is slow and nobody is locked out by others.

Failures are counted per login *and* device: a browser that has once signed in with a login carries
a signed mark and has a count of its own. Whoever hammers on a login from elsewhere locks the
unknown devices, not the desk of its owner; a deadline cannot be stolen that way. Each further lock
without a success between lasts twice as long as the one before.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, get_args

from django.core import signing
from django.db import transaction

from hutan.kernel.moments import aware
from hutan.web.conf import sign_in_limits
from hutan.web.models import FailureCount
from hutan.web.signin.refusals import Locked

Step = Literal["password", "code"]
DEVICE_COOKIE = "device"
DEVICE_AGE = timedelta(days=365)
_SALT = "hutan.web.device"


@dataclass(frozen=True, slots=True)
class Place:
    """From where a person signs in: network, browser, and the device's mark if it has one."""

    network: str = ""
    agent: str = ""
    device: str = ""


def device_mark(login: str) -> str:
    """Return a mark for the browser that has just signed in with ``login``."""
    return signing.dumps({"login": login, "nonce": secrets.token_hex(16)}, salt=_SALT)


def known_device(cookie: str, login: str) -> str:
    """Return the device's own id if ``cookie`` is our mark for this login, or nothing."""
    try:
        mark = signing.loads(cookie, salt=_SALT, max_age=DEVICE_AGE)
    except signing.BadSignature:
        return ""
    return str(mark["nonce"]) if mark.get("login") == login else ""


def take_attempt(step: Step, login: str, place: Place, *, at: datetime) -> bool:
    """Use up one attempt before anything is checked; tell whether it was the last one.

    Taking it first means that any number of parallel guesses is checked at most as often as the
    limit says. Raises ``Locked`` if none is left.
    """
    limits = sign_in_limits()
    with transaction.atomic():
        row = _row(step, login, place, aware(at))
        locked = row.locked_until is not None and row.locked_until > at
        if not locked:
            if row.locked_until is not None:
                row.failures, row.locked_until = 0, None
            row.failures += 1
            row.last_at = at
            if row.failures >= limits.failures:
                row.locks += 1
                row.locked_until = at + _lasting(row.locks)
            row.save()
    if locked:
        assert row.locked_until is not None
        raise Locked(minutes=_minutes(row.locked_until - at))
    return row.locked_until is not None


def forget_failures(step: Step, login: str, place: Place) -> None:
    """Start counting anew after a success."""
    FailureCount.objects.filter(bucket=_bucket(step, login, place)).delete()


def unlock(login: str) -> None:
    """Lift the locks on a login's unknown devices: the security administrator's act."""
    for step in get_args(Step):
        forget_failures(step, login, Place())


def forget_old_failures(*, before: datetime) -> int:
    """Delete counts without a lock in force; the clockwork calls it with a moment days ago."""
    deleted, _ = FailureCount.objects.filter(last_at__lt=before).delete()
    return deleted


def _row(step: Step, login: str, place: Place, at: datetime) -> FailureCount:
    bucket = _bucket(step, login, place)
    # The upsert holds the row until this transaction ends, also against a success deleting it.
    FailureCount.objects.bulk_create(
        [FailureCount(bucket=bucket, last_at=at)],
        update_conflicts=True,
        unique_fields=["bucket"],
        update_fields=["last_at"],
    )
    return FailureCount.objects.get(bucket=bucket)


def _bucket(step: Step, login: str, place: Place) -> str:
    device = known_device(place.device, login) if place.device else ""
    return sha256(f"{step}|{login}|{device}".encode()).hexdigest()


def _lasting(locks: int) -> timedelta:
    limits = sign_in_limits()
    return min(limits.lock * (1 << min(locks - 1, 16)), limits.lock_longest)


def _minutes(left: timedelta) -> int:
    return -(-int(left.total_seconds()) // 60)
