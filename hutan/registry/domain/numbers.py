"""Account numbers with check digits, and the numbers of single allowances.

Account number: ``SH``, two letters for the kind, eight digits, two check digits by ISO 7064
MOD 97-10 over all that stands before them (letters count as 10 to 35). Allowance number: vintage,
a dash and a running number of the year, one per tonne. Source: facts/registry (assumed format;
that every tonne has a unique code with its vintage is the plans').
"""

from __future__ import annotations

import re

from hutan.registry.refusals import AccountNumberWrong

_FORM = re.compile(r"SH[A-Z]{2}\d{10}")
_MODULUS = 97
_RUNNING_DIGITS = 11

KIND_LETTERS = {
    "unit": "UN",
    "trading": "TR",
    "personal": "PE",
    "issuance": "GI",
    "total": "GT",
    "reserve": "GR",
    "auction": "GA",
    "surrender": "GS",
    "cancellation": "GC",
    "omnibus": "GX",
    "outside": "OM",
}
"""The two letters of each kind of account. ``outside`` exists only where history is replayed."""


def account_number(kind: str, serial: int) -> str:
    """Return the account number of the ``serial``-th account (1 to 99,999,999) of a kind."""
    if not 0 < serial < 10**8:
        raise ValueError(f"{serial} does not fit eight digits")
    body = f"SH{KIND_LETTERS[kind]}{serial:08d}"
    return f"{body}{_check_digits(body)}"


def checked_account_number(text: str) -> str:
    """Return ``text`` without spaces, in capitals, if its form and check digits are right.

    Raises ``AccountNumberWrong`` with the check digits that would fit, where the form allows.
    """
    number = re.sub(r"\s", "", text).upper()
    if not _FORM.fullmatch(number) or number[2:4] not in KIND_LETTERS.values():
        raise AccountNumberWrong(number=text, expected="")
    if (fitting := _check_digits(number[:-2])) != number[-2:]:
        raise AccountNumberWrong(number=text, expected=fitting)
    return number


def allowance_number(vintage: int, running: int) -> str:
    """Return the number of one allowance, e.g. ``2024-00000000017``."""
    return f"{vintage}-{running:0{_RUNNING_DIGITS}d}"


def allowance_position(text: str) -> tuple[int, int]:
    """Return vintage and running number of an allowance; ``ValueError`` if it is none."""
    vintage, dash, running = text.strip().partition("-")
    if not (dash and re.fullmatch(r"\d{4}", vintage) and re.fullmatch(r"\d{1,11}", running)):
        raise ValueError(f"{text!r} is not an allowance number such as 2024-00000000017")
    return int(vintage), int(running)


def _check_digits(body: str) -> str:
    value = int("".join(str(int(character, 36)) for character in body) + "00")
    return f"{_MODULUS + 1 - value % _MODULUS:02d}"
