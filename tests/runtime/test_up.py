"""``./run`` as a person lives it: start, look, command beside it, faults, Ctrl-C, again."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import urllib.request
from pathlib import Path

import psycopg
import pytest

from hutan.cli.clockwork import CLOCKWORK_LOCK
from tests.runtime.conftest import Hutan, alive, free_port, until


def health(port: int) -> tuple[int, object]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
        return answer.status, json.load(answer)


def worker_pid(home: Path) -> int | None:
    """Return which backend holds the clockwork's lock: it is one per worker process."""
    running = json.loads((home / "running.json").read_text())
    with psycopg.connect(running["owner_url"]) as connection:
        row = connection.execute(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted",
            (CLOCKWORK_LOCK,),
        ).fetchone()
    return row[0] if row else None


def children(pid: int) -> dict[str, int]:
    """Return the processes that ``./run`` started, by the command each of them is."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            words = (entry / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        # A zombie has no words any more.
        if parent == pid and words[0]:
            found["postgres" if "postgres" in words[0] else words[3]] = int(entry.name)
    return found


def test_a_day_with_it(settled: Hutan) -> None:
    port = free_port()
    running = settled.up(port)
    assert health(port) == (200, {"database": "ok"})
    until(lambda: worker_pid(settled.home))

    # A second start says so; a command beside it uses the same database.
    code, printed = settled.run("up", "--port", str(free_port()))
    assert code == 1
    assert f"Hutan already runs on {settled.home}" in printed
    assert "Traceback" not in printed
    assert settled.run("clock", "show")[1].startswith("2025-06-16T09:")
    assert settled.run("clock", "set", "2025-06-30T16:59:00", "--who", "anna")[0] == 0
    assert "anna" in settled.run("clock", "show", "--history")[1]

    # A worker is killed: another one takes over the clockwork.
    first = worker_pid(settled.home)
    os.kill(children(running.pid)["worker"], signal.SIGKILL)
    until(lambda: worker_pid(settled.home) not in (None, first))
    # So is the web server; its own processes do not stay behind on the port.
    web = children(running.pid)["serve"]
    os.kill(web, signal.SIGKILL)
    until(lambda: children(running.pid).get("serve") not in (None, web))
    until(lambda: _answers(port))

    # Ctrl-C: everything ends, in order, and the next start finds all of it.
    family = children(running.pid)
    running.send_signal(signal.SIGINT)
    printed, _ = running.communicate(timeout=30)
    assert running.returncode == 0
    assert printed.rstrip().endswith("Stopped.")
    assert not any(alive(pid) for pid in family.values())
    assert not (settled.home / "running.json").exists()
    log = (settled.home / "log" / "postgres.log").read_text()
    assert "database system is shut down" in log.splitlines()[-1]
    assert settled.run("clock", "show")[1].startswith("2025-06-30T1")


def _answers(port: int) -> bool:
    try:
        return health(port)[0] == 200
    except OSError:
        return False


def test_the_database_server_dies(settled: Hutan) -> None:
    running = settled.up(free_port())
    family = children(running.pid)
    os.kill(family["postgres"], signal.SIGKILL)
    printed, _ = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "The database server has stopped: it was killed.\nStart again" in printed
    assert "Traceback" not in printed
    assert not any(alive(pid) for pid in family.values())
    assert settled.run("clock", "show")[0] == 0


def test_run_itself_is_killed(settled: Hutan) -> None:
    port = free_port()
    running = settled.up(port)
    family = children(running.pid)
    running.kill()
    running.communicate()
    # The same port and the same data at once: what was left behind gives way.
    again = settled.up(port)
    assert _answers(port)
    assert not any(alive(pid) for pid in family.values())
    again.terminate()
    assert "Stopped." in again.communicate(timeout=30)[0]
    assert again.returncode == 0


def test_a_taken_port(hutan: Hutan) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, printed = hutan.run("up", "--port", str(port))
    assert code == 1
    assert f"Port {port} is taken by another program.\nChoose another one" in printed
    assert not (hutan.home / "pg").exists()


def test_stopped_while_it_starts(hutan: Hutan) -> None:
    starting = hutan.popen("up", "--port", "0")
    until((hutan.home / "lock").exists)
    starting.terminate()
    printed, _ = starting.communicate(timeout=60)
    assert starting.returncode == 0
    assert "Traceback" not in printed
    assert hutan.run("clock", "show")[0] == 0


def test_reset_begins_anew_and_asks(settled: Hutan) -> None:
    assert settled.run("clock", "set", "2025-07-01T00:00:00")[0] == 0
    with socket.socket() as taken:
        # What cannot start removes nothing.
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert "is taken" in settled.run("up", "--port", port, "--reset", "--yes")[1]
    code, printed = settled.run("up", "--port", "0", "--reset")
    assert code == 1
    assert "--reset removes all data.\nConfirm with --yes." in printed
    assert (settled.home / "pg" / "PG_VERSION").exists()
    running = settled.up(free_port(), "--reset", "--yes")
    assert settled.run("clock", "show")[1].startswith("2025-06-16T09:0")
    running.terminate()
    running.communicate(timeout=30)


def test_commands_share_a_server_that_one_of_them_started(settled: Hutan) -> None:
    both = [settled.popen("clock", "advance", "1h"), settled.popen("clock", "advance", "1h")]
    for process in both:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert settled.run("clock", "show")[1].startswith("2025-06-16T11:")
    assert not (settled.home / "running.json").exists()


def test_a_command_that_needs_no_database_starts_none(hutan: Hutan) -> None:
    code, printed = hutan.run("--help")
    assert code == 0
    assert "沪碳 Hutan" in printed
    assert not hutan.home.exists()


def test_a_broken_data_folder_is_one_sentence(settled: Hutan) -> None:
    (settled.home / "pg" / "PG_VERSION").unlink()
    code, printed = settled.run("up", "--port", "0")
    assert code == 1
    assert re.search(r"pg is broken: .*\n.*--reset", printed)
    assert "Traceback" not in printed


@pytest.mark.parametrize("variables", [{"HUTAN_ENV": "prod"}, {"HUTAN_ENV": "production"}])
def test_a_wrong_kind_of_place_is_one_sentence(hutan: Hutan, variables: dict[str, str]) -> None:
    code, printed = hutan.run("clock", "show", **variables)
    assert code == 1
    assert "Traceback" not in printed
    assert len(printed.strip().splitlines()) == 2
