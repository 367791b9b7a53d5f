"""``hutan history`` as a person uses it: what it shows, what it refuses, what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytest_django import Settings

from hutan.cli.replay.playing import play
from hutan.cli.replay.refusals import (
    AlreadyReplaying,
    HoldsSomethingElse,
    NotInProduction,
    StepEndedOtherwise,
)
from hutan.parties.queries import count_organisations
from hutan.parties.services import approve, attach, propose, withdraw
from tests.history.conftest import Commands
from tests.history.files import Row, write
from tests.history.replaying import Cut, replayed, script

LINES = (
    Row("XX-1", 2005, 10, 8, 8, "A"),
    Row("XX-2", 2005, None, 5, 5, "A"),
    "XX-3,XX,20,2005,2005-2007,-1,1,1,A",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "two.csv", *LINES)


def test_one_command_replays_and_reports(commands: Commands, path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    code, printed, complained = commands.run(
        "history", "replay", str(path), "--report", str(folder)
    )
    assert code == 0, complained
    assert "100 %" in complained
    assert "2 installation-years of 2 installations replayed" in " ".join(printed.split())
    assert "surrendered and held: bought_elsewhere" in printed
    assert "0 unexplained" in printed
    assert "MB of memory at most" in printed
    assert json.loads((folder / "report.json").read_text())["file"]["refused"] == 1
    # Once more, and the report alone: nothing is done twice.
    assert commands.run("history", "replay", str(path))[0] == 0
    code, again, _ = commands.run("history", "report", str(path))
    assert code == 0
    assert "0 unexplained" in again


def test_what_it_refuses(commands: Commands, path: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other.csv", Row("YY-1", 2006, 1, 1, 1, "A"))
    none = tmp_path / "none.csv"
    none.write_text("a,b\n1,2\n")
    assert commands.run("history", "replay", str(path))[0] == 0
    for words, refusal in (
        (("history", "replay", str(other)), "HIS-002"),
        (("history", "report", str(other)), "HIS-006"),
        (("history", "state", str(other)), "HIS-006"),
        (("history", "replay", str(none)), "HIS-001"),
    ):
        code, _, complained = commands.run(*words)
        assert code == 1
        assert refusal in complained
        assert "Traceback" not in complained


def test_a_broken_file_starts_nothing(tmp_path: Path, commands: Commands) -> None:
    none = tmp_path / "none.csv"
    none.write_bytes(b"\0" * 100)
    code, _, complained = commands.run("history", "replay", str(none))
    assert code == 1
    assert "HIS-001" in complained
    assert not (tmp_path / "data").exists()


def test_it_does_not_replay_into_what_holds_something_else(db: None, path: Path) -> None:
    replayed(path)
    found = count_organisations()
    other = write(path.with_name("other.csv"), Row("YY-1", 2006, 1, 1, 1, "A"))
    with pytest.raises(HoldsSomethingElse):
        replayed(other)
    assert count_organisations() == found


def test_it_does_not_replay_in_production(db: None, path: Path, settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(NotInProduction):
        replayed(path)


def test_one_process_replays_at_a_time(
    committed_db: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    from hutan.cli.replay import playing

    monkeypatch.setattr(playing, "_PATIENCE", 0.3)
    with psycopg.connect(committed_db, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [playing._LOCK])
        with pytest.raises(AlreadyReplaying):
            replayed(path)
    replayed(path)


def test_an_act_that_somebody_withdrew_stops_it(db: None, path: Path) -> None:
    from hutan.cli.replay.acts import act_of

    whole = script(path)
    step = next(one for one in whole.steps if one.name == "list")

    def stop(now: object) -> None:
        if now is step:
            raise Cut

    with pytest.raises(Cut):
        play(whole, stop)
    act = act_of(whole, step)
    assert act.file is not None
    attach(name="list.jsonl", content=act.file.content, by=act.proposer, at=step.at)
    propose(id=step.id, kind=act.kind, content=act.content, by=act.proposer, at=step.at)
    withdraw(id=step.id, by=act.proposer, at=step.at)
    with pytest.raises(StepEndedOtherwise) as refused:
        play(whole)
    assert refused.value.facts == {"year": 2005, "step": "list", "state": "withdrawn"}


def test_the_second_person_approves_the_file_once(db: None, path: Path) -> None:
    """The approver vouches for the hash of the file; another file under it is refused."""
    from hutan.cli.replay.acts import act_of
    from hutan.parties.bulk import FILE
    from hutan.parties.refusals import BulkFileDiffers, OtherVersionSeen, OwnProposal

    whole = script(path)
    step = next(one for one in whole.steps if one.name == "determine")

    def stop(now: object) -> None:
        if now is step:
            raise Cut

    with pytest.raises(Cut):
        play(whole, stop)
    act = act_of(whole, step)
    assert act.file is not None
    attach(name="rows.jsonl", content=act.file.content, by=act.proposer, at=step.at)
    stated = {**act.file.to_record(), "totals": {"tonnes": "14"}}
    with pytest.raises(BulkFileDiffers):
        propose(
            id=step.id, kind=act.kind, content={**act.content, FILE: stated}, by=act.proposer,
            at=step.at,
        )  # fmt: skip
    known = propose(id=step.id, kind=act.kind, content=act.content, by=act.proposer, at=step.at)
    with pytest.raises(OtherVersionSeen):
        approve(id=step.id, by=act.approver, seen="0" * 64, at=step.at)
    with pytest.raises(OwnProposal):
        approve(id=step.id, by=act.proposer, seen=known.content_hash, at=step.at)
    approve(id=step.id, by=act.approver, seen=known.content_hash, at=step.at)
    play(whole)
