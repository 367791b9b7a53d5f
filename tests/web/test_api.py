"""The API: who may ask, what is refused and how, keys from issue to revocation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import path
from ninja import Router

from hutan.kernel.moments import SHANGHAI
from hutan.kernel.refusals import Refusals
from hutan.web.api import keys
from hutan.web.api.frame import WriteRequest, answers, build_api
from hutan.web.documents.codes import grouped, with_checks
from hutan.web.language import bi
from hutan.web.limits import Limit
from hutan.web.models import ApiKey
from hutan.web.moments import platform_now, real_now
from hutan.web.refusals import KeyIdTaken, KeyNotAccepted, UnknownScope
from hutan.web.rights import MANAGE_KEYS
from hutan.web.seams import IssuedDocument, fill, seams
from tests.marks import clause
from tests.web.people import Someone
from tests.web.samples import SampleClosed, SampleFrozen

ORGANISATION = UUID("7e3f4a52-0000-4000-8000-000000000001")


class Program:
    """A program that asks with a key."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.client = Client(raise_request_exception=False)

    def get(self, path: str) -> Any:
        """Ask."""
        return self.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.text}"})

    def post(self, path: str, body: object) -> Any:
        """Write."""
        return self.client.post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json",
            headers={"Authorization": f"Bearer {self.text}"},
        )  # fmt: skip


def issue(
    person: Someone, *scopes: str, organisation: UUID = ORGANISATION
) -> tuple[keys.KeyRecord, Program]:
    """Issue a key and give it to a program."""
    record, text = keys.issue_key(
        id=uuid4(), organisation=organisation, name="样例", scopes=scopes,
        by=person.user.pk, at=real_now(),
    )  # fmt: skip
    return record, Program(text)


def test_health_needs_no_key(client: Client, db: None) -> None:
    """For those who watch the platform."""
    assert client.get("/api/v1/health").json() == {"status": "ok"}


def test_the_clock_is_shanghais(client: Client, db: None) -> None:
    """With its offset, so that no program guesses."""
    now = datetime.fromisoformat(client.get("/api/v1/clock").json()["now"])
    assert now.utcoffset() == timedelta(hours=8)
    assert abs(now - platform_now()) < timedelta(minutes=1)


def test_the_refusals_are_a_catalogue(client: Client, db: None) -> None:
    """Each with both languages; programs can prepare for them."""
    known = {one["code"]: one for one in client.get("/api/v1/refusals").json()}
    assert known["WEB-001"]["clause"] == "M47"
    assert all(one["zh"] and one["en"] and one["cure_zh"] for one in known.values())


def test_a_document_is_checked_by_programs_too(client: Client, db: None) -> None:
    """The same seam as the page."""
    code, before = grouped(with_checks("23456789ABCDEF")), seams()
    document = IssuedDocument(
        code, bi("证", "Certificate"), datetime(2025, 6, 16, 9, tzinfo=SHANGHAI),
        [(bi("数量", "Amount"), "1 t")], "ab" * 32, False, bi("已作废", "Withdrawn"),
    )  # fmt: skip
    fill(replace(before, document=lambda given: document if given == code else None))
    try:
        found = client.get(f"/api/v1/documents/{code.replace('-', '')}").json()
    finally:
        fill(before)
    assert found["stands"] is False
    assert found["facts"] == [{"zh": "数量", "en": "Amount", "value": "1 t"}]
    assert found["issued_at"] == "2025-06-16T09:00:00+08:00"
    assert client.get(f"/api/v1/documents/{code}").status_code == 404
    assert client.get("/api/v1/documents/XYZ").json()["refused"][0]["code"] == "WEB-030"


# --- keys ---


def test_a_key_says_who_asks(person: Someone) -> None:
    """Everything but the secret."""
    record, program = issue(person, MANAGE_KEYS)
    shown = program.get("/me").json()
    assert shown["organisation"] == str(ORGANISATION)
    assert shown["scopes"] == [MANAGE_KEYS]
    assert program.text.split("_")[2] not in json.dumps(shown)
    row = ApiKey.objects.get(id=record.id)
    assert program.text.split("_", 2)[2] not in row.secret_hash
    assert row.last_used_on is not None


