"""Statements that stand in every act's way, planned once a connection instead of each time.

Planning costs such a statement more than running it. Values travel apart from the text, so each
parameter that is not compared with a column needs its type written beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any, LiteralString, TypeAlias

import psycopg
from django.db import connection

Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any]


class _Planned(psycopg.Cursor[tuple[Any, ...]]):
    """A cursor whose every statement is prepared at its first use."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> _Planned:
        return super().execute(query, params, **{**options, "prepare": True})


def planned(statement: LiteralString, parameters: Parameters) -> list[tuple[Any, ...]]:
    """Run a statement in Django's own connection and transaction; return its rows, if it has any.

    Whoever counts or interrupts Django's statements counts and interrupts these too. JSON comes
    back as text.
    """
    connection.ensure_connection()
    raw: Any = _Planned(connection.connection)  # the stubs ask for a wrapper to be wrapped
    with connection.make_cursor(raw) as cursor:
        started = monotonic()
        cursor.execute(statement, parameters)
        if connection.queries_logged:
            # A prepared statement does not tell its text, which whoever reads the log wants.
            spent = f"{monotonic() - started:.3f}"
            connection.queries_log.append({"sql": statement, "time": spent})
        return cursor.fetchall() if cursor.description else []
