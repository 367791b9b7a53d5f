"""Sessions in the database under the hash of their key: who reads the table cannot use them.

A session ends after a span without a request (``idle``) and after ``longest_session`` in any case.
Each request that comes more than a minute after the last written one moves the end on, so that an
idle session may end up to a minute early, never late.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction

from hutan.kernel.ids import new_id
from hutan.web.conf import sign_in_limits
from hutan.web.models import SignInSession
from hutan.web.moments import real_now

_WRITE_EVERY = timedelta(minutes=1)
NETWORK, AGENT = "network", "agent"


def row_key(session_key: str) -> str:
    """Return the primary key under which a session's row stands."""
    return sha256(session_key.encode()).hexdigest()


class SessionStore(SessionBase):
    """Django's session interface on ``SignInSession``."""

    _started_at: datetime | None = None
    _handle: UUID | None = None

    @classmethod
    def get_model_class(cls) -> type[SignInSession]:
        """Return the rows this store keeps."""
        return SignInSession

    @property
    def handle(self) -> UUID | None:
        """Return the id by which the person's page names this session."""
        if self._handle is None and self.session_key:
            self.has_key(SESSION_KEY)  # reads the row
        return self._handle

    def load(self) -> dict[str, Any]:
        """Return the session's data, or start afresh if it ended."""
        now = real_now()
        row = SignInSession.objects.filter(
            session_key=row_key(self.session_key or ""), expire_date__gt=now
        ).first()
        if row is None:
            self._session_key = None
            return {}
        self._started_at, self._handle = row.started_at, row.handle
        if now - row.seen_at > _WRITE_EVERY:
            self.modified = True
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        """Tell whether a session of that key is there."""
        return SignInSession.objects.filter(session_key=row_key(session_key)).exists()

    def create(self) -> None:
        """Take a fresh key and keep an empty session under it."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # Django's hook
            self._started_at = self._handle = None
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write the session; raise ``UpdateError`` if it was ended elsewhere meanwhile."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # Django's hook
        now = real_now()
        self._started_at = self._started_at or now
        self._handle = self._handle or new_id()
        row = SignInSession(
            session_key=row_key(self.session_key),
            session_data=self.encode(data),
            user_id=data.get(SESSION_KEY),
            handle=self._handle,
            started_at=self._started_at,
            seen_at=now,
            expire_date=self._end(now),
            network=data.get(NETWORK, ""),
            agent=data.get(AGENT, ""),
        )
        if must_create:
            try:
                with transaction.atomic():
                    row.save(force_insert=True)
            except IntegrityError as error:
                raise CreateError from error
            return
        written = SignInSession.objects.filter(pk=row.pk).update(
            **{name: getattr(row, name) for name in _KEPT}
        )
        if not written:
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        """End a session."""
        key = session_key or self.session_key
        if key:
            SignInSession.objects.filter(session_key=row_key(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Delete sessions that ended; the clockwork calls it."""
        SignInSession.objects.filter(expire_date__lt=real_now()).delete()

    def _end(self, now: datetime) -> datetime:
        assert self._started_at is not None
        limits = sign_in_limits()
        return min(now + limits.idle, self._started_at + limits.longest_session)


_KEPT = ("session_data", "user_id", "seen_at", "expire_date", "network", "agent")
