"""People with a login and, if wanted, an authenticator, and the steps they take to sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.test import Client

from hutan.parties.models import User
from hutan.runtime.sealing import seal
from hutan.web.models import SecondFactor
from hutan.web.moments import real_now
from hutan.web.signin import totp

PASSWORD = "swans cross the river at dusk"


@dataclass(frozen=True)
class Someone:
    """A person who can sign in."""

    user: User
    secret: bytes

    @property
    def login(self) -> str:
        """The login."""
        return self.user.login

    def code(self, at: datetime | None = None, *, steps: int = 0) -> str:
        """Return what the authenticator shows now, or some steps from now."""
        return totp.code_of(self.secret, totp.step_at(at or real_now()) + steps)

    def wait(self) -> None:
        """Let the steps of codes already used lie in the past."""
        SecondFactor.objects.filter(user=self.user).update(last_step=0)


def someone(login: str = "", *, enrolled: bool = True) -> Someone:
    """Open a login; with an authenticator unless told otherwise."""
    user = User(id=uuid4(), login=login or f"p{uuid4().hex[:12]}")
    user.set_password(PASSWORD)
    user.save()
    secret = totp.new_secret()
    if enrolled:
        SecondFactor.objects.create(
            user=user,
            sealed_secret=seal(secret, context=f"web.second_factor:{user.pk}"),
            enrolled_at=real_now(),
            last_step=0,
        )
    return Someone(user, secret)


def first_step(client: Client, person: Someone, password: str = PASSWORD) -> Any:
    """Give login and password."""
    return client.post("/sign-in", {"login": person.login, "password": password})


def second_step(client: Client, person: Someone, code: str | None = None) -> Any:
    """Give the code."""
    return client.post("/sign-in/code", {"code": code or person.code()})


def sign_in(client: Client, person: Someone) -> Client:
    """Sign in with both steps; the code used counts as past afterwards."""
    assert first_step(client, person).status_code == 302
    assert second_step(client, person).status_code == 302
    person.wait()
    return client
