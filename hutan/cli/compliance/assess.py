"""``hutan compliance assess``: where a unit stands, as a decision core."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from hutan.cli.answers import Question, answer_all
from hutan.cli.calendar import Brief, Source
from hutan.cli.compliance.group import app
from hutan.kernel.canonical import Json
from hutan.kernel.moments import SHANGHAI
from hutan.kernel.quantities import Tonnes
from hutan.kernel.reading import Fields
from hutan.rules.compliance_status import LISTINGS, Listing, Position, assess
from hutan.rules.deadlines import Deadline
from hutan.rules.eligibility import AllowanceUse, ReductionClass, ReductionKind, ReductionUse, Use
from hutan.rules.parameters import Rulebook, rulebook

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_EMPTY = Deadline.before(datetime(_FIRST_YEAR, 1, 1, tzinfo=SHANGHAI))
_LISTINGS: dict[str, Listing] = {listing: listing for listing in LISTINGS}
_KINDS: dict[str, ReductionKind] = {"ccer": "ccer", "reduction": "reduction"}
_CLASSES: dict[str, ReductionClass] = {"I": "I", "II": "II"}


@app.command("assess")
def assess_command(
    source: Source = None,
    profile: Annotated[str, typer.Option(help="Rule profile to assess by.")] = "law",
    brief: Brief = False,
) -> None:
    """Tell where a unit stands with a year's surrender at a moment, and why.

    {"year": 2024, "at": "2025-06-30T17:00:00+08:00", "determined": 1000, "uses": [{"kind":
    "allowance", "vintage": 2024, "quantity": 1000, "received_at": "2025-06-30T16:59:59+08:00"}]}
    """
    answer_all(source, lambda question: _assess(question, rulebook(profile), brief))


def _assess(question: Question, book: Rulebook, brief: bool) -> Json:
    fields = Fields(question)
    name = fields.text("unit", optional=True)
    at = fields.moment("at", local=True)
    position = Position(
        year=fields.integer("year", least=_FIRST_YEAR, most=_LAST_YEAR),
        listing=_listing(fields, question),
        determined=fields.optional_decimal("determined"),
        determined_at=fields.optional_moment("determined_at", local=True),
        allocated=fields.optional_decimal("allocated"),
        uses=tuple(_use(one) for one in fields.objects("uses", optional=True)),
        surrender_by=_surrender_by(fields, question),
    )
    fields.done()
    answer = assess(position, at, book=book).to_record()
    if brief:
        del answer["working"]
    return {"unit": name, **answer} if name else answer


def _listing(fields: Fields, question: Question) -> Listing:
    if "listing" not in question:
        return "regulated"
    return _LISTINGS.get(fields.choice("listing", set(_LISTINGS)), "regulated")


def _surrender_by(fields: Fields, question: Question) -> Deadline | None:
    """Read the bureau's own deadline for a determination out of season."""
    if "surrender_by" not in question:
        return None
    return fields.parsed("surrender_by", Deadline.read, _EMPTY, "YYYY-MM-DD or YYYY-MM-DDThh:mm:ss")


def _use(fields: Fields) -> Use:
    kind = fields.choice("kind", {"allowance", *_KINDS})
    quantity = Tonnes(fields.integer("quantity", least=1))
    received_at = fields.moment("received_at", local=True)
    if kind not in _KINDS:
        vintage = fields.integer("vintage", least=_FIRST_YEAR, most=_LAST_YEAR)
        return AllowanceUse(quantity=quantity, vintage=vintage, received_at=received_at)
    inside = fields.boolean("inside_own_boundary", needed=True)
    proof = fields.text("proof", optional=True)
    if kind == "ccer":
        return ReductionUse(
            quantity=quantity,
            kind="ccer",
            received_at=received_at,
            inside_own_boundary=inside,
            proof=proof,
        )
    return ReductionUse(
        quantity=quantity,
        kind="reduction",
        received_at=received_at,
        inside_own_boundary=inside,
        reduction_class=_CLASSES.get(fields.choice("class", set(_CLASSES)), ""),
        proof=proof,
        certified_at=fields.optional_moment("certified_at", local=True),
    )
