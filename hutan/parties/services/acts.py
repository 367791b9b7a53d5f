"""One act at a time: two calls with the same id wait for each other."""

from __future__ import annotations

from uuid import UUID

from django.db import connection


def hold(id: UUID) -> None:
    """Keep other calls with this act id waiting until the present transaction ends.

    The second of two simultaneous retries thereby finds what the first wrote, instead of running
    into its unique key.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [id.int >> 65])
