"""Random transfers to measure with, and single postings on eight connections."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

AT = datetime(2025, 6, 16, 1, 0, tzinfo=UTC)


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


def singles(accounts: list[int], seconds: float) -> float:
    """Return the postings a second of eight processes that each post one by one."""
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.postings",
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


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hutan.config.settings")
    post_singles(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
