"""The data folder: who holds it, what it keeps, what ``--reset`` removes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hutan.runtime.place import Place, Running, home
from hutan.runtime.trouble import Trouble
from tests.runtime.conftest import ROOT

RUNNING = Running(1, "run", "postgresql://app", "postgresql://owner", "http://127.0.0.1:1/")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path / "var")
    made.lay()
    return made


def in_another_process(place: Place, program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from pathlib import Path\nfrom hutan.runtime.place import Place\n"
         f"place = Place(Path({str(place.home)!r}))\n{program}"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_everything_inside_is_private(place: Place) -> None:
    old = os.umask(0)
    try:
        with place.hold("run"), place.using():
            place.secret("key")
            place.announce(RUNNING)
            place.log("web").close()
            modes = {
                path.name: path.stat().st_mode & 0o077
                for path in place.home.rglob("*")
                if path.name != "hutan.place"
            }
    finally:
        os.umask(old)
    assert set(modes.values()) == {0}


def test_a_secret_is_made_once(place: Place) -> None:
    assert place.secret("key") == place.secret("key") != place.secret("other")
    assert place.secret("ring", lambda: "made") == "made"


def test_two_starts_on_one_folder(place: Place) -> None:
    with place.hold("run"):
        place.announce(RUNNING)
        other = in_another_process(place, "with place.hold('run'): pass")
        assert f"Hutan already runs on {place.home} (process {os.getpid()})" in other.stderr
        assert RUNNING.web in other.stderr
        assert in_another_process(place, "print(place.held(), place.running().web)").stdout == (
            f"True {RUNNING.web}\n"
        )
    assert in_another_process(place, "print(place.held(), place.running())").stdout == (
        "False None\n"
    )


def test_a_start_beside_a_command_names_the_command(place: Place) -> None:
    with place.hold("replay"):
        other = in_another_process(place, "with place.hold('run'): pass")
    assert f"is in use by 'replay' (process {os.getpid()})" in other.stderr


def test_a_folder_is_free_again_after_its_holder_was_killed(place: Place) -> None:
    killed = in_another_process(
        place,
        "import os, signal\nwith place.hold('run'):\n    os.kill(os.getpid(), signal.SIGKILL)",
    )
    assert killed.returncode == -9
    with place.hold("run"):
        assert place.held()


def test_somebody_elses_folder_is_neither_taken_nor_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(Trouble, match=r"it holds thesis\.txt"):
        Place(tmp_path).lay()
    with pytest.raises(Trouble, match="so it is not emptied"):
        Place(tmp_path).reset()
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("path", ["/proc/hutan", "/dev/null/var"])
def test_a_folder_that_cannot_be_made_is_told(path: str) -> None:
    with pytest.raises(Trouble, match=f"{path} cannot be made: "):
        Place(Path(path)).lay()


def test_a_folder_begun_by_a_part_of_the_platform_is_ours(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "lost+found").mkdir()
    Place(tmp_path).lay()


def test_reset_leaves_an_empty_place(place: Place) -> None:
    with place.hold("run"):
        before = place.secret("key")
        (place.cluster / "base").mkdir(parents=True)
        (place.home / "demo-logins.txt").write_text("anna / secret")
        place.announce(RUNNING)
        place.reset()
        assert sorted(path.name for path in place.home.iterdir()) == [
            "hutan.place", "lock", "log", "secrets",
        ]  # fmt: skip
        assert place.secret("key") != before


def test_a_long_log_begins_a_new_file(place: Place) -> None:
    with place.log("web") as log:
        log.truncate(10_000_001)
    with place.log("web") as log:
        log.write(b"new")
    assert (place.logs / "web.log").read_bytes() == b"new"
    assert (place.logs / "web.log.1").stat().st_size == 10_000_001


def test_the_folder_is_var_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUTAN_DATA", raising=False)
    assert home() == ROOT / "var"
    monkeypatch.setenv("HUTAN_DATA", "/elsewhere")
    assert home() == Path("/elsewhere")
