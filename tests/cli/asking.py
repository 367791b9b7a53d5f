"""Asking a command as a shell would, and the examples of ``docs/commands.md``."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Collection
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from hutan.cli.main import build

COMMANDS = Path(__file__).resolve().parents[2] / "docs" / "commands.md"


def run(*arguments: str, given: str | bytes = "") -> Result:
    """Run ``hutan`` with arguments and standard input."""
    return CliRunner().invoke(build(arguments), list(arguments), input=given)


def ask(*arguments: str, given: str | bytes) -> list[dict[str, Any]]:
    """Return the answers of a deciding command, which must not fail."""
    result = run(*arguments, given=given)
    assert result.exit_code == 0, result.output
    assert result.exception is None
    return [json.loads(line) for line in result.stdout.splitlines()]


def one(*arguments: str, given: Any) -> dict[str, Any]:
    """Return the answer to one question."""
    answers = ask(*arguments, given=json.dumps(given, ensure_ascii=False))
    assert len(answers) == 1
    return answers[0]


def refused(*arguments: str, given: Any) -> list[tuple[str, str]]:
    """Return code and field of each refusal of one question."""
    answer = one(*arguments, given=given)
    return [(each["code"], str(each["facts"].get("name", ""))) for each in answer["refused"]]


_EXAMPLE = re.compile(
    r"```console\n\$ (?:echo '(?P<given>[^']*)' \| )?"
    r"\./run (?P<command>[^\n]*)\n(?P<printed>.*?)```",
    re.DOTALL,
)


def examples(commands: Collection[str]) -> list[tuple[list[str], str, str]]:
    """Return the document's examples of these commands: arguments, input, what is printed.

    An example is a console block whose first line is ``$ ./run COMMAND ...``, with
    ``echo '...' |`` before it where the command reads a question.
    """
    text = COMMANDS.read_text(encoding="utf-8")
    found = [
        (shlex.split(one["command"]), one["given"] or "", one["printed"])
        for one in _EXAMPLE.finditer(text)
    ]
    return [one for one in found if " ".join(one[0][:2]) in commands]
