"""How long the replay of a history takes, beside a raw COPY and pgbench on the same server.

    make bench-replay                  the eighteen years beside the checkout
    make bench-replay FILE=other.csv   another history

Starts a server of its own with its usual settings, durability on, in a folder that is removed. The
processor's seconds are printed beside those of the clock: a busy machine stretches only the latter.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hutan.runtime.postgres import APP, OWNER, SUPERUSER, Server
from hutan.runtime.programs import bundled

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT.parent / "shared" / "data" / "eutl_compliance_DK_FI_PT_2005_2022.csv"
GOAL_SECONDS, GOAL_MEGABYTES = 60, 1_000
ROUNDS = 3
PGBENCH_SECONDS = 5


@dataclass(frozen=True)
class Spent:
    """Seconds: by the clock, of this process on a processor, of all the server's processes."""

    clock: float
    python: float
    server: float


def main(path: Path) -> None:
    """Replay, measure and print."""
    if not path.is_file():
        sys.exit(f"{path} is not there: make bench-replay FILE=history.csv")
    with _server() as server:
        _migrate(server)
        before = _now(server)
        rows = _replay(path)
        spent = _since(before, server)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        backend = _peak_of_backend()
        before = _now(server)
        _compare(path)
        compared = _since(before, server)
        transactions, movements = _counted()
        copied = min(_copy(server) for _ in range(ROUNDS))
        posted = _pgbench(server)
    print(f"{path.name}: {rows:,} rows, {transactions:,} registry transactions, "
          f"{movements:,} movements in the log")  # fmt: skip
    _print("replay", spent, f"goal {GOAL_SECONDS} s")
    _print("report", compared, "")
    print(f"memory: Python {peak} MB at most (goal under {GOAL_MEGABYTES} MB); "
          f"PostgreSQL's session {backend} MB at most, shared buffers included")  # fmt: skip
    print(f"raw COPY of the same {movements:,} movements: {copied:.2f} s; "
          f"the replay takes {spent.clock / copied:.1f} times that")  # fmt: skip
    rate = transactions / spent.clock
    print(f"pgbench -N, 8 clients: {posted:,.0f} transactions/s; the replay: {rate:,.0f} registry "
          f"transactions/s, {rate / posted:.2f} x pgbench")  # fmt: skip


def _print(name: str, spent: Spent, goal: str) -> None:
    print(
        f"{name:<8}{spent.clock:7.1f} s by the clock; processor: {spent.python:.1f} s Python + "
        f"{spent.server:.1f} s PostgreSQL = {spent.python + spent.server:.1f} s  {goal}"
    )


@contextmanager
def _server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="hutan-bench-") as home:
        Path(home).chmod(0o755)
        with Server(Path(home)) as server:
            os.environ |= {
                "DATABASE_URL": server.url(APP),
                "HUTAN_OWNER_URL": server.url(OWNER),
                "HUTAN_DATA": home,
                "HUTAN_ENV": "demo",
                "HUTAN_INSIDE": "1",
                "DJANGO_SETTINGS_MODULE": "hutan.config.settings",
            }
            yield server


def _migrate(server: Server) -> None:
    from hutan.runtime.place import Place
    from hutan.runtime.roles import grant_defaults
    from hutan.runtime.surroundings import surroundings

    place = Place(Path(os.environ["HUTAN_DATA"]))
    os.environ.update(surroundings(place, app_url=server.url(APP), owner_url=server.url(OWNER)))
    grant_defaults(server.url(OWNER))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", database="owner", verbosity=0)
    _owner("CREATE TABLE copied (LIKE transparency_movement INCLUDING INDEXES)")


def _script(path: Path) -> Any:
    from hutan.cli.replay.reading import read_history
    from hutan.cli.replay.steps import Script
    from hutan.rules.parameters import rulebook

    book = rulebook("eutl")
    return Script(read_history(path, book.find("compliance.surrender_deadline").years), book)


def _replay(path: Path) -> int:
    from hutan.cli.replay.playing import play

    script = _script(path)
    play(script, lambda step: print(f"\r{step.year} {step.name:<10}", end="", file=sys.stderr))
    print(file=sys.stderr)
    return len(script.history.rows)


def _compare(path: Path) -> None:
    from hutan.cli.replay.comparing import compare
    from hutan.cli.replay.report import write_report

    found = compare(_script(path))
    write_report(found, Path(os.environ["HUTAN_DATA"]) / "history-report")
    if found.unexplained:
        sys.exit(f"{len(found.unexplained)} differences are unexplained")


def _counted() -> tuple[int, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_transaction WHERE state = 'executed'")
        (transactions,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM transparency_movement")
        (movements,) = cursor.fetchone()
    return transactions, movements


def _copy(server: Server) -> float:
    """Return the seconds that it takes to write all movements again, as they are."""
    import psycopg

    with psycopg.connect(server.url(OWNER), autocommit=True) as connection:
        connection.execute("TRUNCATE copied")
        with connection.cursor().copy(
            "COPY transparency_movement TO STDOUT (FORMAT BINARY)"
        ) as out:
            pieces = [bytes(piece) for piece in out]
        begun = time.perf_counter()
        with connection.cursor().copy("COPY copied FROM STDIN (FORMAT BINARY)") as into:
            for piece in pieces:
                into.write(piece)
        return time.perf_counter() - begun


def _pgbench(server: Server) -> float:
    programs, url = bundled().bin, server.url(SUPERUSER, "bench")
    admin = server.url(SUPERUSER, "postgres")
    subprocess.run([programs / "psql", "-q", admin, "-c", "CREATE DATABASE bench"], check=True)
    subprocess.run([programs / "pgbench", "-q", "-i", "-s", "10", url],
                   check=True, capture_output=True)  # fmt: skip
    printed = subprocess.run(
        [programs / "pgbench", "-n", "-N", "-c", "8", "-j", "2", "-T", str(PGBENCH_SECONDS), url],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    line = next(line for line in printed.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])


def _owner(statement: str) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
    connections["owner"].close()


def _now(server: Server) -> Spent:
    return Spent(time.perf_counter(), time.process_time(), _server_seconds(server))


def _since(before: Spent, server: Server) -> Spent:
    now = _now(server)
    return Spent(now.clock - before.clock, now.python - before.python, now.server - before.server)


def _server_seconds(server: Server) -> float:
    """Return the processor's seconds of the server's living processes, and of those it buried."""
    postmaster = int((server.place.cluster / "postmaster.pid").read_text().split("\n")[0])
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # Fields 4 and 14 to 17 of proc(5), counted behind the name: parent; own and buried time.
        if int(folder.name) == postmaster:
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == postmaster:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _peak_of_backend() -> int:
    """Return the most memory that the session's server process has held, in MB."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
