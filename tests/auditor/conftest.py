"""Fixtures of the auditor: a log with a fixed key, and exports of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from hutan.cli.claims import export_with_claims
from tests.parties.people import NOW
from tests.transparency.conftest import ORIGIN, log_key

Export = Callable[..., Path]


@pytest.fixture(autouse=True)
def log_settings(settings: Settings, tmp_path: Path) -> None:
    """Give each test's log a fixed key and a memory of its own."""
    settings.LOG_ORIGIN = ORIGIN
    settings.LOG_SUITE = "sha256-ed25519"
    settings.LOG_KEY = log_key().text()
    settings.LOG_HEADS = tmp_path / "heads"


@pytest.fixture
def export(committed_db: str, tmp_path: Path) -> Export:
    """Export the log with its claims as they stand at a moment; return the folder."""
    count = 0

    def written(at: datetime = NOW) -> Path:
        nonlocal count
        count += 1
        folder = tmp_path / f"export-{count}"
        export_with_claims(folder, at=at)
        return folder

    return written
