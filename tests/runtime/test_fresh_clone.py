"""A fresh clone on a bare account: the way everybody meets the platform for the first time."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.conftest import ROOT, free_port

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root to act as another account"),
]

PATH = "/usr/local/bin:/usr/bin:/bin"


@pytest.fixture(params=["nobody", "root"])
def account(request: pytest.FixtureRequest) -> str:
    """Whoever starts it: an ordinary user without a home, or root with a closed one."""
    return str(request.param)


@pytest.fixture
def clone(folder: Path, account: str) -> Iterator[Path]:
    """A clone in a private folder with a space and Chinese in its path."""
    made = folder / account / "沪 碳"
    made.parent.mkdir(mode=0o700)
    # A copy of what is committed, without asking git's permission as another account.
    packed = subprocess.run(
        ["git", "-C", ROOT, "archive", "HEAD"], capture_output=True, check=False
    )
    if packed.returncode:
        pytest.skip("this is no checkout of a repository")
    made.mkdir()
    subprocess.run(["tar", "-x", "-C", made], input=packed.stdout, check=True)
    subprocess.run(["chown", "-R", account, made.parent], check=True)
    yield made
    shutil.rmtree(made.parent, ignore_errors=True)


def start(clone: Path, account: str, *words: str) -> subprocess.Popen[str]:
    entry = pwd.getpwnam(account)
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("PIP_") or name == "HUTAN_STATE"
    }
    return subprocess.Popen(
        ["/bin/sh", clone / "run", *words],
        env={**kept, "PATH": PATH, "HOME": str(clone.parent)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=clone.parent,
        user=entry.pw_uid,
        group=entry.pw_gid,
        extra_groups=[],
        umask=0o077,
    )


def test_run_from_nothing_and_again(clone: Path, account: str) -> None:
    for _ in range(2):
        port = free_port()
        running = start(clone, account, "--port", str(port))
        assert running.stdout is not None
        printed = ""
        for line in running.stdout:
            printed += line
            if line.startswith("Open http"):
                break
        else:
            raise AssertionError(printed)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
            assert answer.status == 200
        beside = start(clone, account, "clock", "show")
        assert beside.communicate(timeout=60)[0].startswith("2025-06-16T09:")
        running.send_signal(signal.SIGINT)
        assert running.communicate(timeout=60)[0].rstrip().endswith("Stopped.")
        assert running.returncode == 0
    assert clone.parent.stat().st_mode & 0o777 == 0o700
