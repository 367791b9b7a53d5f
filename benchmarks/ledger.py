"""How fast the ledger posts, as a ratio to pgbench and to a raw COPY on the same server.

Starts an embedded server of its own, with durability on, and prints its settings. Each round runs
every measurement once, so that a noisy machine is noisy for all; medians over the rounds are
printed. The transfers go between random accounts of 100,000; about 2 % are refused.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

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
AT = datetime(2025, 6, 16, 1, 0, tzinfo=UTC)
TYPES = [
    *("uuid", "int8", "int2", "int4", "int8", "int8", "int8", "int8", "timestamptz", "int8"),
    *("int8", "uuid", "timestamptz", "uuid"),
]
SIZES = {1_000: 40, 10_000: 10}
"""Transfers a commit, and how many such batches a round has."""
YARDSTICK = """
CREATE TABLE copied_bare (LIKE ledger_transfer);
CREATE TABLE copied (LIKE ledger_transfer INCLUDING INDEXES);
CREATE TABLE copied_too (LIKE ledger_transfer INCLUDING INDEXES);
CREATE TABLE copied_by_account (LIKE ledger_transfer, PRIMARY KEY (id), UNIQUE (debit, sequence),
                                UNIQUE (credit, sequence));
"""


@dataclass
class Results:
    """Rates a second by measurement, one a round."""

    rates: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, rate: float) -> None:
        """Note one round of one measurement."""
        self.rates.setdefault(name, []).append(rate)

    def line(self, name: str, *yardsticks: str, goal: str = "") -> str:
        """Return one line: the median rate, its range, and its ratios to the yardsticks."""
        rates = self.rates[name]
        ratios = [
            f"{median(rates) / median(self.rates[other]):.2f} x {other.partition(',')[0]}"
            for other in yardsticks
        ]
        spread = f"({min(rates):,.0f} to {max(rates):,.0f})"
        return f"{name:<46}{median(rates):>10,.0f}/s {spread:<24}{'; '.join(ratios)}{goal}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of pgbench and singles")
    parser.add_argument("--single", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.single:
        seed, seconds, first, last = options.single
        post_singles(int(seed), float(seconds), int(first), int(last))
        return
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
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        for size, times in SIZES.items():
            results.add("pgbench", pgbench(server, seconds))
            bench.run(size, times)
        results.add("single", singles(accounts, seconds))
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
        "yardstick COPY: the rows that the ledger wrote, into a table of the same columns, without"
        "\ntrigger and checks; 'copy': the same three indexes (id, sequence, subject), rows as"
        "\nPython values through psycopg's binary COPY; 'packed': the same, as bytes made before;"
        "\n'by account': packed, with the indexes that an account's history would need without the"
        "\nchain of entries (id; debit, sequence; credit, sequence); 'bare': packed, no index"
    )


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


def transfers(accounts: list[int], size: int) -> list[Any]:
    """Return random transfers; every fiftieth asks for more than anybody has."""
    from hutan.kernel.ids import new_id
    from hutan.ledger.services import Transfer

    batch: list[Any] = []
    for _ in range(size):
        giver, taker = random.sample(accounts, 2)
        amount = 10**9 if random.random() < 0.02 else random.randint(1, 40)
        batch.append(Transfer(new_id(), giver, taker, amount))
    return batch


class Batches:
    """Posts batches and copies the very rows of each beside it."""

    def __init__(self, server: Server, accounts: list[int], results: Results) -> None:
        """Open the connection that copies."""
        import psycopg

        self.accounts, self.results = accounts, results
        self.owner = psycopg.connect(server.url(OWNER))
        self.places = count(-1, -1)

    def run(self, size: int, times: int) -> None:
        """Do ``times`` batches of ``size`` through each measurement, in turn."""
        from hutan.ledger.services import post

        spent: dict[str, float] = {}

        def timed(name: str, work: Callable[[], Any]) -> Any:
            start = time.perf_counter()
            answer = work()
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - start
            return answer

        for _ in range(times):
            batch = transfers(self.accounts, size)
            answers = timed("post", partial(post, batch, at=AT))
            values, packed = self._rows(batch, answers)
            timed("copy", partial(self._copy_values, "copied", values))
            timed("packed copy", partial(self._copy_bytes, "copied_too", packed))
            timed("packed by account", partial(self._copy_bytes, "copied_by_account", packed))
            timed("bare packed copy", partial(self._copy_bytes, "copied_bare", packed))
        for name, duration in spent.items():
            self.results.add(f"{name}, {size:,} a commit", size * times / duration)

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


def singles(accounts: list[int], seconds: float) -> float:
    """Return the postings a second of eight processes that each post one by one."""
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.ledger", "--single",
             *map(str, (seed, seconds, accounts[0], accounts[-1]))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for seed in range(8)
    ]  # fmt: skip
    # All begin together, when each is connected and has made its transfers.
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return sum(float(worker.communicate()[0]) for worker in workers)


def post_singles(seed: int, seconds: float, first: int, last: int) -> None:
    """Be one of the eight: post until the time is over, and print the rate."""
    import django

    django.setup()
    from hutan.ledger.services import post_one

    random.seed(seed)
    waiting = transfers(list(range(first, last + 1)), 5_000 * int(seconds + 1))
    for one in waiting[:20]:
        post_one(one, at=AT)
    print("ready", flush=True)
    sys.stdin.readline()
    start, done = time.perf_counter(), 0
    for one in waiting[20:]:
        if time.perf_counter() - start > seconds:
            break
        post_one(one, at=AT)
        done += 1
    print(done / (time.perf_counter() - start))


def print_table(results: Results) -> None:
    """Print each measurement with its ratios."""
    print()
    print(results.line("pgbench"))
    for size, goal in ((1_000, 5), (10_000, 8)):
        suffix = f", {size:,} a commit"
        for name in ("copy", "packed copy", "packed by account", "bare packed copy"):
            print(results.line(name + suffix))
        yardsticks = (
            "pgbench",
            f"copy{suffix}",
            f"packed copy{suffix}",
            f"packed by account{suffix}",
        )
        print(results.line(f"post{suffix}", *yardsticks, goal=f"  (goal {goal} and 0.35)"))
    print(results.line("single", "pgbench", goal="  (goal 0.5)"))


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
