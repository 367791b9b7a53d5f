"""The cluster on the disk: where it lies, how it is created, and whether it can be used."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from hutan.runtime.account import Account
from hutan.runtime.programs import Programs, public_folder, state_folder
from hutan.runtime.trouble import Trouble

SUPERUSER = "postgres"


def locate(home: Path, account: Account) -> Path:
    """Return where the cluster of ``home`` lies or is to be made.

    That is ``home/pg`` itself, or where the server's account cannot enter ``home``, a folder of
    the system's state to which ``home/pg`` becomes a link.
    """
    place = home / "pg"
    if place.is_symlink():
        target = place.resolve()
        if not target.parent.is_dir():
            raise Trouble(
                f"{place} points to {target}, which is gone.",
                "Restore that folder from a backup, or start over with ./run --reset.",
            )
        return target
    if account.may_execute(home):
        return place
    if place.exists():
        raise Trouble(
            f"The account {account.name} cannot enter {home}, where the database lies.",
            f"Start as the owner of {home}, or move the data to another folder with --data DIR.",
        )
    # The folder's own name would not do: two checkouts may both be called var.
    name = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]
    folder = state_folder() / "data" / name
    public_folder(folder)
    place.symlink_to(folder / "pg")
    return folder / "pg"


def create(cluster: Path, programs: Programs, account: Account, password: str) -> None:
    """Create the cluster, whole or not at all: it gets its name when ``initdb`` has finished."""
    making = cluster.with_name("pg.making")
    for unfinished in (making, *cluster.parent.glob(".initdb-*")):
        shutil.rmtree(unfinished, ignore_errors=True)
    making.mkdir(mode=0o700)
    handed = Path(tempfile.mkdtemp(prefix=".initdb-", dir=cluster.parent))
    try:
        given = handed / "password"
        given.touch(mode=0o600)
        given.write_text(password)
        account.take(making, handed, given)
        done = subprocess.run(
            [
                programs.bin / "initdb", "-D", making, "-U", SUPERUSER, f"--pwfile={given}",
                "--auth=scram-sha-256", "-E", "UTF8", "--locale=C", "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            ],
            **account.popen(), capture_output=True, check=False,
        )  # fmt: skip
    except PermissionError as error:
        raise Trouble(
            f"This process may not start programs as {account.name} ({error.strerror}).",
            "Start as an ordinary user instead of root.",
        ) from error
    finally:
        shutil.rmtree(handed)
    if done.returncode:
        shutil.rmtree(making, ignore_errors=True)
        raise _not_created(done.stderr.decode(errors="replace"))
    making.rename(cluster)


def _not_created(printed: str) -> Trouble:
    if "No space left on device" in printed:
        return Trouble(
            "The disk is full, so the database cannot be created.",
            "Free about 100 MB, or choose another disk with --data DIR.",
        )
    reasons = [line for line in printed.splitlines() if "error:" in line or "FATAL" in line]
    reason = (reasons or printed.splitlines() or ["no reason was given"])[-1].strip()
    return Trouble(
        f"The database cannot be created: {reason}.", "Choose another folder with --data DIR."
    )


def check(cluster: Path, programs: Programs, account: Account) -> None:
    """Raise ``Trouble`` unless ``cluster`` is a cluster that this server can open."""
    restore = "Restore the folder from a backup, or start over with ./run --reset (all is lost)."
    if cluster.stat().st_mode & 0o027:
        raise Trouble(
            f"{cluster} is open to other users, so PostgreSQL does not use it.",
            f"Close it: chmod 700 '{cluster}'.",
        )
    owner = cluster.stat().st_uid
    if owner != account.uid:
        raise Trouble(
            f"{cluster} belongs to user id {owner}; the server would run as {account.name}.",
            f"Start as the owner of the folder, or give it away: chown -R {account.name} PATH.",
        )
    try:
        major = int((cluster / "PG_VERSION").read_text())
    except (OSError, ValueError):
        raise Trouble(f"{cluster} is broken: it is no PostgreSQL data folder.", restore) from None
    if major != programs.major:
        raise Trouble(
            f"{cluster} was written by PostgreSQL {major}; this one is {programs.major}.",
            f"Export with the version of Hutan that has PostgreSQL {major} and import here "
            "(docs/operating.md), or choose another --data DIR.",
        )
    for needed in ("global/pg_control", "postgresql.conf", "pg_hba.conf", "pg_wal", "base"):
        if not (cluster / needed).exists():
            raise Trouble(f"{cluster} is broken: {needed} is missing.", restore)
