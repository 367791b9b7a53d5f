"""A clock that was set at some real moment and has run at real speed since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hutan.kernel.moments import aware, in_shanghai, moment

START = moment("2025-06-16T09:00:00")
"""Where the clock of a demonstration city stands when the city is created."""
END = moment("2100-01-01T00:00:00")
"""Before this moment it can be set: a slip of the finger must not end the city's calendar."""


@dataclass(frozen=True)
class Setting:
    """At the real moment ``real`` the clock was set to ``city``; both are aware."""

    real: datetime
    city: datetime

    def read(self, real: datetime) -> datetime:
        """Return what the clock shows at the real moment ``real``, in Shanghai time.

        A real clock that was put back makes this one stand still, never go back.
        """
        passed = max(aware(real) - self.real, timedelta(0))
        return in_shanghai(self.city + passed)
