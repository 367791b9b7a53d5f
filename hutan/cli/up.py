"""``./run``: the whole platform on this machine, from nothing to an address, until Ctrl-C."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

import typer

from hutan.cli.reach import INSIDE, given_database, refuse_embedded_production
from hutan.runtime import leftovers, programs
from hutan.runtime.console import step, tell
from hutan.runtime.family import Family, Member
from hutan.runtime.place import Place, Running, home
from hutan.runtime.postgres import APP, OWNER, Server
from hutan.runtime.stop import Stop, Stopped
from hutan.runtime.surroundings import surroundings
from hutan.runtime.trouble import Trouble

LOGINS = "demo-logins.txt"
"""Written into the data folder by the fill of the demonstration; printed when all is up."""

_PATIENCE = 60


def up(
    port: Annotated[int, typer.Option(help="Port of the web server; 0 takes any free one.")] = 8000,
    reset: Annotated[bool, typer.Option(help="Remove all data and begin anew.")] = False,
    yes: Annotated[bool, typer.Option(help="Do not ask before --reset.")] = False,
) -> None:
    """Start everything: database, pages, clockwork. Ctrl-C stops it."""
    stop = Stop()
    place = Place(home())
    try:
        if not os.environ.get("DATABASE_URL"):
            refuse_embedded_production()
        place.lay()
        with place.hold("run"):
            # Before anything is removed or started; a killed start leaves its address behind.
            port = _free_port(port, stop, patient=place.running() is not None)
            place.forget_running()
            if reset:
                _reset(place, stop, yes=yes)
            _run(place, port, stop)
    except Stopped:
        pass
    tell("Stopped.")


@dataclass(frozen=True)
class _Database:
    """The database as the processes need it; ``trouble`` tells whether it has died."""

    app_url: str
    owner_url: str
    trouble: Callable[[], Trouble | None]


def _run(place: Place, port: int, stop: Stop) -> None:
    with _database(place, stop) as database:
        given = {
            **os.environ,
            **surroundings(place, app_url=database.app_url, owner_url=database.owner_url),
            INSIDE: "1",
        }
        family = Family(place, _note)
        try:
            _prepare(family, given, stop, database)
            web = family.start("web", _hutan("serve", "--port", str(port)), given)
            family.start("worker", _hutan("worker"), given)
            with step("web server") as showing:
                address = f"http://127.0.0.1:{port}/"
                _await_answer(family, web, port, stop, database)
                showing.result = address
            place.announce(
                Running(os.getpid(), "run", database.app_url, database.owner_url, address)
            )
            _welcome(place, address)
            while True:
                stop.wait(0.2)
                if trouble := database.trouble():
                    raise trouble
                family.tend()
        finally:
            _stopping(stop)
            family.stop(impatient=lambda: stop.times > 1)


@contextlib.contextmanager
def _database(place: Place, stop: Stop) -> Iterator[_Database]:
    """Have a database as long as the block lasts: the given one, or the embedded one started."""
    if os.environ.get("DATABASE_URL"):
        with step("database") as showing:
            urls = given_database(place)
            showing.result = f"PostgreSQL {urls.version} of DATABASE_URL"
        yield _Database(urls.app, urls.owner, lambda: None)
        return
    with step("database") as showing:
        server = Server(place.home, wait=stop.wait, say=showing.say)
        server.start()
        showing.result = (
            f"PostgreSQL {programs.version(programs.bundled())}, data in {_short(place)}"
        )
    try:
        yield _Database(server.url(APP), server.url(OWNER), server.trouble)
    finally:
        server.stop()


def _prepare(family: Family, given: Mapping[str, str], stop: Stop, database: _Database) -> None:
    """Migrate and fill in a process of its own, so that this one stays small; its lines show."""
    preparing = family.start("prepare", _hutan("prepare"), given, shown=True)
    while preparing.alive:
        stop.wait(0.05)
    assert preparing.process is not None
    family.members.remove(preparing)
    if preparing.process.returncode:
        raise database.trouble() or Trouble(
            "The database could not be prepared (see above).",
            "Start again when the cause is gone; what was done so far is kept.",
        )


def _await_answer(family: Family, web: Member, port: int, stop: Stop, database: _Database) -> None:
    """Wait for the first page; a web server that dies first is not restarted but reported."""
    ends = time.monotonic() + _PATIENCE
    while not _answers(port):
        if trouble := database.trouble():
            raise trouble
        if not web.alive or time.monotonic() > ends:
            raise family.trouble(web)
        stop.wait(0.05)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def _free_port(port: int, stop: Stop, *, patient: bool) -> int:
    """Return ``port`` if it can be had, any free one for 0; ``patient`` waits for one being freed.

    A start that was killed leaves processes that take a moment to notice.
    """
    ends = time.monotonic() + (5 if patient else 0)
    while True:
        try:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
        except PermissionError:
            raise Trouble(
                f"Port {port} may not be used by this account.",
                "Choose one with --port, above 1023.",
            ) from None
        except OverflowError:
            raise Trouble(
                f"{port} is not a port.", "Choose one from 1 to 65535 with --port."
            ) from None
        except OSError:
            if time.monotonic() > ends:
                raise Trouble(
                    f"Port {port} is taken by another program.",
                    f"Choose another one, for instance --port {port + 1}, or stop that program.",
                ) from None
            stop.wait(0.2)


def _reset(place: Place, stop: Stop, *, yes: bool) -> None:
    """Empty the data folder after asking; a server left behind by a killed start goes first."""
    if os.environ.get("DATABASE_URL"):
        raise Trouble(
            "--reset empties the embedded database only.",
            "Drop and create the database of DATABASE_URL yourself, or unset DATABASE_URL.",
        )
    if not yes and any(place.cluster.glob("PG_VERSION")):
        if not sys.stdin.isatty():
            raise Trouble("--reset removes all data.", "Confirm with --yes.")
        sys.stdout.write(f"Remove all data in {place.home}? [y/N] ")
        sys.stdout.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise Trouble("Nothing was removed.", "Start without --reset to go on with the data.")
    with step("reset") as showing:
        if place.cluster.exists():
            leftovers.clear(place.cluster.resolve(), stop.wait, showing.say)
        place.reset()
        showing.result = f"{_short(place)} is empty"


def _welcome(place: Place, address: str) -> None:
    tell(f"\nOpen {address}  (Ctrl-C stops everything)")
    logins = place.home / LOGINS
    if logins.exists():
        tell(f"\n{logins.read_text(encoding='utf-8').rstrip()}")


def _stopping(stop: Stop) -> None:
    if stop.asked:
        tell("\nStopping … (Ctrl-C again does not wait for what is being answered)")


def _note(text: str) -> None:
    tell(f"  {time.strftime('%H:%M:%S')}  {text}")


def _hutan(*words: str) -> list[str]:
    return [sys.executable, "-m", "hutan.cli.main", *words]


def _short(place: Place) -> str:
    """Return the data folder as one would type it here."""
    with contextlib.suppress(ValueError):
        return str(place.home.relative_to(os.getcwd()))
    return str(place.home)
