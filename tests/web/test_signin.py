"""Signing in, step by step, and everything that can be tried against it."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client, override_settings

from hutan.parties.models import User
from hutan.runtime.sealing import key_ring_from, new_key_ring, parse_key_ring
from hutan.web.models import RecoveryCode, SecondFactor, SignInEvent, SignInSession
from hutan.web.moments import real_now
from hutan.web.signin import totp
from hutan.web.signin.locks import Place
from hutan.web.signin.refusals import SecondFactorThere, WrongCode
from hutan.web.signin.services import (
    check_code,
    enrol,
    hand_out_second_factor,
    reset_second_factor,
)
from hutan.web.signin.sessions import row_key
from tests.marks import clause
from tests.web.people import PASSWORD, Someone, first_step, second_step, sign_in, someone

Kind = SignInEvent.Kind


def kinds(person: Someone) -> list[str]:
    """Return what is on record about a person's sign-in, in order."""
    rows = SignInEvent.objects.filter(user=person.user).order_by("id")
    return list(rows.values_list("kind", flat=True))


def test_two_steps_lead_in(client: Client, person: Someone) -> None:
    """Password, code, one's own desk; the login is shown; both steps change the session's key."""
    client.get("/sign-in")
    assert first_step(client, person).headers["Location"] == "/sign-in/code"
    between = client.cookies["session"].value
    assert second_step(client, person).headers["Location"] == "/start"
    assert client.cookies["session"].value != between
    assert not SignInSession.objects.filter(session_key=row_key(between)).exists()
    assert person.login in client.get("/").content.decode()
    assert kinds(person) == [Kind.SIGNED_IN]


def test_one_comes_back_to_where_one_was(client: Client, person: Someone) -> None:
    """The page asked for follows through both steps."""
    wanted = client.get("/security/password").headers["Location"]
    answer = client.post(wanted, {"login": person.login, "password": PASSWORD})
    assert answer.headers["Location"] == "/sign-in/code?next=%2Fsecurity%2Fpassword"
    answer = client.post(answer.headers["Location"], {"code": person.code()})
    assert answer.headers["Location"] == "/security/password"


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "\\\\evil.example"])
def test_one_is_never_sent_elsewhere(client: Client, person: Someone, next: str) -> None:
    """A foreign address is forgotten."""
    answer = client.post(f"/sign-in?next={next}", {"login": person.login, "password": PASSWORD})
    answer = client.post(answer.headers["Location"], {"code": person.code()})
    assert answer.headers["Location"] == "/start"


def test_a_wrong_password_and_an_unknown_login_read_the_same(
    client: Client, person: Someone
) -> None:
    """Nobody learns which logins exist."""
    pages = [
        client.post("/sign-in", {"login": login, "password": "wrong"})
        for login in (person.login, "nobody-here")
    ]
    texts = [
        re.sub(r"X-Reference.*|csrf\w*\W+value=\"\w+\"|X-CSRFToken[^}]*", "", page.content.decode())
        .replace(person.login, "LOGIN")
        .replace("nobody-here", "LOGIN")
        for page in pages
    ]
    assert [page.status_code for page in pages] == [401, 401]
    assert texts[0] == texts[1]
    assert "WEB-100" in texts[0]
    assert kinds(person) == [Kind.WRONG_PASSWORD]


def test_a_closed_login_does_not_open(client: Client, person: Someone) -> None:
    """It reads like a wrong password."""
    User.objects.filter(pk=person.user.pk).update(is_active=False)
    assert first_step(client, person).status_code == 401


def test_a_wrong_code_does_not_open(client: Client, person: Someone) -> None:
    """The refusal stands beside the field."""
    first_step(client, person)
    wrong = f"{(int(person.code()) + 1) % 10**6:06d}"
    page = second_step(client, person, wrong)
    assert page.status_code == 401
    assert "WEB-110" in page.content.decode()
    assert client.get("/security").status_code == 302


