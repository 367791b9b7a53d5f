"""From where a request comes, as locks and records need it."""

from __future__ import annotations

import re

from django.http import HttpRequest

from hutan.web.limits import network_of
from hutan.web.signin.locks import DEVICE_COOKIE, Place

_BROWSERS = (
    ("Edge", r"Edg/([0-9]+)"),
    ("Firefox", r"Firefox/([0-9]+)"),
    ("Chrome", r"(?:Chrome|Chromium|CriOS)/([0-9]+)"),
    ("Safari", r"Version/([0-9]+).*Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", r"OpenHarmony|HarmonyOS"),
    ("Android", r"Android"),
    ("iOS", r"iPhone|iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Macintosh"),
    ("Linux", r"Linux"),
)


def place_of(request: HttpRequest) -> Place:
    """Return network, browser and device mark of a request."""
    return Place(
        network=network_of(request),
        agent=agent_name(request.headers.get("User-Agent", "")),
        device=request.COOKIES.get(DEVICE_COOKIE, ""),
    )


def agent_name(agent: str) -> str:
    """Return a browser's name a person recognises: ``Firefox 140, Windows``; else its first word.

    Only the name is kept: a whole user-agent line tells more about a person than is needed.
    """
    browser = next(
        (f"{name} {found[1]}" for name, form in _BROWSERS if (found := re.search(form, agent))), ""
    )
    system = next((name for name, form in _SYSTEMS if re.search(form, agent)), "")
    words = [word for word in (browser, system) if word]
    return ", ".join(words) or agent.partition("/")[0].strip()[:40]
