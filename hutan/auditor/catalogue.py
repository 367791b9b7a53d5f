"""What the auditor knows of the types of transaction and of who may act: its own table.

It says the same as docs/log-format.md and is not made from the platform's catalogue: where the two
differ, an act shows up as a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Rights = Mapping[str, str]
"""Role to reach: ``own`` for the organisation of the post alone, ``any`` for every one."""

HOLDERS = frozenset({"unit", "trading", "personal"})
GOVERNMENT = frozenset(
    {"issuance", "total", "reserve", "auction", "surrender", "cancellation", "omnibus", "outside"}
)
"""Kinds of account of which there is one."""

LETTERS = {
    "unit": "UN", "trading": "TR", "personal": "PE", "issuance": "GI", "total": "GT",
    "reserve": "GR", "auction": "GA", "surrender": "GS", "cancellation": "GC", "omnibus": "GX",
    "outside": "OM",
}  # fmt: skip
"""The two letters in the number of each kind of account."""

HOLDER_KINDS = {
    "unit": frozenset({"unit"}),
    "trading": frozenset({"unit", "investor", "bank"}),
}
"""Which kinds of organisation hold which kinds of account."""

PART_OF_LINE = {
    "free": "direct", "provisional": "direct", "ordinary_auction": "direct",
    "regulation_auction": "reserve", "outside": "outside",
}  # fmt: skip
"""Out of which part of the total each kind of plan line comes."""

OF_ONE_ACCOUNT = frozenset({"free", "provisional"})
"""Kinds of plan line that belong to one unit's account."""


@dataclass(frozen=True, slots=True)
class Type:
    """A type of transaction.

    ``givers`` and ``receivers`` are kinds of account (no receivers: nothing moves), ``places`` the
    kinds of act in which it may stand, ``lines`` the kinds of plan line it must name. ``checks``
    are those of giver's status (``open``), freeze (``frozen``), availability (``available``).
    """

    givers: frozenset[str]
    receivers: frozenset[str]
    places: frozenset[str]
    proposers: Rights = field(default_factory=dict)
    approvers: Rights = field(default_factory=dict)
    lines: frozenset[str] = frozenset()
    checks: frozenset[str] = frozenset({"open", "frozen", "available"})
    waits: bool = False
    reversible: bool = False
    limited: bool = False
    settles_debt: bool = False
    other_holder: bool = False


_TRANSACTION = "registry.transaction"
_CLERK: Rights = {"registry_clerk": "any"}
_CHECKER: Rights = {"registry_approver": "any"}
_OFFICER: Rights = {"bureau_officer": "any"}
_HEAD: Rights = {"bureau_approver": "any"}
_REP: Rights = {"account_representative": "own"}
_SECOND: Rights = {"account_approver": "own"}


