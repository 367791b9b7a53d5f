"""The auditor's own account in the form of claims, each with the act that last touched it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from hutan.auditor.accounts import LIMITS
from hutan.auditor.books import Books
from hutan.auditor.findings import Leaf
from hutan.auditor.records import Use, Version
from hutan.auditor.standing import position, stands
from hutan.auditor.texts import write_canonical, written

Row = tuple[dict[str, Any], Leaf | None]
Rows = dict[tuple[str | int, ...], Row]


def _accounts(books: Books, at: datetime) -> Rows:
    return {
        (one.number,): (
            {
                "kind": one.kind,
                "holder": one.holder,
                "status": one.status,
                "late": one.late,
                "opened_at": written(one.opened_at),
                "closed_at": _moment(one.closed_at),
                **{name: one.limits.get(name) for name in LIMITS},
                "frozen_by": min(one.frozen.values(), default=""),
            },
            one.leaf,
        )
        for one in books.accounts.values()
    }


def _holdings(books: Books, at: datetime) -> Rows:
    return {
        place: (
            {
                "balance": one.balance,
                "reserved": one.set_aside,
                "blocks": list(one.free),
                "frozen_blocks": list(one.frozen),
            },
            one.leaf,
        )
        for place, one in books.holdings.items()
    }


def _numbering(books: Books, at: datetime) -> Rows:
    return {
        (year,): ({"last": last}, books.numbered_by.get(year))
        for year, last in books.numbering.items()
        if last
    }


def _plans(books: Books, at: datetime) -> Rows:
    names = ("provisional", "total", "direct", "reserve", "document")
    return {
        (year, one.version): (
            {name: getattr(one, name) for name in names}
            | {"approved_at": written(one.leaf.at), "in_force": one is versions[-1]},
            one.leaf,
        )
        for year, versions in books.plans.items()
        for one in versions
    }


def _parts(books: Books, at: datetime) -> Rows:
    return {
        place: ({"amount": one.amount, "created": one.created}, one.leaf)
        for place, one in books.parts.items()
    }


def _lines(books: Books, at: datetime) -> Rows:
    names = ("year", "kind", "part", "account", "amount", "issued", "open")
    return {
        (one.id,): ({name: getattr(one, name) for name in names}, one.leaf)
        for one in books.lines.values()
    }


def _transactions(books: Books, at: datetime) -> Rows:
    return {
        (one.id,): (
            {
                "type": one.type,
                "state": one.state,
                "giver": one.giver,
                "receiver": one.receiver,
                "amount": one.amount,
                "plan_line": one.plan_line,
                "reverses": one.reverses or None,
                "note": one.note,
                "approved_at": written(one.approved_at),
                "execute_at": _moment(one.execute_at),
                "executed_at": _moment(one.executed_at),
                "stopped_at": _moment(one.stopped_at),
                "stop_reason": one.stop_reason,
            },
            one.leaf,
        )
        for one in books.transactions.values()
    }


def _freezes(books: Books, at: datetime) -> Rows:
    names = (
        "account", "scope", "asset", "amount", "first", "last", "authority", "order",
        "imposed_at", "lifted_at", "lifted_order",
    )  # fmt: skip
    return {(one.id,): (_fields(one, names), one.leaf) for one in books.freezes.values()}


def _pledges(books: Books, at: datetime) -> Rows:
    names = ("account", "creditor", "asset", "amount", "contract", "pledged_at", "released_at")
    return {(one.id,): (_fields(one, names), one.leaf) for one in books.pledges.values()}


def _debts(books: Books, at: datetime) -> Rows:
    names = ("account", "asset", "amount", "repaid", "since")
    return {(one.id,): (_fields(one, names), one.leaf) for one in books.debts.values()}


def _trust(books: Books, at: datetime) -> Rows:
    return {
        (one.number, trusted): (
            {"approved_at": written(leaf.at), "effective_at": written(since)},
            leaf,
        )
        for one in books.accounts.values()
        for trusted, (since, leaf) in one.trusted.items()
    }


def _successions(books: Books, at: datetime) -> Rows:
    names = ("kind", "predecessors", "successors", "document")
    return {
        (id_,): (_fields(one, names) | {"at": written(one.leaf.at)}, one.leaf)
        for id_, one in books.successions.items()
    }


def _years(books: Books, at: datetime) -> Rows:
    return {
        (one.year,): (
            {
                "profile": one.profile,
                "rules_version": one.version,
                "rules": one.stated,
                "surrender_closes": written(one.closes),
                "opened_at": written(one.opened_at),
                "closed_at": _moment(one.closed_at),
            },
            one.leaf,
        )
        for one in books.years.values()
    }


def _listings(books: Books, at: datetime) -> Rows:
    return {
        place: (_fields(one, ("listing", "reason", "at")), one.leaf)
        for place, versions in books.listings.items()
        for one in versions
        if one.ended_at is None
    }


def _determinations(books: Books, at: datetime) -> Rows:
    names = ("version", "tonnes", "surrender_by", "document", "at")
    return {
        place: (_fields(one, names), one.leaf)
        for place, versions in books.determinations.items()
        for one in versions
        if one.ended_at is None
    }


def _proofs(books: Books, at: datetime) -> Rows:
    return {
        place: (
            {
                "quantity": one.quantity,
                "reduction_class": one.class_,
                "inside_own_boundary": one.inside,
                "certified_at": _moment(one.certified_at),
            },
            one.leaf,
        )
        for place, one in books.proofs.items()
    }


def _uses(books: Books, at: datetime) -> Rows:
    found: Rows = {}
    for place, uses in books.uses.items():
        standing = [one for one in uses if one.ended_at is None]
        if standing:
            rows = sorted((_use(one) for one in standing), key=write_canonical)
            found[place] = ({"uses": rows}, uses[-1].leaf)
    return found


def _use(one: Use) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "vintage": one.vintage,
        "proof": one.proof,
        "quantity": one.quantity,
        "received_at": written(one.received_at),
    }


def _standings(books: Books, at: datetime) -> Rows:
    """Return where every unit of every year stands at the moment of the claims."""
    found: Rows = {}
    for year in books.years.values():
        for unit in books.listed.get(year.year, ()):
            where = position(books, unit, year.year, at)
            if where is None:
                continue
            standing = stands(books, where, year, at)
            if standing is not None:
                found[unit, year.year] = (standing.figures(), _last_leaf(books, unit, year.year))
    return found


def _last_leaf(books: Books, unit: str, year: int) -> Leaf | None:
    place = (unit, year)
    touching: list[Version] = [
        *books.listings.get(place, ()),
        *books.determinations.get(place, ()),
        *books.uses.get(place, ()),
    ]
    return max((one.leaf for one in touching), key=lambda leaf: leaf.index, default=None)


def _closings(books: Books, at: datetime) -> Rows:
    names = ("status", "due", "counted", "missing", "excess", "reductions")
    return {
        place: (_fields(one, names) | {"at": written(one.leaf.at)}, one.leaf)
        for place, one in books.closings.items()
    }


def _carried(books: Books, at: datetime) -> Rows:
    return {
        place: ({"carried": carried, "lapsed": lapsed, "at": written(leaf.at)}, leaf)
        for place, (carried, lapsed, leaf) in books.carried.items()
    }


def _instalments(books: Books, at: datetime) -> Rows:
    names = ("account", "asset", "amount", "year", "set_aside_at", "released_at")
    return {(one.id,): (_fields(one, names), one.leaf) for one in books.instalments.values()}


def _grants(books: Books, at: datetime) -> Rows:
    return {
        place: ({"amount": amount, "at": written(leaf.at)}, leaf)
        for place, (amount, leaf) in books.grants.items()
    }


def _departures(books: Books, at: datetime) -> Rows:
    return {
        (unit,): (
            _fields(one, ("year", "reason", "on")) | {"at": written(one.leaf.at)},
            one.leaf,
        )
        for unit, one in books.departures.items()
    }


def _fields(record: object, names: Sequence[str]) -> dict[str, Any]:
    """Return fields of a record as claims write them."""
    found = {name: getattr(record, name) for name in names}
    return {
        name: written(value) if isinstance(value, datetime) else value
        for name, value in found.items()
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else written(at)


OWN: Mapping[str, Callable[[Books, datetime], Rows]] = {
    "account": _accounts,
    "holding": _holdings,
    "numbering": _numbering,
    "plan": _plans,
    "part": _parts,
    "line": _lines,
    "transaction": _transactions,
    "freeze": _freezes,
    "pledge": _pledges,
    "debt": _debts,
    "trust": _trust,
    "succession": _successions,
    "year": _years,
    "listing": _listings,
    "determination": _determinations,
    "proof": _proofs,
    "uses": _uses,
    "standing": _standings,
    "closing": _closings,
    "carried": _carried,
    "instalment": _instalments,
    "grant": _grants,
    "departure": _departures,
}
"""How each kind of claim follows from the books at a moment."""
