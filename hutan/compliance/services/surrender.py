"""Surrender: a unit hands in allowances, and reductions within the cap, as an act of two people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hutan.compliance import refusals as no
from hutan.compliance.models import Proof, Use
from hutan.compliance.ports import Cancellation, register_for
from hutan.compliance.queries import OpenYear, UnitYear, position, still_short
from hutan.compliance.services.counting import (
    Counted,
    count,
    is_strict,
    publish_met,
    use_rows,
    weigh,
)
from hutan.compliance.services.rows import write_uses
from hutan.compliance.services.years import hold_unit_year, open_year
from hutan.kernel.canonical import Json, Record
from hutan.kernel.quantities import Tonnes
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Fact, Refusal, Refusals, refuse, said
from hutan.parties.acts import ApprovedAct
from hutan.parties.queries import organisation
from hutan.registry.domain.facts import Item, Order
from hutan.registry.domain.outcomes import Done
from hutan.registry.queries import account, holders_of
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS, carry_out, preview
from hutan.rules.eligibility import ReductionUse
from hutan.rules.eligibility import Use as UseFacts
from hutan.rules.position import Assessment
from hutan.transparency.services import record

REGISTERS = {"ccer": "全国温室气体自愿减排注册登记系统", "reduction": "上海碳普惠管理运营平台"}
"""The register behind each kind of reduction, as a refusal names it."""

PURPOSE = "surrender"
"""The purpose for which a reduction must have been cancelled."""


@dataclass(frozen=True, slots=True)
class Surrender:
    """What a unit hands in: allowances by vintage, and reductions by the proofs of others."""

    id: UUID
    year: int
    account: str
    items: tuple[Item, ...]
    proofs: tuple[tuple[str, str], ...]


def surrender_from(id: UUID, content: Mapping[str, Json]) -> Surrender:
    """Read a surrender; raise every fault of it.

    ``{"year", "account", "items"?: [{"asset", "amount", "first"?, "last"?}], "reductions"?:
    [{"kind": "ccer" | "reduction", "proof"}]}``
    """
    fields = Fields(content)
    found = Surrender(
        id=id,
        year=fields.integer("year", least=1990, most=2100),
        account=fields.text("account", longest=20).upper(),
        items=tuple(
            Item(
                one.text("asset", longest=64),
                one.integer("amount", least=1),
                one.optional_integer("first", least=1),
                one.optional_integer("last", least=1),
            )
            for one in fields.objects("items", optional=True, most=100)
        ),
        proofs=tuple(
            (one.choice("kind", set(REGISTERS)), one.text("proof", longest=64))
            for one in fields.objects("reductions", optional=True, most=100)
        ),
    )
    fields.done()
    return found


def check(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return everything that stands against this surrender now."""
    return _considered(surrender_from(id, content), at)[0]


def outlook(id: UUID, content: Mapping[str, Json], at: datetime) -> Assessment | None:
    """Return how the unit's year would stand after this surrender; nothing if nobody can tell."""
    try:
        wanted = surrender_from(id, content)
        opening = open_year(wanted.year)
    except (Refusal, Refusals):
        return None
    holder = holders_of([wanted.account]).get(wanted.account)
    unit = position(holder, wanted.year) if holder else None
    return _counted(wanted, unit, opening, at)[0].after if unit else None


