"""Fixtures of the log: its memory of heads in the test's own folder, and ways to tamper."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pytest_django.fixtures import Settings

from hutan.transparency.domain.keys import SUITES, SigningKey, usage_of

ORIGIN = "log.example/test"


def log_key(number: int = 1, suite: str = "sha256-ed25519") -> SigningKey:
    """Return a fixed key of the test log."""
    return SigningKey(ORIGIN, usage_of(SUITES[suite]), bytes([number]) * 32)


@pytest.fixture(autouse=True)
def log_settings(settings: Settings, tmp_path: Path) -> None:
    """Give each test's log a fixed key and a memory of its own."""
    settings.LOG_ORIGIN = ORIGIN
    settings.LOG_SUITE = "sha256-ed25519"
    settings.LOG_KEY = log_key().text()
    settings.LOG_HEADS = tmp_path / "heads"


@pytest.fixture(params=list(SUITES))
def suite(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Run a test with either suite."""
    name: str = request.param
    settings.LOG_SUITE = name
    settings.LOG_KEY = log_key(suite=name).text()
    return name


@pytest.fixture
def as_owner(committed_db: str) -> Iterator[Callable[..., Any]]:
    """Run a statement as the tables' owner, who can change what the serving role cannot."""
    database = committed_db.rpartition("/")[2]
    url = os.environ["HUTAN_TEST_OWNER"].format(database=database)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection.execute
