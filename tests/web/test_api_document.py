"""The worked example of ``docs/api.md`` runs: each call is made and answers with the same names."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from string import Template
from typing import Any

import pytest
from django.test import Client

from hutan.transparency.services import integrate
from tests.parties.people import NOW
from tests.transparency.conftest import log_settings as log_settings
from tests.web.market import Platform

pytestmark = pytest.mark.django_db

PAGE = Path("docs/api.md")
CALL = re.compile(r"^\$ (curl .*)\n(.*)$", re.M)


def called(command: str, names: dict[str, str]) -> Any:
    """Make a call as the shell would: options and address of one curl."""
    words = shlex.split(Template(command).safe_substitute(names))
    headers: dict[str, str] = {}
    body, address = None, ""
    rest = iter(words[1:])
    for word in rest:
        if word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest)
        elif word != "-s":
            address = word
    client = Client(raise_request_exception=False)
    if body is None:
        return client.get(address, headers=headers)
    kind = headers.pop("Content-Type")
    return client.post(address, body, content_type=kind, headers=headers)


def names_in(value: Any) -> Any:
    """Return the names an answer has, without its values; what is empty stands for anything."""
    if isinstance(value, list):
        return names_in(value[0]) if value else None
    if isinstance(value, dict) and value:
        return {name: names_in(one) for name, one in value.items()}
    return None


def agree(said: Any, came: Any) -> bool:
    """Tell whether an answer has the names that the page says, as deep as the page goes."""
    if said is None:
        return True
    return (
        isinstance(came, dict)
        and said.keys() == came.keys()
        and all(agree(one, came[name]) for name, one in said.items())
    )


def test_each_call_of_the_page_answers_as_it_says() -> None:
    platform = Platform()
    approved = platform.transfer(platform.one, platform.two, 5)
    integrate(at=NOW)
    names = {
        "HUTAN": "/api/v1",
        "HUTAN_KEY": platform.own.headers["Authorization"].removeprefix("Bearer "),
        "ACCOUNT": platform.one.account,
        "OTHER": platform.two.account,
        "UNIT": str(platform.one.id),
        "APPROVED": str(approved),
    }
    found = CALL.findall(PAGE.read_text("utf-8"))
    assert len(found) == 9
    for command, written in found:
        answer = called(command, names)
        said, came = json.loads(written), answer.json()
        failed = isinstance(said, dict) and "title" in said
        assert answer.status_code == (said["status"] if failed else 200), command
        assert agree(names_in(said), names_in(came)), (command, names_in(came))
        if failed:
            assert [one["code"] for one in came["refused"]] == ["PAR-030"]
            assert came["refused"][0]["facts"]["differences"] == "content.items"


def test_the_page_names_no_operation_that_is_not_there(client: Client) -> None:
    """Nor a limit that is another."""
    from hutan.web.limits import API, API_UNKNOWN

    text = PAGE.read_text("utf-8")
    assert f"{API.count:,} a minute for a key, {API_UNKNOWN.count} for" in text
    assert API.seconds == API_UNKNOWN.seconds == 60
    assert client.get("/api/docs").status_code == 200
