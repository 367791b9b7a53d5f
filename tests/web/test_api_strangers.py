"""Every operation of the description, asked by strangers: generated, so that none is forgotten.

``test_api_boundaries`` says how each is answered; here whatever is described is asked with the
first unit's own ids, and nothing of it may come back: 404 where the address names something, as if
it were not there, and no change anywhere.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from hutan.web.api import keys
from hutan.web.api.urls import api
from hutan.web.rights import MANAGE_KEYS
from tests.marks import clause
from tests.transparency.conftest import log_settings as log_settings
from tests.web.market import SCOPES, Asker, program
from tests.web.test_api_boundaries import Victim

pytestmark = pytest.mark.django_db

OPEN = {
    "get /health", "get /clock", "get /refusals", "get /documents/{code}", "get /years",
    "get /years/{year}/units", "get /log/checkpoint", "get /log/proofs/inclusion",
    "get /log/proofs/consistency", "post /log/receipt-check", "get /acts/kinds",
}  # fmt: skip
"""What anybody may ask; a further one is entered here on purpose."""
BY_PERMISSION = {"get /years/{year}/board", "get /me", "get /keys"}
"""Those that name nothing of anybody in their address."""


def operations() -> list[tuple[str, str, Any]]:
    """Return method, path and description of every operation."""
    described: Any = api.get_openapi_schema()
    return [
        (method, path.removeprefix("/api/v1"), given)
        for path, methods in described["paths"].items()
        for method, given in methods.items()
    ]


def minimal(path: str, given: Any, victim: Victim) -> dict[str, Any]:
    """Return the smallest body of the right form, with the first unit's content."""
    schema = given["requestBody"]["content"]["application/json"]["schema"]
    shape = api.get_openapi_schema()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    values: dict[str, Any] = {
        "id": str(uuid4()), "kind": "registry.transfer", "reason": "x", "seen": "0" * 64,
        "content": victim.platform.order(victim.platform.one, victim.platform.two),
        "format": "hutan-receipt/1", "entry": {}, "movement": None, "checkpoint": "",
    }  # fmt: skip
    body = {name: values[name] for name in shape["properties"] if name in values}
    if path.endswith("/documents"):
        body["kind"] = "holding"
    return body


def ids(path: str, victim: Victim) -> list[dict[str, Any]]:
    """Return what may stand in an address: each id of the first unit that has its form."""
    one = victim.platform.one
    own = keys.keys_of(one.id)[0].id
    if "{id}" in path:
        return [{"id": victim.transaction}, {"id": victim.act}]
    number = "2024-00000000001" if "allowances" in path else one.account
    return [{"number": number, "unit": one.id, "year": 2024, "act": victim.approved, "key_id": own,
             "code": "X"}]  # fmt: skip


def strangers(victim: Victim) -> dict[str, Asker]:
    """Return everybody who asks: with all scopes there are."""
    two = victim.platform.two
    manager = program(two.rep, two.id, *SCOPES, MANAGE_KEYS)
    return {**victim.strangers, "a manager of keys": manager}


@clause("M47", "M12.1")
def test_nobody_sees_what_is_not_his(db: None) -> None:
    victim = Victim()
    before = victim.state()
    one = victim.platform.one
    secret = {str(one.account), str(one.id), str(victim.transaction), str(victim.act), "甲厂"}
    wrong = []
    asked = 0
    for who, stranger in strangers(victim).items():
        for method, path, given in operations():
            name = f"{method} {path}"
            if name in OPEN:
                continue
            for names in ids(path, victim):
                address = path.format(**names)
                body = minimal(path, given, victim) if method == "post" else None
                answer = stranger.get(address) if body is None else stranger.post(address, body)
                asked += 1
                said = answer.content.decode()
                echoed = address + str(body)
                if answer.status_code >= 500 or any(
                    part in said for part in secret if part not in echoed
                ):
                    wrong.append((who, name, answer.status_code, said[:200]))
                named = "{" in path and name not in BY_PERMISSION
                # A bank's key and a person's session may not manage keys at all.
                allowed = (401, 403, 404) if "key" in path else (404,)
                if named and answer.status_code not in allowed:
                    wrong.append((who, name, answer.status_code, said[:200]))
    assert wrong == []
    assert asked > 80
    assert victim.state() == before
    assert keys.keys_of(one.id)[0].revoked_at is None


def test_without_a_key_nothing_but_the_open_operations(db: None) -> None:
    """The description says which ones; a key that was revoked or has ended is none."""
    victim = Victim()
    anybody = Asker(Client(raise_request_exception=False))
    found = set()
    for method, path, given in operations():
        name = f"{method} {path}"
        address = path.format(**ids(path, victim)[0])
        body = minimal(path, given, victim) if method == "post" else None
        answer = anybody.get(address) if body is None else anybody.post(address, body)
        assert (answer.status_code == 401) is bool(given.get("security")), name
        if not given.get("security"):
            found.add(name)
    assert found == OPEN
