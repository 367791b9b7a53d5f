"""A replay that was interrupted, however often and wherever, ends as one that was not.

The same state: the same acts in the same order with the same moments, contents and movements, the
same checkpoints, and the same claims about everything that stands (hutan/cli/replay/state.py).
"""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from random import Random

import psycopg
import pytest
from django.db import connection

from hutan.cli.replay.acts import act_of
from hutan.cli.replay.comparing import compare
from hutan.cli.replay.playing import play
from hutan.cli.replay.state import state
from hutan.cli.replay.steps import Script, Step
from hutan.parties.queries import proposal
from hutan.parties.services import attach, propose
from hutan.transparency.queries import latest_checkpoint
from hutan.transparency.services import verify
from tests.history.conftest import Commands
from tests.history.files import rows, write
from tests.history.replaying import Cut, Watch, cut_at_statement, cut_before, replayed, script


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A history of every kind of year, across the end of a period."""
    return write(
        tmp_path / "small.csv",
        *rows(Random(5), installations=8, years=range(2006, 2009)),
    )


def _undisturbed(commands: Commands, path: Path) -> object:
    """Return the state that a replay in one go leaves in a database of its own."""
    code, _, complained = commands.run("history", "replay", str(path))
    assert code == 0, complained
    return _state(commands, path)


def _state(commands: Commands, path: Path) -> object:
    code, printed, complained = commands.run("history", "state", str(path))
    assert code == 0, complained
    return json.loads(printed)


def _of(script: Script) -> object:
    return json.loads(json.dumps(state(at=script.steps[-1].at)))


def test_ctrl_c_before_every_step(committed_db: str, commands: Commands, path: Path) -> None:
    whole = script(path)
    for place in range(len(whole.steps)):

        def stop(step: object, here: object = whole.steps[place]) -> None:
            if step is here:
                raise Cut

        with pytest.raises(Cut):
            play(whole, stop)
    play(whole)
    verify()
    assert _of(whole) == _undisturbed(commands, path)


def test_ctrl_c_in_the_middle_of_acts(committed_db: str, commands: Commands, path: Path) -> None:
    whole, random = script(path), Random(1)
    cuts, where, ended = 0, set(), False
    while not ended:
        watch = Watch()
        try:
            # A hundred statements find out where it was; a step has forty or so.
            with cut_at_statement(random.randrange(80, 180)):
                play(whole, watch)
            ended = True
        except Cut:
            cuts += 1
            where.add(watch.steps[-1].name if watch.steps else "begin")
        assert cuts < 500, "it does not get on"
    assert cuts > 20
    assert len(where) > 6
    verify()
    assert compare(whole).unexplained == []
    assert _of(whole) == _undisturbed(commands, path)


def test_between_proposal_and_approval(committed_db: str, commands: Commands, path: Path) -> None:
    whole = script(path)
    for step in whole.steps:
        if step.name == "register":
            continue

        def stop(now: object, here: object = step) -> None:
            if now is here:
                raise Cut

        with pytest.raises(Cut):
            play(whole, stop)
        _propose(whole, step)
    play(whole)
    assert _of(whole) == _undisturbed(commands, path)


def _propose(whole: Script, step: Step) -> None:
    act = act_of(whole, step)
    if act.file is not None:
        name = f"{step.year} {act.kind}.jsonl"
        attach(name=name, content=act.file.content, by=act.proposer, at=step.at)
    propose(id=step.id, kind=act.kind, content=act.content, by=act.proposer, at=step.at)


def test_kill_9_at_many_statements(committed_db: str, commands: Commands, path: Path) -> None:
    kills = 0
    for number in (1, 60, 300, 450, 700, 1000, 1400, 2000):
        code, _, complained = commands.run(str(path), str(number), module="tests.history.killed")
        kills += code == -signal.SIGKILL
        assert code in (0, -signal.SIGKILL), complained
    assert kills >= 4
    assert _undisturbed(commands, path) == _of(replayed(path))


def test_ctrl_c_tells_what_to_do_and_the_command_goes_on(
    committed_db: str, commands: Commands, path: Path
) -> None:
    process = commands.popen("history", "replay", str(path))
    _wait_for_acts(commands.environment["DATABASE_URL"], 6)
    process.send_signal(signal.SIGINT)
    _, complained = process.communicate(timeout=120)
    assert process.returncode == 130, complained
    assert "再次运行同一命令即可继续" in complained
    assert "Traceback" not in complained
    code, _, complained = commands.run("history", "report", str(path))
    assert code == 1
    assert "HIS-006" in complained
    assert _undisturbed(commands, path) == _of(replayed(path))


def _wait_for_acts(url: str, count: int) -> None:
    ends = time.monotonic() + 120
    with psycopg.connect(url, autocommit=True) as watching:
        while time.monotonic() < ends:
            found = watching.execute("SELECT count(*) FROM transparency_entry").fetchone()
            if found is not None and found[0] >= count:
                return
            time.sleep(0.02)
    raise AssertionError("the replay does not get on")


def test_between_a_closing_and_its_checkpoint(
    committed_db: str, commands: Commands, path: Path
) -> None:
    whole, cuts = script(path), 0
    closings = [step for step in whole.steps if step.name == "close"]
    for step in closings:
        closing = 'UPDATE "compliance_yearopening" SET "closed_at"'
        with pytest.raises(Cut), cut_before("pg_advisory_xact_lock", after=closing):
            play(whole)
        known = proposal(step.id)
        assert known is not None
        assert known.state == "approved"
        newest = latest_checkpoint()
        assert newest is None or newest.at < step.at
        cuts += 1
    play(whole)
    assert cuts == 3
    assert _of(whole) == _undisturbed(commands, path)


def test_the_file_may_be_renamed_meanwhile(committed_db: str, path: Path) -> None:
    whole = script(path)
    step = next(one for one in whole.steps if one.name == "plan")

    def stop(now: object) -> None:
        if now is step:
            raise Cut

    with pytest.raises(Cut):
        play(whole, stop)
    _propose(whole, step)
    replayed(path.rename(path.with_name("another name.csv")))


def test_a_retry_of_what_is_done_changes_nothing(committed_db: str, path: Path) -> None:
    whole = replayed(path)
    before = _of(whole)
    play(whole)
    assert _of(whole) == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM transparency_pending")
        assert cursor.fetchone() == (0,)
    assert all(
        found.state == "approved"
        for step in whole.steps
        if (found := proposal(step.id)) is not None
    )
