"""``hutan codes``: unified social credit codes."""

from __future__ import annotations

import typer

from hutan.cli.answers import Question, answer_all
from hutan.cli.calendar import Source
from hutan.kernel.canonical import Json
from hutan.kernel.reading import Fields
from hutan.rules.codes import read_credit_code

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """Unified social credit codes (统一社会信用代码), by GB 32100-2015."""


@app.command("check")
def check(source: Source = None) -> None:
    """Check every part of a code; a refusal names the part and the check character expected.

    {"code": "91110000600037341L"}
    """
    answer_all(source, _check)


def _check(question: Question) -> Json:
    fields = Fields(question)
    code = fields.text("code")
    fields.done()
    return read_credit_code(code).to_record()