@clause("M47")
def test_a_code_serves_once(person: Someone) -> None:
    """In another browser, half a minute later in the same window: refused and on record."""
    code = person.code()
    first, second = Client(), Client()
    first_step(first, person)
    assert second_step(first, person, code).status_code == 302
    first_step(second, person)
    page = second_step(second, person, code)
    assert page.status_code == 401
    assert "WEB-111" in page.content.decode()
    assert kinds(person) == [Kind.SIGNED_IN, Kind.CODE_REPLAYED]


def test_an_older_code_is_refused_after_a_newer_one(person: Someone) -> None:
    """Within the window of drift, time only goes on."""
    first, second = Client(), Client()
    first_step(first, person)
    assert second_step(first, person, person.code(steps=1)).status_code == 302
    first_step(second, person)
    assert "WEB-111" in second_step(second, person, person.code()).content.decode()


def test_the_second_step_lapses(client: Client, person: Someone) -> None:
    """Ten minutes after the password one starts again."""
    first_step(client, person)
    session = client.session
    step = dict(session["first_step"])
    step["at"] = (real_now() - timedelta(minutes=10, seconds=1)).isoformat()
    session["first_step"] = step
    session.save()
    page = second_step(client, person)
    assert page.status_code == 401
    assert "WEB-102" in page.content.decode()


def test_the_second_step_needs_the_first(client: Client, person: Someone) -> None:
    """Opened directly, it says so."""
    for path in ("/sign-in/code", "/sign-in/set-up"):
        page = client.get(path)
        assert page.status_code == 401
        assert "WEB-102" in page.content.decode()


def test_signing_out_ends_the_session(client: Client, person: Someone) -> None:
    """The row is gone, and signing out needs a submission with its token."""
    sign_in(client, person)
    assert client.get("/sign-out").status_code == 405
    client.post("/sign-out")
    assert not SignInSession.objects.filter(user=person.user).exists()
    assert client.get("/security").status_code == 302
    assert kinds(person)[-1] == Kind.SIGNED_OUT


def test_forged_submissions_are_refused(db: None) -> None:
    """Without the page's token nothing is taken, and the page says what to do."""
    strict = Client(enforce_csrf_checks=True)
    page = strict.post("/sign-in", {"login": "a", "password": "b"})
    assert page.status_code == 403
    assert "页面已过期" in page.content.decode()


# --- setting up ---


def set_up(client: Client, person: Someone) -> tuple[bytes, list[str]]:
    """Set up the authenticator as a person does; return its secret and the recovery codes."""
    assert first_step(client, person).headers["Location"] == "/sign-in/set-up"
    page = client.get("/sign-in/set-up").content.decode()
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)
    assert found is not None
    secret = base64.b32decode(found[1].replace(" ", ""))
    code = totp.code_of(secret, totp.step_at(real_now()))
    answer = client.post("/sign-in/set-up", {"code": code})
    codes = re.findall(r"<li><code>([a-z0-9-]+)</code></li>", answer.content.decode())
    return secret, codes


def test_the_first_sign_in_sets_up_the_authenticator(client: Client, db: None) -> None:
    """The secret is sealed at rest; ten recovery codes are shown once and kept as hashes."""
    person = someone(enrolled=False)
    secret, codes = set_up(client, person)
    kept = SecondFactor.objects.get(user=person.user)
    assert secret not in bytes(kept.sealed_secret)
    assert base64.b32encode(secret) not in bytes(kept.sealed_secret)
    assert len(set(codes)) == 10
    stored = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert not stored & {code.replace("-", "") for code in codes}
    assert client.get("/security").status_code == 200
    assert "剩余 10 个可用" in client.get("/security").content.decode()
    assert kinds(person) == [Kind.ENROLLED, Kind.SIGNED_IN]


