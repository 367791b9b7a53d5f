"""The sequencer's own memory of the last head it signed, outside the database."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from hutan.transparency.domain.hashing import leaf_hash
from hutan.transparency.domain.notes import Head
from hutan.transparency.memory import HeadMemory
from hutan.transparency.queries import Opened
from hutan.transparency.refusals import LogDamaged


class SignedHeads:
    """What this installation signed for the log in the database."""

    def __init__(self, log: Opened) -> None:
        """Raise ``LogDamaged`` if the log's first entry is gone: nothing else names this log."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT record FROM transparency_entry WHERE kind::text LIKE 'log.%'"
                " ORDER BY id LIMIT 1"
            )
            row = cursor.fetchone()
        if row is None:
            raise LogDamaged(what="log.opened")
        # The first record has a random salt: it names this log and no other of the same origin.
        self._name = leaf_hash(log.suite.hash, row[0].encode()).hex()[:32]
        self._memory = HeadMemory(settings.LOG_HEADS)

    def last(self) -> Head | None:
        """Return the last head signed here, if any."""
        return self._memory.last(self._name)

    def remember(self, signed: Head) -> None:
        """Keep a head that is committed, unless a larger one is kept already."""
        with self._memory.locked():
            kept = self.last()
            if kept is None or kept.size < signed.size:
                self._memory.keep(self._name, signed)
