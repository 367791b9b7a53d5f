"""Processes: restarted when they die, stopped in order, never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hutan.runtime import family as families
from hutan.runtime.family import Family
from hutan.runtime.place import Place
from tests.runtime.conftest import ROOT, alive, until

SLEEPER = "import time; time.sleep(600)"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def family(tmp_path: Path, said: list[str]) -> Iterator[Family]:
    place = Place(tmp_path / "var")
    place.lay()
    made = Family(place, said.append)
    yield made
    made.stop(impatient=lambda: True)


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def pid_of(family: Family) -> int:
    process = family.members[0].process
    assert process is not None
    return process.pid


def test_who_dies_is_started_again_after_a_pause_that_grows(
    family: Family, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(families, "_FIRST_DELAY", 0.1)
    member = family.start("worker", python("import sys; print('no luck'); sys.exit(3)"), os.environ)
    member.delay = 0.1

    def tended(deaths: int) -> bool:
        family.tend()
        return member.deaths >= deaths

    until(lambda: tended(3))
    assert said == [
        f"the worker process has ended (code 3); starting it again in {delay} s"
        for delay in ("0", "0", "0")
    ]
    assert member.delay == pytest.approx(0.8)
    assert family.last_words("worker") == "no luck"
    assert "worker process does not start: no luck." in family.trouble(member).what


def test_a_killed_process_is_replaced_and_so_are_its_children(family: Family) -> None:
    program = (
        "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', "
        f"{SLEEPER!r}]); print(child.pid, flush=True); child.wait()"
    )
    member = family.start("web", python(program), os.environ)
    member.delay = 0.1
    log = family._place.logs / "web.log"
    until(log.read_text)
    child, first = int(log.read_text()), pid_of(family)
    os.kill(first, signal.SIGKILL)

    def replaced() -> bool:
        family.tend()
        return pid_of(family) != first

    until(replaced)
    assert not alive(child)


def test_stop_asks_first_and_waits(family: Family, tmp_path: Path) -> None:
    done = tmp_path / "done"
    program = (
        "import pathlib, signal, sys, time\n"
        f"signal.signal(15, lambda *_: (pathlib.Path({str(done)!r}).touch(), sys.exit(0)))\n"
        "print('ready', flush=True); time.sleep(600)"
    )
    family.start("web", python(program), os.environ)
    until((family._place.logs / "web.log").read_text)
    family.stop(impatient=lambda: False)
    assert done.exists()
    assert not family.members[0].alive


def test_asking_again_does_not_wait(family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); "
    family.start("web", python(program + "time.sleep(600)"), os.environ)
    until((family._place.logs / "web.log").read_text)
    # It ignores the request, so only impatience ends it before the time of grace is over.
    monkeypatch.setattr(families, "_GRACE", 3600)
    family.stop(impatient=lambda: True)
    assert not family.members[0].alive


def test_a_child_ends_when_its_parent_was_killed(tmp_path: Path) -> None:
    """The parent cannot say good-bye: the child has to notice by itself."""
    child = (
        "from hutan.runtime.lifeline import follow_parent; follow_parent(); "
        "import time; print('following', flush=True); time.sleep(600)"
    )
    program = (
        "import os, time; from pathlib import Path; from hutan.runtime.family import Family; "
        "from hutan.runtime.place import Place\n"
        f"place = Place(Path({str(tmp_path / 'var')!r})); place.lay()\n"
        f"member = Family(place, print).start('web', [{sys.executable!r}, '-c', {child!r}], "
        "os.environ)\nprint(member.process.pid, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen(python(program), stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    until(lambda: "following" in (tmp_path / "var" / "log" / "web.log").read_text())
    assert alive(pid)
    parent.kill()
    parent.communicate()
    until(lambda: not alive(pid))
