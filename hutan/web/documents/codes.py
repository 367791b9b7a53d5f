"""Verification codes as people type them and as certificates print them."""

from __future__ import annotations

import re
import secrets

from hutan.kernel.verification import ALPHABET, LENGTH, PLAIN, checks, grouped, with_checks
from hutan.web.refusals import WrongCodeForm

__all__ = ["ALPHABET", "LENGTH", "checked_code", "checks", "grouped", "new_code", "with_checks"]


def new_code() -> str:
    """Return a fresh code as it is printed: ``ABCD-EFGH-JKMN-PQRS``."""
    return grouped(with_checks("".join(secrets.choice(ALPHABET) for _ in range(PLAIN))))


def checked_code(given: str) -> str:
    """Return a code as it is kept, from what a person typed; refuse with ``WrongCodeForm``."""
    letters = re.sub(r"[\s\-\N{EN DASH}\N{FULLWIDTH HYPHEN-MINUS}]", "", given).upper()
    if not re.fullmatch(f"[{ALPHABET}]{{{LENGTH}}}", letters) or not checks(letters):
        raise WrongCodeForm(given=given[:40])
    return grouped(letters)
