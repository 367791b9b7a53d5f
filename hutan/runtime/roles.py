"""What the two database roles may do by default.

The owner creates tables by migrations; the serving role reads and writes them. A migration that
creates an append-only table takes UPDATE and DELETE away again; nobody but the owner ever has
TRUNCATE.
"""

from __future__ import annotations

import psycopg

from hutan.runtime.postgres import APP


def grant_defaults(owner_url: str) -> None:
    """Let the serving role use what the owner will create in this database. Safe to repeat."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for kind, rights in (
            ("TABLES", "SELECT, INSERT, UPDATE, DELETE"),
            ("SEQUENCES", "SELECT, USAGE"),
        ):
            connection.execute(f"ALTER DEFAULT PRIVILEGES GRANT {rights} ON {kind} TO {APP}")
        connection.execute(f"GRANT USAGE ON SCHEMA public TO {APP}")
