"""The registry's acts of two people, entered in the table of acts when the platform starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

from hutan.kernel.canonical import Json, Record
from hutan.kernel.reading import Fields
from hutan.parties.acts import ActKind, ApprovedAct, Attempt, declare
from hutan.parties.bulk import changes
from hutan.parties.domain.approvals import Reach
from hutan.registry.domain.accounts import Opening
from hutan.registry.domain.catalogue import TransactionType, catalogue
from hutan.registry.domain.facts import Order
from hutan.registry.services import (
    accounts,
    bulk,
    encumbrances,
    plans,
    successions,
    transactions,
    trust,
)
from hutan.registry.services.engine import carry_out, preview

_CLERKS: dict[str, Reach] = {"registry_clerk": "any"}
_CLERK_APPROVERS: dict[str, Reach] = {"registry_approver": "any"}
_BUREAU: dict[str, Reach] = {"bureau_officer": "any"}
_BUREAU_APPROVERS: dict[str, Reach] = {"bureau_approver": "any"}
_HOLDER: dict[str, Reach] = {"account_representative": "own"}
_HOLDER_APPROVERS: dict[str, Reach] = {"account_approver": "own"}

Content = Mapping[str, Json]


def declare_acts() -> None:
    """Enter every act of the registry."""
    for kind in catalogue().values():
        if not kind.service_only and kind.code not in ("pledge", "release"):
            declare(_transaction_act(kind))
    for act in (
        *_account_acts(), *_plan_acts(), *_bulk_acts(), *_encumbrance_acts(), *_other_acts(),
    ):  # fmt: skip
        declare(act)


def _transaction_act(kind: TransactionType) -> ActKind:
    return ActKind(
        code=f"registry.{kind.code}",
        zh=kind.zh,
        en=kind.en,
        clause=kind.clause,
        proposers=kind.proposers,
        approvers=kind.approvers,
        concerns=partial(transactions.concerns, kind),
        check=partial(transactions.check, kind),
        execute=partial(transactions.execute, kind),
        refused=_keep_if_issue if kind.plan_line else lambda attempt: None,
        moves_units=True,
    )


def _keep_if_issue(attempt: Attempt) -> None:
    transactions.keep_attempt(attempt)


def _account_acts() -> tuple[ActKind, ...]:
    return (
        ActKind(
            code="registry.open_account",
            zh="开立账户",
            en="Open an account",
            clause="N6",
            proposers=_CLERKS | _HOLDER,
            approvers=_CLERK_APPROVERS,
            concerns=lambda content: _opening(UUID(int=0), content)[0].holder,
            check=lambda id, content, at: accounts.preview_opening([_opening(id, content)[0]]),
            execute=_open_account,
        ),
        ActKind(
            code="registry.change_status",
            zh="暂停或恢复账户",
            en="Suspend or restore an account",
            clause="M12.1",
            proposers=_CLERKS | _BUREAU,
            approvers=_CLERK_APPROVERS | _BUREAU_APPROVERS,
            concerns=_holder_of("account"),
            check=lambda id, content, at: accounts.preview_status(*_status(content)[:2]),
            execute=lambda act: accounts.change_status(act, *_status(act.content)),
        ),
        ActKind(
            code="registry.close_account",
            zh="销户",
            en="Close an account",
            clause="M22.2",
            proposers=_CLERKS | _HOLDER,
            approvers=_CLERK_APPROVERS,
            concerns=_holder_of("account"),
            check=lambda id, content, at: accounts.preview_closing(_closing(content)[0], at),
            execute=_close_account,
        ),
        ActKind(
            code="registry.set_own_limits",
            zh="设定本账户限额",
            en="Set an account's own limits",
            clause="M12.1",
            proposers=_HOLDER,
            approvers=_HOLDER_APPROVERS,
            concerns=_holder_of("account"),
            check=lambda id, content, at: accounts.preview_limits(_limits(content, "")[0]),
            execute=lambda act: accounts.set_limits(act, *_limits(act.content, "")),
        ),
        ActKind(
            code="registry.set_bureau_limits",
            zh="设定账户监管限额",
            en="Set the bureau's limits of an account",
            clause="M3.1",
            proposers=_BUREAU,
            approvers=_BUREAU_APPROVERS,
            concerns=_holder_of("account"),
            check=lambda id, content, at: accounts.preview_limits(_limits(content, "bureau_")[0]),
            execute=lambda act: accounts.set_limits(act, *_limits(act.content, "bureau_")),
        ),
    )


def _plan_acts() -> tuple[ActKind, ...]:
    return (
        ActKind(
            code="registry.plan",
            zh="分配方案入库",
            en="Put the year's plan into force in the registry",
            clause="M10.2",
            proposers=_BUREAU,
            approvers=_BUREAU_APPROVERS,
            concerns=lambda content: None,
            check=plans.check,
            execute=plans.execute,
            describe=changes,
            refused=transactions.keep_attempt,
            moves_units=True,
        ),
        ActKind(
            code="registry.issue_lines",
            zh="按方案条目发放",
            en="Issue all that is left on the lines of a plan",
            clause="M13",
            proposers=_CLERKS | _BUREAU,
            approvers=_CLERK_APPROVERS | _BUREAU_APPROVERS,
            concerns=lambda content: None,
            check=lambda id, content, at: [
                one for found in preview(_lines(id, content), at) for one in found
            ],
            execute=_issue_lines,
            refused=transactions.keep_attempt,
            moves_units=True,
        ),
    )


def _bulk_acts() -> tuple[ActKind, ...]:
    outside = catalogue()["purchase_outside"]
    return (
        ActKind(
            code="registry.open_accounts",
            zh="批量开立账户",
            en="Open accounts in bulk",
            clause="N6",
            proposers=_CLERKS,
            approvers=_CLERK_APPROVERS,
            concerns=lambda content: None,
            check=bulk.check_openings,
            execute=bulk.open_accounts,
            describe=changes,
        ),
        ActKind(
            code="registry.purchase_outside",
            zh=outside.zh,
            en=outside.en,
            clause=outside.clause,
            proposers=outside.proposers,
            approvers=outside.approvers,
            concerns=lambda content: None,
            check=bulk.check_purchases,
            execute=bulk.purchase,
            describe=changes,
            refused=transactions.keep_attempt,
            moves_units=True,
        ),
    )


def _encumbrance_acts() -> tuple[ActKind, ...]:
    return (
        ActKind(
            code="registry.freeze",
            zh="冻结",
            en="Freeze",
            clause="M12.1",
            proposers=_CLERKS | _BUREAU | {"court_officer": "any"},
            approvers=_CLERK_APPROVERS | _BUREAU_APPROVERS,
            concerns=_holder_of("account"),
            check=encumbrances.check_freeze,
            execute=encumbrances.impose,
        ),
        ActKind(
            code="registry.lift",
            zh="解除冻结",
            en="Lift a freeze",
            clause="M12.1",
            proposers=_CLERKS | _BUREAU | {"court_officer": "any"},
            approvers=_CLERK_APPROVERS | _BUREAU_APPROVERS,
            concerns=lambda content: None,
            check=encumbrances.check_lifting,
            execute=encumbrances.lift,
        ),
        ActKind(
            code="registry.pledge",
            zh=catalogue()["pledge"].zh,
            en=catalogue()["pledge"].en,
            clause=catalogue()["pledge"].clause,
            proposers=catalogue()["pledge"].proposers,
            approvers=catalogue()["pledge"].approvers,
            concerns=_holder_of("giver"),
            check=encumbrances.check_pledge,
            execute=encumbrances.pledge,
            moves_units=True,
        ),
        ActKind(
            code="registry.release",
            zh=catalogue()["release"].zh,
            en=catalogue()["release"].en,
            clause=catalogue()["release"].clause,
            proposers={"bank_officer": "own", "registry_clerk": "any"},
            approvers=catalogue()["release"].approvers,
            concerns=encumbrances.creditor_of,
            check=encumbrances.check_release,
            execute=encumbrances.release,
            moves_units=True,
        ),
    )


def _other_acts() -> tuple[ActKind, ...]:
    return (
        ActKind(
            code="registry.trust",
            zh="列入信任名单",
            en="Put on the trusted list",
            clause="M12.1",
            proposers=_HOLDER,
            approvers=_HOLDER_APPROVERS,
            concerns=_holder_of("account"),
            check=trust.check_adding,
            execute=trust.add,
            moves_units=True,
        ),
        ActKind(
            code="registry.distrust",
            zh="移出信任名单",
            en="Take off the trusted list",
            clause="M12.1",
            proposers=_HOLDER,
            approvers=_HOLDER_APPROVERS,
            concerns=_holder_of("account"),
            check=trust.check_removing,
            execute=trust.remove,
        ),
        ActKind(
            code="registry.merge",
            zh=catalogue()["merge"].zh,
            en=catalogue()["merge"].en,
            clause="M14.1",
            proposers=catalogue()["merge"].proposers,
            approvers=catalogue()["merge"].approvers,
            concerns=lambda content: None,
            check=successions.check_merger,
            execute=successions.merge,
            moves_units=True,
        ),
        ActKind(
            code="registry.split",
            zh=catalogue()["split"].zh,
            en=catalogue()["split"].en,
            clause="M14.2",
            proposers=catalogue()["split"].proposers,
            approvers=catalogue()["split"].approvers,
            concerns=lambda content: None,
            check=successions.check_split,
            execute=successions.split,
            moves_units=True,
        ),
    )


def _holder_of(field: str) -> Callable[[Content], UUID | None]:
    return lambda content: encumbrances.holder_of(str(content.get(field, "")).strip().upper())


def _opening(id: UUID, content: Content) -> tuple[Opening, int | None]:
    fields = Fields(content)
    opening = bulk.read_opening(id, fields)
    new_in = fields.optional_integer("new_in_year", least=2000)
    fields.done()
    return opening, new_in


def _open_account(act: ApprovedAct) -> Record:
    opening, new_in = _opening(act.id, act.content)
    late = new_in is not None and accounts.opens_late(new_in, act.at)
    (number,) = accounts.open_accounts(
        [opening], act=act.id, at=act.at, people=act.people(), late=late
    )
    return {"account": number, "late": late}


def _status(content: Content) -> tuple[str, str, str]:
    fields = Fields(content)
    read = (
        fields.text("account", longest=20).upper(),
        fields.choice("status", {"open", "suspended"}),
        fields.text("reason"),
    )
    fields.done()
    return read


def _closing(content: Content) -> tuple[str, str]:
    fields = Fields(content)
    read = fields.text("account", longest=20).upper(), fields.text("reason")
    fields.done()
    return read


def _close_account(act: ApprovedAct) -> Record:
    account, reason = _closing(act.content)
    accounts.close_account(account, act=act.id, at=act.at, reason=reason, people=act.people())
    return {"account": account}


def _limits(content: Content, prefix: str) -> tuple[str, dict[str, int | None]]:
    fields = Fields(content)
    account = fields.text("account", longest=20).upper()
    limits = {
        f"{prefix}limit_{name}": fields.optional_integer(name)
        for name in ("per_transfer", "per_day")
    }
    fields.done()
    return account, limits


def _lines(id: UUID, content: Content) -> list[Order]:
    fields = Fields(content)
    year = fields.integer("year", least=1990, most=2100)
    kind = fields.choice("kind", {"free", "provisional"})
    fields.done()
    return plans.lines_to_issue(year, [kind], id)


def _issue_lines(act: ApprovedAct) -> Record:
    orders = _lines(act.id, act.content)
    done = carry_out(orders, at=act.at, proposed_at=act.proposed_at, proposal=act.id)
    transactions.leave_leaf(act.id, done, at=act.at, people=act.people(), bulk=True)
    return {"transactions": len(done), "amount": sum(one.order.amount for one in done)}
