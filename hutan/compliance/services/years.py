"""Opening a compliance year, once two people have confirmed what in it is merely assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from hutan.compliance import refusals as no
from hutan.compliance.models import YearOpening
from hutan.compliance.queries import OpenYear, year_opening
from hutan.kernel.canonical import Json, Record
from hutan.kernel.ids import derive_id
from hutan.kernel.moments import canonical
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Refusal, refuse, said
from hutan.parties.acts import ApprovedAct
from hutan.parties.services.acts import hold
from hutan.rules.parameters import Parameter, Rulebook, rulebook
from hutan.transparency.services import record

SUBJECT = "compliance."
"""Parameters of this subject are the rules a year runs by."""

_CARRY_OVER = "compliance.carry_over"
_MOVER_YEARS = "compliance.mover_years"


@dataclass(frozen=True, slots=True)
class YearDraft:
    """A year to open: by which profile, and which assumed parameters the two people confirm."""

    year: int
    profile: str
    confirmed: frozenset[str]


def draft_from(content: Mapping[str, Json]) -> YearDraft:
    """Read ``{"year", "profile"?, "confirmed": [{"key"}]}``; raise every fault of it."""
    fields = Fields(content)
    draft = YearDraft(
        year=fields.integer("year", least=1990, most=2100),
        profile=fields.text("profile", optional=True, longest=32) or "law",
        confirmed=frozenset(one.text("key") for one in fields.objects("confirmed", optional=True)),
    )
    fields.done()
    return draft


def rules_of(year: int, book: Rulebook) -> list[Parameter]:
    """Return the parameters that a compliance year runs by; refuse a year that lacks one."""
    keys = sorted(key for key in book.series if key.startswith(SUBJECT))
    by_year = [key for key in keys if book.series[key].dated == "year"]
    return [book.by_year(key, year) for key in by_year]


def recorded_rules(year: int, book: Rulebook) -> list[Parameter]:
    """Return all that an assessment of the year's surrender looks up: what the leaf must say.

    Beside the year's own rules: the period of verification, the carry-over of earlier years (older
    vintages serve by it), the instalments of units that move after this year, and the rules that
    hold by day.
    """
    subject = [book.series[key] for key in sorted(book.series) if key.startswith(SUBJECT)]
    earlier = [book.series[_CARRY_OVER].years[one] for one in _earlier(year, book)]
    movers = book.series[_MOVER_YEARS].years if _MOVER_YEARS in book.series else {}
    return [
        *rules_of(year, book),
        book.by_year("verification.window", year),
        *earlier,
        *([movers[year + 1]] if year + 1 in movers else []),
        *(span.parameter for series in subject for span in series.spans),
    ]


def _earlier(year: int, book: Rulebook) -> list[int]:
    return sorted(one for one in book.series[_CARRY_OVER].years if one < year)


def assumed_keys(year: int, book: Rulebook) -> list[str]:
    """Return the keys of a year's rules that no text gives."""
    return [rule.key for rule in rules_of(year, book) if rule.status == "assumed"]


def check(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return what stands against opening this year."""
    draft = draft_from(content)
    if year_opening(draft.year) is not None:
        return [no.AlreadyOpen(year=draft.year)]
    book = rulebook(draft.profile)
    recorded_rules(draft.year, book)
    missing = sorted(set(assumed_keys(draft.year, book)) - draft.confirmed)
    if not missing:
        return []
    return [no.AssumedNotConfirmed(year=draft.year, count=len(missing), keys=", ".join(missing))]


def execute(act: ApprovedAct) -> Record:
    """Open the year. The rules it runs by stand in the leaf, so that anyone can recompute it."""
    draft = draft_from(act.content)
    refuse(check(act.id, act.content, act.at))
    book = rulebook(draft.profile)
    closes = book.by_year("compliance.surrender_deadline", draft.year).deadline.closes
    rules: list[Json] = [rule.use().to_record() for rule in recorded_rules(draft.year, book)]
    YearOpening.objects.create(
        year=draft.year,
        act_id=act.id,
        profile=draft.profile,
        rules_version=book.version,
        surrender_closes=closes,
        rules=rules,
        opened_at=act.at,
    )
    record(
        act=act.id,
        kind="compliance.open_year",
        at=act.at,
        body={
            "year": draft.year,
            "profile": draft.profile,
            "rules_version": book.version,
            "surrender_closes": canonical(closes),
            "rules": rules,
            **act.people(),
        },
    )
    return {"year": draft.year, "surrender_closes": canonical(closes)}


def hold_year(year: int, *, alone: bool = False) -> None:
    """Keep a year from being closed until the present transaction ends.

    ``alone``: nothing else that uses the year goes on beside it either. Called before anything of
    the year is read, so that what is read stands until it is acted on.
    """
    shared = "SELECT 1 FROM compliance_yearopening WHERE year = %s FOR SHARE"
    alone_in_it = "SELECT 1 FROM compliance_yearopening WHERE year = %s FOR UPDATE"
    with connection.cursor() as cursor:
        cursor.execute(alone_in_it if alone else shared, [year])


def hold_unit_year(unit: UUID, year: int) -> None:
    """Let acts on one unit's surrender for a year follow each other, each seeing the one before.

    Two at once would each find the whole cap free and the whole quantity missing.
    """
    hold_year(year)
    hold(derive_id(unit, "surrender", year))


def open_year(year: int) -> OpenYear:
    """Return a year that is open and not closed; refuse any other."""
    found = year_opening(year)
    if found is None or found.closed_at is not None:
        state = said("已结清", "closed") if found else said("尚未开启", "not open")
        raise no.YearNotOpen(year=year, state=state)
    return found
