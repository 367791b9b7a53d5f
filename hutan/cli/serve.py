"""``hutan serve``: pages and API."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from hutan.cli.reach import needs_database, refuse_unsafe
from hutan.runtime.lifeline import follow_parent

THREADS = 4
"""Requests that one process answers at once, each on a database connection of its own."""


def default_workers() -> int:
    """Return how many processes serve: one a core, at least two, so that one slow is not all."""
    return min(8, max(2, os.cpu_count() or 1))


@needs_database
def serve(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on; TLS ends before it.")] = (
        "127.0.0.1"
    ),
    workers: Annotated[int, typer.Option(help="Processes; 0 means one a core.")] = 0,
) -> None:
    """Serve pages and API over HTTP until stopped."""
    from django.db import connections
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces

    refuse_unsafe()
    # The processes are forked: a connection must not be shared between them.
    connections.close_all()
    follow_parent()
    Granian(
        "hutan.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers or default_workers(),
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()
