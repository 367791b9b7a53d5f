"""The processes of the platform: started together, restarted when they die, stopped in order."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hutan.runtime.lifeline import PARENT
from hutan.runtime.place import Place
from hutan.runtime.trouble import Trouble

_FIRST_DELAY, _LONGEST_DELAY = 1.0, 30.0
# A process that has lived so long starts with the shortest delay again.
_HEALTHY_AFTER = 60.0
# How long a process may take to end after SIGTERM before it is killed.
_GRACE = 20.0


@dataclass
class Member:
    """One process: what it is called and how it is started."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    shown: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = _FIRST_DELAY
    due: float | None = None
    deaths: int = field(default=0)

    @property
    def alive(self) -> bool:
        """Tell whether the process runs."""
        return self.process is not None and self.process.poll() is None


class Family:
    """The processes that ``./run`` keeps alive; the database server is not one of them."""

    def __init__(self, place: Place, say: Callable[[str], None]) -> None:
        self._place = place
        self._say = say
        self.members: list[Member] = []

    def start(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        shown: bool = False,
    ) -> Member:
        """Start a process; its output goes to the log of its name, or where ours goes if shown."""
        member = Member(name, command, environment, shown)
        self.members.append(member)
        self._launch(member)
        return member

    def tend(self) -> None:
        """Look after the processes once: note who has died, start anew whose delay is over."""
        now = time.monotonic()
        for member in self.members:
            if member.alive:
                continue
            if member.due is None:
                self._note_death(member, now)
            elif now >= member.due:
                self._launch(member)

    def stop(self, impatient: Callable[[], bool]) -> None:
        """End all processes, the last started first asked; kill what does not end in time.

        ``impatient`` tells whether the person has asked again and wants no more waiting.
        """
        ending = [member for member in reversed(self.members) if member.alive]
        for member in ending:
            _signal(member, signal.SIGTERM)
        ends = time.monotonic() + _GRACE
        while any(member.alive for member in ending):
            if time.monotonic() > ends or impatient():
                for member in ending:
                    _signal(member, signal.SIGKILL)
            time.sleep(0.05)
        # Whatever a process left behind in its group goes with it.
        for member in ending:
            _signal(member, signal.SIGKILL)

    def last_words(self, name: str) -> str:
        """Return the last line that a process has printed, for a message to the person."""
        lines = (self._place.logs / f"{name}.log").read_bytes().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")

    def trouble(self, member: Member) -> Trouble:
        """Return the trouble of a process that does not come up at all."""
        return Trouble(
            f"The {member.name} process does not start: {self.last_words(member.name)}.",
            f"Read {self._place.logs / member.name}.log; nothing was lost.",
        )

    def _launch(self, member: Member) -> None:
        log = None if member.shown else self._place.log(member.name)
        try:
            member.process = subprocess.Popen(
                member.command,
                env={**member.environment, PARENT: str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A session of its own: Ctrl-C reaches it only through us, in order.
                start_new_session=True,
            )
        finally:
            if log is not None:
                log.close()
        member.started = time.monotonic()
        member.due = None

    def _note_death(self, member: Member, now: float) -> None:
        assert member.process is not None
        member.deaths += 1
        if now - member.started > _HEALTHY_AFTER:
            member.delay = _FIRST_DELAY
        # Its children would still hold the port or the lock that the next one needs.
        _signal(member, signal.SIGKILL)
        self._say(
            f"the {member.name} process has ended (code {member.process.returncode}); "
            f"starting it again in {member.delay:.0f} s"
        )
        member.due = now + member.delay
        member.delay = min(2 * member.delay, _LONGEST_DELAY)


def _signal(member: Member, number: signal.Signals) -> None:
    """Signal the process alone to end, or kill it with all that it started."""
    assert member.process is not None
    try:
        if number == signal.SIGKILL:
            os.killpg(member.process.pid, number)
        else:
            member.process.send_signal(number)
    except (ProcessLookupError, PermissionError):
        return
