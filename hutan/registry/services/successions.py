"""Merger and split of units in one act each: allowances, duties and history pass on (M14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from hutan.kernel.canonical import Json, Record
from hutan.kernel.events import publish
from hutan.kernel.ids import derive_id
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Refusal, refuse, said
from hutan.parties.acts import ApprovedAct
from hutan.registry import refusals as no
from hutan.registry.domain.facts import Item, Order
from hutan.registry.domain.outcomes import Done
from hutan.registry.domain.successions import (
    WHOLE,
    Estate,
    Share,
    blocking_refusals,
    divide,
    share_refusals,
)
from hutan.registry.events import UnitsMerged, UnitSplit
from hutan.registry.models import Account, PlanLine, Succession
from hutan.registry.queries import balances_of_account
from hutan.registry.services.accounts import close_account, locked_account
from hutan.registry.services.debts import owed
from hutan.registry.services.engine import carry_out
from hutan.transparency.services import record


@dataclass(frozen=True, slots=True)
class Merger:
    """Units whose accounts pass to one successor."""

    predecessors: tuple[str, ...]
    successor: str
    document: str


@dataclass(frozen=True, slots=True)
class Split:
    """A unit divided by the ownership of its facilities. ``closes``: it does not go on itself."""

    predecessor: str
    shares: tuple[Share, ...]
    document: str

    @property
    def closes(self) -> bool:
        """Tell whether the predecessor is not among its successors."""
        return self.predecessor not in {share.account for share in self.shares}


def merger_from(content: Mapping[str, Json]) -> Merger:
    """Read a merger; raise every fault of it."""
    fields = Fields(content)
    merger = Merger(
        predecessors=tuple(
            one.text("account", longest=20).upper()
            for one in fields.objects("predecessors", most=50)
        ),
        successor=fields.text("successor", longest=20).upper(),
        document=fields.text("document", longest=200),
    )
    fields.done()
    return merger


def split_from(content: Mapping[str, Json]) -> Split:
    """Read a split; raise every fault of it. Duties are shares in millionths of the whole."""
    fields = Fields(content)
    shares = []
    for one in fields.objects("shares", most=50):
        account, duties = one.text("account", longest=20).upper(), one.integer("duties")
        amounts = {
            item.text("asset", longest=64): item.integer("amount")
            for item in one.objects("items", optional=True, most=100)
        }
        names = tuple(item.text("name") for item in one.objects("facilities", most=1000))
        shares.append(Share(account, amounts, duties, names))
    split = Split(
        predecessor=fields.text("predecessor", longest=20).upper(),
        shares=tuple(shares),
        document=fields.text("document", longest=200),
    )
    fields.done()
    return split


def check_merger(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return what stands against a merger."""
    merger = merger_from(content)
    found = _account_refusals([*merger.predecessors, merger.successor])
    if found:
        return found
    if merger.successor in merger.predecessors or not merger.predecessors:
        return [
            no.SuccessionBlocked(
                account=merger.successor,
                reason=said("承接方不能是被合并方", "the successor is merged away"),
            )
        ]
    return [one for number in merger.predecessors for one in blocking_refusals(_estate(number))]


def merge(act: ApprovedAct) -> Record:
    """Let the successor take over everything of its predecessors, whose accounts close."""
    merger = merger_from(act.content)
    locked = [locked_account(number) for number in sorted({*merger.predecessors, merger.successor})]
    refuse(check_merger(act.id, act.content, act.at))
    holders = {row.number: row.holder_id for row in locked}
    orders = [
        Order(
            id=derive_id(act.id, number, one.asset),
            type="merge",
            giver=number,
            receiver=merger.successor,
            items=(Item(one.asset, one.balance),),
        )
        for number in merger.predecessors
        for one in balances_of_account(number)
        if one.balance
    ]
    done = carry_out(orders, at=act.at, proposed_at=act.proposed_at, proposal=act.id)
    lines = [
        line
        for number in merger.predecessors
        for line in _pass_lines_on(number, {merger.successor: WHOLE}, act.at)
    ]
    publish(
        UnitsMerged(
            act=act.id,
            at=act.at,
            predecessors=tuple(id for n in merger.predecessors if (id := holders[n])),
            successor=_holder(holders, merger.successor),
        )
    )
    parties = list(merger.predecessors), [merger.successor]
    _record(act, "merge", merger.document, *parties, done, lines)
    for number in merger.predecessors:
        close_account(number, act=act.id, at=act.at, reason="合并", people=act.people())
    return {"succession": str(act.id), "transactions": len(done)}


