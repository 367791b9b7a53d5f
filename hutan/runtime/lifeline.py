"""Children do not outlive the process that started them, even if it was killed without a word."""

from __future__ import annotations

import os
import signal
import threading
import time

PARENT = "HUTAN_PARENT"


def follow_parent() -> None:
    """Have this process end in its orderly way once the parent that it names is gone.

    Does nothing unless the environment says that this process belongs to a family. Works without
    the parent's help, so a ``kill -9`` of the parent is noticed too.
    """
    if PARENT not in os.environ:
        return
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
