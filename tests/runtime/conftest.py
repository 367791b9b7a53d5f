"""Folders and processes for tests that start real servers."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that other accounts may enter, with the system's state kept inside it."""
    with open_folder() as made:
        monkeypatch.setenv("HUTAN_STATE", str(made / "state"))
        yield made


@contextmanager
def open_folder() -> Iterator[Path]:
    """Make a folder that other accounts may enter, for the time of the block."""
    made = Path(tempfile.mkdtemp(prefix="hutan-test-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def until(condition: Callable[[], object], seconds: float = 90) -> None:
    """Wait until ``condition`` holds; a test that would wait for ever fails."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.05)


def free_port() -> int:
    """Return a port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


class Hutan:
    """``hutan`` commands as processes of their own, on one data folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.started: list[subprocess.Popen[str]] = []
        foreign = ("DATABASE_URL", "PYTEST_", "HUTAN_", "DJANGO_", "COV_")
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(foreign)
        } | {
            "HUTAN_DATA": str(home),
            "HUTAN_STATE": str(home.parent / "state"),
            "PYTHONPATH": str(ROOT),
            "PYTHONSAFEPATH": "1",
        }

    def popen(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command; what it prints is one stream."""
        process = subprocess.Popen(
            [sys.executable, "-m", "hutan.cli.main", *words],
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
        )
        self.started.append(process)
        return process

    def run(self, *words: str, **environment: str) -> tuple[int, str]:
        """Run a command to its end; return its code and what it printed."""
        process = self.popen(*words, **environment)
        printed, _ = process.communicate(timeout=120)
        return process.returncode, printed

    def up(self, port: int, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Start everything and wait for the address."""
        process = self.popen("up", "--port", str(port), *words, **environment)
        assert process.stdout is not None
        printed = ""
        for line in process.stdout:
            printed += line
            if line.startswith("Open http"):
                return process
        raise AssertionError(printed)

    def end(self) -> None:
        """Kill what a failed test left behind, by its process id."""
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.communicate(timeout=30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()


@pytest.fixture
def hutan(folder: Path) -> Iterator[Hutan]:
    """The commands on a fresh data folder."""
    commands = Hutan(folder / "var")
    yield commands
    commands.end()


@pytest.fixture(scope="session")
def _prepared() -> Iterator[Path]:
    """A data folder with a migrated database, made once for all tests that begin with one."""
    with open_folder() as made:
        commands = Hutan(made / "var")
        code, printed = commands.run("clock", "show")
        assert code == 0, printed
        yield commands.home


@pytest.fixture
def settled(_prepared: Path, hutan: Hutan) -> Hutan:
    """The commands on a data folder of its own that is a copy of the prepared one."""
    subprocess.run(["cp", "-a", _prepared, hutan.home], check=True)
    return hutan
