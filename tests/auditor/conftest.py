"""Fixtures of the auditor: a log with a fixed key, exports of it, and two whole exports."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from hutan.cli.claims import export_with_claims
from hutan.compliance import ports
from hutan.parties.models import Proposal
from tests.auditor.forge import Forged
from tests.auditor.history import play_history
from tests.auditor.scenario import END, Scenario
from tests.conftest import _clone, _use
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


class Exports:
    """The exports of the two long stories, each played once in a process and then only read."""

    def __init__(self, request: pytest.FixtureRequest, settings: Settings, home: Path) -> None:
        self._request, self._settings, self._home = request, settings, home

    @property
    def scenario(self) -> Path:
        """Return the export of the long story of a small market."""
        return self._once("scenario", END, lambda: Scenario().play())

    @property
    def history(self) -> Path:
        """Return the export of a replayed history."""
        return self._once("history", END, lambda: play_history(self._home))

    def approved(self, folder: Path) -> set[str]:
        """Return the kinds of act that two people did in the story of an export."""
        found: list[str] = json.loads(folder.with_suffix(".approved").read_text())
        return set(found)

    def _once(self, name: str, at: datetime, play: Callable[[], object]) -> Path:
        folder = self._home / name
        if not folder.exists():
            url: str = self._request.getfixturevalue("committed_db")
            # One test may need both stories, and each begins in an empty database.
            database = url.rpartition("/")[2]
            _clone(database)
            _use(database)
            self._settings.LOG_HEADS = self._home / f"{name}-heads"
            play()
            kinds = Proposal.objects.filter(state="approved").values_list("kind", flat=True)
            folder.with_suffix(".approved").write_text(json.dumps(sorted(set(kinds))))
            export_with_claims(folder, at=at)
            ports._registers.clear()
        return folder


@pytest.fixture(scope="session")
def exports_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which a process keeps the two exports."""
    return tmp_path_factory.mktemp("auditor")


@pytest.fixture
def exports(request: pytest.FixtureRequest, settings: Settings, exports_home: Path) -> Exports:
    """Return the exports of the long stories."""
    return Exports(request, settings, exports_home)


@pytest.fixture
def forged(exports: Exports) -> Forged:
    """Return the scenario's export, to be rewritten."""
    return Forged(exports.scenario)
