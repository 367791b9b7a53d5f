"""How fast the ledger posts, as a ratio to pgbench and to a raw COPY on the same server.

Starts an embedded server of its own, with durability on, and prints its settings. Each round runs
every measurement once, so that a noisy machine is noisy for all; medians over the rounds are
printed. The transfers go between random accounts of 100,000; about 2 % are refused.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import acts
from benchmarks.postings import AT, singles, transfers
from benchmarks.results import Results
from hutan.runtime.postgres import APP, OWNER, SUPERUSER, Server
from hutan.runtime.programs import bundled
from hutan.runtime.roles import grant_defaults
from hutan.runtime.sealing import new_key_ring

ACCOUNTS = 100_000
SETTINGS = {
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}
TYPES = [
    *("uuid", "int8", "int2", "int4", "int8", "int8", "int8", "int8", "timestamptz", "int8"),
    *("int8", "uuid", "timestamptz", "uuid"),
]
SIZES = {1_000: 40, 10_000: 10}
"""Transfers a commit, and how many such batches a round has."""
YARDSTICK = """
CREATE TABLE copied_by_key (LIKE ledger_transfer, PRIMARY KEY (id));
CREATE TABLE copied (LIKE ledger_transfer INCLUDING INDEXES);
CREATE TABLE copied_too (LIKE ledger_transfer INCLUDING INDEXES);
CREATE TABLE copied_by_account (LIKE ledger_transfer, PRIMARY KEY (id), UNIQUE (debit, sequence),
                                UNIQUE (credit, sequence));
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of pgbench and singles")
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="hutan-bench-"))
    home.chmod(0o755)
    server = Server(home, settings=SETTINGS)
    try:
        server.start()
        measure(server, options.rounds, options.seconds)
    finally:
        server.stop()
        shutil.rmtree(home)


def measure(server: Server, rounds: int, seconds: float) -> None:
    """Prepare both databases, run the rounds and print the table."""
    accounts = prepare(server)
    print_settings(server)
    results = Results()
    bench = Batches(server, accounts, results)
    pairs = acts.prepare()
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        for size, times in SIZES.items():
            bench.run(size, times, pgbench=noted(results, server, seconds))
        yardstick = noted(results, server, seconds)
        results.add("single postings", singles(accounts, seconds), pgbench=yardstick)
        yardstick = noted(results, server, seconds)
        results.add("whole acts", acts.rate(pairs, seconds), pgbench=yardstick)
        load = ", ".join(f"{figure:.1f}" for figure in os.getloadavg())
        print(f"round {number + 1}: load of the machine {load}")
    print_table(results)
    past(accounts)
    print_memory(server)


def prepare(server: Server) -> list[int]:
    """Migrate, open the accounts, give each 1,000 units; return their numbers."""
    programs, super_url = bundled().bin, server.url(SUPERUSER, "postgres")
    subprocess.run([programs / "psql", "-q", super_url, "-c", "CREATE DATABASE bench"], check=True)
    subprocess.run(
        [programs / "pgbench", "-q", "-i", "-s", "10", server.url(SUPERUSER, "bench")],
        check=True, capture_output=True,
    )  # fmt: skip
    os.environ["DJANGO_SETTINGS_MODULE"] = "hutan.config.settings"
    os.environ["DATABASE_URL"] = server.url(APP)
    os.environ["HUTAN_OWNER_URL"] = server.url(OWNER)
    os.environ["HUTAN_DATA_KEY"] = new_key_ring()
    # The people of the acts get logins; what guards their passwords is not what is measured.
    os.environ["HUTAN_ENV"] = "test"
    grant_defaults(server.url(OWNER))
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from hutan.kernel.ids import new_id
    from hutan.ledger.services import (
        Opening,
        Transfer,
        all_posted,
        open_accounts,
        open_asset,
        post,
    )

    call_command("migrate", database="owner", verbosity=0)
    open_asset(code="cny", unit="fen")
    source = open_accounts([Opening("cny", "SOURCE", source=True)])[0].id
    opened = open_accounts(Opening("cny", f"A{number:06d}") for number in range(ACCOUNTS))
    accounts = [account.id for account in opened]
    all_posted(post((Transfer(new_id(), source, one, 1_000) for one in accounts), at=AT))
    with connections["owner"].cursor() as owner:
        owner.execute(YARDSTICK)
        owner.execute("VACUUM ANALYZE ledger_account")
        owner.execute("VACUUM ANALYZE ledger_transfer")
    return accounts


