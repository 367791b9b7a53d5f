"""Filling the city once: every chapter through the services, harmless when repeated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from hutan.cli.demo import founding, june, logins, years
from hutan.cli.demo.city import cast
from hutan.cli.demo.desk import act
from hutan.clock.domain.reading import START
from hutan.integrations.wiring import connect_simulators
from hutan.parties.queries import proposal
from hutan.runtime.place import Place
from hutan.transparency.services import integrate

Say = Callable[[str], None]


def fill(*, home: Path, say: Say) -> str:
    """Fill the demonstration city, go on where an interrupted fill stopped, or do nothing.

    Everything lies before the moment at which the city's clock starts. ``home`` is the data folder:
    it keeps what the simulated registers know and, 0600, the logins. Returns a line for the
    terminal.
    """
    place, city = Place(home), cast()
    cabinet = logins.KeyCabinet(place)
    fresh = proposal(act(june.LAST)) is None
    if fresh:
        registers = connect_simulators(home / "neighbours")
        hand_out = import_string(settings.HAND_OUT_SECOND_FACTOR)
        chapters: tuple[tuple[str, Callable[[], None]], ...] = (
            ("bodies and people", lambda: founding.found(city, cabinet, hand_out)),
            ("accounts", lambda: founding.open_accounts(city)),
            ("compliance year 2023", lambda: years.year_2023(city)),
            ("compliance year 2024", lambda: years.year_2024_opens(city)),
            ("registers of the neighbours", lambda: june.neighbours(city, registers)),
            ("June 2025", lambda: june.happened(city)),
            ("what waits for a second person", lambda: june.waits(city)),
        )
        for name, play in chapters:
            say(name)
            play()
        say("log")
        integrate(at=START)
    logins.write(place, city.people, city.bodies)
    count = len(city.units)
    return f"{count} units, {'filled now' if fresh else 'filled before'}"
