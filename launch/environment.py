"""The environment in ``.venv``: made once, brought up to date when the pins change, healed."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hutan.runtime.trouble import Trouble

_NEEDED_BYTES = 900_000_000
"""What an environment and the downloads for it take at the most."""


class Environment:
    """The environment of one checkout. ``kinds`` of requirements: ``base`` runs, ``dev`` tests.

    A stamp beside the packages says which pins they came from. It is taken away before anything is
    changed and written after all is done, so whatever was interrupted is seen and made anew.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self._stamp = self.folder / "hutan-stamp.json"

    def ready(self, kind: str) -> bool:
        """Tell whether the environment has what the pins of ``kind`` say."""
        if self.folder.is_symlink():
            # Linked here by somebody who looks after it himself.
            return self.python.exists()
        return os.access(self.python, os.X_OK) and self._installed().get(kind) == self._wanted(kind)

    def ensure(self, kind: str, say: Callable[[str], None]) -> None:
        """Make the environment ready; raise ``Trouble`` if it cannot be made."""
        if self.ready(kind):
            return
        with self._alone(kind, say) as lock:
            if self.ready(kind):
                return
            if not (self._installed() and os.access(self.python, os.X_OK)):
                self._create(say, lock)
            self._install(kind, say, lock)

    def requirements(self, kind: str) -> Path:
        """Return the file of pins and hashes."""
        return self.root / "requirements" / f"{kind}.txt"

    def _wanted(self, kind: str) -> str:
        # The folder belongs to it: programs in an environment carry its path.
        content = self.requirements(kind).read_bytes() + os.fsencode(self.folder)
        return hashlib.sha256(content).hexdigest()

    def _installed(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._stamp.read_text()))
        except (OSError, ValueError, TypeError):
            return {}

    @contextmanager
    def _alone(self, kind: str, say: Callable[[str], None]) -> Iterator[int]:
        """Keep two starts of one checkout from installing at once; yield the lock.

        The programs that install inherit it: if we are killed, the next start waits for their end.
        """
        with open(self.requirements(kind)) as guard:
            try:
                fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("waiting for another start that is installing")
                fcntl.flock(guard, fcntl.LOCK_EX)
            yield guard.fileno()

    def _create(self, say: Callable[[str], None], lock: int) -> None:
        if (
            importlib.util.find_spec("ensurepip") is None
            or importlib.util.find_spec("venv") is None
        ):
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise Trouble(
                f"This Python {version} cannot make environments: it lacks venv or ensurepip.",
                f"Install them (Debian and Ubuntu: apt install python{version}-venv) and start "
                "again, or name another Python in HUTAN_PYTHON.",
            )
        free = shutil.disk_usage(self.root).free
        if free < _NEEDED_BYTES:
            raise Trouble(
                f"The disk has {free // 1_000_000} MB left; an environment takes up to "
                f"{_NEEDED_BYTES // 1_000_000} MB.",
                "Free some space and start again.",
            )
        say("making an environment in .venv")
        shutil.rmtree(self.folder, ignore_errors=True)
        made = subprocess.run(
            [sys.executable, "-m", "venv", self.folder],
            capture_output=True, text=True, check=False, pass_fds=(lock,),
        )  # fmt: skip
        if made.returncode:
            raise _not_installed(made.stdout + made.stderr, None)

    def _install(self, kind: str, say: Callable[[str], None], lock: int) -> None:
        wanted = self._wanted(kind)
        self._stamp.unlink(missing_ok=True)
        pins = self.requirements(kind)
        total = sum("==" in line for line in pins.read_text().splitlines())
        command: list[str | Path] = [
            self.python, "-m", "pip", "install", "--require-hashes", "--only-binary=:all:",
            "--no-input", "--disable-pip-version-check", "--progress-bar=off", "-r", pins,
        ]  # fmt: skip
        log = self.folder / "install.log"
        with open(log, "w", encoding="utf-8") as file:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, errors="replace", pass_fds=(lock,),
            )  # fmt: skip
            assert process.stdout is not None
            seen = 0
            for line in process.stdout:
                file.write(line)
                if name := re.match(
                    r"(?:Collecting|Requirement already satisfied:) (\S+?)==", line
                ):
                    seen += 1
                    say(f"fetching {seen} of {total}: {name[1]}")
                elif line.startswith("Installing collected packages"):
                    say("installing")
            code = process.wait()
        if code:
            raise _not_installed(log.read_text(encoding="utf-8"), log)
        # The pins of dev.txt are those of base.txt and more (a test holds them together).
        stamp = {"base": self._wanted("base"), kind: wanted}
        making = self._stamp.with_suffix(".making")
        making.write_text(json.dumps(stamp))
        making.replace(self._stamp)


_CAUSES = (
    (
        "No space left on device",
        "The disk is full, so the packages cannot be installed.",
        "Free some space and start again.",
    ),
    (
        "NewConnectionError|NameResolutionError|Temporary failure in name resolution|"
        "ConnectTimeout|Read timed out|ProxyError|SSLError|Network is unreachable",
        "The package index cannot be reached, so the packages cannot be installed.",
        "Check the network and the index that pip is set up with, then start again.",
    ),
    (
        "DO NOT MATCH THE HASHES|hash mismatch",
        "A package that was fetched is not the one that was pinned.",
        "Do not use it: empty pip's cache, and if it comes back, tell whoever runs the index.",
    ),
    (
        "No matching distribution|Could not find a version",
        "A package has no build for this Python on this machine: {line}.",
        "Use CPython 3.11 to 3.13 on 64-bit Linux (glibc) or macOS; name it in HUTAN_PYTHON.",
    ),
    (
        "Permission denied|Read-only file system",
        "The folder of the checkout cannot be written.",
        "Start as its owner, or make a checkout of your own.",
    ),
)


def _not_installed(printed: str, log: Path | None) -> Trouble:
    """Return the trouble behind what venv or pip has printed, the likeliest cause first."""
    errors = [line for line in printed.splitlines() if "ERROR" in line or "rror:" in line]
    last = (errors or printed.splitlines() or ["no reason was given"])[-1].strip().rstrip(".")
    for pattern, what, cure in _CAUSES:
        if re.search(pattern, printed):
            return Trouble(what.format(line=last), cure)
    where = f"Read {log}, then" if log else "Remove the folder .venv and"
    return Trouble(f"The environment cannot be made: {last}.", f"{where} start again.")
