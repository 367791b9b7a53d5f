"""Locks: guessing is slow, parallel guessing is no faster, and nobody is locked out by others."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client, RequestFactory, override_settings

from hutan.web import limits
from hutan.web.conf import sign_in_limits
from hutan.web.limits import Limit, count_request, forget_requests, network_of, source_of
from hutan.web.models import FailureCount, RequestCount, SignInEvent
from hutan.web.refusals import TooManyRequests
from hutan.web.signin import services
from hutan.web.signin.locks import (
    Place,
    device_mark,
    forget_failures,
    forget_old_failures,
    known_device,
    take_attempt,
    unlock,
)
from hutan.web.signin.refusals import Locked, WrongCredentials
from tests.web.people import PASSWORD, Someone, first_step, second_step, sign_in, someone

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def fail(person: Someone, times: int, at: datetime = NOW, place: Place = Place()) -> None:  # noqa: B008 a frozen record
    """Give a wrong password so many times."""
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            services.check_password(login=person.login, password="wrong", place=place, at=at)


def opens(person: Someone, at: datetime = NOW, place: Place = Place()) -> bool:  # noqa: B008 a frozen record
    """Tell whether the right password is looked at and accepted."""
    try:
        services.check_password(login=person.login, password=PASSWORD, place=place, at=at)
    except Locked:
        return False
    return True


def test_five_failures_lock_for_a_quarter_of_an_hour(person: Someone) -> None:
    """Four do not; the fifth does, also for the right password; to the second."""
    fail(person, 4)
    assert opens(person)
    fail(person, 5)
    assert not opens(person)
    assert not opens(person, NOW + 15 * MINUTE - timedelta(seconds=1))
    assert opens(person, NOW + 15 * MINUTE)
    kinds = SignInEvent.objects.filter(user=person.user).values_list("kind", flat=True)
    assert list(kinds).count("locked") == 1


def test_a_lock_says_how_long(person: Someone) -> None:
    """In whole minutes, rounded up."""
    fail(person, 5)
    with pytest.raises(Locked) as refused:
        services.check_password(
            login=person.login, password=PASSWORD, place=Place(),
            at=NOW + timedelta(minutes=2, seconds=30),
        )  # fmt: skip
    assert refused.value.facts == {"minutes": 13}


def test_each_further_lock_lasts_twice_as_long(person: Someone) -> None:
    """15, 30, 60 minutes ... and never more than a day; a success starts anew."""
    at, lasting = NOW, []
    for _ in range(9):
        fail(person, 5, at)
        row = FailureCount.objects.get()
        assert row.locked_until is not None
        lasting.append((row.locked_until - at) / MINUTE)
        at = row.locked_until
    assert lasting == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]
    assert opens(person, at)
    fail(person, 5, at)
    row = FailureCount.objects.get()
    assert row.locked_until == at + 15 * MINUTE


def test_a_success_forgets_the_failures(person: Someone) -> None:
    """Four and four are not eight."""
    fail(person, 4)
    assert opens(person)
    fail(person, 4)
    assert opens(person)


def test_an_unknown_login_locks_like_a_known_one(db: None) -> None:
    """Nobody learns from locks which logins exist."""
    for expected in [WrongCredentials] * 5 + [Locked]:
        with pytest.raises(expected):
            services.check_password(login="nobody", password="x", place=Place(), at=NOW)


def test_nobody_is_locked_out_by_others(db: None) -> None:
    """A browser that has signed in before has a count of its own: a deadline cannot be stolen."""
    person, attacker, owner = someone(), Client(), Client()
    sign_in(owner, person)
    owner.post("/sign-out")
    for _ in range(6):
        last = first_step(attacker, person, "wrong")
    assert "WEB-101" in last.content.decode()
    assert first_step(Client(), person).status_code == 429
    assert first_step(owner, person).status_code == 302


def test_a_known_device_locks_too(db: None) -> None:
    """Its own count has the same limit."""
    person, owner = someone(), Client()
    sign_in(owner, person)
    owner.post("/sign-out")
    for _ in range(5):
        assert first_step(owner, person, "wrong").status_code == 401
    assert first_step(owner, person).status_code == 429
    assert first_step(Client(), person).status_code == 302


def test_a_devices_mark_holds_for_one_login_and_cannot_be_made_up() -> None:
    """Signed, and for the login that signed in."""
    mark = device_mark("zhang")
    assert known_device(mark, "zhang")
    assert not known_device(mark, "li")
    assert not known_device(mark + "x", "zhang")
    assert not known_device("", "zhang")
    assert known_device(mark, "zhang") != known_device(device_mark("zhang"), "zhang")


def test_codes_lock_as_well(client: Client, person: Someone) -> None:
    """Whoever has the password still has five guesses at a code, whatever browser he takes."""
    wrong = f"{(int(person.code()) + 1) % 10**6:06d}"
    answers = []
    for _ in range(6):
        browser = Client()
        first_step(browser, person)
        answers.append(second_step(browser, person, wrong).status_code)
    assert answers == [401] * 5 + [429]
    browser = Client()
    first_step(browser, person)
    assert second_step(browser, person).status_code == 429


def test_recovery_codes_share_the_count(person: Someone) -> None:
    """They are no second door for guessing."""
    for number in range(5):
        check = services.check_recovery_code if number % 2 else services.check_code
        with pytest.raises(Exception, match="WEB-11"):
            check(user=person.user.pk, code="000000", place=Place(), at=NOW)
    with pytest.raises(Locked):
        services.check_recovery_code(user=person.user.pk, code="x", place=Place(), at=NOW)


def test_the_administrator_lifts_locks(person: Someone) -> None:
    """Both of a login's counts for unknown devices."""
    fail(person, 5)
    unlock(person.login)
    assert opens(person)


