"""What the person at the terminal sees of a start: one line a step, with its time."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hutan.runtime.trouble import Trouble

_WIDTH = 16


class Step:
    """One step under way: what it says last stands on its line when it has ended."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.result = ""
        self._live = sys.stdout.isatty()
        self._last = ""

    def say(self, text: str) -> None:
        """Show what the step is doing; on a terminal in place, elsewhere as a line of its own."""
        if self._live:
            sys.stdout.write(f"\r\033[K  {self.name:<{_WIDTH}}{text} …")
        elif text.split()[0] != self._last:
            # A file or a pipe gets each kind of work once, not every count of it.
            sys.stdout.write(f"  {self.name:<{_WIDTH}}{text} …\n")
        self._last = text.split()[0]
        sys.stdout.flush()

    def end(self, seconds: float) -> None:
        """Leave the step's line as it is to stay."""
        start = "\r\033[K" if self._live else ""
        sys.stdout.write(f"{start}  {self.name:<{_WIDTH}}{self.result:<56} {seconds:6.1f} s\n")
        sys.stdout.flush()


@contextmanager
def step(name: str) -> Iterator[Step]:
    """Show a step; on failure its line is broken off and the error goes on."""
    showing = Step(name)
    started = time.monotonic()
    try:
        yield showing
    except BaseException:
        if showing._live:
            sys.stdout.write("\n")
        raise
    showing.end(time.monotonic() - started)


def tell(text: str) -> None:
    """Print a line; a terminal that is gone is no reason to break off what is being done."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


def complain(trouble: Trouble) -> None:
    """Tell the person what is wrong and what to do: two lines on standard error."""
    sys.stdout.flush()
    sys.stderr.write(f"\n{trouble.what}\n{trouble.cure}\n")
    sys.stderr.flush()