def check_split(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return what stands against a split."""
    split = split_from(content)
    found = _account_refusals([split.predecessor, *(share.account for share in split.shares)])
    if found:
        return found
    estate = _estate(split.predecessor)
    return [*blocking_refusals(estate), *share_refusals(estate, split.shares)]


def split(act: ApprovedAct) -> Record:
    """Divide a unit's allowances and duties among its successors, to the last tonne."""
    wanted = split_from(act.content)
    numbers = sorted({wanted.predecessor, *(share.account for share in wanted.shares)})
    holders = {row.number: row.holder_id for row in [locked_account(one) for one in numbers]}
    refuse(check_split(act.id, act.content, act.at))
    orders = [
        Order(
            id=derive_id(act.id, share.account, asset),
            type="split",
            giver=wanted.predecessor,
            receiver=share.account,
            items=(Item(asset, amount),),
        )
        for share in wanted.shares
        for asset, amount in sorted(share.amounts.items())
        if amount and share.account != wanted.predecessor
    ]
    done = carry_out(orders, at=act.at, proposed_at=act.proposed_at, proposal=act.id)
    lines = _pass_lines_on(
        wanted.predecessor, {share.account: share.duties for share in wanted.shares}, act.at
    )
    publish(
        UnitSplit(
            act=act.id,
            at=act.at,
            predecessor=_holder(holders, wanted.predecessor),
            parts=tuple((_holder(holders, one.account), one.duties) for one in wanted.shares),
        )
    )
    successors: list[Json] = [
        {"account": one.account, "duties": one.duties, "facilities": list(one.facilities)}
        for one in wanted.shares
    ]
    _record(act, "split", wanted.document, [wanted.predecessor], successors, done, lines)
    if wanted.closes:
        close_account(wanted.predecessor, act=act.id, at=act.at, reason="分立", people=act.people())
    return {"succession": str(act.id), "transactions": len(done)}


def _account_refusals(numbers: Sequence[str]) -> list[Refusal]:
    open_units = set(
        Account.objects.filter(number__in=numbers, kind="unit", status="open").values_list(
            "number", flat=True
        )
    )
    return [no.AccountUnknown(account=number) for number in numbers if number not in open_units]


def _estate(number: str) -> Estate:
    counts = Account.objects.filter(number=number).aggregate(
        freezes=Count("freezes", filter=Q(freezes__lifted_at__isnull=True), distinct=True),
        given=Count("given", filter=Q(given__state="waiting"), distinct=True),
        coming=Count("received", filter=Q(received__state="waiting"), distinct=True),
    )
    held = balances_of_account(number)
    return Estate(
        account=number,
        holder=Account.objects.values_list("holder_id", flat=True).get(number=number),
        holdings={one.asset: one.balance for one in held if one.balance},
        reserved=sum(one.reserved for one in held),
        waiting=counts["given"] + counts["coming"],
        freezes=counts["freezes"],
        debt=owed(number),
    )


def _pass_lines_on(number: str, heirs: Mapping[str, int], at: datetime) -> list[Json]:
    """Pass plan lines on to the heirs by their millionths, what is issued of them included.

    The next version of the plan counts what is issued on open lines: whatever stayed behind on a
    closed one could be issued again. What is left and what is issued are divided apart, so that
    no heir has more issued than planned. Returns what went where, as the leaf says it.
    """
    passed: list[Json] = []
    for line in (
        PlanLine.objects.select_for_update()
        .filter(account_id=number, closed_at__isnull=True)
        .order_by("id")
    ):
        shares = list(heirs.values())
        left, issued = divide(line.amount - line.issued, shares), divide(line.issued, shares)
        line.amount, line.issued, line.closed_at = 0, 0, at
        line.save(update_fields=["amount", "issued", "closed_at"])
        to: list[Json] = [
            {
                "line": _add_to_line(line, heir, rest + given, given),
                "account": heir,
                "amount": rest + given,
                "issued": given,
            }
            for heir, rest, given in zip(heirs, left, issued, strict=True)
        ]
        passed.append({"line": line.id, "to": to})
    return passed


def _add_to_line(line: PlanLine, heir: str, amount: int, issued: int) -> str:
    """Add to the heir's open line of that kind, or open one; return its id."""
    taken, fresh = PlanLine.objects.get_or_create(
        year=line.year,
        kind=line.kind,
        account_id=heir,
        closed_at=None,
        defaults={
            "id": f"{line.id}+{heir[-10:]}",
            "plan_id": line.plan_id,
            "part": line.part,
            "amount": amount,
            "issued": issued,
        },
    )
    if not fresh:
        taken.amount += amount
        taken.issued += issued
        taken.save(update_fields=["amount", "issued"])
    return taken.id


def _record(
    act: ApprovedAct,
    kind: str,
    document: str,
    predecessors: Sequence[Json],
    successors: Sequence[Json],
    done: Sequence[Done],
    lines: Sequence[Json],
) -> None:
    Succession.objects.create(
        id=act.id,
        kind=kind,
        predecessors=list(predecessors),
        successors=list(successors),
        document=document,
        at=act.at,
    )
    numbers = {number for one in done for number in (one.order.giver, one.order.receiver)}
    record(
        act=act.id,
        kind=f"registry.{kind}",
        at=act.at,
        body={
            "predecessors": list(predecessors),
            "successors": list(successors),
            "document": document,
            "transactions": [one.to_record() for one in done],
            "lines": lines,
            **act.people(),
        },
        subjects=sorted(numbers),
    )


def _holder(holders: Mapping[str, UUID | None], number: str) -> UUID:
    holder = holders[number]
    assert holder is not None, "a unit account has a holder"
    return holder
