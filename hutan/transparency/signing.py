"""Where the log's keys are kept."""

from __future__ import annotations

import stat
from functools import cache
from pathlib import Path

from django.conf import settings

from hutan.transparency.domain.keys import (
    SUITES,
    SigningKey,
    Suite,
    generate_key,
    read_signing_key,
    usage_of,
)
from hutan.transparency.memory import write_private
from hutan.transparency.refusals import KeyAbsent, KeyExposed, KeyOfOtherLog


def signing_keys(origin: str, suite: Suite) -> list[SigningKey]:
    """Return the keys that sign now: one, or during a handover the old and the new.

    They come from HUTAN_LOG_KEY (keys separated by white space) or else from HUTAN_LOG_KEY_FILE
    (one key a line). Outside production a missing file is made, and a test without either gets a
    key that lives as long as its process. Raises ``KeyAbsent``, ``KeyExposed``, ``KeyMalformed`` or
    ``KeyOfOtherLog``.
    """
    if settings.LOG_KEY:
        text = settings.LOG_KEY
    elif settings.LOG_KEY_FILE.exists():
        text = _read_private(settings.LOG_KEY_FILE)
    elif settings.ENVIRONMENT == "test":
        text = _key_of_this_process(origin, suite.name)
    elif settings.ENVIRONMENT == "demo":
        text = generate_key(origin, usage_of(suite)).text()
        write_private(settings.LOG_KEY_FILE, text + "\n")
    else:
        raise KeyAbsent(place=str(settings.LOG_KEY_FILE))
    keys = [read_signing_key(line) for line in text.split()]
    if not keys:
        raise KeyAbsent(place=str(settings.LOG_KEY_FILE))
    for key in keys:
        if key.name != origin or key.usage != usage_of(suite):
            raise KeyOfOtherLog(key=str(key.verifier), origin=origin, suite=suite.name)
    return keys


@cache
def _key_of_this_process(origin: str, suite: str) -> str:
    return generate_key(origin, usage_of(SUITES[suite])).text()


def _read_private(path: Path) -> str:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise KeyExposed(place=str(path), mode=f"{mode:03o}")
    return path.read_text(encoding="utf-8")
