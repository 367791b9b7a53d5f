"""Production refuses to run with unsafe settings or on an unsafe database.

``refuse_unsafe`` is called wherever a process begins to serve: the commands ``serve``, ``worker``
and ``prepare``, and ``hutan.config.wsgi`` for whoever brings a web server of his own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db import connections

from hutan.config.refusals import (
    AssertionsOff,
    CookieOpen,
    DebugOn,
    DurabilityOff,
    HostsOpen,
    KeyMissing,
    LogUnnamed,
    ServerTooOld,
    ServingRoleTooStrong,
)
from hutan.kernel.refusals import Refusal, refuse
from hutan.runtime.external import OLDEST
from hutan.runtime.sealing import SealingTrouble, key_ring_from

_SHORTEST_KEY = 32

_COOKIES = {
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": ("Lax", "Strict"),
    "CSRF_COOKIE_SECURE": True,
    "CSRF_COOKIE_SAMESITE": ("Lax", "Strict"),
}

_DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
# Besides "on": these wait for a standby as well, so they are safer still.
_DURABLE_VALUES = ("on", "remote_write", "remote_apply")


def refuse_unsafe(*, database: bool = True) -> None:
    """Raise what is unsafe, all of it at once. Outside production nothing is.

    ``database=False`` leaves the server out, for a start at which it may still be away.
    """
    if settings.ENVIRONMENT != "production":
        return
    refuse(
        [
            *unsafe_settings(settings, environment=os.environ, assertions=__debug__),
            *(unsafe_database("default") if database else ()),
        ]
    )


def unsafe_settings(
    given: Any, *, environment: Mapping[str, str], assertions: bool
) -> Iterator[Refusal]:
    """Yield what is unsafe in the settings ``given`` and in what the process was started with.

    ``assertions`` tells whether Python checks them.
    """
    if given.DEBUG:
        yield DebugOn()
    if len(given.SECRET_KEY) < _SHORTEST_KEY or given.SECRET_KEY.startswith("insecure"):
        yield KeyMissing(name="HUTAN_SECRET_KEY")
    try:
        key_ring_from(environment)
    except SealingTrouble:
        yield KeyMissing(name="HUTAN_DATA_KEY")
    if not assertions:
        yield AssertionsOff()
    hosts = given.ALLOWED_HOSTS
    if not hosts or "testserver" in hosts or any("*" in host for host in hosts):
        yield HostsOpen()
    if given.LOG_ORIGIN == given.DEMONSTRATION_LOG:
        yield LogUnnamed(origin=given.LOG_ORIGIN)
    for name, wanted in _COOKIES.items():
        value = getattr(given, name)
        if value not in wanted if isinstance(wanted, tuple) else value != wanted:
            yield CookieOpen(name=name)


def unsafe_database(alias: str) -> Iterator[Refusal]:
    """Yield what is unsafe about the database behind ``alias``, as the serving role sees it."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, version()")
        number, _ = cursor.fetchone()
        if number < OLDEST * 10_000:
            yield ServerTooOld(version=number // 10_000, oldest=OLDEST)
        for name in _DURABLE:
            cursor.execute("SELECT current_setting(%s)", [name])
            (value,) = cursor.fetchone()
            if value not in _DURABLE_VALUES:
                yield DurabilityOff(name=name, value=value)
        cursor.execute(_POWERS)
        for role, power in cursor.fetchall():
            yield ServingRoleTooStrong(role=role, power=power)


_POWERS = """
SELECT rolname, power
FROM pg_roles, LATERAL (VALUES
    ('superuser', rolsuper),
    ('CREATEROLE', rolcreaterole),
    ('BYPASSRLS', rolbypassrls),
    ('REPLICATION', rolreplication),
    ('member of hutan_owner', EXISTS (
        SELECT FROM pg_roles owner
        WHERE owner.rolname = 'hutan_owner' AND pg_has_role(current_user, owner.oid, 'MEMBER'))),
    ('owns tables', EXISTS (
        SELECT FROM pg_class
        WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p') AND relpersistence <> 't')),
    ('may create tables', has_schema_privilege(current_user, 'public', 'CREATE'))
) AS powers (power, held)
WHERE rolname = current_user AND held
ORDER BY power
"""
