"""What the log costs, each figure beside a yardstick measured in the same run.

    make bench-log            a million leaves
    make bench-log N=100000   fewer

Starts a server of its own in a folder that is removed afterwards.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID

SINGLE, BULK, PROOFS = 2_000, 60_000, 2_000


def main(leaves: int) -> None:
    """Measure and print."""
    with _database():
        _single_acts()
        _bulk_act()
        _growth(leaves)
        _proofs()
        _walk(leaves)


@contextmanager
def _database() -> Iterator[None]:
    from hutan.runtime.postgres import APP, OWNER, Server
    from hutan.runtime.roles import grant_defaults

    with tempfile.TemporaryDirectory(prefix="hutan-bench-") as home:
        Path(home).chmod(0o755)
        with Server(Path(home)) as server:
            os.environ |= {
                "DATABASE_URL": server.url(APP),
                "HUTAN_OWNER_URL": server.url(OWNER),
                "HUTAN_DATA": home,
                "HUTAN_ENV": "demo",
                "DJANGO_SETTINGS_MODULE": "hutan.config.settings",
            }
            grant_defaults(server.url(OWNER))
            import django
            from django.core.management import call_command
            from django.db import connections

            django.setup()
            call_command("migrate", database="owner", verbosity=0)
            _owner("CREATE TABLE yardstick (id bigint PRIMARY KEY, record text)")
            yield
            connections.close_all()


def _single_acts() -> None:
    """An act with one movement in a transaction of its own, beside one plain row."""
    from django.db import transaction

    from hutan.kernel.ids import new_id
    from hutan.transparency.services import open_log, record

    open_log(at=AT)
    text = "x" * 300

    def plain() -> None:
        for number in range(SINGLE):
            with transaction.atomic():
                _run("INSERT INTO yardstick VALUES (%s, %s)", number, text)

    def acts() -> None:
        for number in range(SINGLE):
            with transaction.atomic():
                record(
                    act=new_id(), kind="bench.single", at=AT, body={"n": number},
                    movements=[_movement(number)], subjects=["31-1", "31-2"],
                )  # fmt: skip

    yardstick, cost = _seconds(plain) / SINGLE, _seconds(acts) / SINGLE
    _show("record(), one movement, own transaction", cost * 1e3, "ms", "one-row INSERT and commit",
          yardstick * 1e3, cost / yardstick)  # fmt: skip


def _bulk_act() -> None:
    """One act of many movements, beside a raw binary COPY of the same rows."""
    from django.db import connection, transaction

    from hutan.kernel.ids import new_id
    from hutan.transparency.services import record

    act = new_id()
    movements = [_movement(number) for number in range(BULK)]

    def bulk() -> None:
        with transaction.atomic():
            record(act=act, kind="bench.bulk", at=AT, body={}, movements=movements)

    cost = _seconds(bulk)
    rows = _run(
        "SELECT entry, number, key, hash, record FROM transparency_movement"
        " WHERE entry = (SELECT id FROM transparency_entry WHERE act = %s) ORDER BY number",
        act,
    )
    _owner("CREATE TABLE copied (LIKE transparency_movement INCLUDING ALL)")

    def copied() -> None:
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy("COPY copied FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.set_types(["int8", "int4", "text", "bytea", "text"])
            for row in rows:
                copy.write_row(row)

    yardstick = _seconds(copied)
    _show(f"record(), {BULK} movements", cost, "s", "binary COPY of the rows", yardstick,
          cost / yardstick)  # fmt: skip


def _growth(leaves: int) -> None:
    """The sequencer over a long queue, beside hashing the same records once."""
    from hutan.transparency.domain.hashing import leaf_hash, sha256
    from hutan.transparency.services import integrate

    _owner(
        """
        WITH act AS MATERIALIZED (
          SELECT gen_random_uuid() act, n FROM generate_series(1, %s) n),
        entry AS (
          INSERT INTO transparency_entry (act, kind, at, record)
          SELECT act, 'bench.entry', %s, '{"act":"' || act || '","at":"2025-06-16T09:00:00+08:00",'
            '"body":{"n":' || n || '},"format":"hutan-entry/1","kind":"bench.entry",'
            '"movements":null,"salt":"' || replace(act::text, '-', '') || '"}' FROM act
          RETURNING id)
        INSERT INTO transparency_pending SELECT id FROM entry
        """,
        leaves,
        AT,
    )
    cost = _seconds(lambda: integrate(at=AT)) / leaves
    text = b"x" * 260
    yardstick = _seconds(lambda: [leaf_hash(sha256, text) for _ in range(leaves)]) / leaves
    _show(f"integrate(), a queue of {leaves}", cost * 1e6, "us a leaf", "one SHA-256 of a record",
          yardstick * 1e6, cost / yardstick)  # fmt: skip


def _proofs() -> None:
    """Proofs and receipts at random places, beside a single-row SELECT by primary key."""
    from hutan.transparency import queries

    size = queries.tree_size()
    random.seed(1)
    places = [random.randrange(size) for _ in range(PROOFS)]
    statement = "SELECT hash FROM transparency_leaf WHERE position = %s"
    yardstick = median(_each(places, lambda place: _run(statement, place)))
    acts = [
        _run(
            "SELECT act FROM transparency_leaf JOIN transparency_entry ON id = entry"
            " WHERE position = %s",
            place,
        )[0][0]
        for place in places
    ]
    for name, calls in (
        ("inclusion proof", _each(places, lambda n: queries.inclusion_proof(index=n, size=size))),
        (
            "consistency proof",
            _each(places, lambda n: queries.consistency_proof(old=n + 1, new=size)),
        ),
        ("receipt", _each(acts, lambda act: queries.receipt(act=act))),
    ):
        worst = quantiles(calls, n=100)[98]
        _show(f"{name} among {size} (99 of 100 below {worst * 1e3:.2f} ms)", median(calls) * 1e3,
              "ms", "one-row SELECT", yardstick * 1e3, median(calls) / yardstick)  # fmt: skip


def _walk(leaves: int) -> None:
    """Verifying every row, beside reading the same rows."""
    from django.db import connection, transaction

    from hutan.transparency.services import verify

    def read() -> None:
        with transaction.atomic(), connection.chunked_cursor() as cursor:
            cursor.execute(
                "SELECT position, hash, record FROM transparency_leaf"
                " JOIN transparency_entry ON id = entry ORDER BY position"
            )
            while cursor.fetchmany(1000):
                pass

    yardstick = _seconds(read) / leaves
    verdicts: list[Any] = []
    cost = _seconds(lambda: verdicts.append(verify())) / leaves
    assert verdicts[0].sound, verdicts[0].damage
    _show("verify()", cost * 1e6, "us a leaf", "reading the rows", yardstick * 1e6,
          cost / yardstick)  # fmt: skip


def _movement(number: int) -> dict[str, Any]:
    return {
        "id": str(UUID(int=random.getrandbits(128))), "transfer": str(UUID(int=number)),
        "asset": "allowance:2024", "from": "SH-100-0000-12", "to": "SH-100-0000-13",
        "amount": 12_345, "blocks": [[number, number + 99], [900_000, 912_244]],
    }  # fmt: skip


def _each(arguments: list[Any], call: Callable[[Any], Any]) -> list[float]:
    return [_seconds(lambda given=given: call(given)) for given in arguments]  # type: ignore[misc]


def _seconds(call: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def _run(statement: str, *parameters: Any) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall()) if cursor.description else []


def _owner(statement: str, *parameters: Any) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, parameters or None)


def _show(what: str, cost: float, unit: str, yardstick: str, base: float, ratio: float) -> None:
    print(f"{what}: {cost:.3g} {unit}; {yardstick}: {base:.3g} {unit}; ratio {ratio:.2f}",
          flush=True)  # fmt: skip


AT = datetime.fromisoformat("2025-06-16T09:00:00+08:00")

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