def worth_of(proofs: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the tonnes of each proof by kind and number, as its register vouches for them.

    A proof that has been used is answered from our own records; one that its register does not
    know, or whose register is silent, is left out.
    """
    used = Proof.objects.filter(number__in=[number for _, number in proofs])
    found = {
        (kind, number): quantity
        for kind, number, quantity in used.values_list("kind", "number", "quantity")
    }
    for kind, number in set(proofs) - found.keys():
        with suppress(ConnectionError):
            if cancelled := _cancellation(kind, number):
                found[kind, number] = cancelled.quantity
    return found


def execute(act: ApprovedAct) -> Record:
    """Hand in: allowances go to the surrender account, proofs are used up, the status follows.

    What counts as the moment of receipt is that of the second person's approval: only then has
    the unit acted.
    """
    wanted = surrender_from(act.id, act.content)
    if (holder := holders_of([wanted.account]).get(wanted.account)) is not None:
        hold_unit_year(holder, wanted.year)
    refused, counted = _considered(wanted, act.at)
    refuse(refused)
    assert counted is not None
    done = carry_out(_orders(wanted), at=act.at, proposed_at=act.proposed_at, proposal=act.id)
    _write_uses(wanted, counted, act)
    cancellations = [_cancellation(kind, number) for kind, number in wanted.proofs]
    _leaf(act, wanted, counted, done, [one for one in cancellations if one])
    publish_met(counted, act.id, act.at)
    return {
        "year": wanted.year,
        "status": counted.after.status.value,
        "counted": int(counted.after.counted),
        "missing": int(counted.after.missing),
    }


def _considered(wanted: Surrender, at: datetime) -> tuple[list[Refusal], Counted | None]:
    """Return what refuses a surrender, and where what is handed in would count."""
    opening = open_year(wanted.year)
    if not wanted.items and not wanted.proofs:
        return [no.NothingToSurrender()], None
    found = account(wanted.account)
    if found is None or found.holder is None:
        return [one for few in preview(_orders(wanted), at) for one in few], None
    unit = position(found.holder, wanted.year)
    name = organisation(found.holder).name
    if unit is None or unit.position.listing != "regulated":
        listing = unit.position.listing if unit else "not_listed"
        return [no.NotRegulated(name=name, year=wanted.year, listing=listing)], None
    if unit.position.determined is None and is_strict(opening):
        return [no.NotDetermined(name=name, year=wanted.year)], None
    refused = [one for few in preview(_orders(wanted), at) for one in few]
    counted, more = _counted(wanted, unit, opening, at)
    against = list(counted.refused)
    if not against and not counted.allotted.allowed:
        own, beyond = counted.allotted.own, counted.allotted.beyond
        against.append(no.MoreThanMissing(given=int(own + beyond), missing=int(own)))
    return [*refused, *more, *against], counted


def _counted(
    wanted: Surrender, unit: UnitYear, opening: OpenYear, at: datetime
) -> tuple[Counted, list[Refusal]]:
    """Return where what is handed in would count, and which proofs would not be accepted."""
    uses, refused = _reductions(wanted, organisation(unit.unit).credit_code, at)
    weighed = weigh(unit, wanted.items, uses, opening=opening, at=at)
    short = still_short([unit.unit], before=opening.year, at=at) if weighed.spare else {}
    return count(weighed, short.get(unit.unit, {})), refused


def _orders(wanted: Surrender) -> list[Order]:
    if not wanted.items:
        return []
    return [
        Order(
            id=wanted.id,
            type="surrender",
            giver=wanted.account,
            receiver=GOVERNMENT_ACCOUNTS["surrender"],
            items=wanted.items,
            note=str(wanted.year),
        )
    ]


def _reductions(
    wanted: Surrender, beneficiary: str, at: datetime
) -> tuple[list[UseFacts], list[Refusal]]:
    uses: list[UseFacts] = []
    refused: list[Refusal] = []
    seen: set[tuple[str, str]] = set()
    for kind, number in wanted.proofs:
        if (kind, number) in seen or Proof.objects.filter(kind=kind, number=number).exists():
            refused.append(no.ProofUsed(number=number))
            continue
        seen.add((kind, number))
        try:
            found = _cancellation(kind, number)
        except ConnectionError:
            refused.append(no.RegisterSilent(register=REGISTERS[kind]))
            continue
        if found is None:
            refused.append(no.ProofUnknown(register=REGISTERS[kind], number=number))
        elif reason := _for_another(found, beneficiary, wanted.year):
            refused.append(no.ProofForAnother(number=number, reason=reason))
        else:
            uses.append(_reduction_use(kind, found, beneficiary, at))
    return uses, refused


def _cancellation(kind: str, number: str) -> Cancellation | None:
    register = register_for(kind)
    if register is None:
        raise ConnectionError(kind)
    return register.cancellation(number)


def _for_another(found: Cancellation, beneficiary: str, year: int) -> Fact:
    if found.beneficiary != beneficiary:
        return said("不是为本单位注销", "it was cancelled for another unit")
    if found.year != year:
        return said(f"为 {found.year} 年度注销", f"it was cancelled for {found.year}")
    if found.purpose != PURPOSE:
        return said(f"用途为 {found.purpose}", "it was cancelled for another purpose")
    return ""


def _reduction_use(kind: str, found: Cancellation, beneficiary: str, at: datetime) -> ReductionUse:
    return ReductionUse(
        quantity=Tonnes(found.quantity),
        kind="ccer" if kind == "ccer" else "reduction",
        received_at=at,
        inside_own_boundary=found.site_owner == beneficiary,
        reduction_class={"I": "I", "II": "II"}.get(found.reduction_class, ""),  # type: ignore[arg-type]  # the two classes by their names
        proof=found.number,
        certified_at=found.cancelled_at,
    )


def _write_uses(wanted: Surrender, counted: Counted, act: ApprovedAct) -> None:
    unit = counted.unit.unit
    write_uses(use_rows(counted.shares, unit, wanted.id, act.id, act.at))
    rows = []
    beneficiary = organisation(unit).credit_code
    for kind, number in wanted.proofs:
        found = _cancellation(kind, number)
        assert found is not None
        # The unique key on kind and number is what makes a proof serve once, in a race as well.
        proof = Proof.objects.create(
            kind=kind,
            number=number,
            quantity=found.quantity,
            reduction_class=found.reduction_class,
            inside_own_boundary=found.site_owner == beneficiary,
            certified_at=found.cancelled_at,
            answer=found.to_record(),
        )
        rows.append(
            Use(
                unit_id=unit,
                year=wanted.year,
                proof=proof,
                quantity=found.quantity,
                received_at=act.at,
                act=act.id,
                entered_at=act.at,
            )
        )
    Use.objects.bulk_create(rows)


def _leaf(
    act: ApprovedAct,
    wanted: Surrender,
    counted: Counted,
    done: Sequence[Done],
    cancellations: Sequence[Cancellation],
) -> None:
    after = counted.after
    record(
        act=act.id,
        kind="compliance.surrender",
        at=act.at,
        body={
            "unit": str(counted.unit.unit),
            "year": wanted.year,
            "account": wanted.account,
            "transactions": [one.to_record() for one in done],
            "uses": [
                *(share.to_record() for share in counted.shares),
                *(
                    {"kind": kind, "proof": one.number, "answer": one.to_record(),
                     "quantity": one.quantity}
                    for (kind, _), one in zip(wanted.proofs, cancellations, strict=True)
                ),
            ],
            "status": after.status.value,
            "due": int(after.due),
            "counted": int(after.counted),
            "missing": int(after.missing),
            **act.people(),
        },
        subjects=[str(counted.unit.unit), wanted.account],
    )  # fmt: skip
