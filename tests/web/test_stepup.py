"""Step-up: a fresh code for exactly what was shown, to exactly this person, once, in time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest
from django.test import RequestFactory, override_settings

from hutan.kernel.refusals import Refusal
from hutan.web.models import SignInEvent, StepUp
from hutan.web.signin.refusals import (
    CodeUsed,
    Locked,
    NoSecondFactor,
    StepUpExpired,
    StepUpForOther,
    StepUpUsed,
    WrongCode,
)
from hutan.web.signin.sessions import SessionStore
from hutan.web.stepup import challenge, confirm
from tests.marks import clause
from tests.web.people import Someone, someone

ACTION = "registry.transfer"
SEEN = sha256(b"12000 t from A to B").hexdigest()
OTHER = sha256(b"120000 t from A to C").hexdigest()


class Desk:
    """A person before a page that asks for a fresh code."""

    def __init__(self, person: Someone) -> None:
        self.person = person
        self.session = SessionStore()
        self.session["signed"] = "in"
        self.session.save()

    def request(self, **fields: str) -> HttpRequest:
        """Return a request of this session, with what was posted."""
        request = RequestFactory().post("/", fields)
        request.user = self.person.user
        request.session = self.session
        return request

    def shown(self, seen: str = SEEN, action: str = ACTION) -> str:
        """Return the challenge of a page that shows something."""
        return challenge(self.request(), action=action, seen=seen)

    def answer(self, shown: str, code: str | None = None) -> HttpRequest:
        """Return the answer to a page."""
        return self.request(step_up=shown, code=self.person.code() if code is None else code)


@pytest.fixture
def desk(person: Someone) -> Desk:
    """A person with an authenticator before the page."""
    return Desk(person)


def test_a_fresh_code_confirms_what_was_shown(desk: Desk) -> None:
    """The proof names person, action, hash and moment, and stays on record."""
    confirmed = confirm(desk.answer(desk.shown()), action=ACTION, seen=SEEN)
    assert (confirmed.user, confirmed.action, confirmed.seen) == (
        desk.person.user.pk, ACTION, SEEN,
    )  # fmt: skip
    kept = StepUp.objects.get()
    assert (kept.challenge, kept.seen, kept.action, kept.at) == (
        confirmed.id, SEEN, ACTION, confirmed.at,
    )  # fmt: skip


@clause("M47")
@pytest.mark.parametrize(
    ("action", "seen"), [(ACTION, OTHER), ("registry.cancel", SEEN), ("registry.cancel", OTHER)]
)
def test_nothing_else_is_confirmed(desk: Desk, action: str, seen: str) -> None:
    """Another version or another action than the one shown is refused, and the code stays fresh."""
    with pytest.raises(StepUpForOther):
        confirm(desk.answer(desk.shown()), action=action, seen=seen)
    assert not StepUp.objects.exists()
    confirm(desk.answer(desk.shown()), action=ACTION, seen=SEEN)


def test_a_wrong_code_confirms_nothing(desk: Desk) -> None:
    """It counts as a failure, and five lock."""
    wrong = f"{(int(desk.person.code()) + 1) % 10**6:06d}"
    for expected in [WrongCode] * 5 + [Locked]:
        with pytest.raises(expected):
            confirm(desk.answer(desk.shown(), wrong), action=ACTION, seen=SEEN)
    with pytest.raises(Locked):
        confirm(desk.answer(desk.shown()), action=ACTION, seen=SEEN)
    assert not StepUp.objects.exists()


def test_a_page_serves_once(desk: Desk) -> None:
    """Sent again, even with a new code, it is refused."""
    shown = desk.shown()
    confirm(desk.answer(shown), action=ACTION, seen=SEEN)
    with pytest.raises(StepUpUsed):
        confirm(desk.answer(shown, desk.person.code(steps=1)), action=ACTION, seen=SEEN)


def test_a_code_serves_once(desk: Desk) -> None:
    """Not for a second page, not after sign-in used it."""
    code = desk.person.code()
    confirm(desk.answer(desk.shown(), code), action=ACTION, seen=SEEN)
    with pytest.raises(CodeUsed):
        confirm(desk.answer(desk.shown(OTHER), code), action=ACTION, seen=OTHER)
    kinds = SignInEvent.objects.values_list("kind", flat=True)
    assert list(kinds) == ["code_replayed"]


def test_a_page_lapses(desk: Desk) -> None:
    """After the short time nothing is taken, and the code stays fresh."""
    shown = desk.shown()
    lapsed = {**settings.HUTAN_SIGN_IN, "step_up": timedelta(seconds=-1)}
    with override_settings(HUTAN_SIGN_IN=lapsed), pytest.raises(StepUpExpired):
        confirm(desk.answer(shown), action=ACTION, seen=SEEN)
    confirm(desk.answer(shown), action=ACTION, seen=SEEN)


def test_another_person_cannot_answer(desk: Desk) -> None:
    """A challenge is bound to the person it was shown to."""
    other = Desk(someone())
    with pytest.raises(StepUpForOther):
        confirm(other.answer(desk.shown()), action=ACTION, seen=SEEN)


def test_another_session_of_the_same_person_cannot_answer(desk: Desk) -> None:
    """And to the session: a page left open elsewhere confirms nothing here."""
    elsewhere = Desk(desk.person)
    with pytest.raises(StepUpForOther):
        confirm(elsewhere.answer(desk.shown()), action=ACTION, seen=SEEN)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda shown: "",
        lambda shown: shown[:-1],
        lambda shown: "x" + shown,
        lambda shown: shown.replace(":", ".", 1),
    ],
)
def test_a_challenge_cannot_be_made_up(desk: Desk, spoil: Callable[[str], str]) -> None:
    """Missing, cut or changed: refused before the code is looked at."""
    with pytest.raises(StepUpForOther):
        confirm(desk.answer(spoil(desk.shown())), action=ACTION, seen=SEEN)
    assert not SignInEvent.objects.exists()


def test_without_an_authenticator_nothing_is_confirmed(db: None) -> None:
    """It says what to set up."""
    desk = Desk(someone(enrolled=False))
    with pytest.raises(NoSecondFactor):
        confirm(desk.answer(desk.shown()), action=ACTION, seen=SEEN)


def test_nobody_confirms_nothing(desk: Desk) -> None:
    """A request without a person is a mistake in the program, not a refusal."""
    request = desk.answer(desk.shown())
    request.user = AnonymousUser()
    with pytest.raises(AssertionError):
        confirm(request, action=ACTION, seen=SEEN)


def test_a_refused_act_does_not_free_the_code(committed_db: str) -> None:
    """The confirmation is committed by itself; inside a transaction it refuses to run."""
    desk = Desk(someone())
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        confirm(desk.answer(desk.shown()), action=ACTION, seen=SEEN)
    desk.person.wait()
    shown = desk.shown()
    confirm(desk.answer(shown), action=ACTION, seen=SEEN)
    with pytest.raises(StepUpUsed):
        confirm(desk.answer(shown, desk.person.code(steps=1)), action=ACTION, seen=SEEN)


def test_one_answer_in_two_windows_confirms_once(committed_db: str) -> None:
    """Eight submissions of the same page and code at once: one is taken."""
    desk, outcomes, gate = Desk(someone()), [], threading.Barrier(8)
    shown, code = desk.shown(), desk.person.code()

    def send() -> None:
        gate.wait()
        try:
            confirm(desk.answer(shown, code), action=ACTION, seen=SEEN)
            outcomes.append("confirmed")
        except Refusal as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("confirmed") == 1
    assert set(outcomes) <= {"confirmed", "CodeUsed", "StepUpUsed", "Locked"}
    assert StepUp.objects.count() == 1


def test_the_record_cannot_be_rewritten(desk: Desk) -> None:
    """The database itself refuses: changed rows, and what is no hash."""
    confirm(desk.answer(desk.shown()), action=ACTION, seen=SEEN)
    rows = StepUp.objects.all()
    for change in (lambda: rows.update(seen=OTHER), rows.delete):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            change()
    kept = rows.get()
    for column, value in (("seen", "not a hash"), ("step", kept.step)):
        copy = StepUp(
            challenge=uuid4(), user=desk.person.user, action=ACTION, seen=SEEN,
            step=kept.step + 1, at=kept.at,
        )  # fmt: skip
        setattr(copy, column, value)
        with pytest.raises(DatabaseError, match="step_up"), transaction.atomic():
            copy.save(force_insert=True)
