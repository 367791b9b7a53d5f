"""Replaying a file inside a test's own database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from hutan.cli.replay.playing import play
from hutan.cli.replay.reading import read_history
from hutan.cli.replay.steps import Script, Step
from hutan.rules.parameters import rulebook

Statement = Callable[[Any, Any, Any, Any], Any]


def script(path: Path) -> Script:
    """Read a file by the rules of histories."""
    book = rulebook("eutl")
    return Script(read_history(path, book.find("compliance.surrender_deadline").years), book)


def replayed(path: Path) -> Script:
    """Play a file to its end."""
    found = script(path)
    play(found)
    return found


class Cut(KeyboardInterrupt):
    """Ctrl-C, and where it came: the step that was under way and the statement."""


@contextmanager
def cut_at_statement(number: int) -> Iterator[None]:
    """Press Ctrl-C instead of running the ``number``-th statement from here."""
    count = 0

    def run(execute: Statement, sql: Any, given: Any, many: Any, context: Any) -> Any:
        nonlocal count
        count += 1
        if count == number:
            raise Cut(str(sql)[:60])
        return execute(sql, given, many, context)

    with connection.execute_wrapper(run):
        yield


@contextmanager
def cut_before(text: str, *, after: str) -> Iterator[None]:
    """Press Ctrl-C instead of the first statement with ``text`` after one with ``after``."""
    come = False

    def run(execute: Statement, sql: Any, given: Any, many: Any, context: Any) -> Any:
        nonlocal come
        if come and text in str(sql):
            raise Cut(text)
        come = come or after in str(sql)
        return execute(sql, given, many, context)

    with connection.execute_wrapper(run):
        yield


class Watch:
    """Notes the steps that a run comes to."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def __call__(self, step: Step) -> None:
        self.steps.append(step)
