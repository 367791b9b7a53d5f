"""Bringing a database to where this version of Hutan can serve from it. Safe to repeat."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable
from datetime import UTC, datetime

from hutan.runtime.console import step
from hutan.runtime.place import home
from hutan.runtime.surroundings import is_production
from hutan.runtime.trouble import Trouble

Say = Callable[[str], None]

DEMONSTRATION = "hutan.cli.demo"
"""The module whose ``fill(*, home: Path, say: Say) -> str`` fills the demonstration city.

It is called at every start, after the migrations, with Django set up. It returns at once if the
city is filled, goes on where an interrupted fill stopped, writes the logins to print into
``home/demo-logins.txt`` (0600), and returns one line for the terminal.
"""


REPLAY = "history-replay"
"""A file of this name marks a data folder in which ``hutan history replay`` has its database."""


def prepare() -> None:
    """Migrate the database; in a demonstration, create and fill the city."""
    from hutan.cli.reach import database, refuse_unsafe

    with database("prepare", migrated=False):
        refuse_unsafe()
        with step("migrations") as showing:
            count = migrate_and_mark(showing.say)
            showing.result = f"{count} applied" if count else "up to date"
        with step("static files") as showing:
            showing.result = _collect_static()
        if not is_production():
            with step("demonstration") as showing:
                showing.result = _fill_city(showing.say)


def migrate_and_mark(say: Say) -> int:
    """Apply what is missing, write down what kind of place the database is; return the count.

    Raises ``OtherKindOfPlace`` where demonstration and production would be mixed.
    """
    from hutan.clock import services as clock

    count = _migrate(say)
    clock.create(real=datetime.now(UTC))
    return count


def _migrate(say: Say) -> int:
    from django.core.management import call_command
    from django.db import connections

    from hutan.runtime.roles import grant_defaults

    owner = connections["owner"]
    try:
        # Two starts on one database at once: the second waits, then finds nothing to do.
        with owner.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(7210)")
        count = missing_migrations()
        if count:
            say(f"applying {count} migrations")
            grant_defaults(os.environ["HUTAN_OWNER_URL"])
            call_command("migrate", database="owner", verbosity=0, interactive=False)
    finally:
        owner.close()
    return count


def missing_migrations() -> int:
    """Return how many migrations the database lacks.

    Raises ``Trouble`` if it has some that this version does not know.
    """
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    loader = (executor := MigrationExecutor(connections["owner"])).loader
    known = set(loader.disk_migrations or {}) | set(loader.replacements)
    labels = {label for label, _ in known}
    newer = [key for key in loader.applied_migrations if key[0] in labels and key not in known]
    if newer:
        raise Trouble(
            f"The database was written by a newer version of Hutan ({'.'.join(newer[0])}).",
            "Use that version, or another database.",
        )
    return len(executor.migration_plan(loader.graph.leaf_nodes()))


def _collect_static() -> str:
    from django.conf import settings
    from django.core.management import call_command

    if not settings.STATIC_ROOT:
        return "served from the source"
    call_command("collectstatic", interactive=False, verbosity=0)
    return "collected"


def _fill_city(say: Say) -> str:
    if importlib.util.find_spec(DEMONSTRATION) is None:
        return "nothing to fill"
    if (home() / REPLAY).exists():
        return "this folder holds a replayed history: nothing to fill"
    filled = importlib.import_module(DEMONSTRATION).fill(home=home(), say=say)
    return str(filled)