def _kinds(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _in(*kinds: str) -> frozenset[str]:
    return frozenset(kinds)


TYPES: Mapping[str, Type] = {
    "create": Type(
        _kinds("issuance"), _kinds("total reserve outside"),
        _in("registry.plan", "compliance.pre_allocate"),
    ),
    "issue_free": Type(
        _kinds("total"), _kinds("unit"), _in(_TRANSACTION, "compliance.pre_allocate"),
        {**_CLERK, **_OFFICER}, {**_CHECKER, **_HEAD},
        lines=_kinds("free provisional"), reversible=True, settles_debt=True,
    ),
    "to_auction": Type(
        _kinds("total reserve"), _kinds("auction"), _in(_TRANSACTION), _OFFICER, _HEAD,
        reversible=True,
    ),
    "from_auction": Type(
        _kinds("auction"), _kinds("total reserve"), _in(_TRANSACTION), _OFFICER, _HEAD
    ),
    "issue_paid": Type(
        _kinds("auction"), _kinds("unit trading"), _in(_TRANSACTION),
        {**_CLERK, "exchange_operator": "any"}, {**_CHECKER, **_HEAD},
        lines=_kinds("ordinary_auction regulation_auction"), reversible=True,
    ),
    "transfer": Type(
        HOLDERS, HOLDERS, _in(_TRANSACTION), _REP, _SECOND,
        waits=True, limited=True, settles_debt=True,
    ),
    "to_exchange": Type(
        HOLDERS, _kinds("omnibus"), _in(_TRANSACTION), _REP, _SECOND, limited=True
    ),
    "from_exchange": Type(
        _kinds("omnibus"), HOLDERS, _in(_TRANSACTION), {"exchange_operator": "any"}, _CHECKER,
        settles_debt=True,
    ),
    "surrender": Type(
        _kinds("unit"), _kinds("surrender"),
        _in("compliance.surrender", "compliance.surrender_in_bulk"), _REP, _SECOND,
        reversible=True,
    ),
    "cancel_surrendered": Type(
        _kinds("surrender"), _kinds("cancellation"), _in(_TRANSACTION, "compliance.close_year"),
        _CLERK, _CHECKER,
    ),
    "cancel_voluntary": Type(
        HOLDERS, _kinds("cancellation"), _in(_TRANSACTION), _REP, _SECOND
    ),
    "carry_over": Type(
        HOLDERS | _kinds("omnibus"), frozenset(), _in("compliance.close_year"), checks=frozenset()
    ),
    "lapse": Type(
        HOLDERS | _kinds("total reserve auction outside"), _kinds("cancellation"),
        _in("compliance.close_year"), checks=_kinds("available"),
    ),
    "reverse": Type(
        _kinds("unit trading auction surrender total"), _kinds("total reserve auction unit"),
        _in(_TRANSACTION), _CLERK, _CHECKER,
    ),
    "merge": Type(
        _kinds("unit"), _kinds("unit"), _in("registry.merge"), _CLERK, _CHECKER, other_holder=True
    ),
    "split": Type(
        _kinds("unit"), _kinds("unit"), _in("registry.split"), _CLERK, _CHECKER, other_holder=True
    ),
    "return_excess": Type(
        _kinds("unit"), _kinds("total"),
        _in(_TRANSACTION, "registry.plan", "compliance.pre_allocate"),
        {**_CLERK, **_OFFICER}, {**_CHECKER, **_HEAD}, reversible=True,
    ),
    "pledge": Type(_kinds("unit trading"), frozenset(), _in(_TRANSACTION), _REP, _SECOND),
    "release": Type(
        _kinds("unit trading"), frozenset(), _in(_TRANSACTION),
        {"bank_officer": "own", **_CLERK}, _CHECKER,
    ),
    "purchase_outside": Type(
        _kinds("outside"), _kinds("unit"), _in(_TRANSACTION), _CLERK, _CHECKER,
        lines=_kinds("outside"),
    ),
}  # fmt: skip
"""Every type of transaction by its name."""

FREEZABLE = HOLDERS | frozenset({"omnibus"})
"""Kinds of account of which an amount or a block can be frozen."""

RIGHTS: Mapping[str, tuple[Rights, Rights]] = {
    "registry.open_accounts": ({**_CLERK, **_REP}, _CHECKER),
    "registry.account_status": ({**_CLERK, **_OFFICER}, {**_CHECKER, **_HEAD}),
    "registry.close_account": ({**_CLERK, **_REP}, _CHECKER),
    "registry.own_limits": (_REP, _SECOND),
    "registry.bureau_limits": (_OFFICER, _HEAD),
    "registry.plan": (_OFFICER, _HEAD),
    "registry.freeze": (
        {**_CLERK, **_OFFICER, "court_officer": "any"}, {**_CHECKER, **_HEAD},
    ),
    "registry.lift": ({**_CLERK, **_OFFICER, "court_officer": "any"}, {**_CHECKER, **_HEAD}),
    "registry.trust": (_REP, _SECOND),
    "registry.distrust": (_REP, _SECOND),
    "registry.merge": (_CLERK, _CHECKER),
    "registry.split": (_CLERK, _CHECKER),
    "compliance.open_year": (_OFFICER, _HEAD),
    "compliance.list": (_OFFICER, _HEAD),
    "compliance.determine": (_OFFICER, _HEAD),
    "compliance.departure": (_OFFICER, _HEAD),
    "compliance.close_year": (_OFFICER, _HEAD),
    "compliance.pre_allocate": (_OFFICER, _HEAD),
    "compliance.surrender": (_REP, _SECOND),
    "compliance.surrender_in_bulk": (_CLERK, _CHECKER),
}  # fmt: skip
"""Who proposes and who approves each kind of act that carries no transaction type of its own."""

DELEGATED = {"registry_clerk": "registry", "registry_approver": "registry"}
"""Roles that act only under a delegation of that scope by the bureau (M12.2)."""

ISSUERS: Rights = {
    "account_representative": "own", "account_approver": "own", "unit_reporter": "own",
    "exchange_operator": "own", "registry_clerk": "any", "registry_approver": "any",
}  # fmt: skip
"""Who draws certificates and statements of an account, alone."""

STOPPERS = frozenset({"registry_clerk", "registry_approver", "bureau_officer", "bureau_approver"})
"""Roles that may stop any waiting transaction; the holders' own people may as well."""

ACCOUNT_ROLES = frozenset({"account_representative", "account_approver"})
