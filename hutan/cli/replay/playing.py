"""Playing the steps, one transaction each; what was done before an interruption is passed over."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper

from hutan.cli.replay.acts import act_of, new_units
from hutan.cli.replay.cast import Cast
from hutan.cli.replay.refusals import (
    AlreadyReplaying,
    HoldsSomethingElse,
    NotInProduction,
    NotReplayed,
    StepEndedOtherwise,
)
from hutan.cli.replay.steps import Script, Step
from hutan.parties.queries import count_organisations, organisations, proposal
from hutan.parties.services import approve, attach, propose, register_organisations
from hutan.transparency.queries import latest_checkpoint
from hutan.transparency.services import integrate

_LOCK = 7_214
"""The advisory lock of the one process that replays into a database."""

_PATIENCE = 10
"""Seconds to wait for that lock: longer than any one statement of a replay takes."""

Progress = Callable[[Step], None]


def play(script: Script, progress: Progress = lambda step: None) -> None:
    """Play what is still to be played; ``progress`` is told of each step before it is made.

    Raises ``NotInProduction``, ``AlreadyReplaying``, ``HoldsSomethingElse`` or
    ``StepEndedOtherwise``.
    A step that is interrupted has not happened; the next call makes it.
    """
    if settings.PRODUCTION:
        raise NotInProduction()
    with _alone(), _own_collecting():
        _begin(script)
        done = _done(script)
        _sign_what_is_due(script, done)
        for place, step in enumerate(script.steps):
            progress(step)
            if place < done:
                continue
            if step.name == "register":
                register_organisations(act=step.id, bodies=new_units(script, step.year), at=step.at)
            else:
                _two_people(script, step)
            if step.name == "close":
                integrate(at=step.at)
                gc.collect()


def _sign_what_is_due(script: Script, done: int) -> None:
    """Make the checkpoint of a closing after which the replay was interrupted at once.

    Left to the next year's, the log would be the same, but not signed at the same sizes.
    """
    if done and (last := script.steps[done - 1]).name == "close":
        newest = latest_checkpoint()
        if newest is None or newest.at < last.at:
            integrate(at=last.at)


def _done(script: Script) -> int:
    """Return how many steps are done: those up to the last whose proposal was approved.

    A step that nobody proposes is thereby done once a later one is; made again, it changes nothing.
    """
    known = [proposal(step.id) for step in script.steps]
    done = [place for place, one in enumerate(known, 1) if one and one.state == "approved"]
    return max(done, default=0)


def refuse_unfinished(script: Script) -> None:
    """Raise ``NotReplayed`` unless this history was replayed here to its end."""
    last = script.steps[-1]
    found = proposal(last.id)
    if found is None or found.state != "approved":
        raise NotReplayed(name=script.history.name)


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock of the one process that replays into this database.

    The server notices the end of a killed process only when it has finished that one's statement:
    whoever starts again at once waits for it.
    """
    ends = time.monotonic() + _PATIENCE
    with connection.cursor() as cursor:
        while not _locked(cursor):
            if time.monotonic() > ends:
                raise AlreadyReplaying()
            time.sleep(0.1)
        try:
            yield
        finally:
            # A connection that broke has freed its locks by itself.
            with suppress(DatabaseError):
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _locked(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
    return bool(cursor.fetchone()[0])


@contextmanager
def _own_collecting() -> Iterator[None]:
    """Leave looking for cycles to the end of each year.

    A step makes hundreds of thousands of records and drops them all; looking through them again
    and again meanwhile costs a fifth of the whole time and finds nothing. What is there before,
    the file above all, stays to the end and is never looked through.
    """
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _begin(script: Script) -> None:
    """Have the cast appear in an empty database; refuse one that holds anything else."""
    cast = Cast(script.root)
    if not organisations([cast.bureau]) and (found := count_organisations()):
        raise HoldsSomethingElse(found=f"{found} organisations")
    cast.appear(script.begins)


def _two_people(script: Script, step: Step) -> None:
    """Propose and approve, unless it was done before the replay was interrupted."""
    known = proposal(step.id)
    if known is None or known.state == "pending":
        act = act_of(script, step)
        if act.file is not None:
            name = f"{step.year} {act.kind}.jsonl"
            attach(name=name, content=act.file.content, by=act.proposer, at=step.at)
        known = propose(id=step.id, kind=act.kind, content=act.content, by=act.proposer, at=step.at)
        known = approve(id=step.id, by=act.approver, seen=known.content_hash, at=step.at)
    if known.state != "approved":
        raise StepEndedOtherwise(year=step.year, step=step.name, state=known.state)