def test_the_secret_stays_the_same_while_it_is_set_up(client: Client, db: None) -> None:
    """A mistyped first code does not cost the scanned code; the session keeps it sealed."""
    person = someone(enrolled=False)
    first_step(client, person)
    pages = [client.get("/sign-in/set-up").content.decode() for _ in range(2)]
    secrets = [re.search(r'class="secret">([^<]+)<', page) for page in pages]
    assert secrets[0] is not None
    assert secrets[1] is not None
    assert secrets[0][1] == secrets[1][1]
    wrong = client.post("/sign-in/set-up", {"code": "000000"})
    assert secrets[0][1] in wrong.content.decode()
    row = SignInSession.objects.get(session_key=row_key(client.cookies["session"].value))
    assert secrets[0][1].replace(" ", "") not in str(client.session.decode(row.session_data))


def test_nobody_can_set_up_over_an_authenticator(client: Client, person: Someone) -> None:
    """The set-up page leads on to the code."""
    first_step(client, person)
    assert client.get("/sign-in/set-up").headers["Location"] == "/sign-in/code"
    answer = client.post("/sign-in/set-up", {"code": "123456"})
    assert answer.headers["Location"] == "/sign-in/code"


def test_the_code_of_the_set_up_is_used(client: Client, db: None) -> None:
    """It does not open a second browser."""
    person = someone(enrolled=False)
    secret, _ = set_up(client, person)
    other = Client()
    first_step(other, person)
    code = totp.code_of(secret, totp.step_at(real_now()))
    page = other.post("/sign-in/code", {"code": code})
    assert page.status_code == 401


# --- recovery ---


def test_a_recovery_code_opens_once(client: Client, db: None) -> None:
    """In any writing; the second time it is refused."""
    person = someone(enrolled=False)
    _, codes = set_up(client, person)
    typed = codes[0].upper().replace("-", " ")
    for expected in (302, 401):
        other = Client()
        first_step(other, person)
        assert other.post("/sign-in/code?recovery=1", {"code": typed}).status_code == expected
    assert Kind.RECOVERY_CODE_USED in kinds(person)
    assert RecoveryCode.objects.filter(user=person.user, used_at=None).count() == 9


def test_another_persons_recovery_code_opens_nothing(db: None) -> None:
    """Codes are bound to their owner."""
    one, two = someone(enrolled=False), someone()
    _, codes = set_up(Client(), one)
    client = Client()
    first_step(client, two)
    assert client.post("/sign-in/code?recovery=1", {"code": codes[0]}).status_code == 401


def test_new_recovery_codes_replace_the_old(client: Client, db: None) -> None:
    """Only against a fresh code, and the old ones stop working."""
    person = someone(enrolled=False)
    secret, codes = set_up(client, person)
    person = Someone(person.user, secret)
    person.wait()
    assert client.post("/security/recovery-codes", {"code": "000000"}).status_code == 401
    page = client.post("/security/recovery-codes", {"code": person.code()})
    fresh = re.findall(r"<li><code>([a-z0-9-]+)</code></li>", page.content.decode())
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    other = Client()
    first_step(other, person)
    assert other.post("/sign-in/code?recovery=1", {"code": codes[1]}).status_code == 401
    assert other.post("/sign-in/code?recovery=1", {"code": fresh[0]}).status_code == 302


# --- my security ---


def test_replacing_the_authenticator_ends_everything(client: Client, person: Someone) -> None:
    """All sessions end; the next sign-in sets up a new one; the old codes are worthless."""
    sign_in(client, person)
    elsewhere = sign_in(Client(), person)
    answer = client.post("/security/second-factor", {"code": person.code()})
    assert answer.headers["Location"] == "/sign-in"
    assert elsewhere.get("/security").status_code == 302
    assert first_step(Client(), person).headers["Location"] == "/sign-in/set-up"


