"""Statements that stand in every act's way, planned once a connection instead of each time.

Planning costs such a statement more than running it. Values travel apart from the text, so each
parameter that is not compared with a column needs its type written beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString, TypeAlias

import psycopg
from django.db import connection

Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any]


def planned(statement: LiteralString, parameters: Parameters) -> list[tuple[Any, ...]]:
    """Run a statement in Django's own connection and transaction; return its rows, if it has any.

    JSON comes back as text.
    """
    connection.ensure_connection()
    cursor: psycopg.Cursor[tuple[Any, ...]] = psycopg.Cursor(connection.connection)
    with connection.wrap_database_errors:
        cursor.execute(statement, parameters, prepare=True)
        return cursor.fetchall() if cursor.description else []
