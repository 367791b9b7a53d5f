"""What production refuses: each unsafe setting by itself, and each unsafe database."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

from hutan.config import checks
from hutan.config.settings import database_settings
from hutan.kernel.refusals import Refusal, Refusals
from hutan.runtime.postgres import APP, OWNER, SUPERUSER, Server
from hutan.runtime.sealing import new_key_ring

SAFE = {
    "DEBUG": False,
    "SECRET_KEY": "7" * 64,
    "ALLOWED_HOSTS": ["carbon.example"],
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "CSRF_COOKIE_SECURE": True,
    "CSRF_COOKIE_SAMESITE": "Strict",
    "LOG_ORIGIN": "carbon.example/log",
    "DEMONSTRATION_LOG": "hutan.example/log",
}
KEYS = {"HUTAN_DATA_KEY": new_key_ring()}


def refused(given: dict[str, Any], keys: dict[str, str], assertions: bool = True) -> list[str]:
    found = checks.unsafe_settings(
        SimpleNamespace(**given), environment=keys, assertions=assertions
    )
    return [refusal.code for refusal in found]


def test_safe_settings_pass(tmp_path: Path) -> None:
    assert refused(SAFE, KEYS) == []
    (tmp_path / "key").write_text(new_key_ring())
    assert refused(SAFE, {"HUTAN_DATA_KEY_FILE": str(tmp_path / "key")}) == []


@pytest.mark.parametrize(
    "keys", [{}, {"HUTAN_DATA_KEY": "short"}, {"HUTAN_DATA_KEY_FILE": "/nowhere/key"}]
)
def test_a_data_key_that_cannot_be_used_is_refused(keys: dict[str, str]) -> None:
    assert refused(SAFE, keys) == ["CFG-002"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"DEBUG": True}, "CFG-001"),
        ({"SECRET_KEY": "insecure-demonstration-key-of-any-length"}, "CFG-002"),
        ({"SECRET_KEY": "short"}, "CFG-002"),
        ({"ALLOWED_HOSTS": []}, "CFG-004"),
        ({"ALLOWED_HOSTS": ["*"]}, "CFG-004"),
        ({"ALLOWED_HOSTS": ["carbon.example", "testserver"]}, "CFG-004"),
        ({"LOG_ORIGIN": "hutan.example/log"}, "CFG-009"),
        ({"SESSION_COOKIE_SECURE": False}, "CFG-005"),
        ({"SESSION_COOKIE_HTTPONLY": False}, "CFG-005"),
        ({"SESSION_COOKIE_SAMESITE": "None"}, "CFG-005"),
        ({"CSRF_COOKIE_SECURE": False}, "CFG-005"),
        ({"CSRF_COOKIE_SAMESITE": False}, "CFG-005"),
    ],
)
def test_each_unsafe_setting_is_refused(change: dict[str, Any], code: str) -> None:
    assert refused({**SAFE, **change}, KEYS) == [code]


def test_a_missing_data_key_and_assertions_off_are_refused() -> None:
    assert refused(SAFE, {}, assertions=False) == ["CFG-002", "CFG-003"]


def test_all_is_told_at_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ENVIRONMENT", "production")
    monkeypatch.setattr(settings, "DEBUG", True)
    monkeypatch.delenv("HUTAN_DATA_KEY", raising=False)
    with pytest.raises(Refusals) as told:
        checks.refuse_unsafe()
    codes = [refusal.code for refusal in told.value]
    # The server of the tests keeps nothing, so it is as unsafe as can be.
    assert {"CFG-001", "CFG-002", "CFG-004", "CFG-005", "CFG-006"} <= set(codes)


def test_outside_production_nothing_is_refused(db: None) -> None:
    checks.refuse_unsafe()


def about(server: Server, role: str) -> list[Refusal]:
    """Return what the check says of ``role`` on ``server``, asked over Django's own connection."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(database_settings(server.url(role)))
    try:
        return list(checks.unsafe_database("default"))
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)


def test_the_database_is_asked_and_not_believed(
    folder: Path, django_db_setup: None, django_db_blocker: Any
) -> None:
    with Server(folder / "var") as server, django_db_blocker.unblock():
        assert about(server, APP) == []
        powers = [refusal.facts["power"] for refusal in about(server, OWNER)]
        assert powers == ["may create tables", "member of hutan_owner"]
        powers = [refusal.facts["power"] for refusal in about(server, SUPERUSER)]
        assert "superuser" in powers

        with psycopg.connect(server.url(SUPERUSER, "hutan"), autocommit=True) as admin:
            # Off for everybody and for this role: a connection of ours starts with "on" still.
            for scope in ("SYSTEM", f"ROLE {APP}", "DATABASE hutan"):
                admin.execute(sql.SQL(f"ALTER {scope} SET synchronous_commit = off"))
            admin.execute("ALTER SYSTEM SET full_page_writes = off")
            admin.execute("SELECT pg_reload_conf()")
            admin.execute(f"CREATE TABLE theirs (id int); ALTER TABLE theirs OWNER TO {APP}")
            admin.execute(f"GRANT {OWNER} TO {APP}")
        found = about(server, APP)
        assert [(type(refusal).__name__, *refusal.facts.values()) for refusal in found] == [
            ("DurabilityOff", "full_page_writes", "off"),
            ("ServingRoleTooStrong", APP, "may create tables"),
            ("ServingRoleTooStrong", APP, "member of hutan_owner"),
            ("ServingRoleTooStrong", APP, "owns tables"),
        ]
    with Server(folder / "var", settings={"fsync": "off"}) as server, django_db_blocker.unblock():
        assert about(server, APP)[0].facts == {"name": "fsync", "value": "off"}