def test_changing_the_password_ends_the_other_sessions(client: Client, person: Someone) -> None:
    """This one goes on; the old password is over."""
    sign_in(client, person)
    elsewhere = sign_in(Client(), person)
    new = "herons wait beside the quiet canal"
    answer = client.post(
        "/security/password", {"old_password": PASSWORD, "new_password": new, "repeated": new}
    )
    assert answer.headers["Location"] == "/security"
    assert client.get("/security").status_code == 200
    assert elsewhere.get("/security").status_code == 302
    assert first_step(Client(), person).status_code == 401
    assert first_step(Client(), person, new).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "repeated", "codes"),
    [
        ("wrong", "herons wait beside the canal", None, ["WEB-103"]),
        (PASSWORD, "short", None, ["WEB-120"]),
        (PASSWORD, "password1234", None, ["WEB-121"]),
        (PASSWORD, "qwertyuiop", None, ["WEB-120", "WEB-121"]),
        (PASSWORD, "LOGIN1", None, ["WEB-122"]),
        (PASSWORD, PASSWORD, None, ["WEB-123"]),
        (PASSWORD, "herons wait beside the canal", "herons wait", ["WEB-124"]),
    ],
)
def test_what_a_new_password_must_not_be(
    client: Client, person: Someone, old: str, new: str, repeated: str | None, codes: list[str]
) -> None:
    """Each reason has its code, and all of them are listed together."""
    sign_in(client, person)
    new = new.replace("LOGIN", person.login)
    page = client.post(
        "/security/password",
        {
            "old_password": old,
            "new_password": new,
            "repeated": new if repeated is None else repeated,
        },
    )
    assert re.findall(r"<code>(WEB-1\d\d)</code>", page.content.decode()) == codes
    assert page.status_code in (401, 422)
    person.user.refresh_from_db()
    assert person.user.check_password(PASSWORD)


def test_one_sees_and_ends_ones_other_sessions(client: Client, person: Someone) -> None:
    """The browser and since when; one's own current session cannot be ended there."""
    sign_in(client, person)
    elsewhere = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})
    sign_in(elsewhere, person)
    page = client.get("/security").content.decode()
    assert "Firefox 140, Windows" in page
    assert "本次会话" in page
    handles = re.findall(r"/security/sessions/([0-9a-f-]{36})/end", page)
    assert len(handles) == 1
    client.post(f"/security/sessions/{handles[0]}/end")
    assert elsewhere.get("/security").status_code == 302
    assert client.get("/security").status_code == 200


def test_nobody_ends_another_persons_session(client: Client, person: Someone) -> None:
    """A handle of someone else changes nothing."""
    sign_in(client, person)
    other = someone()
    theirs = sign_in(Client(), other)
    handle = SignInSession.objects.get(user=other.user).handle
    client.post(f"/security/sessions/{handle}/end")
    assert theirs.get("/security").status_code == 200


def test_the_record_of_sign_ins_cannot_be_rewritten(db: None, person: Someone) -> None:
    """The serving role may add to it and nothing else."""
    sign_in(Client(), person)
    events = SignInEvent.objects.filter(user=person.user)
    for change in (lambda: events.update(kind="signed_out"), events.delete):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            change()


def test_a_page_costs_few_queries(signed_in: Client, assert_max_queries: object) -> None:
    """The frame asks for session, user, clock and posts; home for figures; security for four."""
    assert callable(assert_max_queries)
    with assert_max_queries(4):
        signed_in.get("/how-it-works")
    with assert_max_queries(8):
        signed_in.get("/")
    with assert_max_queries(8):
        signed_in.get("/security")
    with assert_max_queries(0):
        Client().get("/how-it-works")


# --- the demonstration city ---


@pytest.mark.parametrize("environment", ["demo", "test", "production"])
def test_only_the_demonstration_shows_codes(
    client: Client, person: Someone, environment: str
) -> None:
    """Its people have no phones; the page shows what theirs would. Nowhere else, ever."""
    with override_settings(ENVIRONMENT=environment):
        first_step(client, person)
        page = client.get("/sign-in/code").content.decode()
        shown = re.findall(r'<code class="demonstration-code">(\d{6})</code>', page)
        assert len(shown) == (1 if environment == "demo" else 0)
        for code in shown:
            assert second_step(client, person, code).status_code == 302
            page = client.get("/security/recovery-codes").content.decode()
            fresh = re.findall(r'<code class="demonstration-code">(\d{6})</code>', page)
            assert code not in fresh
            assert client.post("/security/recovery-codes", {"code": fresh[0]}).status_code == 200
            page = client.get("/security/recovery-codes").content.decode()
            later = re.findall(r'<code class="demonstration-code">(\d{6})</code>', page)
            assert not {code, fresh[0]} & set(later)
        assert "demonstration-code" not in Client().get("/styleguide").content.decode()


