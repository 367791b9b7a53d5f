"""Sessions: idle and total span, hashed keys, nothing lost between requests."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.test import Client

from hutan.kernel.moments import SHANGHAI
from hutan.web.conf import sign_in_limits
from hutan.web.limits import Limit, count_request
from hutan.web.models import FailureCount, RequestCount, SignInSession
from hutan.web.moments import real_now
from hutan.web.signin.locks import Place, take_attempt
from hutan.web.signin.place import agent_name
from hutan.web.signin.sessions import SessionStore, row_key
from hutan.web.signin.tidying import forget_what_ended
from tests.web.people import Someone, sign_in

IDLE = sign_in_limits().idle


def row(client: Client) -> SignInSession:
    """Return the row of a client's session."""
    return SignInSession.objects.get(session_key=row_key(client.cookies["session"].value))


def test_the_key_is_not_in_the_database(signed_in: Client) -> None:
    """Who reads the table cannot use what is there."""
    key = signed_in.cookies["session"].value
    kept = row(signed_in)
    assert kept.session_key != key
    assert key not in kept.session_data
    stolen = Client()
    stolen.cookies["session"] = kept.session_key
    assert stolen.get("/security").status_code == 302


def test_the_cookie_is_for_this_browser_session_only(client: Client, person: Someone) -> None:
    """No expiry on disk, not for scripts, not for other sites."""
    sign_in(client, person)
    cookie = client.cookies["session"]
    assert cookie["max-age"] == ""
    assert cookie["expires"] == ""
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_session_ends_when_idle(signed_in: Client) -> None:
    """Its end lies the idle span after the last request, and then it is over."""
    kept = row(signed_in)
    assert kept.expire_date - kept.seen_at == IDLE
    SignInSession.objects.update(expire_date=real_now() - timedelta(seconds=1))
    answer = signed_in.get("/security")
    assert answer.headers["Location"] == "/sign-in?next=%2Fsecurity&ended=1"
    assert "上次会话因长时间未操作已结束" in signed_in.get("/sign-in?ended=1").content.decode()


def test_a_request_moves_the_end_on(signed_in: Client) -> None:
    """At most once a minute a request is written, so an idle end is early by a minute at most."""
    earlier = real_now() - timedelta(minutes=5)
    SignInSession.objects.update(seen_at=earlier, expire_date=earlier + IDLE)
    signed_in.get("/security")
    moved = row(signed_in)
    assert moved.seen_at > earlier + timedelta(minutes=4)
    signed_in.get("/security")
    assert row(signed_in).seen_at == moved.seen_at


def test_a_session_ends_after_the_longest_span(signed_in: Client) -> None:
    """Activity does not carry it further."""
    longest = sign_in_limits().longest_session
    started = real_now() - longest + timedelta(minutes=3)
    SignInSession.objects.update(started_at=started, seen_at=real_now() - timedelta(minutes=2))
    signed_in.get("/security")
    assert row(signed_in).expire_date == started + longest


def test_a_session_ended_elsewhere_is_not_written_back(db: None) -> None:
    """A request that still runs cannot raise it from the dead."""
    store = SessionStore()
    store["a"] = 1
    store.save()
    running = SessionStore(store.session_key)
    assert running["a"] == 1
    store.delete()
    running["a"] = 2
    with pytest.raises(UpdateError):
        running.save()
    assert not SignInSession.objects.exists()


def test_two_sessions_cannot_have_one_key(db: None) -> None:
    """Creating over an existing one fails."""
    store = SessionStore()
    store.create()
    other = SessionStore(store.session_key)
    with pytest.raises(CreateError):
        other.save(must_create=True)
    assert store.exists(str(store.session_key))
    assert not store.exists("other")


def test_a_made_up_key_is_a_fresh_session(db: None) -> None:
    """Nobody chooses his own key."""
    store = SessionStore("a" * 32)
    assert store.get("x") is None
    assert store.session_key is None
    store["x"] = 1
    store.save()
    assert store.session_key != "a" * 32


def test_what_ended_is_cleared(db: None) -> None:
    """And only that."""
    for ended in (True, False):
        store = SessionStore()
        store["x"] = 1
        store.save()
        if ended:
            SignInSession.objects.update(expire_date=real_now() - timedelta(seconds=1))
    SessionStore.clear_expired()
    assert SignInSession.objects.count() == 1


def test_a_handle_names_the_session(db: None) -> None:
    """Stable over requests, and nothing where there is no session."""
    assert SessionStore().handle is None
    store = SessionStore()
    store["x"] = 1
    store.save()
    assert SessionStore(store.session_key).handle == store.handle


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit Chrome/156.0 Safari/537 Edg/156.0",
         "Edge 156, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36",
         "Chrome 156, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604", "Safari 18, iOS"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) Chrome/132.0", "Chrome 132, HarmonyOS"),
        ("curl/8.5", "curl"),
        ("", ""),
    ],
)  # fmt: skip
def test_browsers_have_names_people_know(agent: str, name: str) -> None:
    """And no more is kept of them."""
    assert agent_name(agent) == name


def test_the_clockwork_clears_away(db: None) -> None:
    """By the real clock, whatever the demonstration's says; twice is harmless."""
    store = SessionStore()
    store["x"] = 1
    store.save()
    SignInSession.objects.update(expire_date=real_now() - timedelta(seconds=1))
    long_ago = real_now() - timedelta(days=8)
    take_attempt("password", "someone", Place(), at=long_ago)
    take_attempt("password", "another", Place(), at=real_now())
    count_request(Limit("test", 3, 60), "a", at=long_ago)
    for _ in range(2):
        forget_what_ended(at=datetime(2025, 6, 16, 9, 0, tzinfo=SHANGHAI))
        assert not SignInSession.objects.exists()
        assert FailureCount.objects.count() == 1
        assert not RequestCount.objects.exists()
