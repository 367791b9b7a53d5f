"""The data folder: what lies where, who holds it now, and what it keeps secret.

=================  ====================================================================
``pg``             the cluster (a link where the server's account cannot enter the folder)
``secrets/``       passwords and keys, one a file, 0600
``log/``           what the server and the processes print
``running.json``   where the running platform is reached, 0600; gone when it is stopped
``lock``           held by the one process that runs the platform on this folder
``users``          held, shared, by the commands that use a server which a command started
``hutan.place``    says that the folder is ours, so that ``--reset`` never empties another
=================  ====================================================================
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from hutan.runtime.trouble import Trouble

_MARK = "hutan.place"
# What a folder may hold and still become ours: a mount point's, or made by a part of the platform
# that was started by itself.
_HARMLESS = {"lost+found", "secrets", "log", "log-heads", "static"}
_LOG_LIMIT = 10_000_000


@dataclass(frozen=True)
class Running:
    """Where the running platform is reached, as the owner of the folder may know it."""

    pid: int
    command: str
    database_url: str
    owner_url: str
    web: str = ""


def home() -> Path:
    """Return the data folder that ``HUTAN_DATA`` names, or ``var`` in the checkout."""
    named = os.environ.get("HUTAN_DATA")
    return Path(named) if named else Path(__file__).resolve().parents[2] / "var"


class Place:
    """One data folder."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self.cluster = self.home / "pg"
        self.secrets = self.home / "secrets"
        self.logs = self.home / "log"
        self._running = self.home / "running.json"

    def lay(self) -> None:
        """Make the folder and what belongs into it; safe to repeat.

        A folder that holds something else is refused: ``--reset`` would empty it one day.
        """
        if not self.home.exists():
            try:
                self.home.mkdir(parents=True)
            except OSError as error:
                raise Trouble(
                    f"{self.home} cannot be made: {error.strerror}.",
                    "Choose a folder that you may write with --data DIR.",
                ) from None
            # Under root the server runs as another account, which has to pass but not to look.
            self.home.chmod(0o711 if os.geteuid() == 0 else 0o700)
        elif not (self.home / _MARK).exists():
            foreign = {path.name for path in self.home.iterdir()} - _HARMLESS
            if foreign:
                raise Trouble(
                    f"{self.home} is not a data folder of Hutan: it holds {min(foreign)}.",
                    "Choose a new or an empty folder with --data DIR.",
                )
        for folder in (self.secrets, self.logs):
            folder.mkdir(mode=0o700, exist_ok=True)
            self._hand_over(folder)
        (self.home / _MARK).touch()
        self._hand_over(self.home / _MARK)

    @contextmanager
    def hold(self, command: str) -> Iterator[None]:
        """Be the one that runs the platform here, or raise ``Trouble`` naming who does."""
        with open(self.home / "lock", "a+", opener=self._private) as lock:
            # A few tries: a process that only asks whether we run holds the lock for a moment.
            for left in range(4, -1, -1):
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if not left:
                        raise self._held(lock) from None
                    time.sleep(0.1)
            lock.truncate(0)
            lock.write(f"{os.getpid()} {command}")
            lock.flush()
            try:
                yield
            finally:
                self.forget_running()
                lock.truncate(0)

    def _held(self, lock: IO[str]) -> Trouble:
        lock.seek(0)
        pid, _, command = lock.read().partition(" ")
        running = self.running()
        if running is not None and running.web:
            return Trouble(
                f"Hutan already runs on {self.home} (process {pid}).",
                f"Open {running.web}, or stop that one with Ctrl-C, or choose another --data DIR.",
            )
        return Trouble(
            f"{self.home} is in use by '{command or 'another start'}' (process {pid}).",
            "Wait until it has ended and start again, or choose another --data DIR.",
        )

    def held(self) -> bool:
        """Tell whether some process runs the platform here at this moment."""
        try:
            with open(self.home / "lock", "r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    @contextmanager
    def using(self) -> Iterator[Callable[[], None]]:
        """Be counted among the users of a server that a command started.

        Yields a function that waits until all others have finished and lets no new one in: who
        started the server calls it before stopping it.
        """
        with open(self.home / "users", "a", opener=self._private) as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            yield lambda: fcntl.flock(users, fcntl.LOCK_EX)

    def running(self) -> Running | None:
        """Return where the platform is reached, or ``None`` if it does not run."""
        try:
            return Running(**json.loads(self._running.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def announce(self, running: Running) -> None:
        """Write where the platform is reached; only for the process that holds the folder."""
        self._write_beside(self._running, json.dumps(asdict(running))).rename(self._running)

    def forget_running(self) -> None:
        """Take the address away again."""
        self._running.unlink(missing_ok=True)

    def secret(self, name: str, make: Callable[[], str] = lambda: secrets.token_hex(32)) -> str:
        """Return the secret of that name; the first call makes it, 64 hexadecimal digits."""
        path = self.secrets / name
        if not path.exists():
            made = self._write_beside(path, make())
            # Of two that make it at once, the first one counts.
            with contextlib.suppress(FileExistsError):
                os.link(made, path)
            made.unlink()
        return path.read_text()

    def keep(self, name: str, text: str) -> None:
        """Write a file into the folder, whole and readable by its owner alone."""
        path = self.home / name
        self._write_beside(path, text).rename(path)

    def log(self, name: str) -> IO[bytes]:
        """Open a log to append to; one that has grown past 10 MB becomes ``.1`` first."""
        path = self.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > _LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return open(path, "ab", opener=self._private)

    def reset(self) -> None:
        """Remove all data; for the process that holds the folder, with the server stopped."""
        if not (self.home / _MARK).exists():
            raise Trouble(
                f"{self.home} is not a data folder of Hutan, so it is not emptied.",
                "Name the data folder with --data DIR.",
            )
        # The cluster first: without the passwords it could not be opened again.
        if self.cluster.is_symlink():
            shutil.rmtree(self.cluster.resolve().parent, ignore_errors=True)
            self.cluster.unlink()
        for entry in sorted(self.home.iterdir(), key=lambda path: path.name != "pg"):
            if entry.name in ("lock", "users", "lost+found", _MARK):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        self.lay()

    def _write_beside(self, path: Path, text: str) -> Path:
        """Return a new 0600 file that is whole and on the disk, to be given the name ``path``."""
        making = path.with_name(f".{path.name}.{os.getpid()}")
        with open(making, "w", opener=self._private) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return making

    def _private(self, file: str, flags: int) -> int:
        descriptor = os.open(file, flags, 0o600)
        self._hand_over(descriptor)
        return descriptor

    def _hand_over(self, made: int | Path) -> None:
        """Leave nothing of root's in another user's folder: he could not go on with it."""
        owner = self.home.stat()
        if os.geteuid() == 0 and owner.st_uid:
            os.chown(made, owner.st_uid, owner.st_gid)