def test_old_counts_are_forgotten(person: Someone) -> None:
    """Only those untouched since the given moment."""
    fail(person, 1, NOW - timedelta(days=3))
    assert forget_old_failures(before=NOW - timedelta(days=4)) == 0
    assert forget_old_failures(before=NOW - timedelta(days=2)) == 1


def test_parallel_guesses_are_no_more_guesses(committed_db: str) -> None:
    """Sixteen guesses at once: at most five are looked at."""
    person, outcomes, gate = someone(), [], threading.Barrier(16)

    def guess() -> None:
        gate.wait()
        try:
            take_attempt("code", person.login, Place(), at=NOW)
            outcomes.append("looked at")
        except Locked:
            outcomes.append("locked")
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["locked"] * 11 + ["looked at"] * 5


def test_the_same_code_at_once_opens_once(committed_db: str) -> None:
    """Eight requests with one right code in eight threads: one succeeds."""
    person, outcomes, gate = someone(), [], threading.Barrier(8)
    at = NOW
    code = person.code(at)

    def show(device: str) -> None:
        gate.wait()
        try:
            services.check_code(user=person.user.pk, code=code, place=Place(device=device), at=at)
            outcomes.append("taken")
        except Exception as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connection.close()

    # Each from a known device of its own, so that no lock stands in the way of the race.
    threads = [threading.Thread(target=show, args=(device_mark(person.login),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["CodeUsed"] * 7 + ["taken"]


def test_the_limits_are_those_of_the_settings() -> None:
    """Two are parameters of the rulebook (facts: 5 tries; 15 minutes idle)."""
    assert sign_in_limits().failures == 5
    assert sign_in_limits().idle == timedelta(minutes=15)


def test_forgetting_what_is_not_there_is_harmless(db: None) -> None:
    """A retry changes nothing."""
    forget_failures("password", "nobody", Place())


# --- limits of requests ---


def test_a_limit_counts_in_spans(db: None) -> None:
    """Three a minute: the fourth is refused and told when; the next minute is new."""
    limit = Limit("test", 3, 60)
    for _ in range(3):
        count_request(limit, "a", at=NOW + timedelta(seconds=10))
    with pytest.raises(TooManyRequests) as refused:
        count_request(limit, "a", at=NOW + timedelta(seconds=50))
    assert refused.value.facts == {"seconds": 10}
    count_request(limit, "b", at=NOW + timedelta(seconds=50))
    count_request(limit, "a", at=NOW + MINUTE)


def test_old_counts_of_requests_are_deleted(db: None) -> None:
    """They are worthless an hour later."""
    count_request(Limit("test", 3, 60), "a", at=NOW)
    assert forget_requests(before=NOW) == 0
    assert forget_requests(before=NOW + timedelta(hours=1, minutes=1)) == 1
    assert not RequestCount.objects.exists()


def test_checking_documents_is_limited(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Codes cannot be tried in bulk; the page says when to come back."""
    monkeypatch.setattr("hutan.web.public.views.VERIFY", Limit("verify", 1, 3600))
    path = "/verify/ABCD-EFGH-JKMN-PQR2"
    assert client.get(path).status_code == 422
    page = client.get(path)
    assert page.status_code == 429
    assert "WEB-003" in page.content.decode()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "not an address", ""),
    ],
)
def test_only_our_own_proxies_are_believed(proxies: int, forwarded: str, address: str) -> None:
    """What a client writes into the header himself does not count."""
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="192.0.2.1"
    )
    with override_settings(HUTAN_PROXIES=proxies):
        assert network_of(request) == address


def test_an_ipv6_line_is_one_source() -> None:
    """A customer has a whole /64; one address of it more is no further source."""
    sources = {
        source_of(RequestFactory().get("/", REMOTE_ADDR=address))
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9")
    }
    assert sources == {"2001:db8:1:2::/64"}
    assert source_of(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1")) == "192.0.2.1"


def test_signing_in_is_limited_by_source(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many logins from one line are slow as well."""
    monkeypatch.setattr("hutan.web.signin.views.SIGN_IN", Limit("sign_in", 2, 3600))
    answers = [
        client.post("/sign-in", {"login": f"n{number}", "password": "x"}).status_code
        for number in range(3)
    ]
    assert answers == [401, 401, 429]
    assert limits.SIGN_IN.count == 30
