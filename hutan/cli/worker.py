"""``hutan worker``: the clockwork as a process."""

from __future__ import annotations

import logging
import os
import sys

import psycopg

from hutan.cli.clockwork import CLOCKWORK_LOCK, JOBS, Clockwork
from hutan.cli.reach import needs_database, refuse_unsafe
from hutan.runtime.lifeline import follow_parent
from hutan.runtime.stop import Stop

log = logging.getLogger("hutan.worker")

_STANDBY_SECONDS = 2.0


@needs_database
def worker() -> None:
    """Run the clockwork until stopped; a second worker stands by and takes over."""
    from django.db import close_old_connections

    from hutan import clock

    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    stop = Stop()
    follow_parent()
    refuse_unsafe()
    clockwork = Clockwork(JOBS, clock.now)
    # The lock lives as long as this connection: when the process dies, however it dies, it is free.
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as guard:
        if not _become_the_one(guard, stop):
            return
        log.info("at work with %d jobs", len(JOBS))
        seconds = 0.0
        while not stop.pause(seconds):
            # Raises if the connection is gone, and with it the lock: better die than work twice.
            guard.execute("SELECT 1")
            close_old_connections()
            seconds = clockwork.tick()
    log.info("stopped")


def _become_the_one(guard: psycopg.Connection[tuple[object, ...]], stop: Stop) -> bool:
    """Wait for the lock; return ``False`` if asked to stop before it was free."""
    told = False
    while True:
        row = guard.execute("SELECT pg_try_advisory_lock(%s)", (CLOCKWORK_LOCK,)).fetchone()
        if row == (True,):
            return True
        if not told:
            log.info("another worker is at work; standing by")
            told = True
        if stop.pause(_STANDBY_SECONDS):
            return False
