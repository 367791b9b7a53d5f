"""What each step proposes: the kind of act, its content, its file of rows, and the two people."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from hutan.cli.replay.cast import Cast
from hutan.cli.replay.course import Course
from hutan.cli.replay.steps import Script, Step
from hutan.compliance.services.years import assumed_keys
from hutan.kernel.canonical import Json, Record
from hutan.parties.bulk import FILE, BulkFile, write_rows
from hutan.parties.queries import OrganisationRecord
from hutan.registry.queries import unit_accounts
from hutan.rules.codes import check_character, organisation_check

_DOCUMENTS = ("application", "business_licence", "representative_identity")
_REASONS = {
    True: "文件中该年度有履约记录 (in the file)",
    False: "该年度不履约 (excluded in the file)",
}


@dataclass(frozen=True, slots=True)
class Act:
    """An act to propose and approve, and the file of rows that it names."""

    kind: str
    content: Mapping[str, Json]
    proposer: UUID
    approver: UUID
    file: BulkFile | None = None


def act_of(script: Script, step: Step) -> Act:
    """Return what a step proposes, from the file and the accounts that are open."""
    return _MAKERS[step.name](script, script.courses[step.year], Cast(script.root))


def new_units(script: Script, year: int) -> list[OrganisationRecord]:
    """Return the installations that are new in a year, as units to register.

    A file without names has no credit codes either: each unit gets one that is valid in form and
    follows from its place in the file.
    """
    return [
        OrganisationRecord(
            id=script.unit(one),
            kind="unit",
            name=one,
            name_en=one,
            credit_code=synthetic_code(script.places[one]),
            district="",
        )
        for one in script.courses[year].new
    ]


def synthetic_code(place: int) -> str:
    """Return a unified social credit code: other body, Shanghai, a running number, checks."""
    body = f"{place:08d}"
    code = f"Y1310000{body}{organisation_check(body)}"
    return code + check_character(code)


def _accounts(script: Script, course: Course, cast: Cast) -> Act:
    documents: list[Json] = [{"kind": kind, "sha256": script.history.sha256} for kind in _DOCUMENTS]
    rows: list[Record] = [
        {"kind": "unit", "holder": str(script.unit(one)), "documents": documents}
        for one in course.new
    ]
    return _by_registry(cast, "registry.open_accounts", {}, rows)


def _open(script: Script, course: Course, cast: Cast) -> Act:
    content: dict[str, Json] = {
        "year": course.year,
        "profile": script.book.name,
        "confirmed": [{"key": key} for key in assumed_keys(course.year, script.book)],
    }
    return Act("compliance.open_year", content, cast.officer, cast.head)


def _list(script: Script, course: Course, cast: Cast) -> Act:
    rows = [
        {
            "unit": str(script.unit(row.installation)),
            "listing": "regulated" if row.regulated else "not_listed",
            "reason": _REASONS[row.regulated],
        }
        for row in course.rows
    ]
    return _by_bureau(cast, "compliance.list", _head(script, course), rows)


def _plan(script: Script, course: Course, cast: Cast) -> Act:
    accounts = _accounts_of(script, course.issued)
    total, outside = sum(course.issued.values()), sum(course.bought.values())
    lines: list[dict[str, Json]] = [
        {"kind": "free", "account": accounts[one], "amount": amount}
        for one, amount in course.issued.items()
    ]
    if outside:
        lines.append({"kind": "outside", "amount": outside})
    content: dict[str, Json] = {
        **_head(script, course),
        "total": total,
        "direct": total,
        "reserve": 0,
        "outside": outside,
    }
    return _by_bureau(cast, "registry.plan", content, lines, sums=("amount",))


def _issue(script: Script, course: Course, cast: Cast) -> Act:
    content: dict[str, Json] = {"year": course.year, "kind": "free"}
    return Act("registry.issue_lines", content, cast.clerk, cast.checker)


def _determine(script: Script, course: Course, cast: Cast) -> Act:
    rows = [
        {"unit": str(script.unit(row.installation)), "tonnes": str(row.verified)}
        for row in course.determined
    ]
    return _by_bureau(cast, "compliance.determine", _head(script, course), rows, sums=("tonnes",))


def _buy(script: Script, course: Course, cast: Cast) -> Act:
    accounts = _accounts_of(script, course.bought)
    rows: list[Record] = [
        {"account": accounts[one], "amount": amount} for one, amount in course.bought.items()
    ]
    return _by_registry(
        cast, "registry.purchase_outside", {"year": course.year}, rows, sums=("amount",)
    )


def _surrender(script: Script, course: Course, cast: Cast) -> Act:
    accounts = _accounts_of(script, course.handed_in)
    rows: list[Record] = [
        {
            "account": accounts[one],
            "amount": sum(by_vintage.values()),
            "items": [
                {"asset": f"allowance:{vintage}", "amount": amount}
                for vintage, amount in sorted(by_vintage.items())
            ],
        }
        for one, by_vintage in course.handed_in.items()
    ]
    return _by_registry(
        cast, "compliance.surrender_in_bulk", {"year": course.year}, rows, sums=("amount",)
    )


def _close(script: Script, course: Course, cast: Cast) -> Act:
    return Act("compliance.close_year", {"year": course.year}, cast.officer, cast.head)


_MAKERS: Mapping[str, Callable[[Script, Course, Cast], Act]] = {
    "accounts": _accounts,
    "open": _open,
    "list": _list,
    "plan": _plan,
    "issue": _issue,
    "determine": _determine,
    "buy": _buy,
    "surrender": _surrender,
    "close": _close,
}
"""What each step proposes, by its name. Only ``register`` is no act of two people."""


def _accounts_of(script: Script, installations: Iterable[str]) -> dict[str, str]:
    """Return the account number of each installation."""
    units = {one: script.unit(one) for one in installations}
    found = unit_accounts(list(units.values()))
    return {one: found[unit] for one, unit in units.items()}


def _head(script: Script, course: Course) -> dict[str, Json]:
    # Not the file's name: renamed, it is still the same history.
    return {"year": course.year, "document": f"history, SHA-256 {script.history.sha256}"}


def _by_bureau(
    cast: Cast,
    kind: str,
    content: Mapping[str, Json],
    rows: Iterable[Record],
    *,
    sums: Collection[str] = (),
) -> Act:
    file = write_rows(rows, sums=sums)
    return Act(kind, {**content, FILE: file.to_record()}, cast.officer, cast.head, file)


def _by_registry(
    cast: Cast,
    kind: str,
    content: Mapping[str, Json],
    rows: Iterable[Record],
    *,
    sums: Collection[str] = (),
) -> Act:
    file = write_rows(rows, sums=sums)
    return Act(kind, {**content, FILE: file.to_record()}, cast.clerk, cast.checker, file)
