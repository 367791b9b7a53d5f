"""A small market behind the API: two units, a stranger, the bureau, and the keys of each."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

from django.test import Client

from hutan.kernel.canonical import Json
from hutan.parties.models import User
from hutan.registry.services.waiting import stop
from hutan.runtime.sealing import seal
from hutan.web import rights
from hutan.web.api import keys
from hutan.web.models import SecondFactor
from hutan.web.moments import real_now
from hutan.web.signin import totp
from tests.compliance.test_story import Market
from tests.parties.people import NOW, Someone, organisation, someone
from tests.registry.city import Unit
from tests.web import people

SCOPES = (
    rights.SEE_ACCOUNT, rights.STOP_TRANSFER, rights.ISSUE_DOCUMENT, rights.SEE_ACT,
    rights.PROPOSE, rights.DECIDE, rights.SEE_UNIT_YEAR, rights.SEE_BOARD,
    rights.SEE_RECEIPT,
)  # fmt: skip
A24 = "allowance:2024"


class Asker:
    """Asks the API with a key, or in a session."""

    def __init__(self, client: Client, authorization: str = "") -> None:
        self.client = client
        self.headers = {"Authorization": authorization} if authorization else {}

    def get(self, path: str, **query: object) -> Any:
        """Read."""
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)  # type: ignore[arg-type]  # written into the address

    def post(self, path: str, body: object = None) -> Any:
        """Write; without a body, an id alone."""
        given = {"id": str(uuid4())} if body is None else body
        return self.client.post(
            f"/api/v1{path}", json.dumps(given), content_type="application/json",
            headers=self.headers,
        )  # fmt: skip


def program(person: Someone, at: UUID, *scopes: str) -> Asker:
    """Issue a key in a person's name for an organisation; all scopes unless some are named."""
    _, text = keys.issue_key(
        id=uuid4(), organisation=at, name="程序", scopes=scopes or SCOPES,
        by=person.user, at=real_now(),
    )  # fmt: skip
    return Asker(Client(raise_request_exception=False), f"Bearer {text}")


def in_person(person: Someone) -> tuple[Asker, people.Someone]:
    """Sign a person in, with an authenticator; codes of him can be asked for."""
    user = User.objects.get(id=person.user)
    user.set_password(people.PASSWORD)
    user.save()
    secret = totp.new_secret()
    SecondFactor.objects.create(
        user=user,
        sealed_secret=seal(secret, context=f"web.second_factor:{user.pk}"),
        enrolled_at=real_now(),
        last_step=0,
    )
    known = people.Someone(user, secret)
    return Asker(people.sign_in(Client(raise_request_exception=False), known)), known


class Platform:
    """The market of the compliance stories, and everybody's keys."""

    def __init__(self) -> None:
        self.market = Market()
        self.city = self.market.city
        self.one, self.two = self.market.one, self.market.two
        self.own = program(self.one.rep, self.one.id)
        self.other = program(self.two.rep, self.two.id)
        self.clerk = program(self.city.clerk, self.city.agency)
        self.bureau = program(self.city.officer, self.city.bureau)
        bank = organisation("bank", "甲银行")
        self.bank = program(someone("bank_officer", bank), bank)

    def transfer(self, giver: Unit, to: Unit, amount: int = 10) -> UUID:
        """Transfer; it waits, as the receiver is not trusted."""
        return self.city.transfer(giver, to, amount).id

    def stopped(self, giver: Unit, to: Unit) -> UUID:
        """Transfer, and stop it."""
        id = self.transfer(giver, to)
        stop(id=id, by=giver.rep.user, reason="误操作", at=NOW)
        return id

    def order(self, giver: Unit, to: Unit, amount: int = 10) -> dict[str, Json]:
        """Return the content of a transfer."""
        return {
            "giver": giver.account,
            "receiver": to.account,
            "items": [{"asset": A24, "amount": amount}],
        }
