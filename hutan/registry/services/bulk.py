"""Registry acts over many accounts by one approved file: opening them, and buying elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hutan.kernel.canonical import Json, Record
from hutan.kernel.ids import derive_id
from hutan.kernel.reading import Fields
from hutan.kernel.refusals import Refusal
from hutan.parties.acts import ApprovedAct
from hutan.parties.bulk import with_rows
from hutan.registry.domain.accounts import Opening
from hutan.registry.domain.facts import Item, Order
from hutan.registry.queries import open_lines
from hutan.registry.services import accounts, transactions
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS, carry_out, preview


def read_opening(id: UUID, fields: Fields) -> Opening:
    """Read ``{"kind", "holder", "documents"?: [{"kind", "sha256"}]}``."""
    return Opening(
        id=id,
        kind=fields.choice("kind", {"unit", "trading"}),
        holder=fields.uuid("holder"),
        documents={
            one.text("kind", longest=40): one.text("sha256", longest=64)
            for one in fields.objects("documents", optional=True, most=20)
        },
    )


def openings_from(id: UUID, content: Mapping[str, Json]) -> list[Opening]:
    """Read ``{"accounts": [opening]}`` or ``{"file"}`` with an opening a row."""
    fields = Fields(with_rows(content, into="accounts"))
    found = [
        read_opening(derive_id(id, place), one)
        for place, one in enumerate(fields.objects("accounts"))
    ]
    fields.done()
    return found


def check_openings(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return everything that stands against opening these accounts."""
    return accounts.preview_opening(openings_from(id, content))


def open_accounts(act: ApprovedAct) -> Record:
    """Open the accounts of an approved file: all of them or none."""
    openings = openings_from(act.id, act.content)
    numbers = accounts.open_accounts(openings, act=act.id, at=act.at, people=act.people())
    return {"accounts": len(numbers)}


def purchases_from(id: UUID, content: Mapping[str, Json]) -> list[Order]:
    """Read ``{"year", "rows": [{"account", "amount"}]}``, or ``{"file"}`` in place of the rows.

    Each becomes an order against the year's plan line for what is bought elsewhere.
    """
    fields = Fields(with_rows(content, into="rows", sums=("amount",)))
    year = fields.integer("year", least=1990, most=2100)
    line = next((one.id for one in open_lines(year) if one.kind == "outside"), "")
    orders = [
        Order(
            id=derive_id(id, place),
            type="purchase_outside",
            giver=GOVERNMENT_ACCOUNTS["outside"],
            receiver=one.text("account", longest=20).upper(),
            items=(Item(f"allowance:{year}", one.integer("amount", least=1)),),
            plan_line=line,
        )
        for place, one in enumerate(fields.objects("rows"))
    ]
    fields.done()
    return orders


def check_purchases(id: UUID, content: Mapping[str, Json], at: datetime) -> list[Refusal]:
    """Return everything that stands against these purchases."""
    return [one for found in preview(purchases_from(id, content), at) for one in found]


def purchase(act: ApprovedAct) -> Record:
    """Bring into units' accounts what they bought in a market that is not replayed."""
    orders = purchases_from(act.id, act.content)
    done = carry_out(orders, at=act.at, proposed_at=act.proposed_at, proposal=act.id)
    transactions.leave_leaf(act.id, done, at=act.at, people=act.people(), bulk=True)
    return {"transactions": len(done), "amount": sum(one.order.amount for one in done)}
