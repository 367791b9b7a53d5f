"""Reading more rows than memory holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db import connection

FETCH: Final = 1_000
"""Rows read at a time."""


def stream(statement: str) -> Iterator[Any]:
    """Yield the rows of a statement through a cursor on the server, within a transaction."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(FETCH):
            yield from rows
