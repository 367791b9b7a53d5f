"""A PostgreSQL that somebody else runs, named by ``DATABASE_URL``.

Two addresses are the rule: ``DATABASE_URL`` of the serving role ``hutan_app`` and
``HUTAN_OWNER_URL`` of the migrating role ``hutan_owner``. The names are fixed, because migrations
take rights away from the serving role by its name. Outside production ``DATABASE_URL`` alone may
be the address of an administrator: then the two roles are made, with passwords of our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from hutan.runtime.place import Place
from hutan.runtime.postgres import APP, OWNER
from hutan.runtime.trouble import Trouble

OLDEST = 15
"""The oldest major version of PostgreSQL that Hutan runs on."""

_DOCUMENT = "docs/operating.md, 'A PostgreSQL of your own'"


@dataclass(frozen=True)
class Urls:
    """The two addresses of one database, and the server's version as it writes it."""

    app: str
    owner: str
    version: str


def reach(app_url: str, owner_url: str, place: Place, *, production: bool) -> Urls:
    """Return the addresses of both roles, or raise ``Trouble`` with what has to be done first.

    ``owner_url`` may be empty outside production (see above).
    """
    with _connect(app_url, "DATABASE_URL") as connection:
        version = _version(connection)
        if owner_url:
            with _connect(owner_url, "HUTAN_OWNER_URL") as owner:
                _check_pair(connection, owner)
            return Urls(app_url, owner_url, version)
        if production:
            raise Trouble(
                "Production needs HUTAN_OWNER_URL beside DATABASE_URL: one role migrates, another "
                "serves.",
                f"Create the role {OWNER} and set its address ({_DOCUMENT}).",
            )
        urls = _make_roles(connection, app_url, place)
    return Urls(urls[APP], urls[OWNER], version)


def _connect(url: str, name: str) -> psycopg.Connection[tuple[Any, ...]]:
    if urlsplit(url).scheme not in ("postgres", "postgresql"):
        raise Trouble(
            f"{name} is not the address of a PostgreSQL database.",
            "Write it as postgresql://role:password@host:5432/database.",
        )
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        # The message may repeat the address but never the password.
        reason = " ".join(str(error).split()).rstrip(".?")
        raise Trouble(
            f"The database of {name} cannot be reached: {reason}.",
            f"Check that the server runs and that {name} names it, the role and its password.",
        ) from None


def _version(connection: psycopg.Connection[tuple[Any, ...]]) -> str:
    if connection.info.server_version < OLDEST * 10_000:
        raise Trouble(
            f"The server runs PostgreSQL {connection.info.server_version // 10_000}; Hutan needs "
            f"{OLDEST} or newer.",
            "Upgrade it, or unset DATABASE_URL to use the embedded server.",
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise Trouble(
            f"The database is encoded as {encoding}, which does not hold all Chinese names.",
            f"Create it with ENCODING 'UTF8' ({_DOCUMENT}).",
        )
    return (connection.info.parameter_status("server_version") or "").partition(" ")[0]


def _check_pair(
    app: psycopg.Connection[tuple[Any, ...]], owner: psycopg.Connection[tuple[Any, ...]]
) -> None:
    same = "SELECT current_database(), pg_postmaster_start_time()"
    if app.execute(same).fetchone() != owner.execute(same).fetchone():
        raise Trouble(
            "DATABASE_URL and HUTAN_OWNER_URL lead to different databases.",
            "Let both name the same server and database.",
        )
    for name, connection, role in (("DATABASE_URL", app, APP), ("HUTAN_OWNER_URL", owner, OWNER)):
        if connection.info.user != role:
            raise Trouble(
                f"{name} signs in as {connection.info.user}; it has to be {role}.",
                f"Create the role and set its address ({_DOCUMENT}).",
            )


def _make_roles(
    connection: psycopg.Connection[tuple[Any, ...]], url: str, place: Place
) -> dict[str, str]:
    """Make both roles as the administrator that ``url`` signs in; return their addresses."""
    able, database = connection.execute(
        "SELECT rolsuper OR rolcreaterole, current_database() FROM pg_roles"
        " WHERE rolname = current_user"
    ).fetchone() or (False, "")
    if not able:
        raise Trouble(
            f"DATABASE_URL alone has to name an administrator, and {connection.info.user} may not "
            "create roles.",
            f"Set HUTAN_OWNER_URL too ({_DOCUMENT}).",
        )
    urls = {}
    for role in (OWNER, APP):
        known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        password = place.secret(f"{role}@{quote(database, safe='')}")
        urls[role] = _with_login(url, role, password)
        if known is None:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(password)
                )
            )
    connection.execute(
        sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(sql.Identifier(OWNER))
    )
    for role, address in urls.items():
        try:
            psycopg.connect(address, connect_timeout=10).close()
        except psycopg.OperationalError:
            raise Trouble(
                f"The server already has a role {role} with a password that {place.home} does not "
                "know.",
                "Set DATABASE_URL and HUTAN_OWNER_URL with the passwords of both roles.",
            ) from None
    return urls


def _with_login(url: str, role: str, password: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{host}"))
