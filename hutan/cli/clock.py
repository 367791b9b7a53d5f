"""The clock of the demonstration city: show it, set it, move it on."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from hutan.cli.reach import needs_database
from hutan.kernel.ids import new_id
from hutan.kernel.moments import canonical, moment

app = typer.Typer(no_args_is_help=True)

Who = Annotated[str, typer.Option(help="Who moves it, for the history; the account by default.")]


def _moment(text: str) -> datetime:
    try:
        return moment(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no moment such as 2025-06-30T16:59:00") from None


def _duration(text: str) -> timedelta:
    read = re.fullmatch(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    if not text or read is None:
        raise typer.BadParameter(f"{text!r} is no duration such as 14d or 2h30m")
    days, hours, minutes, seconds = (int(part or 0) for part in read.groups())
    try:
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise typer.BadParameter(f"{text} is longer than the calendar") from None


To = Annotated[
    datetime,
    typer.Argument(
        parser=_moment, metavar="MOMENT", help="A later moment: 2025-06-30T16:59:00 in Shanghai."
    ),
]
By = Annotated[
    timedelta,
    typer.Argument(parser=_duration, metavar="DURATION", help="How far: 14d, 2h30m, 90s."),
]


@app.command()
@needs_database
def show(
    history: Annotated[bool, typer.Option("--history", help="Also list all moves.")] = False,
) -> None:
    """Print what the clock shows, in Shanghai time."""
    from hutan import clock
    from hutan.clock import queries

    typer.echo(canonical(clock.now()))
    if history:
        for move in queries.history():
            typer.echo(
                f"{canonical(move.real)}  {move.who}  "
                f"{canonical(move.moved_from)} -> {canonical(move.moved_to)}"
            )


@app.command("set")
@needs_database
def set_to(to: To, who: Who = "") -> None:
    """Set the clock to a later moment."""
    from hutan.clock import services

    shown = services.set_to(act=new_id(), who=_name(who), to=to, real=datetime.now(UTC))
    typer.echo(canonical(shown))


@app.command()
@needs_database
def advance(by: By, who: Who = "") -> None:
    """Move the clock on."""
    from hutan.clock import services

    shown = services.advance(act=new_id(), who=_name(who), by=by, real=datetime.now(UTC))
    typer.echo(canonical(shown))


def _name(who: str) -> str:
    """Return whom the history names: whoever was stated, or the account at the terminal."""
    with contextlib.suppress(KeyError):
        return who or pwd.getpwuid(os.getuid()).pw_name
    return f"uid {os.getuid()}"
