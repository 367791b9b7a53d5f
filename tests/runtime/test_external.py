"""A PostgreSQL that somebody else runs: here one that we started elsewhere, as if foreign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from hutan.config.settings import database_settings
from hutan.runtime.external import OLDEST, reach
from hutan.runtime.place import Place
from hutan.runtime.postgres import APP, OWNER, SUPERUSER, Server
from hutan.runtime.sealing import new_key_ring
from hutan.runtime.trouble import Trouble
from tests.runtime.conftest import Hutan, free_port


@pytest.fixture
def theirs(folder: Path) -> Iterator[Server]:
    with Server(folder / "theirs") as server:
        yield server


@pytest.fixture
def place(folder: Path) -> Place:
    made = Place(folder / "ours")
    made.lay()
    return made


def test_two_addresses_are_taken_as_they_are(theirs: Server, place: Place) -> None:
    urls = reach(theirs.url(APP), theirs.url(OWNER), place, production=True)
    assert (urls.app, urls.owner) == (theirs.url(APP), theirs.url(OWNER))
    assert int(urls.version.partition(".")[0]) >= OLDEST


@pytest.mark.parametrize(
    ("app", "owner", "told"),
    [
        ((OWNER, "hutan"), (OWNER, "hutan"), "it has to be hutan_app"),
        ((APP, "hutan"), (SUPERUSER, "hutan"), "it has to be hutan_owner"),
        ((APP, "hutan"), (OWNER, "postgres"), "lead to different databases"),
        ((APP, "hutan"), None, "one role migrates, another serves"),
        ((APP, "nowhere"), (OWNER, "hutan"), "cannot be reached"),
    ],
)
def test_a_pair_that_would_not_do_is_told(
    theirs: Server,
    place: Place,
    app: tuple[str, str],
    owner: tuple[str, str] | None,
    told: str,
) -> None:
    with pytest.raises(Trouble, match=told) as trouble:
        reach(theirs.url(*app), theirs.url(*owner) if owner else "", place, production=True)
    assert theirs.place.secret(APP) not in str(trouble.value)


@pytest.mark.parametrize("url", ["host=db password=secret", "mysql://anna:secret@db/city", "x"])
def test_an_address_of_another_form_is_told_and_not_repeated(place: Place, url: str) -> None:
    with pytest.raises(Trouble, match="is not the address of a PostgreSQL") as trouble:
        reach(url, "", place, production=False)
    assert "secret" not in str(trouble.value)


def test_an_administrator_alone_gets_both_roles_made(theirs: Server, place: Place) -> None:
    with psycopg.connect(theirs.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE hutan")
        connection.execute(f"DROP ROLE {APP}")
        connection.execute(f"DROP ROLE {OWNER}")
        connection.execute("CREATE ROLE anna LOGIN CREATEROLE PASSWORD 'pa/ss'")
        connection.execute("CREATE DATABASE city OWNER anna")
    anna = theirs.url(SUPERUSER, "city").replace(
        f"{SUPERUSER}:{theirs.place.secret(SUPERUSER)}", f"anna:{quote('pa/ss', safe='')}"
    )
    urls = reach(anna, "", place, production=False)
    assert reach(anna, "", place, production=False) == urls
    with psycopg.connect(urls.owner) as connection:
        connection.execute("CREATE TABLE made (id int)")
    with psycopg.connect(urls.app) as connection, pytest.raises(psycopg.Error, match="denied"):
        connection.execute("CREATE TABLE made_too (id int)")
    # Another data folder does not know the passwords, and takes nothing over.
    other = Place(place.home.with_name("other"))
    other.lay()
    with pytest.raises(Trouble, match="already has a role hutan_owner with a password"):
        reach(anna, "", other, production=False)
    # The roles once made, one that may not make roles will not do.
    with pytest.raises(Trouble, match="may not create roles"):
        reach(urls.app, "", place, production=False)


def test_the_whole_platform_runs_on_it(theirs: Server, hutan: Hutan) -> None:
    given = {"DATABASE_URL": theirs.url(APP), "HUTAN_OWNER_URL": theirs.url(OWNER)}
    port = free_port()
    running = hutan.up(port, **given)
    running.terminate()
    assert "Stopped." in running.communicate(timeout=30)[0]
    assert not (hutan.home / "pg").exists()
    with psycopg.connect(theirs.url(OWNER)) as connection:
        assert connection.execute("SELECT kind FROM clock_city").fetchone() == ("demo",)
    assert hutan.run("up", "--reset", "--yes", **given)[0] == 1

    # What has begun as a demonstration never becomes production.
    production = {**given, "HUTAN_ENV": "production", "HUTAN_SECRET_KEY": "k" * 64,
                  "HUTAN_DATA_KEY": new_key_ring(), "HUTAN_HOSTS": "carbon.example",
                  "HUTAN_LOG_ORIGIN": "carbon.example/log"}  # fmt: skip
    code, printed = hutan.run("prepare", **production)
    assert code == 1
    assert "CLK-004" in printed
    assert "demo" in printed


def test_production_migrates_only_when_told_and_serves_only_if_safe(
    theirs: Server, hutan: Hutan
) -> None:
    given = {
        "DATABASE_URL": theirs.url(APP),
        "HUTAN_OWNER_URL": theirs.url(OWNER),
        "HUTAN_ENV": "production",
        "HUTAN_SECRET_KEY": "k" * 64,
        "HUTAN_DATA_KEY": new_key_ring(),
        "HUTAN_HOSTS": "carbon.example",
        "HUTAN_LOG_ORIGIN": "carbon.example/log",
    }
    code, printed = hutan.run("check", **given)
    assert code == 1
    assert "is not migrated" in printed
    assert hutan.run("prepare", **given)[0] == 0
    assert hutan.run("check", **given) == (0, "production: nothing is refused\n")
    code, printed = hutan.run("clock", "advance", "1h", **given)
    assert (code, "CLK-002" in printed) == (1, True)

    unsafe = {**given, "HUTAN_SECRET_KEY": "", "HUTAN_DATA_KEY": "", "HUTAN_HOSTS": "*"}
    for command in ("prepare", "serve", "worker"):
        code, printed = hutan.run(command, **unsafe)
        assert code == 1
        assert printed.count("CFG-002") == 2
        assert "CFG-004" in printed
        assert "Traceback" not in printed


def test_an_old_server_is_refused(
    theirs: Server, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The one at hand is new, so the floor is raised above it.
    monkeypatch.setattr("hutan.runtime.external.OLDEST", 99)
    with pytest.raises(Trouble, match="Hutan needs 99 or newer"):
        reach(theirs.url(APP), theirs.url(OWNER), place, production=False)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        (
            "postgresql://hutan_app:p%2Fw@db.example:5433/city?sslmode=verify-full",
            {"HOST": "db.example", "PORT": "5433", "USER": "hutan_app", "PASSWORD": "p/w",
             "NAME": "city"},
        ),
        (
            "postgresql://hutan_app:pw@%2Ftmp%2Fhutan-1/hutan",
            {"HOST": "/tmp/hutan-1", "PORT": "", "NAME": "hutan"},
        ),
        ("postgresql:///hutan?host=/run/postgresql", {"HOST": "/run/postgresql", "PORT": ""}),
    ],
)  # fmt: skip
def test_addresses_are_read_in_each_usual_form(url: str, wanted: dict[str, str]) -> None:
    read = database_settings(url)
    assert {name: read[name] for name in wanted} == wanted
    options = read["OPTIONS"]
    assert isinstance(options, dict)
    assert options.get("sslmode") == ("verify-full" if "sslmode" in url else None)
    assert options["options"] == "-c synchronous_commit=on"
