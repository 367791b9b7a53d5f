"""Being asked to stop: a signal is noted where it arrives and obeyed where it is safe."""

from __future__ import annotations

import signal
import threading
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Someone asked this process to stop while it was waiting."""


class Stop:
    """Notes SIGINT, SIGTERM and SIGHUP from now on; ``wait`` raises once one has come.

    A handler that raised by itself could do so between the start of a child and the moment at
    which we know of it; a noted signal is met only in ``wait``.
    """

    def __init__(self) -> None:
        self.times = 0
        self._came = threading.Event()
        for one in _SIGNALS:
            # Under nohup the end of the terminal is no request.
            if one != signal.SIGHUP or signal.getsignal(one) != signal.SIG_IGN:
                signal.signal(one, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.times += 1
        self._came.set()

    @property
    def asked(self) -> bool:
        """Tell whether anybody has asked."""
        return self.times > 0

    def pause(self, seconds: float) -> bool:
        """Sleep, but not past a request to stop; tell whether there has been one."""
        return self._came.wait(seconds)

    def wait(self, seconds: float) -> None:
        """Sleep; raise ``Stopped`` at once when asked to stop."""
        if self.pause(seconds):
            raise Stopped
