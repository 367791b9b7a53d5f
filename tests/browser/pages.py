"""The pages that are looked at in the browser: add each new page here.

A page is its name (also of its picture), its path, and whether one must be signed in.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Looked:
    """One page to look at."""

    name: str
    path: str
    signed_in: bool = False
    status: int = 200

    def __str__(self) -> str:
        return self.name


PAGES = [
    Looked("home", "/"),
    Looked("how-it-works", "/how-it-works"),
    Looked("accessibility", "/accessibility"),
    Looked("verify", "/verify"),
    Looked("verify-wrong", "/verify?code=ABCD-EFGH-JKMN-PQR2", status=422),
    Looked("clause", "/clauses/M21.1"),
    Looked("api", "/api"),
    Looked("sign-in", "/sign-in"),
    Looked("styleguide", "/styleguide"),
    Looked("not-found", "/nowhere", status=404),
    Looked("security", "/security", signed_in=True),
    Looked("security-password", "/security/password", signed_in=True),
    Looked("security-codes", "/security/recovery-codes", signed_in=True),
    Looked("security-factor", "/security/second-factor", signed_in=True),
]
