"""``kill -9`` of the server amid batches: nothing acknowledged is lost, nothing half done."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hutan.runtime.postgres import APP, OWNER, Server
from tests.ledger.crashing import SIZE

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def server() -> Iterator[Server]:
    """Start a server of its own, as durable as in production."""
    home = Path(tempfile.mkdtemp(prefix="hutan-crash-"))
    home.chmod(0o755)
    one = Server(home, settings={"fsync": "on", "synchronous_commit": "on"})
    try:
        one.start()
        yield one
    finally:
        one.stop()
        shutil.rmtree(home)


def program(server: Server, *arguments: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "hutan.config.settings",
        "DATABASE_URL": server.url(APP),
        "HUTAN_OWNER_URL": server.url(OWNER),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.crashing", *arguments],
        cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def answer(server: Server, *arguments: str) -> str:
    done, wrong = program(server, *arguments).communicate()
    assert done or arguments == ("migrate",), wrong
    return done


def kill_in_the_middle(server: Server, seed: int, acknowledged: int) -> int:
    """Kill the server's first process after so many batches; return the last one acknowledged."""
    with program(server, "post", str(seed)) as posting:
        assert posting.stdout is not None
        for line in posting.stdout:
            if int(line) >= acknowledged:
                break
        assert server._process is not None
        os.kill(server._process.pid, signal.SIGKILL)
        server.stop()  # Reaps what is dead, and removes its socket.
        rest = posting.stdout.read().split()
        assert posting.wait() != 0
    return int(rest[-1]) if rest else acknowledged


def test_a_killed_server_keeps_every_acknowledged_batch_whole(server: Server) -> None:
    answer(server, "migrate")
    for seed, acknowledged in enumerate((4, 17)):
        last = kill_in_the_middle(server, seed, acknowledged)
        server.start()
        told = json.loads(answer(server, "check", str(seed), str(last + 3)))
        for number, found in enumerate(told["found"]):
            whole = 1 if number % 3 == 2 else SIZE
            assert found == whole if number <= last else found in (0, whole)
        assert told["wrong"] == "None"