def print_settings(server: Server) -> None:
    """Print what the figures depend on."""
    from django.db import connection

    with connection.cursor() as cursor:
        shown = []
        for name in ("server_version", *SETTINGS, "wal_level", "max_connections"):
            cursor.execute(f"SHOW {name}")
            shown.append(f"{name} {cursor.fetchone()[0]}")
    print(f"{os.cpu_count()} cores; embedded PostgreSQL: {', '.join(shown)}")
    print("pgbench: scale 10 (1,000,000 accounts), -N -c 8 -j 2, simple protocol")
    print(f"ledger: {ACCOUNTS:,} accounts, random pairs, about 2 % refused; one client process")
    print(
        "yardstick 'copy': the rows that the ledger wrote, as Python values through psycopg's"
        "\nbinary COPY, into a table of the same columns and the same three indexes (id, sequence,"
        "\nsubject), without trigger and checks; 'by key': the primary key alone; 'packed': all"
        "\nthree, the rows as bytes made before; 'by account': packed, with the indexes that an"
        "\naccount's history would need without the chain of entries (id; debit, sequence;"
        "\ncredit, sequence)"
        "\nsingle postings: one call each, 8 processes; whole acts: see benchmarks/acts.py"
    )


def noted(results: Results, server: Server, seconds: float) -> float:
    """Run pgbench, note its rate and return it: the yardstick of what runs next."""
    rate = pgbench(server, seconds)
    results.add("pgbench", rate)
    return rate


