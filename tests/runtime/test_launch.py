"""The launcher: what was typed, and an environment that is made once and heals."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hutan.runtime.trouble import Trouble
from launch.coverage_floor import FLOOR, _gap
from launch.environment import Environment
from launch.run import ROOT, read
from launch.steps import Steps


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ([], ("up",)),
        (["--port", "8001"], ("up", "--port", "8001")),
        (["--port=8001", "--reset", "-y"], ("up", "--port", "8001", "--reset", "--yes")),
        (["registry", "check", "--port", "x"], ("registry", "check", "--port", "x")),
        (["--help"], ("--help",)),
    ],
)
def test_what_was_typed(typed: list[str], words: tuple[str, ...]) -> None:
    assert read(typed).words == words


def test_data_goes_before_a_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("HUTAN_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    assert read([]).data == ROOT / "var"
    for typed in (["--data", "沪 碳"], ["--data=沪 碳", "clock", "show"]):
        assert read(typed).data == tmp_path / "沪 碳"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["--prot", "1"], "knows no option --prot"),
        (["--port"], "needs a value"),
        (["--port", "http"], "is no port"),
        (["--port", "8001", "clock"], "belongs to starting the platform"),
        (["--reset=no"], "knows no option"),
    ],
)
def test_what_makes_no_sense_is_told(typed: list[str], told: str) -> None:
    with pytest.raises(Trouble, match=told):
        read(typed)


def test_an_old_python_is_told_in_a_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.18" && exit 0\nexit 1\n')
    old.chmod(0o755)
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    done = subprocess.run(
        ["/bin/sh", ROOT / "run"], env={"PATH": str(tmp_path)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith(
        "Hutan needs Python 3.11 or newer, and this machine has Python 3.9"
    )
    assert done.stdout == ""


def a_checkout(folder: Path, version: str = "1") -> Environment:
    """Make a checkout whose requirements are one small package that needs no network."""
    folder.mkdir(exist_ok=True)
    wheel = folder / f"hutan_probe-{version}-py3-none-any.whl"
    record = f"hutan_probe-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("hutan_probe.py", f"version = {version!r}\n")
        archive.writestr(
            f"{record}/METADATA", f"Metadata-Version: 2.1\nName: hutan-probe\nVersion: {version}\n"
        )
        archive.writestr(
            f"{record}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{record}/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (folder / "requirements").mkdir(exist_ok=True)
    for kind in ("base", "dev"):
        (folder / "requirements" / f"{kind}.txt").write_text(
            f"hutan-probe @ {wheel.as_uri()} --hash=sha256:{digest}\n"
        )
    return Environment(folder)


def probe(environment: Environment) -> str:
    asked = [str(environment.python), "-c", "import hutan_probe; print(hutan_probe.version)"]
    return subprocess.check_output(asked, text=True).strip()


@pytest.mark.nightly
def test_an_environment_is_made_once_and_heals(tmp_path: Path) -> None:
    checkout = tmp_path / "沪碳 checkout"
    environment = a_checkout(checkout)
    said: list[str] = []
    assert not environment.ready("base")
    environment.ensure("base", said.append)
    assert (probe(environment), said[0]) == ("1", "making an environment in .venv")

    # A second start finds it, and asks nobody.
    said.clear()
    environment.ensure("base", said.append)
    assert said == []
    assert not environment.ready("dev")

    # Other pins: brought up to date in place.
    environment = a_checkout(checkout, "2")
    environment.ensure("dev", said.append)
    assert probe(environment) == "2"
    assert environment.ready("base")
    assert "making an environment in .venv" not in said

    # Interrupted while installing: no stamp, so it is made anew.
    (checkout / ".venv" / "hutan-stamp.json").unlink()
    (checkout / ".venv" / "half").touch()
    environment.ensure("base", said.append)
    assert not (checkout / ".venv" / "half").exists()
    assert probe(environment) == "2"

    # The Python it was made with has gone.
    environment.python.unlink()
    environment.python.symlink_to("/nowhere/python3")
    assert not environment.ready("base")
    environment.ensure("base", said.append)
    assert probe(environment) == "2"

    # A package that is not the pinned one is not installed, and nothing claims that it were.
    requirements = checkout / "requirements" / "base.txt"
    requirements.write_text(requirements.read_text()[:-5] + "0000\n")
    with pytest.raises(Trouble, match="is not the one that was pinned"):
        environment.ensure("base", said.append)
    assert not environment.ready("base")


@pytest.mark.nightly
def test_an_index_out_of_reach_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = a_checkout(tmp_path)
    for name in list(os.environ):
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_RETRIES", "1")
    digest = base64.b16encode(b"0" * 32).decode().lower()
    (tmp_path / "requirements" / "base.txt").write_text(f"hutan-probe==1 --hash=sha256:{digest}\n")
    # The environment itself is not the point here.
    environment.folder.mkdir()
    subprocess.run([sys.executable, "-m", "venv", environment.folder], check=True)
    with pytest.raises(Trouble, match="index cannot be reached"):
        environment._install("base", print, os.open(os.devnull, os.O_RDONLY))


def test_a_linked_environment_is_left_alone(tmp_path: Path) -> None:
    environment = a_checkout(tmp_path)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    assert environment.ready("base")
    environment.ensure("base", print)


@pytest.mark.parametrize(
    ("path", "within"),
    [
        ("hutan/kernel/ids.py", True),
        ("hutan/rules/parameters.py", True),
        ("hutan/rules/formulas/offset.py", True),
        ("hutan/ledger/domain/post.py", True),
        ("hutan/a/b/domain/c/d.py", True),
        ("hutan/ledger/services.py", False),
        ("hutan/web/domains.py", False),
    ],
)
def test_what_has_to_be_covered_to_the_last_branch(path: str, within: bool) -> None:
    assert bool(FLOOR.fullmatch(path)) is within


@pytest.mark.parametrize(
    ("lines", "branches", "told"),
    [
        ([], [], ""),
        ([3, 4, 5, 9], [], "lines 3-5, 9"),
        ([], [[7, 9], [8, -1]], "branches 7->9, 8->exit"),
        ([9], [[7, 9], [9, 12], [8, 10]], "lines 9; branches 8->10"),
    ],
)
def test_what_never_ran_is_told_once(
    lines: list[int], branches: list[list[int]], told: str
) -> None:
    assert _gap({"missing_lines": lines, "missing_branches": branches}) == told


def test_a_failed_step_hides_no_other_and_fails_the_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = Steps(tmp_path, dict(os.environ))
    assert steps.run("good", [sys.executable, "-c", "print('3 passed in 0.1s')"])
    assert steps.summary()
    assert not steps.run("bad", [sys.executable, "-c", "import sys; print('oh'); sys.exit(3)"])
    assert steps.call("our own", lambda: True)
    assert not steps.summary()
    assert [(name, passed) for name, passed, _ in steps.done] == [
        ("good", True), ("bad", False), ("our own", True),
    ]  # fmt: skip
    printed = capsys.readouterr().out
    assert "3 passed in 0.1s" in printed
    assert "FAILED  bad" in printed
    assert steps.last_line == "oh"
