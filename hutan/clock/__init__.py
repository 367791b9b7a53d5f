"""The clock that pages and commands read: real in production, movable in the demonstration city.

``now()`` is what ``web`` and ``cli`` call once for each act; what lies below them gets the moment
as an argument.
"""

from __future__ import annotations

from datetime import datetime


def now() -> datetime:
    """Return this moment in Shanghai: the real one in production, the city's in a demonstration.

    In production nothing is asked; elsewhere it is one indexed read.
    """
    # The models exist only once Django has loaded this very package.
    from hutan.clock import queries

    return queries.now()
