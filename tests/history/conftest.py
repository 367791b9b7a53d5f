"""A second database for a replay that is cut short, and the command as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from hutan.runtime.postgres import OWNER

ROOT = Path(__file__).resolve().parents[2]


class Commands:
    """``hutan`` commands as processes on a database and a data folder of their own."""

    def __init__(self, database: str, home: Path) -> None:
        self.started: list[subprocess.Popen[str]] = []
        foreign = ("DATABASE_URL", "PYTEST_", "HUTAN_", "DJANGO_", "COV_")
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(foreign)
        } | {
            "HUTAN_ENV": "demo",
            "HUTAN_DATA": str(home),
            "HUTAN_DATA_KEY": os.environ["HUTAN_DATA_KEY"],
            "DATABASE_URL": os.environ["HUTAN_TEST_URL"].format(database=database),
            "HUTAN_OWNER_URL": os.environ["HUTAN_TEST_OWNER"].format(database=database),
            "PYTHONPATH": str(ROOT),
        }

    def popen(
        self, *words: str, module: str = "hutan.cli.main", **environment: str
    ) -> subprocess.Popen[str]:
        """Start a command."""
        process = subprocess.Popen(
            [sys.executable, "-m", module, *words],
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.started.append(process)
        return process

    def run(
        self, *words: str, module: str = "hutan.cli.main", **environment: str
    ) -> tuple[int, str, str]:
        """Run a command to its end; return its code and what it printed and complained."""
        process = self.popen(*words, module=module, **environment)
        printed, complained = process.communicate(timeout=300)
        return process.returncode, printed, complained

    def end(self) -> None:
        """Kill what a failed test left behind, by its process id."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.communicate()


@pytest.fixture
def commands(django_db_setup: None, worker_id: str, tmp_path: Path) -> Iterator[Commands]:
    """Commands on a fresh database, which is dropped afterwards."""
    database = f"hutan_{worker_id}_history"
    _server(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)),
        sql.SQL("CREATE DATABASE {} TEMPLATE hutan_template OWNER {} STRATEGY FILE_COPY").format(
            sql.Identifier(database), sql.Identifier(OWNER)
        ),
    )
    found = Commands(database, tmp_path / "data")
    yield found
    found.end()
    _server(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _server(*statements: sql.Composed) -> None:
    url = os.environ["HUTAN_TEST_SUPER"].format(database="postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
