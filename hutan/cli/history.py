"""``hutan history``: eighteen real years of a trading system, played through the services."""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

import hutan
from hutan.cli.prepare import REPLAY
from hutan.cli.reach import database
from hutan.rules.parameters import rulebook
from hutan.runtime.place import home

if TYPE_CHECKING:
    # What follows needs Django set up, which reaching the database does.
    from hutan.cli.replay.playing import Progress
    from hutan.cli.replay.steps import Script, Step

app = typer.Typer(no_args_is_help=True)

PROFILE = "eutl"
"""The rule profile by which histories are replayed."""

_HistoryFile = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="CSV of installation-years.")
]
_DataFolder = Annotated[
    Path | None,
    typer.Option("--data", help="Folder for the replay's own database; var-history by default."),
]
_ReportFolder = Annotated[
    Path | None, typer.Option("--report", help="Where the report goes; else into the data folder.")
]


@app.callback()
def group() -> None:
    """Real history replayed through the services (历史回放)."""


@app.command()
def replay(file: _HistoryFile, data: _DataFolder = None, report: _ReportFolder = None) -> None:
    """Play a history through the services, then hold the outcome against the file (回放).

    Interrupted and started again, it goes on where it was. It has a database of its own.
    """
    script = _script(file)
    embedded = not os.environ.get("DATABASE_URL")
    with _own_database("history replay", data) as folder:
        from hutan.cli.replay.playing import play

        if embedded:
            (folder / REPLAY).write_text(f"{script.history.name} {script.history.sha256}\n")
        begun = time.monotonic()
        try:
            with _progress(script) as progress:
                play(script, progress)
        except KeyboardInterrupt:
            typer.echo(
                "已中断，再次运行同一命令即可继续。 Interrupted: the same command goes on.",
                err=True,
            )
            raise typer.Exit(130) from None
        typer.echo(_cost(time.monotonic() - begun))
        _report(script, report or folder / "history-report")


@app.command("report")
def report_command(
    file: _HistoryFile, data: _DataFolder = None, report: _ReportFolder = None
) -> None:
    """Compare a replay that has ended with its file once more (比对)."""
    script = _script(file)
    with _own_database("history report", data) as folder:
        from hutan.cli.replay.playing import refuse_unfinished

        refuse_unfinished(script)
        _report(script, report or folder / "history-report")


@app.command("state")
def state_command(file: _HistoryFile, data: _DataFolder = None) -> None:
    """Print hashes of all that a replay left behind, the same for the same file (指纹)."""
    script = _script(file)
    with _own_database("history state", data):
        from hutan.cli.replay.playing import refuse_unfinished
        from hutan.cli.replay.state import state

        refuse_unfinished(script)
        typer.echo(json.dumps(state(at=script.steps[-1].at), indent=1))


def _script(file: Path) -> Script:
    """Read the file before anything is started: what is wrong with it shows at once."""
    from hutan.cli.replay.reading import read_history
    from hutan.cli.replay.steps import Script

    book = rulebook(PROFILE)
    return Script(read_history(file, book.find("compliance.surrender_deadline").years), book)


@contextmanager
def _own_database(command: str, data: Path | None) -> Iterator[Path]:
    """Reach the replay's database; yield the data folder.

    The demonstration city lives in ``var``. Unless another folder is named, a replay has its own
    beside it; with DATABASE_URL it uses that database, and refuses one that holds other data.
    """
    if data is not None:
        os.environ["HUTAN_DATA"] = str(data.expanduser().absolute())
    elif home() == Path(hutan.__file__).resolve().parents[1] / "var":
        os.environ["HUTAN_DATA"] = f"{home()}-history"
    with database(command):
        yield home()


@contextmanager
def _progress(script: Script) -> Iterator[Progress]:
    """Show a bar over all rows of all steps, with the year and the step under way."""
    columns = (
        TextColumn("{task.description:<16}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    done = 0
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=sum(step.size for step in script.steps))

        def progress(step: Step) -> None:
            nonlocal done
            bar.update(task, description=f"{step.year} {step.name}", completed=done)
            done += step.size

        try:
            yield progress
        except KeyboardInterrupt:
            bar.update(task, description="interrupted")
            raise
        bar.update(task, description="done", completed=done)


def _cost(seconds: float) -> str:
    """Say what the replay took; the database server's part is its own."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return (
        f"{seconds:.1f} s; this process: {used.ru_utime + used.ru_stime:.1f} s of a processor, "
        f"{used.ru_maxrss // 1024} MB of memory at most"
    )


def _report(script: Script, folder: Path) -> None:
    """Compare, write the report, and show the sums; a difference without a cause is a failure."""
    from hutan.cli.replay.comparing import compare
    from hutan.cli.replay.report import show, write_report

    found = compare(script)
    write_report(found, folder)
    show(found, Console())
    typer.echo(f"\n报告 report: {folder / 'report.md'}")
    if found.unexplained:
        raise typer.Exit(1)