@pytest.mark.parametrize("environment", ["demo", "test", "production"])
def test_the_demonstration_helps_with_setting_up(
    client: Client, db: None, environment: str
) -> None:
    """A phone is not needed there either; elsewhere it is."""
    person = someone(enrolled=False)
    with override_settings(ENVIRONMENT=environment):
        first_step(client, person)
        page = client.get("/sign-in/set-up").content.decode()
        shown = re.findall(r'<code class="demonstration-code">(\d{6})</code>', page)
        assert len(shown) == (1 if environment == "demo" else 0)
        for code in shown:
            answer = client.post("/sign-in/set-up", {"code": code})
            assert "请保存恢复码" in answer.content.decode()


def test_an_authenticator_can_be_handed_out(client: Client, db: None) -> None:
    """A token, or a demonstration's; it does not replace one that is there."""
    person, secret = someone(enrolled=False), totp.new_secret()
    for one in (secret, totp.new_secret()):
        hand_out_second_factor(user=person.user.pk, secret=one, at=real_now())
    first_step(client, person)
    code = totp.code_of(secret, totp.step_at(real_now()))
    assert second_step(client, person, code).status_code == 302


# --- the rest ---


def test_who_is_signed_in_is_sent_on(signed_in: Client) -> None:
    """The pages of sign-in are for those who are not."""
    for path in ("/sign-in", "/sign-in/code", "/sign-in/set-up"):
        assert signed_in.get(path).headers["Location"] == "/start"


@pytest.mark.parametrize("path", ["password", "recovery-codes", "second-factor"])
def test_each_form_can_be_opened(signed_in: Client, path: str) -> None:
    """Before anything is sent."""
    page = signed_in.get(f"/security/{path}")
    assert page.status_code == 200
    assert "<form" in page.content.decode()


def test_a_secret_under_an_old_key_is_sealed_again(
    client: Client, person: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At its next use; the code works before and after."""
    old = key_ring_from(os.environ)
    newest = parse_key_ring(new_key_ring("k2")).keys[0]
    rotated = replace(old, keys=(newest, *old.keys))
    monkeypatch.setattr("hutan.runtime.sealing.key_ring", lambda: rotated)
    assert rotated.stale(bytes(SecondFactor.objects.get(user=person.user).sealed_secret))
    sign_in(client, person)
    assert not rotated.stale(bytes(SecondFactor.objects.get(user=person.user).sealed_secret))
    sign_in(Client(), person)


def test_of_two_set_ups_at_once_one_holds(db: None) -> None:
    """The other is told; its secret opens nothing."""
    person, secrets = someone(enrolled=False), [totp.new_secret(), totp.new_secret()]
    at = real_now()
    codes = [totp.code_of(secret, totp.step_at(at)) for secret in secrets]
    enrol(user=person.user.pk, secret=secrets[0], code=codes[0], place=Place(), at=at)
    with pytest.raises(SecondFactorThere):
        enrol(user=person.user.pk, secret=secrets[1], code=codes[1], place=Place(), at=at)
    with pytest.raises(WrongCode):
        check_code(user=person.user.pk, code=codes[1], place=Place(), at=at)


def test_a_wrong_first_code_sets_nothing_up(client: Client, db: None) -> None:
    """The refusal stands beside the field."""
    person = someone(enrolled=False)
    first_step(client, person)
    client.get("/sign-in/set-up")
    page = client.post("/sign-in/set-up", {"code": "000000"})
    assert page.status_code == 401
    assert "WEB-110" in page.content.decode()
    assert not SecondFactor.objects.exists()


def test_resetting_twice_is_harmless(person: Someone) -> None:
    """A retry changes nothing and is not recorded again."""
    for _ in range(2):
        reset_second_factor(user=person.user.pk, place=Place(), at=real_now())
    assert kinds(person) == [Kind.SECOND_FACTOR_RESET]
