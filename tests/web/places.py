"""Every page of the roles, its path in the town, and who may open it.

``everybody`` may open it, signed in or not; otherwise the roles that may are named, and what the
others meet: ``forbidden`` (403: they may know it is there) or ``hidden`` (404: for them it is not).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hutan.transparency.queries import latest_checkpoint
from tests.web.town import YEAR, Town

UNIT = frozenset({"account_representative", "account_approver", "unit_reporter"})
PROPOSING = frozenset({"account_representative"})
CLERK = frozenset({"registry_clerk"})
REGISTRY = frozenset({"registry_clerk", "registry_approver"})
BUREAU = frozenset({"bureau_officer", "bureau_approver"})
OFFICER = frozenset({"bureau_officer"})
COURT = frozenset({"court_officer"})
BANK = frozenset({"bank_officer"})
SEES_ALL = REGISTRY | BUREAU | {"auditor"}
DEPARTMENT = frozenset({"department_reader"})
DISTRICT = frozenset({"district_officer"})
ROLES = UNIT | SEES_ALL | DEPARTMENT | DISTRICT | COURT | {
    "other_representative", "exchange_operator", "security_administrator", "bank_officer",
}  # fmt: skip
SIGNED_IN = ROLES
EVERYBODY = ROLES | {"nobody"}


@dataclass(frozen=True)
class Page:
    """A page, who may open it, and what those meet who may not (some roles may meet another)."""

    route: str
    path: Callable[[Town], str]
    allowed: frozenset[str]
    others: int = 403
    hidden_from: frozenset[str] = frozenset()
    answer: int = 200

    def status_for(self, role: str) -> int:
        """Return what somebody of a role gets."""
        if role in self.allowed:
            return self.answer
        if role == "nobody":
            return 302
        return 404 if role in self.hidden_from else self.others


SEES_UNIT = UNIT | SEES_ALL | DISTRICT
SEES_YEAR = SEES_UNIT | DEPARTMENT


def _own(
    route: str,
    path: Callable[[Town], str],
    allowed: frozenset[str],
    seen_by: frozenset[str] = SEES_UNIT,
) -> Page:
    """Return a page about the chemicals works: those who do not see it are told nothing."""
    return Page(route, path, allowed, 403, hidden_from=ROLES - seen_by)


def head_size() -> int:
    """Return the size of the newest head; the town has signed one."""
    head = latest_checkpoint()
    assert head is not None
    return head.size


PAGES = [
    Page("start", lambda t: "/start", SIGNED_IN),
    Page("approvals", lambda t: "/approvals", SIGNED_IN),
    Page("approvals_mine", lambda t: "/approvals/mine", SIGNED_IN),
    Page("own_unit", lambda t: "/unit", UNIT | {"other_representative"}, answer=302),
    _own("unit", lambda t: f"/units/{t.chemicals.id}", SEES_YEAR),
    _own("unit_acts", lambda t: f"/units/{t.chemicals.id}/acts", SEES_UNIT),
    _own("unit_year", lambda t: f"/units/{t.chemicals.id}/years/{YEAR}", SEES_YEAR),
    _own("unit_working", lambda t: f"/units/{t.chemicals.id}/years/{YEAR}/working", SEES_YEAR),
    _own("surrender", lambda t: f"/units/{t.chemicals.id}/years/{YEAR}/surrender", PROPOSING,
         SEES_YEAR),
    _own("account", lambda t: f"/accounts/{t.chemicals.account}", SEES_UNIT),
    _own("account_history", lambda t: f"/accounts/{t.chemicals.account}/history", SEES_UNIT),
    _own("transfer", lambda t: f"/accounts/{t.chemicals.account}/transfer", PROPOSING),
    _own("trusted", lambda t: f"/accounts/{t.chemicals.account}/trusted", PROPOSING),
    _own("account_limits", lambda t: f"/accounts/{t.chemicals.account}/limits", PROPOSING),
    _own("bureau_limits", lambda t: f"/accounts/{t.chemicals.account}/bureau-limits", OFFICER),
    _own("open_account", lambda t: f"/accounts/open?holder={t.chemicals.id}", PROPOSING | CLERK,
         SEES_YEAR),
    _own("account_status", lambda t: f"/accounts/{t.chemicals.account}/status", CLERK | OFFICER),
    _own("close_account", lambda t: f"/accounts/{t.chemicals.account}/close", CLERK | PROPOSING),
    Page("freeze_account", lambda t: f"/accounts/{t.chemicals.account}/freeze",
         CLERK | OFFICER | COURT),
    Page("freeze_start", lambda t: "/freezes/start", CLERK | OFFICER | COURT),
    Page("lift_freeze", lambda t: f"/freezes/{t.frozen}/lift", CLERK | OFFICER | COURT),
    Page("find_path", lambda t: "/allowances", SIGNED_IN),
    Page("path", lambda t: f"/allowances/{YEAR}-1", SEES_UNIT, 404),
    Page("transaction", lambda t: f"/transactions/{t.waiting}",
         SEES_UNIT | {"other_representative"}, 404),
    Page("act", lambda t: f"/acts/{t.pending}", SEES_UNIT, 404),
    Page("act_receipt", lambda t: f"/acts/{t.waiting}/receipt.json", SEES_UNIT, 404),
    _own("account_documents", lambda t: f"/accounts/{t.chemicals.account}/documents", SEES_UNIT),
    _own("account_order", lambda t: f"/accounts/{t.chemicals.account}/orders/cancel_voluntary",
         PROPOSING),
    Page("desk_order", lambda t: "/orders/issue_free", CLERK | OFFICER),
    _own("pledge", lambda t: f"/accounts/{t.chemicals.account}/pledge", PROPOSING),
    Page("pledges", lambda t: "/pledges", SEES_ALL | BANK),
    Page("release_pledge", lambda t: f"/pledges/{t.pledged}/release", CLERK | BANK),
    Page("unit_keys", lambda t: f"/units/{t.chemicals.id}/keys", UNIT, 404),
    Page("desk", lambda t: "/desk", SEES_ALL),
    Page("desk_accounts", lambda t: "/desk/accounts?q=化工", SEES_ALL),
    Page("desk_freezes", lambda t: "/desk/freezes", SEES_ALL),
    Page("desk_waiting", lambda t: "/desk/waiting", SEES_ALL),
    Page("desk_debts", lambda t: "/desk/debts", SEES_ALL),
    Page("desk_attempts", lambda t: "/desk/attempts", SEES_ALL),
    Page("desk_issue", lambda t: "/desk/issue", SEES_ALL | DEPARTMENT),
    Page("desk_reversals", lambda t: "/desk/reversals", SEES_ALL),
    Page("desk_reverse", lambda t: f"/desk/reversals/{t.waiting}", CLERK),
    Page("desk_successions", lambda t: "/desk/successions", SEES_ALL),
    Page("desk_merge", lambda t: "/desk/merge", CLERK),
    Page("desk_split", lambda t: f"/desk/split?account={t.chemicals.account}", CLERK),
    Page("boards", lambda t: "/bureau", SEES_ALL | DEPARTMENT | DISTRICT, answer=302),
    Page("board", lambda t: f"/bureau/{YEAR}", SEES_ALL | DEPARTMENT | DISTRICT),
    Page("bureau_open_year", lambda t: "/bureau/open-year?year=2025", BUREAU),
    Page("bureau_departures", lambda t: "/bureau/departures", BUREAU),
    Page("bureau_list", lambda t: f"/bureau/{YEAR}/list", BUREAU),
    Page("bureau_determine", lambda t: f"/bureau/{YEAR}/determine", BUREAU),
    Page("bureau_plan", lambda t: f"/bureau/{YEAR}/plan", BUREAU),
    Page("bureau_pre_allocate", lambda t: f"/bureau/{YEAR}/pre-allocate", BUREAU),
    Page("bureau_close", lambda t: f"/bureau/{YEAR}/close", BUREAU),
    Page("home", lambda t: "/", EVERYBODY),
    Page("units", lambda t: "/lists", EVERYBODY, answer=302),
    Page("public_list", lambda t: f"/lists/{YEAR}", EVERYBODY),
    Page("public_list_file", lambda t: f"/lists/{YEAR}.csv", EVERYBODY),
    Page("plans", lambda t: "/plans", EVERYBODY, answer=302),
    Page("public_plan", lambda t: f"/plans/{YEAR}", EVERYBODY),
    Page("public_log", lambda t: "/log", EVERYBODY),
    Page("log_find_entry", lambda t: "/log/entries?index=0", EVERYBODY, answer=302),
    Page("log_entry", lambda t: "/log/entries/0", EVERYBODY),
    Page("log_entry_proof", lambda t: "/log/entries/0/proof.json", EVERYBODY),
    Page("log_growth", lambda t: f"/log/growth/{head_size()}-{head_size()}.json", EVERYBODY),
    Page("receipt", lambda t: "/log/receipt", EVERYBODY),
    Page("log_checkpoint", lambda t: "/log/checkpoint", EVERYBODY),
    Page("log_verifier", lambda t: "/log/verify_receipt.py", EVERYBODY),
    Page("catalogue", lambda t: "/catalogue", EVERYBODY),
    Page("rulebook", lambda t: "/rulebook", EVERYBODY),
    Page("rulebook", lambda t: "/rulebook?status=assumed", EVERYBODY),
    Page("clauses", lambda t: "/clauses", EVERYBODY),
    Page("api_docs", lambda t: "/api/docs", EVERYBODY),
    Page("rulebook_year", lambda t: f"/rulebook/years/{YEAR}", EVERYBODY),
    Page("rulebook_parameter", lambda t: "/rulebook/compliance.offset_share_max", EVERYBODY),
]  # fmt: skip
