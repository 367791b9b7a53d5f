"""Whole acts of the registry, by two people, through the services, on eight connections.

One act: a representative proposes a transfer of some allowances to a receiver on his unit's trusted
list, and a colleague approves the version he saw. The registry checks it twice, posts it in the
ledger, splits and moves serial blocks, writes the transaction and its receipt's leaf. That is two
transactions of the database with a commit each.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from hutan.kernel.canonical import Json
from hutan.kernel.moments import SHANGHAI

UNITS = 40
TRUSTED = 5
HELD = 1_000_000
WORKERS = 8
AT = datetime(2025, 6, 23, 10, 0, tzinfo=SHANGHAI)
"""A Monday morning, when the trusted lists of the week before count and transfers execute."""


@dataclass(frozen=True)
class Pair:
    """A giver with its two people, and a receiver that it trusts."""

    giver: str
    receiver: str
    proposer: str
    approver: str


def prepare() -> list[Pair]:
    """Found a registry of units that hold allowances of 2024 and trust the next few of them."""
    from tests.registry.city import City

    city = City()
    units = [city.unit(f"第{number + 1}厂") for number in range(UNITS)]
    city.plan(2024, {unit.account: HELD for unit in units})
    city.issue(2024)
    pairs = []
    for number, giver in enumerate(units):
        for step in range(1, TRUSTED + 1):
            receiver = units[(number + step) % UNITS]
            trust: dict[str, Json] = {"account": giver.account, "trusted": receiver.account}
            city.act("registry.trust", trust, by=giver.rep, approved_by=giver.approver)
            pairs.append(
                Pair(
                    giver.account,
                    receiver.account,
                    str(giver.rep.user),
                    str(giver.approver.user),
                )
            )
    return pairs


def act(pair: Pair, amount: int) -> None:
    """Do one whole act."""
    from hutan.parties.services import approve, propose

    content: dict[str, Json] = {
        "giver": pair.giver,
        "receiver": pair.receiver,
        "items": [{"asset": "allowance:2024", "amount": amount}],
    }
    id = uuid4()
    waiting = propose(
        id=id, kind="registry.transfer", content=content, by=UUID(pair.proposer), at=AT
    )
    done = approve(id=id, by=UUID(pair.approver), seen=waiting.content_hash, at=AT)
    assert done.outcome is not None
    assert done.outcome["state"] == "executed", done.outcome


def rate(pairs: list[Pair], seconds: float) -> float:
    """Return the acts a second of eight processes."""
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.acts", str(seed), str(seconds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for seed in range(WORKERS)
    ]  # fmt: skip
    told = json.dumps([asdict(pair) for pair in pairs])
    for worker in workers:
        _tell(worker, told)
    # All begin together, when each is connected and has done its first acts.
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        _tell(worker, "go")
    return sum(float(worker.communicate()[0]) for worker in workers)


def _tell(worker: subprocess.Popen[str], line: str) -> None:
    assert worker.stdin is not None
    worker.stdin.write(line + "\n")
    worker.stdin.flush()


def work(seed: int, seconds: float) -> None:
    """Be one of the eight: act until the time is over, and print the rate."""
    import django

    django.setup()
    told: list[dict[str, Any]] = json.loads(sys.stdin.readline())
    pairs = [Pair(**one) for one in told]
    chance = random.Random(seed)
    for _ in range(5):
        act(chance.choice(pairs), chance.randint(1, 40))
    print("ready", flush=True)
    sys.stdin.readline()
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        act(chance.choice(pairs), chance.randint(1, 40))
        done += 1
    print(done / (time.perf_counter() - start))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hutan.config.settings")
    work(int(sys.argv[1]), float(sys.argv[2]))
