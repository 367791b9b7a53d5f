"""What goes wrong around the platform rather than in it: one sentence and its cure."""

from __future__ import annotations

import errno


class Trouble(Exception):
    """The machine, a folder, a port or a server is not as it must be.

    It reaches the person as two lines, never as a traceback: what is wrong, what to do now.
    """

    def __init__(self, what: str, cure: str) -> None:
        self.what = what
        self.cure = cure
        super().__init__(f"{what} {cure}")


_OF_THE_MACHINE = {
    errno.ENOSPC: ("The disk is full", "Free some space and start again; nothing is lost."),
    errno.EDQUOT: (
        "The disk quota is used up",
        "Free some space and start again; nothing is lost.",
    ),
    errno.EROFS: ("The file system is read-only", "Choose a folder you may write with --data DIR."),
    errno.EACCES: ("Access is refused", "Run as the owner of the folder, or choose --data DIR."),
    errno.EPERM: ("Access is refused", "Run as the owner of the folder, or choose --data DIR."),
    errno.ENOTDIR: ("A file stands where a folder is needed", "Move it, or choose --data DIR."),
    errno.EMFILE: ("Too many files are open", "Raise the limit with ulimit -n and start again."),
    errno.ENOMEM: ("The machine is out of memory", "Stop something else and start again."),
}


def of_the_machine(error: OSError) -> Trouble | None:
    """Return the trouble behind an error of the operating system, or ``None`` for a bug of ours."""
    known = _OF_THE_MACHINE.get(error.errno or 0)
    if known is None:
        return None
    what, cure = known
    return Trouble(f"{what}: {error.filename}." if error.filename else f"{what}.", cure)