def pgbench(server: Server, seconds: float) -> float:
    """Return the transactions a second of pgbench's simple update."""
    done = subprocess.run(
        [
            bundled().bin / "pgbench", "-N", "-c", "8", "-j", "2",
            "-T", str(max(1, round(seconds))),
            server.url(SUPERUSER, "bench"),
        ],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found is not None
    return float(found[1])


class Batches:
    """Posts batches and copies the very rows of each beside it."""

    def __init__(self, server: Server, accounts: list[int], results: Results) -> None:
        """Open the connection that copies."""
        import psycopg
        from django.db import connection

        connection.ensure_connection()
        self.accounts, self.results = accounts, results
        self.owner = psycopg.connect(server.url(OWNER))
        self.pid = connection.connection.info.backend_pid
        self.places = count(-1, -1)

    def run(self, size: int, times: int, *, pgbench: float) -> None:
        """Do ``times`` batches of ``size`` through each measurement, in turn."""
        from hutan.ledger.services import post

        spent: dict[str, float] = {}
        client = server = 0.0

        def timed(name: str, work: Callable[[], Any]) -> Any:
            start = time.perf_counter()
            answer = work()
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - start
            return answer

        for _ in range(times):
            batch = transfers(self.accounts, size)
            before = time.process_time(), self._server_time()
            answers = timed("post", partial(post, batch, at=AT))
            client += time.process_time() - before[0]
            server += self._server_time() - before[1]
            values, packed = self._rows(batch, answers)
            timed("copy", partial(self._copy_values, "copied", values))
            timed("copy by key", partial(self._copy_values, "copied_by_key", values))
            timed("copy packed", partial(self._copy_bytes, "copied_too", packed))
            timed("copy by account", partial(self._copy_bytes, "copied_by_account", packed))
        rates = {name: size * times / duration for name, duration in spent.items()}
        posted = rates.pop("post")
        yardsticks = {name.replace(" ", "_"): rate for name, rate in rates.items()}
        self.results.add(f"post, {size:,} a commit", posted, pgbench=pgbench, **yardsticks)
        for name, rate in rates.items():
            self.results.add(f"{name}, {size:,} a commit", rate)
        self.results.add(f"post, {size:,} a commit, client CPU", size * times / client)
        self.results.add(f"post, {size:,} a commit, server CPU", size * times / server)

    def _server_time(self) -> float:
        """Return the seconds of CPU that the server's process of this client has used."""
        return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / 1e9

    def _rows(self, batch: list[Any], answers: list[Any]) -> tuple[list[tuple[Any, ...]], bytes]:
        """Return the rows that the ledger wrote for ``batch``, as values and as bytes."""
        from hutan.ledger.domain.decisions import AccountState, Refused
        from hutan.ledger.domain.instructions import Posted
        from hutan.ledger.rows import HEADER, TRAILER, pack_rows

        states = dict.fromkeys(self.accounts, AccountState(0, 1, False, 0, 0, 0))
        values: list[tuple[Any, ...]] = []
        packed: list[bytes] = []
        for one, row in zip(batch, answers, strict=True):
            if isinstance(row, Posted):
                packed.append(pack_rows([row], row.sequence, states, AT))
                values.append(
                    (
                        row.id, row.sequence, row.kind.value, 1, row.debit, row.credit, row.moved,
                        row.held, row.at, row.debit_before, row.credit_before, None, None, None,
                    )
                )  # fmt: skip
            else:
                refused = Refused(one, next(self.places), type(row), {})
                packed.append(pack_rows([refused], refused.sequence, states, AT))
                nothing = (None, None, None)
                values.append(
                    (one.id, refused.sequence, 0, *nothing, 0, 0, AT, None, None, *nothing)
                )
        return values, HEADER + b"".join(packed) + TRAILER

    def _copy_values(self, table: str, values: list[tuple[Any, ...]]) -> None:
        from hutan.ledger.rows import COPY

        with self.owner.cursor() as cursor:
            with cursor.copy(COPY.replace("ledger_transfer", table)) as copy:
                copy.set_types(TYPES)
                for row in values:
                    copy.write_row(row)
            self.owner.commit()

    def _copy_bytes(self, table: str, packed: bytes) -> None:
        from hutan.ledger.rows import COPY

        with self.owner.cursor() as cursor:
            with cursor.copy(COPY.replace("ledger_transfer", table)) as copy:
                copy.write(packed)
            self.owner.commit()


def print_table(results: Results) -> None:
    """Print each rate, then each ratio with its goal."""
    print()
    for name in results.rates:
        if not name.endswith("CPU"):
            print(results.line(name))
    for size in SIZES:
        name = f"post, {size:,} a commit"
        spent = [
            1e6 / median(results.rates[f"{name}, {side} CPU"]) for side in ("client", "server")
        ]
        print(
            f"{name}: CPU a transfer {spent[0]:.1f} us in the client, {spent[1]:.1f} in the server"
        )
    print("\nratios, each to the yardstick of its own round; the median, and the range")
    for size, goal in ((1_000, 5), (10_000, 8)):
        name = f"post, {size:,} a commit"
        print(results.goal(name, "pgbench", goal))
        print(results.goal(name, "copy", 0.35))
        for yardstick in ("copy_by_key", "copy_packed", "copy_by_account"):
            print(results.beside(name, yardstick))
    print(results.goal("single postings", "pgbench", 0.5))
    print(results.goal("whole acts", "pgbench", 0.1))


def past(accounts: list[int]) -> None:
    """Print how long reading the past takes after all this."""
    from hutan.ledger import queries
    from hutan.ledger.rows import cursor

    source = queries.find_accounts(["SOURCE"])[0].id
    reading = cursor()
    reading.execute("SELECT count(*) FROM ledger_transfer")
    count = next(reading)[0]
    middle = queries.history(accounts[0])[-1].sequence
    print(f"\nafter {count:,} rows of history, in milliseconds:")
    for name, work in (
        ("100 lines of an account's history", lambda: queries.history(accounts[0])),
        ("100 lines of the source's history", lambda: queries.history(source)),
        ("balance as of a moment", lambda: queries.balances_as_of([accounts[1]], at=AT)),
        (
            "balance as of a sequence",
            lambda: queries.balances_as_of([accounts[1]], sequence=middle),
        ),
        ("1,000 balances as of a moment", lambda: queries.balances_as_of(accounts[:1000], at=AT)),
        ("every figure verified", queries.first_disagreement),
    ):
        start = time.perf_counter()
        answer = work()
        print(f"{name:<46}{(time.perf_counter() - start) * 1e3:>10,.1f}")
    print(f"first disagreement: {answer}")


def print_memory(server: Server) -> None:
    """Print peak memory of this client and of the server's processes."""
    here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    assert server._process is not None
    parent, private = str(server._process.pid), 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            above = (folder / "status").read_text().partition("PPid:")[2].split()[0]
            if parent in (above, folder.name):
                sizes = re.findall(r"Private_\w+:\s+(\d+)", (folder / "smaps_rollup").read_text())
                private += sum(map(int, sizes))
        except (OSError, IndexError):
            continue  # The process has ended, or is not ours to look at.
    print(
        f"\nmemory: client at most {here:,} MB;"
        f" server {private // 1024:,} MB private beside its shared buffers"
    )


if __name__ == "__main__":
    main()
