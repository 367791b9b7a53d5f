"""What a reading command found, as a table for people or as JSON Lines for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hutan.kernel.canonical import Json
from hutan.kernel.moments import canonical, in_shanghai

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]

Figure = str | int | Decimal | bool | datetime | None

_NARROW = 200


def print_rows(rows: Iterable[dict[str, Figure]], *, as_json: bool, title: str = "") -> None:
    """Print rows that share their keys: amounts to the right, moments in Shanghai time.

    In JSON a moment has its offset, a Decimal is a text, and nothing is ``null``. Without rows the
    table says so, and JSON is empty.
    """
    found = list(rows)
    if as_json:
        for row in found:
            record = {name: _record(value) for name, value in row.items()}
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        return
    if title:
        print(title)
    if not found:
        print("无 (nothing)")
        return
    _table(found)


def print_facts(facts: dict[str, Figure], *, as_json: bool) -> None:
    """Print one thing's facts, one a line."""
    if as_json:
        print_rows([facts], as_json=True)
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        print(f"{name:<{width}}  {_text(value)}")


def _table(rows: Sequence[dict[str, Figure]]) -> None:
    table = Table(box=None, pad_edge=False)
    for name, value in rows[0].items():
        amount = isinstance(value, int | Decimal) and not isinstance(value, bool)
        table.add_column(name, justify="right" if amount else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(_text, row.values()))
    # A pipe has no width: what is read by a program must not be folded at 80 columns.
    width = None if sys.stdout.isatty() else _NARROW
    Console(width=width, highlight=False).print(table)


def _text(value: Figure) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else ""
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    return f"{in_shanghai(value):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else value


def _record(value: Figure) -> Json:
    if isinstance(value, datetime):
        return canonical(value)
    if isinstance(value, Decimal):
        return str(value)
    return value
