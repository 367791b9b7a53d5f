"""Under which account of the operating system the database server runs, and what that may reach.

PostgreSQL refuses root. Under root the server therefore runs as the owner of its cluster, or as
``nobody``; no account is created and no right is needed. Reach is asked as that account, as modes
alone do not tell it.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hutan.runtime.trouble import Trouble


@dataclass(frozen=True)
class Account:
    """An account of the operating system; ``other`` if it is not the one that we run as."""

    uid: int
    gid: int
    name: str
    other: bool

    def popen(self) -> dict[str, Any]:
        """Return the ``subprocess`` arguments that make a child run as this account."""
        common = {"cwd": "/", "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}}
        if not self.other:
            return common
        return {**common, "user": self.uid, "group": self.gid, "extra_groups": []}

    def may_execute(self, path: Path) -> bool:
        """Tell whether this account may run the program, or enter the folder, ``path``."""
        if not self.other:
            return os.access(path, os.X_OK)
        asked = subprocess.run(["test", "-x", path], **self.popen(), check=False)
        return asked.returncode == 0

    def take(self, *paths: Path) -> None:
        """Make this account the owner of what we have just created."""
        if self.other:
            for path in paths:
                os.chown(path, self.uid, self.gid)


def server_account(cluster: Path) -> Account:
    """Return who runs the server of ``cluster``: ourselves; under root its owner or ``nobody``."""
    uid = os.geteuid()
    if uid:
        return _account(uid, other=False)
    owner = cluster.stat().st_uid if cluster.exists() else 0
    if owner:
        return _account(owner, other=True)
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError as error:
        raise Trouble(
            "PostgreSQL does not run as root and this machine has no account nobody.",
            "Start as an ordinary user.",
        ) from error
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, other=True)


def _account(uid: int, *, other: bool) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise Trouble(
            f"PostgreSQL needs an account with a name and user id {uid} has none on this machine.",
            "Add the user to /etc/passwd, start as another user, or set DATABASE_URL.",
        ) from error
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, other=other)
