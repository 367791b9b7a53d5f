"""The embedded PostgreSQL: created, started and stopped by us alone.

We are the parent of the server and speak to it over a private Unix socket with a password per role.
Nothing listens on a network. The parts: ``account`` (who runs it), ``programs`` (what is run),
``cluster`` (its files), ``leftovers`` (what an earlier start left behind).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from hutan.runtime import cluster as clusters
from hutan.runtime import leftovers
from hutan.runtime.account import Account, server_account
from hutan.runtime.cluster import SUPERUSER as SUPERUSER  # callers find all role names here
from hutan.runtime.place import Place
from hutan.runtime.programs import Programs, bundled, reachable
from hutan.runtime.trouble import Trouble

OWNER, APP = "hutan_owner", "hutan_app"
DATABASE = "hutan"

# A socket's whole path may have 107 bytes, and PostgreSQL appends "/.s.PGSQL.5432".
_LONGEST_FOLDER = 107 - len("/.s.PGSQL.5432")
# Less than this is a full disk to PostgreSQL: it writes its log of changes in files of 16 MB.
_LEAST_FREE = 1_000_000
# How long the shared memory of a killed server may stay in use before we give up.
_PATIENCE = 30


class Server:
    """One cluster in one data folder. Use as a context manager, or ``start`` and ``stop``."""

    def __init__(
        self,
        home: Path,
        *,
        settings: dict[str, str] | None = None,
        wait: Callable[[float], None] = time.sleep,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        """``home`` is the data folder (see ``place``); ``settings`` go to the server's command.

        ``wait`` sleeps for so many seconds and may raise to break off a start; ``say`` gets a line
        about whatever takes long.
        """
        self.place = Place(home)
        self.settings = settings or {}
        self._wait = wait
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets: Path | None = None

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the connection URL of ``role``: its socket folder and password are in it."""
        if self._sockets is None:
            raise Trouble("The database server is not started.", "Start it with ./run.")
        host = str(self._sockets).replace("/", "%2F")
        return f"postgresql://{role}:{self.place.secret(role)}@{host}/{database}"

    def start(self) -> None:
        """Create the cluster if there is none, start it, and wait until it answers.

        Raises ``Trouble`` if the cluster is broken, the disk is full or the server will not start.
        """
        self.place.lay()
        account = server_account(self.place.cluster)
        programs = reachable(bundled(), account)
        cluster = clusters.locate(self.place.home, account)
        if not cluster.exists():
            self._say("creating the database")
            clusters.create(cluster, programs, account, self.place.secret(SUPERUSER))
        clusters.check(cluster, programs, account)
        leftovers.clear(cluster, self._wait, self._say)
        self._sockets = _socket_folder(account)
        try:
            self._launch_until_ready(cluster, programs, account)
            self._ensure_roles()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server in its fast way and remove the socket folder."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
        self._process = None
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None

    def trouble(self) -> Trouble | None:
        """Return why the server has died, or ``None`` while it lives."""
        if self._process is None or self._process.poll() is None:
            return None
        return self._diagnosis("The database server has stopped")

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _launch_until_ready(self, cluster: Path, programs: Programs, account: Account) -> None:
        ends = time.monotonic() + _PATIENCE
        while True:
            self._launch(cluster, programs, account)
            if self._becomes_ready():
                return
            # After a kill -9 its shared memory stays in use until the last backend is gone.
            in_use = "pre-existing shared memory block" in self._printed()
            if not in_use or time.monotonic() > ends:
                raise self._diagnosis("The database server does not start")
            self._say("waiting for the remains of a killed server")
            self._wait(0.5)

    def _launch(self, cluster: Path, programs: Programs, account: Account) -> None:
        settings = {"max_connections": "100", **self.settings}
        with self.place.log("postgres") as log:
            self._log_start = log.tell()
            # A session of its own: Ctrl-C reaches the server only through us, after the workers.
            self._process = subprocess.Popen(
                [
                    programs.bin / "postgres", "-D", cluster, "-c", "listen_addresses=",
                    "-c", f"unix_socket_directories={self._sockets}",
                    "-c", "unix_socket_permissions=0700",
                    *(part for pair in settings.items() for part in ("-c", "=".join(pair))),
                ],
                **account.popen(), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip

    def _becomes_ready(self) -> bool:
        """Wait without a limit while the server lives: recovery may take as long as it takes."""
        assert self._process is not None
        started, told = time.monotonic(), False
        while self._process.poll() is None:
            try:
                psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=5).close()
                return True
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise Trouble(
                        f"The password in {self.place.secrets} does not open the database.",
                        "Restore that folder from a backup, or start over with ./run --reset.",
                    ) from None
            if not told and time.monotonic() - started > 2:
                told = True
                self._say("recovering after a crash; this can take a while")
            self._wait(0.05)
        return False

    def _printed(self) -> str:
        """Return what the server has printed since we launched it last."""
        with open(self.place.logs / "postgres.log", "rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def _diagnosis(self, what: str) -> Trouble:
        log = self.place.logs / "postgres.log"
        printed = self._printed()
        # On a full disk the log itself may have found no room.
        free = shutil.disk_usage(self.place.home).free
        if "No space left on device" in printed or free < _LEAST_FREE:
            return Trouble(f"{what}: the disk is full.", "Free some space and start again.")
        reasons = [
            line.partition(level)[2].strip()
            for line in printed.splitlines()
            for level in ("PANIC:", "FATAL:")
            if level in line
        ]
        if self._process is not None and self._process.returncode == -signal.SIGKILL:
            return Trouble(f"{what}: it was killed.", "Start again; it recovers what was written.")
        reason = f": {reasons[-1]}." if reasons else "."
        return Trouble(
            f"{what}{reason}",
            f"Start again; if it comes back, read {log}, restore the data from a backup, or start "
            "over with ./run --reset.",
        )

    def _ensure_roles(self) -> None:
        """Have the two roles and the database: neither role is a superuser."""
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (OWNER, APP):
                if role in known:
                    continue
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
                    .format(sql.Identifier(role), sql.Literal(self.place.secret(role)))
                )  # fmt: skip
            database = "SELECT 1 FROM pg_database WHERE datname = %s"
            if not connection.execute(database, (DATABASE,)).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )


def _socket_folder(account: Account) -> Path:
    """Make a fresh 0700 folder with a short path that the server's account can reach."""
    for parent in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):  # noqa: S108 mkdtemp makes a private folder below
        fits = len(os.fsencode(parent)) + len("/hutan-12345678") <= _LONGEST_FOLDER
        if parent.is_dir() and fits and account.may_execute(parent):
            folder = Path(tempfile.mkdtemp(prefix="hutan-", dir=parent))
            account.take(folder)
            return folder
    raise Trouble(
        "No folder for temporary files is short enough and open to the database server.",
        "Set TMPDIR to such a folder, for instance /tmp.",
    )
