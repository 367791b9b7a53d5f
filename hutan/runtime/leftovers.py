"""Servers that outlived the process which started them.

A ``./run`` that was killed leaves its server alive; a killed server leaves its backends for some
seconds, its lock file for ever, and, where nobody reaps it, a zombie that counts as running.
The caller holds the data folder, so nobody else may be using what is found here.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from hutan.runtime.trouble import Trouble

_PATIENCE = 60


def clear(cluster: Path, wait: Callable[[float], None], say: Callable[[str], None]) -> None:
    """Stop a server that still runs on ``cluster``; remove a lock file that nobody stands behind.

    ``wait`` sleeps for so many seconds and may raise to give up.
    """
    lock = cluster / "postmaster.pid"
    pid = _named_in(lock)
    if pid is None:
        return
    if _serves(pid, cluster):
        say("stopping the server that an earlier start left behind")
        _interrupt(pid)
    ends = time.monotonic() + _PATIENCE
    while _serves(pid, cluster) or _at_work_in(cluster):
        if time.monotonic() > ends:
            raise Trouble(
                f"An earlier database server (process {pid}) is still shutting down.",
                "Wait a little and start again.",
            )
        wait(0.1)
    # What may be left is the file of a dead server. PostgreSQL takes it for alive if a zombie or
    # another program has its number. None of its processes is left, so the file may go.
    if _exists(pid):
        lock.unlink(missing_ok=True)


def _named_in(lock: Path) -> int | None:
    try:
        return int(lock.read_text().partition("\n")[0])
    except (FileNotFoundError, ValueError):
        return None


def _interrupt(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGINT)
    except ProcessLookupError:
        return
    except PermissionError:
        raise Trouble(
            f"A database server of another user (process {pid}) runs on this folder.",
            "Stop it, or choose another folder with --data DIR.",
        ) from None


def _serves(pid: int, cluster: Path) -> bool:
    """Tell whether process ``pid`` is a server on this very cluster."""
    if Path("/proc/self/cwd").exists():
        return _works_in(Path("/proc", str(pid)), cluster.resolve())
    asked = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return "postgres" in asked.stdout and f" {cluster} " in asked.stdout


def _works_in(process: Path, folder: Path) -> bool:
    # A server and its backends have the cluster as their working folder; so may a person's shell.
    try:
        program = (process / "comm").read_text().strip()
        return program == "postgres" and Path(os.readlink(process / "cwd")) == folder
    except OSError:
        return False


def _at_work_in(cluster: Path) -> bool:
    inside = cluster.resolve()
    return any(_works_in(process, inside) for process in Path("/proc").glob("[0-9]*"))


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
