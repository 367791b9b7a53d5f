"""Who and what is in the city, read from ``city.toml``. Every id follows from a name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from hutan.kernel.ids import derive_id
from hutan.rules.codes import check_character, organisation_check

CITY = UUID("0d9f4f0e-54a5-5b1c-8f53-3c1f2f7b9a10")
"""All ids of the city derive from this one, so that an interrupted fill finds what it made."""

_FIRST_SERIAL = 101


def id_of(*name: str | int) -> UUID:
    """Return the id of what goes by that name in the city."""
    return derive_id(CITY, *name)


@dataclass(frozen=True)
class Body:
    """An organisation."""

    key: str
    kind: str
    zh: str
    en: str
    district: str = ""
    duty: str = ""
    credit_code: str = ""

    @property
    def id(self) -> UUID:
        """Return the organisation's id."""
        return id_of("body", self.key)


@dataclass(frozen=True)
class Human:
    """A person with one login and one post; without a password the login stays closed."""

    login: str
    name: str
    at: str
    role: str
    password: bool = True


@dataclass(frozen=True)
class Emitter:
    """A unit: determined emissions in tCO2e and free allowances in tonnes, by compliance year."""

    body: Body
    sector: str
    years: Mapping[int, tuple[Decimal, int]]
    revised: int | None = None
    listing: str = "regulated"
    new: bool = False
    account: bool = True

    @property
    def key(self) -> str:
        """Return the unit's short name."""
        return self.body.key


@dataclass(frozen=True)
class OutsideCancellation:
    """A cancellation that another register vouches for."""

    register: str
    number: str
    unit: str
    quantity: int
    on: date
    reduction_class: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Cast:
    """The whole city before anything has happened."""

    bodies: Mapping[str, Body]
    people: tuple[Human, ...]
    units: Mapping[str, Emitter]
    cancellations: tuple[OutsideCancellation, ...] = field(default=())


@cache
def cast() -> Cast:
    """Return the city."""
    read = tomllib.loads((Path(__file__).parent / "city.toml").read_text("utf-8"))
    bodies = {key: _body(key, row) for key, row in read["bodies"].items()}
    units = {
        key: _unit(key, row, _FIRST_SERIAL + place)
        for place, (key, row) in enumerate(read["units"].items())
    }
    people = [Human(**row) for row in read["people"]]
    named = {human.login for human in people}
    people += [human for key in units for human in _staff(key) if human.login not in named]
    return Cast(
        bodies=bodies | {key: unit.body for key, unit in units.items()},
        people=tuple(people),
        units=units,
        cancellations=tuple(
            OutsideCancellation(
                register=row["register"],
                number=row["number"],
                unit=row["unit"],
                quantity=row["quantity"],
                on=date.fromisoformat(row["on"]),
                reduction_class=row.get("class", ""),
                owner=row.get("owner", ""),
            )
            for row in read["cancellations"]
        ),
    )


def _body(key: str, row: Mapping[str, Any]) -> Body:
    return Body(
        key=key,
        kind=row["kind"],
        zh=row["zh"],
        en=row["en"],
        district=row.get("district", ""),
        duty=row.get("duty", ""),
        credit_code=_credit_code(row["division"], row["serial"]) if "serial" in row else "",
    )


def _unit(key: str, row: Mapping[str, Any], serial: int) -> Emitter:
    return Emitter(
        body=_body(key, {**row, "kind": "unit", "serial": serial}),
        sector=row["sector"],
        years={int(year): (Decimal(row[year][0]), row[year][1]) for year in row if year.isdigit()},
        revised=row.get("revised"),
        listing=row.get("listing", "regulated"),
        new=row.get("new", False),
        account=row.get("account", True),
    )


def _staff(unit: str) -> list[Human]:
    """Return the two people every account needs."""
    posts = (("rep", "account_representative"), ("approver", "account_approver"))
    return [Human(f"{unit}.{end}", f"{unit} {end}", unit, role, False) for end, role in posts]


def _credit_code(division: str, serial: int) -> str:
    """Return a code that checks and belongs to nobody: companies' own numbers begin otherwise."""
    body = f"9900{serial:04d}"
    code = f"91{division}{body}{organisation_check(body)}"
    return code + check_character(code)
