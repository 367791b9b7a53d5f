"""What goes in and comes out of the market's operations: shapes, and what a text may contain."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import AfterValidator, PlainSerializer, WithJsonSchema

from hutan.kernel.canonical import Json, canonical_bytes
from hutan.kernel.moments import canonical
from hutan.kernel.refusals import refuse
from hutan.web.api.frame import RefusalRecord, WriteRequest
from hutan.web.refusals import InvalidField

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_DEEPEST = 12


def _printable(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("it has control characters")
    return text


Moment = Annotated[
    datetime,
    PlainSerializer(canonical, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment, written in Shanghai time with its offset, to the microsecond where there are any."""

Text = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(_printable)]
AccountNumber = Annotated[
    str,
    Field(
        pattern=r"^SH[A-Z]{2}[0-9]{10}$",
        examples=["SHUN0000000169"],
        description="SH, two letters for the kind, eight digits and two check digits.",
    ),
]
AllowanceNumber = Annotated[
    str, Field(pattern=r"^[0-9]{4}-[0-9]{1,11}$", examples=["2024-00000000017"])
]
Year = Annotated[int, Field(ge=1990, le=2100, examples=[2024])]
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2025-06-16"])]
PageSize = Annotated[int, Field(ge=1, le=500)]


def plain(content: Mapping[str, Any]) -> dict[str, Json]:
    """Return the content of an act as it can be kept and hashed; refuse what has no one writing.

    Floats, whole numbers beyond 2^53, control characters and deep nesting are refused.
    """
    refuse(InvalidField(name=name, reason=reason) for name, reason in _faults(content, "content"))
    return dict(content)


def _faults(value: object, name: str, depth: int = 0) -> list[tuple[str, str]]:
    if depth > _DEEPEST:
        return [(name, f"it is nested deeper than {_DEEPEST}")]
    if isinstance(value, str):
        return [(name, "it has control characters")] if _CONTROL.search(value) else []
    if isinstance(value, Mapping):
        inner = [(f"{name}.{_short(key)}", key, one) for key, one in value.items()]
        return [
            fault
            for place, key, one in inner
            for fault in (*_faults(key, place, depth + 1), *_faults(one, place, depth + 1))
        ]
    if isinstance(value, Sequence):
        return [
            fault
            for place, one in enumerate(value)
            for fault in _faults(one, f"{name}[{place}]", depth + 1)
        ]
    try:
        canonical_bytes(value)  # type: ignore[arg-type]  # that is what is being found out
    except (TypeError, ValueError):
        return [(name, "it is no whole number within 2^53: write a decimal as a text")]
    return []


def _short(key: object) -> str:
    return _CONTROL.sub("?", str(key))[:40]


class Block(Schema):
    """A range of allowance numbers of the asset's year, both ends included."""

    first: int
    last: int
    frozen: bool


class Holding(Schema):
    """One asset in one account, whole tonnes. ``blocks`` are first and last number and freeze."""

    asset: str = Field(examples=["allowance:2024"])
    balance: int
    reserved: int = Field(description="Part of the balance that waits, is pledged or is frozen.")
    available: int
    blocks: list[Block]


class Account(Schema):
    """An account. Limits are in tonnes; null means none."""

    number: str
    kind: str
    holder: UUID | None
    status: str
    opened_at: Moment
    opened_late: bool
    closed_at: Moment | None
    frozen_by: str
    limit_per_transfer: int | None
    limit_per_day: int | None


class AccountHoldings(Account):
    """An account with what it holds, oldest vintage first."""

    holdings: list[Holding]


class Item(Schema):
    """An amount of one asset; with its numbers, once they are known or where they were named."""

    asset: str
    amount: int
    first: int | None = None
    last: int | None = None


class Transaction(Schema):
    """A transaction of the registry."""

    id: UUID
    type: str
    state: str
    giver: str
    receiver: str
    amount: int
    items: list[Item]
    plan_line: str
    reverses: UUID | None
    note: str
    proposed_at: Moment
    approved_at: Moment
    execute_at: Moment | None
    executed_at: Moment | None
    stop_reason: str


class Step(Schema):
    """One step on the path of an allowance; an account that is not yours to see has no number."""

    transaction: UUID | None
    type: str
    giver: str
    giver_kind: str
    receiver: str
    receiver_kind: str
    at: Moment


class Stop(WriteRequest):
    """Stop a waiting transfer."""

    reason: Text


class Proposed(WriteRequest):
    """An act to propose, or to try. The content is the one of its kind."""

    kind: Annotated[str, Field(max_length=64)] = Field(examples=["registry.transfer"])
    content: dict[str, Any]


class Amended(WriteRequest):
    """The next version of one's own proposal."""

    content: dict[str, Any]


class Approved(WriteRequest):
    """Approval of exactly the version whose hash was seen.

    An act that moves units takes ``step_up`` (from reading the act) and a fresh ``code``.
    """

    seen: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    step_up: Annotated[str, Field(max_length=2000)] = ""
    code: Annotated[str, Field(max_length=20)] = ""


class SentBack(WriteRequest):
    """Return of a proposal to who proposed it."""

    reason: Text


class Previewed(Schema):
    """What would refuse an act now, in the order of the checks; nothing if it would go through."""

    refused: list[RefusalRecord]


class Change(Schema):
    """One line of what an act changes."""

    zh: str
    en: str
    before: str
    after: str


class ActKind(Schema):
    """A kind of act of two people: which posts propose and approve it."""

    code: str
    zh: str
    en: str
    clause: str
    proposers: dict[str, str]
    approvers: dict[str, str]
    moves_units: bool


class Act(Schema):
    """A proposal with all that its second person must see."""

    id: UUID
    kind: str
    organisation: UUID | None
    state: str
    version: int
    content: dict[str, Any]
    content_hash: str
    proposer_login: str
    proposer_role: str
    proposed_at: Moment
    decider_login: str
    decided_at: Moment | None
    reason: str
    outcome: dict[str, Any] | None


class ActToDecide(Act):
    """An act as one who may decide it reads it."""

    moves_units: bool
    changes: list[Change]
    step_up: str = Field(
        description="Goes back with the approval, together with a fresh code; empty for keys and "
        "where no code is asked for."
    )


class IssueRequest(WriteRequest):
    """A document to draw: which one decides what else is given."""

    kind: Annotated[str, Field(pattern="^(holding|statement|cancellation)$")]
    transaction: UUID | None = None
    since: Day | None = None
    until: Day | None = None


class IssuedRecord(Schema):
    """A document with its facts; ``facts_hash`` also stands on it and in the log."""

    code: str
    kind: str
    account: str
    facts: dict[str, Any]
    facts_hash: str
    issued_at: Moment
