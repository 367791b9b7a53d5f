"""How a command gets at the database: the given one, the running one, or one for its own time.

Put ``@needs_database`` on a command whose body uses Django; import what needs Django inside it.
Commands without it start neither Django nor a server.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from hutan.runtime.place import Place, Running, home
from hutan.runtime.surroundings import is_production, surroundings
from hutan.runtime.trouble import Trouble

if TYPE_CHECKING:
    # The decision cores beside such commands start without a database's driver.
    from hutan.runtime.external import Urls

P = ParamSpec("P")
R = TypeVar("R")

INSIDE = "HUTAN_INSIDE"
"""Set for processes that were given all they need by the one that started them."""


def needs_database(command: Callable[P, R]) -> Callable[P, R]:
    """Run ``command`` with Django set up on a migrated database."""

    @functools.wraps(command)
    def reached(*args: P.args, **kwargs: P.kwargs) -> R:
        with database(command.__name__):
            return command(*args, **kwargs)

    return reached


@contextmanager
def database(command: str, *, migrated: bool = True) -> Iterator[None]:
    """Reach the database and set Django up; ``command`` is the name others see meanwhile.

    ``migrated=False`` is for the command that migrates. In production no other one does; in a
    demonstration whatever comes first brings the database up to date.
    """
    from django.apps import apps

    if apps.ready:
        # Tests, and commands that call each other.
        yield
    elif os.environ.get(INSIDE):
        _set_up(migrated=False)
        yield
    elif os.environ.get("DATABASE_URL"):
        place = Place(home())
        place.lay()
        urls = given_database(place)
        _enter(place, urls.app, urls.owner, migrated=migrated)
        yield
    else:
        with _embedded(Place(home()), command, migrated=migrated):
            yield


def given_database(place: Place) -> Urls:
    """Return the addresses of the PostgreSQL that ``DATABASE_URL`` names."""
    from hutan.runtime.external import reach

    return reach(
        os.environ["DATABASE_URL"],
        os.environ.get("HUTAN_OWNER_URL", ""),
        place,
        production=is_production(),
    )


def refuse_unsafe() -> None:
    """Raise whatever production may not run with; to be called once Django is set up."""
    from django.conf import settings
    from django.utils.module_loading import import_string

    import_string(settings.BEFORE_SERVING)()


def refuse_embedded_production() -> None:
    """Raise if this is production and no database was given."""
    if is_production():
        raise Trouble(
            "Production does not run on the embedded database.",
            "Set DATABASE_URL and HUTAN_OWNER_URL (docs/operating.md).",
        )


@contextmanager
def _embedded(place: Place, command: str, *, migrated: bool) -> Iterator[None]:
    """Use the embedded server that runs on ``place``, or run it as long as it is needed."""
    from hutan.runtime.postgres import APP, OWNER, Server

    refuse_embedded_production()
    place.lay()
    with place.using() as wait_for_others:
        running = _running(place)
        if running is not None:
            _enter(place, running.database_url, running.owner_url, migrated=migrated)
            yield
            return
        with place.hold(command), Server(place.home, say=_say) as server:
            place.announce(Running(os.getpid(), command, server.url(APP), server.url(OWNER)))
            try:
                _enter(place, server.url(APP), server.url(OWNER), migrated=migrated)
                yield
            finally:
                _close_connections()
                # Another command may have come to use this server meanwhile.
                wait_for_others()
                place.forget_running()


def _running(place: Place) -> Running | None:
    """Return the running platform; one that is just starting or stopping is waited for."""
    ends = time.monotonic() + 60
    while place.held():
        running = place.running()
        if running is not None:
            return running
        if time.monotonic() > ends:
            raise Trouble(
                f"The platform on {place.home} has been starting for a minute.",
                "Look at that terminal, or at log/postgres.log in the data folder.",
            )
        time.sleep(0.1)
    return None


def _enter(place: Place, app_url: str, owner_url: str, *, migrated: bool) -> None:
    os.environ.update(surroundings(place, app_url=app_url, owner_url=owner_url))
    _set_up(migrated=migrated)


def _set_up(*, migrated: bool) -> None:
    import django

    from hutan.cli.prepare import migrate_and_mark, missing_migrations

    django.setup()
    if not migrated:
        return
    if not is_production():
        migrate_and_mark(_say)
    elif missing_migrations():
        raise Trouble("The database is not migrated to this version.", "Run ./run prepare first.")


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


def _say(text: str) -> None:
    sys.stderr.write(f"{text} …\n")
