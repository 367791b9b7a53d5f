"""What happens by itself: the table of jobs, and the one process that runs them.

A job is a function ``call(*, at)`` of a context, harmless when repeated; the clockwork gives it the
time of the place. One worker at a time does the work, whoever else is started stands by.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

log = logging.getLogger("hutan.clockwork")

CLOCKWORK_LOCK = 7_212
"""The advisory lock of the one worker that works."""


@dataclass(frozen=True)
class Job:
    """One row: what it is called, how often it runs, and the ``module:function`` that does it."""

    name: str
    every: timedelta
    call: str

    def function(self) -> Callable[..., Any]:
        """Return the function itself."""
        module, _, name = self.call.partition(":")
        found: Callable[..., Any] = getattr(importlib.import_module(module), name)
        return found


JOBS: tuple[Job, ...] = (
    Job("log.integrate", timedelta(seconds=2), "hutan.transparency.services:integrate"),
    Job(
        "registry.execute_due",
        timedelta(seconds=5),
        "hutan.registry.services.waiting:execute_due",
    ),
    Job("ledger.expire", timedelta(seconds=30), "hutan.ledger.services:expire"),
    Job("web.forget", timedelta(hours=1), "hutan.web.signin.tidying:forget_what_ended"),
)
"""All clockwork of the platform. Add a row; nothing else is needed."""


class Clockwork:
    """Runs each job when it is due. ``now`` gives the moment that jobs are told."""

    def __init__(self, jobs: Sequence[Job], now: Callable[[], datetime]) -> None:
        # Resolved at once, so that a row that names nothing stops the start and not the night.
        self._calls = {job: job.function() for job in jobs}
        self._due = dict.fromkeys(jobs, monotonic())
        self._now = now

    def tick(self) -> float:
        """Run what is due; return the seconds until something is due again (at most 5).

        A job that fails is reported and tried again at its next time; the others go on.
        """
        for job, call in self._calls.items():
            if monotonic() < self._due[job]:
                continue
            try:
                call(at=self._now())
            except Exception:
                # Whatever it was, it must not keep the other jobs from running.
                log.exception("%s failed; it is tried again in %s", job.name, job.every)
            self._due[job] = monotonic() + job.every.total_seconds()
        return max(0.0, min([5.0, *(due - monotonic() for due in self._due.values())]))
