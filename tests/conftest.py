"""One embedded server for a test run; one database a worker, cloned from a migrated template.

``db`` runs a test inside a transaction as the serving role. ``committed_db`` gives a test a
database of its own, dropped afterwards: for races, crashes, commits and deferred constraints.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from pytest_django import DjangoDbBlocker

from hutan.runtime.postgres import APP, OWNER, SUPERUSER, Server
from hutan.runtime.roles import grant_defaults
from hutan.runtime.sealing import new_key_ring

# A shared machine is slow now and then: time is no ground for failing a test.
settings.register_profile("hutan", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hutan")

_TEMPLATE = "hutan_template"
_server: Server | None = None
_home: Path | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the controlling process; workers find it through the environment."""
    global _server, _home
    os.environ.setdefault("HUTAN_DATA_KEY", new_key_ring())
    if hasattr(config, "workerinput") or "HUTAN_TEST_URL" in os.environ:
        return
    _home = Path(tempfile.mkdtemp(prefix="hutan-test-"))
    _home.chmod(0o755)
    os.environ["HUTAN_DATA"] = str(_home / "data")
    # Nothing here outlives the run, so durability is off; crash tests start their own servers.
    _server = Server(_home, settings={"fsync": "off", "full_page_writes": "off"})
    _server.start()
    for role, name in (
        (SUPERUSER, "HUTAN_TEST_SUPER"),
        (OWNER, "HUTAN_TEST_OWNER"),
        (APP, "HUTAN_TEST_URL"),
    ):
        os.environ[name] = _server.url(role, "{database}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this process started."""
    if _server is not None:
        _server.stop()
    if _home is not None:
        shutil.rmtree(_home, ignore_errors=True)


def _as_superuser(*statements: sql.SQL | sql.Composed) -> None:
    url = os.environ["HUTAN_TEST_SUPER"].format(database="postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _clone(database: str) -> None:
    _as_superuser(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)),
        sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
            sql.Identifier(database), sql.Identifier(_TEMPLATE), sql.Identifier(OWNER)
        ),
    )


def _use(database: str) -> None:
    from django.db import connections

    from hutan.config.settings import database_settings

    for alias, template in (("default", "HUTAN_TEST_URL"), ("owner", "HUTAN_TEST_OWNER")):
        url = os.environ[template].format(database=database)
        connections[alias].close()
        connections[alias].settings_dict.update(database_settings(url))


@pytest.fixture(scope="session")
def _template(django_db_blocker: DjangoDbBlocker) -> None:
    """Migrate the template once a run: the first worker to come does it, the others wait."""
    from django.core.management import call_command

    url = os.environ["HUTAN_TEST_SUPER"].format(database="postgres")
    with psycopg.connect(url, autocommit=True) as guard:
        guard.execute("SELECT pg_advisory_lock(7210)")
        known = guard.execute("SELECT 1 FROM pg_database WHERE datname = %s", (_TEMPLATE,))
        if known.fetchone() is None:
            building = f"{_TEMPLATE}_building"
            _as_superuser(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(building), sql.Identifier(OWNER)
                )
            )
            grant_defaults(os.environ["HUTAN_TEST_OWNER"].format(database=building))
            _use(building)
            with django_db_blocker.unblock():
                call_command("migrate", database="owner", verbosity=0)
            _use("postgres")
            _as_superuser(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(building), sql.Identifier(_TEMPLATE)
                )
            )


@pytest.fixture(scope="session")
def django_db_setup(
    _template: None, django_db_blocker: DjangoDbBlocker, worker_id: str
) -> Iterator[None]:
    """Replace pytest-django's own set-up: it would create tables as the serving role."""
    database = f"hutan_{worker_id}"
    _clone(database)
    _use(database)
    with django_db_blocker.unblock():
        yield
    _use("postgres")


@pytest.fixture
def committed_db(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, worker_id: str
) -> Iterator[str]:
    """Give the test a fresh database in which it may commit; return the serving role's URL."""
    database = f"hutan_{worker_id}_committed"
    _clone(database)
    _use(database)
    with django_db_blocker.unblock():
        yield os.environ["HUTAN_TEST_URL"].format(database=database)
    _use(f"hutan_{worker_id}")
    _as_superuser(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
    )
