"""A year's plan in the registry: its parts are created, its lines opened, earlier ones netted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from hutan.kernel.canonical import Json, Record
from hutan.kernel.ids import derive_id
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Refusal, refuse
from hutan.parties.acts import ApprovedAct
from hutan.parties.bulk import with_rows
from hutan.parties.services import co_signer_refusals, co_signers
from hutan.registry.domain.facts import Item, Order
from hutan.registry.domain.outcomes import Done
from hutan.registry.domain.plans import (
    PART_OF_KIND,
    LineDraft,
    PlanDraft,
    PlanFacts,
    plan_refusals,
)
from hutan.registry.models import Account, Plan, PlanLine, PlanPart
from hutan.registry.queries import balances_of_accounts
from hutan.registry.services.debts import owe
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS, carry_out
from hutan.registry.services.holdings import lock_holdings
from hutan.transparency.services import record

_HOME_OF_PART = {"direct": "total", "reserve": "reserve", "outside": "outside"}


@dataclass(frozen=True, slots=True)
class _Netting:
    """What was issued to an account under earlier versions, and what of it the plan allows."""

    account: str
    issued: int
    allowed: int

    @property
    def excess(self) -> int:
        return max(self.issued - self.allowed, 0)


def draft_from(content: Mapping[str, Json]) -> PlanDraft:
    """Read a plan from a proposal's content; raise every fault of it.

    ``{"year", "provisional"?, "total", "direct", "reserve", "outside"?, "document", "lines":
    [{"kind", "account"?, "amount"}]}``, all amounts in whole tonnes; ``"file"`` may stand in
    place of the lines.
    """
    fields = Fields(with_rows(content, into="lines", sums=("amount",)))
    draft = PlanDraft(
        year=fields.integer("year", least=1990, most=2100),
        provisional=fields.boolean("provisional"),
        total=fields.integer("total"),
        direct=fields.integer("direct"),
        reserve=fields.integer("reserve"),
        outside=fields.optional_integer("outside") or 0,
        document=fields.text("document", longest=200),
        lines=tuple(
            LineDraft(
                kind=one.text("kind", longest=20),
                account=one.text("account", optional=True, longest=20).upper(),
                amount=one.integer("amount"),
            )
            for one in fields.objects("lines")
        ),
        co_signed=co_signers(fields),
    )
    fields.done()
    return draft


def check(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return every reason why this plan does not hold."""
    return refusals_of(draft_from(content))


def refusals_of(draft: PlanDraft) -> list[Refusal]:
    """Return every reason why a plan does not hold."""
    return [*plan_refusals(draft, _facts(draft)), *co_signer_refusals(draft.co_signed)]


def execute(act: ApprovedAct) -> Record:
    """Put an approved plan into force, and leave its leaf."""
    draft = draft_from(act.content)
    body, done = put_into_force(draft, act)
    record(
        act=act.id,
        kind="registry.plan",
        at=act.at,
        body={**body, "transactions": [one.to_record() for one in done], **act.people()},
        subjects=sorted({line.account for line in draft.lines if line.account}),
    )
    return {"plan": str(act.id), "version": body["version"], "lines": len(draft.lines)}


def put_into_force(draft: PlanDraft, act: ApprovedAct) -> tuple[dict[str, Json], list[Done]]:
    """Put a plan into force as a new version; the one before is closed. The caller writes the leaf.

    The parts of the total are created up to their new amounts. What was issued to a unit under
    earlier versions, provisional ones included, counts against its new line; what is beyond it is
    taken back, as far as the unit still has it, and the rest is a debt (never a negative balance).
    """
    # Nothing is issued beside a plan: whoever issues holds one of these, and the new version must
    # count what he issued.
    asset = f"allowance:{draft.year}"
    lock_holdings((GOVERNMENT_ACCOUNTS[home], asset) for home in ("total", "auction"))
    # One plan of a year at a time: the version in force is locked before anything is read.
    standing = list(
        Plan.objects.select_for_update().filter(year=draft.year, superseded_at__isnull=True)
    )
    refuse(refusals_of(draft))
    issued = _issued(draft.year)
    version = Plan.objects.filter(year=draft.year).count() + 1
    PlanLine.objects.filter(year=draft.year, closed_at__isnull=True).update(closed_at=act.at)
    for old in standing:
        old.superseded_at = act.at
        old.save(update_fields=["superseded_at"])
    plan = Plan.objects.create(
        id=act.id,
        year=draft.year,
        version=version,
        provisional=draft.provisional,
        total=draft.total,
        direct=draft.direct,
        reserve=draft.reserve,
        document=draft.document,
        approved_at=act.at,
    )
    done = _create_parts(draft, act)
    netted = _open_lines(plan, draft, issued)
    taken: list[Done] = []
    debts: list[Json] = []
    for net in netted:
        if net.excess:
            returned, owed = _take_back(net, draft.year, act)
            taken += returned
            debts += owed
    lines: list[Json] = [
        {
            "line": row.id,
            "kind": row.kind,
            "account": row.account_id or "",
            "amount": row.amount,
            "issued": row.issued,
        }
        for row in PlanLine.objects.filter(plan=plan).order_by("id")
    ]
    body: dict[str, Json] = {
        "year": draft.year,
        "version": version,
        "provisional": draft.provisional,
        "total": draft.total,
        "direct": draft.direct,
        "reserve": draft.reserve,
        "outside": draft.outside,
        "document": draft.document,
        "lines": lines,
        "debts": debts,
        "co_signed": [one.to_record() for one in draft.co_signed],
    }
    return body, [*done, *taken]