def test_keys_can_be_found_when_leaked() -> None:
    """They begin with our name, and have one form."""
    assert keys._FORM.fullmatch("hutan_" + "a" * 12 + "_" + "A" * 43)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer x", "Basic dTpw", "hutan_{good}", "Bearer {cut}",
     "Bearer {wrong}", "Bearer {unknown}"],
)  # fmt: skip
def test_anything_but_a_good_key_is_refused_alike(
    client: Client, person: Someone, header: str
) -> None:
    """Missing, malformed, unknown, wrong: one answer, which tells nothing."""
    _, program = issue(person)
    good = program.text
    header = header.format(
        good=good, cut=good[:-1], wrong=good[:-1] + ("A" if good[-1] != "A" else "B"),
        unknown="hutan_" + "z" * 12 + good[18:],
    )  # fmt: skip
    answer = client.get("/api/v1/me", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert [one["code"] for one in answer.json()["refused"]] == ["WEB-020"]


def test_a_key_ends(person: Someone) -> None:
    """By its date, to the second."""
    at = datetime(2026, 1, 5, 9, 0, tzinfo=SHANGHAI)
    _, text = keys.issue_key(
        id=uuid4(), organisation=ORGANISATION, name="k", scopes=(), by=person.user.pk, at=at,
        lasting=timedelta(days=1),
    )  # fmt: skip
    assert keys.holder_of(text, at=at + timedelta(days=1) - timedelta(seconds=1)).scopes == set()
    with pytest.raises(KeyNotAccepted):
        keys.holder_of(text, at=at + timedelta(days=1))


def test_a_key_is_shown_once(person: Someone) -> None:
    """A retry cannot show it again, and does not make a second one."""
    id = uuid4()
    arguments: Any = {
        "id": id, "organisation": ORGANISATION, "name": "k", "scopes": (),
        "by": person.user.pk, "at": real_now(),
    }  # fmt: skip
    keys.issue_key(**arguments)
    with pytest.raises(KeyIdTaken):
        keys.issue_key(**arguments)
    assert ApiKey.objects.filter(id=id).count() == 1


def test_a_key_has_no_scope_that_does_not_exist(person: Someone) -> None:
    """All unknown ones are named."""
    with pytest.raises(Refusals) as refused:
        issue(person, "no.such", MANAGE_KEYS, "nor.this")
    assert [one.facts["scope"] for one in refused.value] == ["no.such", "nor.this"]
    assert all(isinstance(one, UnknownScope) for one in refused.value)


@clause("M47")
def test_a_key_stays_within_its_scopes(person: Someone) -> None:
    """The organisation's own affairs are closed to a key without the scope."""
    _, program = issue(person)
    answer = program.get("/keys")
    assert answer.status_code == 403
    assert answer.json()["refused"][0]["facts"] == {"permission": MANAGE_KEYS}


def test_an_organisation_sees_and_revokes_its_keys_only(person: Someone) -> None:
    """A retry answers the same; another's key is as if it were not there."""
    own, manager = issue(person, MANAGE_KEYS)
    leaked, program = issue(person)
    foreign, stranger = issue(person, MANAGE_KEYS, organisation=uuid4())
    listed = {one["id"] for one in manager.get("/keys").json()}
    assert listed == {str(own.id), str(leaked.id)}
    body = {"id": str(uuid4())}
    first = manager.post(f"/keys/{leaked.id}/revocation", body)
    again = manager.post(f"/keys/{leaked.id}/revocation", body)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert program.get("/me").status_code == 401
    assert manager.post(f"/keys/{foreign.id}/revocation", body).status_code == 404
    assert stranger.get("/me").status_code == 200
    assert manager.post(f"/keys/{uuid4()}/revocation", body).status_code == 404


def test_requests_are_limited(person: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    """By key; guesses at keys by where they come from."""
    _, program = issue(person)
    monkeypatch.setattr("hutan.web.api.frame.API", Limit("api", 2, 3600))
    monkeypatch.setattr("hutan.web.api.frame.API_UNKNOWN", Limit("api_unknown", 1, 3600))
    assert [program.get("/me").status_code for _ in range(3)] == [200, 200, 429]
    guess = Program("hutan_" + "z" * 12 + "_" + "A" * 43)
    assert [guess.get("/me").status_code for _ in range(2)] == [401, 429]


# --- the frame ---


class Transfer(WriteRequest):
    """A writing request as a context declares it."""

    amount: int
    to: str


router = Router()
done: dict[UUID, str] = {}


@router.post("/transfers", auth=None, response=answers(dict[str, str]), summary="Sample")
def transfer(request: HttpRequest, payload: Transfer) -> dict[str, str]:
    """Refuse and repeat as services do."""
    if payload.amount > 100:
        raise SampleFrozen(account="A", available="100", amount=str(payload.amount))
    if payload.to == "both":
        raise Refusals([SampleClosed(when="16:00"), SampleClosed(when="17:00")])
    return {"id": str(payload.id), "to": done.setdefault(payload.id, payload.to)}


sample_api = build_api()
sample_api.urls_namespace = "sample"
sample_api.add_router("", router)
urlpatterns = [path("api/v1/sample/", sample_api.urls)]


@pytest.fixture
def strict() -> Iterator[Any]:
    """Return how an API with one writing operation answers."""
    program = Client(raise_request_exception=False)

    def post(body: object, raw: str | None = None) -> Any:
        return program.post(
            "/api/v1/sample/transfers",
            raw if raw is not None else json.dumps(body),
            content_type="application/json",
        )

    with override_settings(ROOT_URLCONF="tests.web.test_api"):
        yield post


def test_a_refusal_is_json_with_all_its_parts(strict: Any) -> None:
    """As the command line and the log write it, in the media type of RFC 9457."""
    answer = strict({"id": str(uuid4()), "amount": 101, "to": "B"})
    assert answer.status_code == 409
    assert answer.headers["Content-Type"] == "application/problem+json"
    expected = SampleFrozen(account="A", available="100", amount="101").to_record()
    assert answer.json()["refused"] == [expected]


def test_several_refusals_come_together(strict: Any) -> None:
    """Each once, in order."""
    answer = strict({"id": str(uuid4()), "amount": 1, "to": "both"})
    assert [one["facts"]["when"] for one in answer.json()["refused"]] == ["16:00", "17:00"]


def test_every_wrong_field_is_named(strict: Any) -> None:
    """With what is wrong about it; a body with three faults reports three."""
    answer = strict({"id": "x", "amount": "many"})
    assert answer.status_code == 422
    refused = answer.json()["refused"]
    assert {one["field"] for one in refused} == {"id", "amount", "to"}
    assert {one["code"] for one in refused} == {"WEB-010"}


@pytest.mark.parametrize("raw", ["", "{", "[]", "null", '"x"', '{"a": NaN}'])
def test_what_is_no_object_is_refused(strict: Any, raw: str) -> None:
    """Never a 500."""
    assert strict(None, raw).status_code in (400, 422)


def test_a_repeated_request_answers_as_before(strict: Any) -> None:
    """The id is the caller's; it goes to the service."""
    body = {"id": str(uuid4()), "amount": 1, "to": "B"}
    assert strict(body).json() == strict(body).json() == {"id": body["id"], "to": "B"}


def test_the_description_is_complete(client: Client, db: None) -> None:
    """Each operation documents its failures, in their media type, and both summaries."""
    described = client.get("/api/v1/openapi.json").json()
    operations = [one for path in described["paths"].values() for one in path.values()]
    assert len(operations) >= 7
    for operation in operations:
        assert operation["summary"]
        assert re.search(r"[\u4e00-\u9fff]", operation["x-summary-zh"])
        assert {"401", "409", "422", "429"} <= operation["responses"].keys()
        for status, answer in operation["responses"].items():
            media = "application/problem+json" if int(status) >= 400 else "application/json"
            assert list(answer["content"]) == [media]
    assert described["components"]["securitySchemes"]["KeyAuth"]["scheme"] == "bearer"


def test_unknown_addresses_and_methods_are_json(client: Client, db: None) -> None:
    """Programs never have to read pages."""
    for answer, status in (
        (client.get("/api/v1/nowhere"), 404),
        (client.delete("/api/v1/health"), 405),
    ):
        assert answer.status_code == status
        assert answer.json()["status"] == status
