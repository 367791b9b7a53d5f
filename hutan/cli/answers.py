"""Decision cores as commands: JSON or JSON Lines in, one JSON answer per line out.

A refusal is an answer: ``{"refused": [...]}`` with the same record that the API gives. A line that
is no JSON object is answered too, so that line n of the output always belongs to line n of the
input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from hutan.kernel.canonical import Json
from hutan.kernel.refusals import Refusal, Refusals

Question = dict[str, Any]


class NotAnObject(Refusal):
    """A line of input is not one JSON object."""

    code = "CLI-001"
    basis = "docs/commands.md"
    zh = "第 {line} 行不是 JSON 对象：{reason}。"
    en = "Line {line} is not a JSON object: {reason}."
    cure_zh = "每行写一个 JSON 对象，或整个文件写一个对象。"
    cure_en = "Write one JSON object a line, or one object as the whole file."


class WrongInput(Refusal):
    """A question lacks a field, has one too many, or has one of the wrong form."""

    code = "CLI-002"
    basis = "docs/commands.md"
    zh = "字段 {name} 不可用：{reason}。"
    en = "Field {name} cannot be used: {reason}."
    cure_zh = "请对照该命令 --help 中的示例。"
    cure_en = "Compare with the example in the command's --help."


def answer_all(source: Path | None, decide: Callable[[Question], Json]) -> None:
    """Answer each question of ``source`` (standard input if it is ``None`` or ``-``) in order."""
    for question in _questions(source):
        try:
            if not isinstance(question, dict):
                raise question
            answer = decide(question)
        except Refusal as refusal:
            answer = {"refused": [refusal.to_record()]}
        except Refusals as refusals:
            answer = {"refused": [refusal.to_record() for refusal in refusals]}
        # A lone surrogate, which JSON can carry and UTF-8 cannot, leaves as its escape.
        line = json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace")
        sys.stdout.write(line.decode() + "\n")
        sys.stdout.flush()


def _questions(source: Path | None) -> Iterator[Question | NotAnObject]:
    if source is None or str(source) == "-":
        yield from _lines(sys.stdin.buffer)
        return
    content = source.read_bytes()
    try:
        whole = _parse(content)
    except ValueError:
        # Only a line feed ends a line: the other separators may stand inside a string.
        yield from _lines(content.split(b"\n"))
        return
    yield whole if isinstance(whole, dict) else _not_an_object(1, whole)


def _lines(lines: Iterable[bytes]) -> Iterator[Question | NotAnObject]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            read = _parse(line.rstrip(b"\r\n"))
        except ValueError as error:
            yield NotAnObject(line=number, reason=str(error)[:200])
            continue
        yield read if isinstance(read, dict) else _not_an_object(number, read)


def _parse(content: bytes) -> Any:
    """Read JSON; whatever is wrong with it raises ``ValueError``.

    Numbers with a point become Decimal, so that no figure passes through a float. A name that
    stands twice in one object is refused: readers would differ on which of the two counts.
    """
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("it names a field twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _not_an_object(line: int, read: object) -> NotAnObject:
    return NotAnObject(line=line, reason=f"it is a {type(read).__name__}")