def lines_to_issue(year: int, kinds: Iterable[str], act: UUID) -> list[Order]:
    """Return the orders that issue all that is left on the open lines of a year, by account."""
    rows = PlanLine.objects.filter(
        year=year, kind__in=list(kinds), closed_at__isnull=True, issued__lt=F("amount")
    ).order_by("id")
    return [
        Order(
            id=derive_id(act, row.id),
            type="issue_free",
            giver=GOVERNMENT_ACCOUNTS["total"],
            receiver=row.account_id or "",
            items=(Item(f"allowance:{year}", row.amount - row.issued),),
            plan_line=row.id,
        )
        for row in rows
    ]


def _facts(draft: PlanDraft) -> PlanFacts:
    wanted = {line.account for line in draft.lines}
    return PlanFacts(
        created=dict(PlanPart.objects.filter(year=draft.year).values_list("part", "created")),
        final_in_force=Plan.objects.filter(
            year=draft.year, superseded_at__isnull=True, provisional=False
        ).exists(),
        unit_accounts=frozenset(
            Account.objects.filter(number__in=wanted, kind="unit")
            .exclude(status="closed")
            .values_list("number", flat=True)
        ),
        issued={
            (kind, ""): amount
            for (kind, account), amount in _issued(draft.year).items()
            if not account
        },
        outside_market=Account.objects.filter(kind="outside").exists(),
    )


def _issued(year: int) -> dict[tuple[str, str], int]:
    """Return what is issued on the open lines of a year; free and provisional ones together."""
    found: dict[tuple[str, str], int] = {}
    rows = PlanLine.objects.filter(year=year, closed_at__isnull=True)
    for kind, account, amount in rows.values_list("kind", "account_id", "issued"):
        place = ("free" if kind == "provisional" else kind, account or "")
        found[place] = found.get(place, 0) + amount
    return found


def _create_parts(draft: PlanDraft, act: ApprovedAct) -> list[Done]:
    orders = []
    for part, home in _HOME_OF_PART.items():
        amount = draft.of_part(part)
        row, _ = PlanPart.objects.get_or_create(
            year=draft.year, part=part, defaults={"amount": amount}
        )
        row.amount = amount
        row.save(update_fields=["amount"])
        if row.created < amount:
            orders.append(
                Order(
                    id=derive_id(act.id, "create", part),
                    type="create",
                    giver=GOVERNMENT_ACCOUNTS["issuance"],
                    receiver=GOVERNMENT_ACCOUNTS[home],
                    items=(Item(f"allowance:{draft.year}", amount - row.created),),
                    plan_line=part,
                )
            )
    return carry_out(orders, at=act.at, proposed_at=act.proposed_at, proposal=act.id)


def _open_lines(
    plan: Plan, draft: PlanDraft, issued: Mapping[tuple[str, str], int]
) -> list[_Netting]:
    rows, netted = [], []
    for line in draft.lines:
        place = ("free" if line.kind == "provisional" else line.kind, line.account)
        before = issued.get(place, 0)
        if line.account:
            netted.append(_Netting(line.account, before, line.amount))
        rows.append(
            PlanLine(
                id=f"{plan.year}/{line.kind}/{line.account or '-'}/{plan.version}",
                plan=plan,
                year=plan.year,
                part=PART_OF_KIND[line.kind],
                kind=line.kind,
                account_id=line.account or None,
                amount=line.amount,
                issued=min(before, line.amount),
            )
        )
    PlanLine.objects.bulk_create(rows)
    listed = {line.account for line in draft.lines}
    netted += [
        _Netting(account, amount, 0)
        for (_, account), amount in issued.items()
        if account and account not in listed
    ]
    return netted


def _take_back(
    net: _Netting, year: int, act: ApprovedAct
) -> tuple[list[Done], list[dict[str, Json]]]:
    """Take back what was issued beyond the plan: what is there now, the rest as a debt.

    Returns what was taken back, and the debt as the leaf says it.
    """
    asset = f"allowance:{year}"
    held = [one for one in balances_of_accounts([net.account]) if one.asset == asset]
    now = min(net.excess, sum(one.available for one in held))
    owed: list[dict[str, Json]] = []
    if now < net.excess:
        id, rest = derive_id(act.id, "debt", net.account), net.excess - now
        owe(
            id=id,
            account=net.account,
            asset=asset,
            amount=rest,
            cause=f"{year} 年度配额调整 (adjustment of the year's allocation)",
            at=act.at,
        )
        owed.append({"id": str(id), "account": net.account, "asset": asset, "amount": rest})
    if not now:
        return [], owed
    order = Order(
        id=derive_id(act.id, "take back", net.account),
        type="return_excess",
        giver=net.account,
        receiver=GOVERNMENT_ACCOUNTS["total"],
        items=(Item(asset, now),),
    )
    done = carry_out([order], at=act.at, proposed_at=act.proposed_at, proposal=act.id)
    return done, owed
