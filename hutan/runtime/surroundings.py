"""What a process of the platform finds in its environment, and where each value comes from."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping

from hutan.runtime.place import Place
from hutan.runtime.sealing import new_key_ring
from hutan.runtime.trouble import Trouble

KINDS = ("demo", "production", "test")


def kind() -> str:
    """Return what ``HUTAN_ENV`` says this is: ``demo`` (unless said otherwise) or ``production``.

    ``test`` belongs to the test harness.
    """
    named = os.environ.get("HUTAN_ENV") or "demo"
    if named not in KINDS:
        raise Trouble(f"HUTAN_ENV is {named!r}.", "Set it to demo or production, or unset it.")
    return named


def is_production() -> bool:
    """Tell whether this place serves for real."""
    return kind() == "production"


def surroundings(place: Place, *, app_url: str, owner_url: str) -> Mapping[str, str]:
    """Return the variables that settings read. Keys that nobody gave are made once, for the
    demonstration; in production nothing is made up, and the settings refuse what is missing.
    """
    given = {
        "HUTAN_ENV": kind(),
        "HUTAN_DATA": str(place.home),
        "DATABASE_URL": app_url,
        "HUTAN_OWNER_URL": owner_url,
        "HUTAN_STATIC_ROOT": os.environ.get("HUTAN_STATIC_ROOT") or str(place.home / "static"),
        "DJANGO_SETTINGS_MODULE": "hutan.config.settings",
    }
    if not is_production():
        for variable, name, make in _KEYS:
            if not (os.environ.get(variable) or os.environ.get(f"{variable}_FILE")):
                given[variable] = place.secret(name, make)
    return given


_KEYS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    ("HUTAN_SECRET_KEY", "secret-key", lambda: secrets.token_hex(32)),
    ("HUTAN_DATA_KEY", "data-key", new_key_ring),
)
