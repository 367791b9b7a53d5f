"""Roles: what a post may see, and which posts one person can never hold together.

The roles are data (``roles.toml``). Whether a post may propose or approve an act stands with the
act, not here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from hutan.kernel.refusals import Refusal
from hutan.parties.refusals import (
    BarredFromTrading,
    PostsExcludeEachOther,
    RoleNotHere,
    UnknownRole,
)

Sight = Literal["own", "district", "all", "duty", "none"]


@dataclass(frozen=True, slots=True)
class Role:
    """One row of ``roles.toml``; its comments give the meaning of each field."""

    code: str
    zh: str
    en: str
    organisations: frozenset[str]
    sees: Sight
    barred: str = ""
    trades: bool = False
    excludes: frozenset[str] = frozenset()
    delegated: str = ""


@cache
def roles() -> dict[str, Role]:
    """Return all roles by code."""
    table = tomllib.loads((Path(__file__).parent.parent / "roles.toml").read_text("utf-8"))
    return {
        code: Role(
            code=code,
            zh=row["zh"],
            en=row["en"],
            organisations=frozenset(row["organisations"]),
            sees=row["sees"],
            barred=row.get("barred", ""),
            trades=row.get("trades", False),
            excludes=frozenset(row.get("excludes", ())),
            delegated=row.get("delegated", ""),
        )
        for code, row in table.items()
    }


def role(code: str) -> Role:
    """Return the role of that code; refuse one that does not exist."""
    found = roles().get(code)
    if found is None:
        raise UnknownRole(role=code)
    return found


def appointment_refusals(
    wanted: Role, *, organisation_kind: str, held: Collection[Role]
) -> list[Refusal]:
    """Return why a person with the posts ``held`` cannot take ``wanted``, in order of checking.

    M32.2 is read both ways: a trader cannot become supervising staff, nor such staff a trader.
    """
    found: list[Refusal] = []
    if organisation_kind not in wanted.organisations:
        found.append(RoleNotHere(role=wanted.code, organisation_kind=organisation_kind))
    for other in sorted(held, key=lambda post: post.code):
        if other.code in wanted.excludes or wanted.code in other.excludes:
            found.append(PostsExcludeEachOther(role=wanted.code, other=other.code))
    barred = [*(other.barred for other in held if other.barred and wanted.trades)]
    if wanted.barred and any(other.trades for other in held):
        barred.append(wanted.barred)
    if barred:
        found.append(BarredFromTrading(role=wanted.code, staff=sorted(barred)[0]))
    return found
