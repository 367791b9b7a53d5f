"""How acts on accounts are shown: opening, status, limits, freezes, pledges, trusted lists."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from hutan.kernel.working import Working
from hutan.parties import queries as parties
from hutan.parties.queries import ProposalRecord
from hutan.registry import overviews, queries
from hutan.registry.domain.facts import vintage
from hutan.registry.overviews import AccountLine, FreezeRecord
from hutan.rules.delays import trusted_list_effect
from hutan.rules.parameters import rulebook
from hutan.web.approvals.shown import Shown
from hutan.web.approvals.transactions import name_of
from hutan.web.components import ChangeLine
from hutan.web.figures import deadline
from hutan.web.language import Bilingual, active, bi
from hutan.web.tonnes import balance_line, range_of, tonnes, tonnes_or_none
from hutan.web.words import (
    ACCOUNT_KINDS,
    ACCOUNT_STATUSES,
    DOCUMENTS,
    FREEZE_SCOPES,
    act_title,
    asset_title,
)

Facts = list[tuple[Bilingual, object]]
_ACCOUNT = bi("账户", "Account")


def opening(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show the applicant, the kind of account and the documents, each to be opened."""
    content = proposal.content
    holder = parties.organisations([UUID(str(content["holder"]))])
    kind = ACCOUNT_KINDS[str(content["kind"])]
    given = {str(one["kind"]): str(one["sha256"]) for one in content.get("documents") or []}  # type: ignore[union-attr, index, call-overload]  # the services read it so
    facts: Facts = []
    for one in holder.values():
        facts = [
            (bi("开户单位", "Applicant"), one.name),
            (bi("统一社会信用代码", "Credit code"), one.credit_code or "—"),
            (bi("所在区", "District"), one.district or "—"),
        ]
    facts.append((bi("账户种类", "Kind of account"), kind))
    if (new_in := content.get("new_in_year")) is not None:
        facts.append((bi("新纳入年度", "New on the list of"), new_in))
    return Shown(
        act_title(proposal.kind),
        facts=facts,
        changes=[ChangeLine(kind, str(bi("未开立", "none")), str(bi("开立", "opened")))],
        attachments=[(DOCUMENTS.get(name, bi(name, name)), hash_) for name, hash_ in given.items()],
    )


def status(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show the status before and after, and the reason."""
    account = _line(proposal)
    before = str(ACCOUNT_STATUSES[account.status][1]) if account else ""
    after = str(ACCOUNT_STATUSES[str(proposal.content["status"])][1])
    return Shown(
        act_title(proposal.kind),
        facts=[*_named(proposal, account), _reason(proposal)],
        changes=[ChangeLine(bi("账户状态", "Status"), before if _open(proposal) else "", after)],
    )


def closing(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show the account that closes for good."""
    account = _line(proposal)
    before = str(ACCOUNT_STATUSES[account.status][1]) if account and _open(proposal) else ""
    closed = str(ACCOUNT_STATUSES["closed"][1])
    return Shown(
        act_title(proposal.kind),
        facts=[*_named(proposal, account), _reason(proposal)],
        changes=[ChangeLine(bi("账户状态", "Status"), before, closed)],
        notes=[bi("销户后不能恢复。", "A closed account is not opened again.")],
    )


def limits(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show both limits before and after."""
    account = _line(proposal)
    terms = overviews.account_terms(account.number) if account and _open(proposal) else None
    own = proposal.kind.endswith("own_limits")
    before: tuple[int | None, int | None] = (None, None)
    if terms is not None:
        before = (
            (terms.own_per_transfer, terms.own_per_day)
            if own
            else (terms.bureau_per_transfer, terms.bureau_per_day)
        )
    content = proposal.content
    names = (bi("单笔限额", "Limit per transfer"), bi("日限额", "Limit per day"))
    wanted = (content.get("per_transfer"), content.get("per_day"))
    return Shown(
        act_title(proposal.kind),
        facts=_named(proposal, account),
        changes=[
            ChangeLine(name, _limit(old), _limit(new))
            for name, old, new in zip(names, before, wanted, strict=True)
        ],
    )


def freeze(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show what the order stops, and who ordered it."""
    content, account = proposal.content, _line(proposal)
    scope = str(content["scope"])
    facts: Facts = [
        *_named(proposal, account),
        (bi("冻结范围", "Scope"), FREEZE_SCOPES[scope]),
        (bi("决定机关", "Authority"), content["authority"]),
        (bi("文书编号", "Order"), content["order"]),
    ]
    changes: list[ChangeLine] = []
    if scope == "account":
        changes = [_account_freeze(account, _open(proposal), after=True)]
    else:
        asset, amount = str(content["asset"]), int(str(content["amount"]))
        if scope == "block":
            first, last = int(str(content["first"])), int(str(content["last"]))
            facts.append((bi("号段", "Numbers"), range_of(vintage(asset), first, last)))
        changes = [_available(proposal, asset, -amount)]
    return Shown(act_title(proposal.kind), facts=facts, changes=changes)


def lifting(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show the freeze that is lifted, and by which order."""
    content = proposal.content
    found = overviews.freeze(UUID(str(content["freeze"])))
    facts: Facts = [
        (bi("解除机关", "Lifted by"), content["authority"]),
        (bi("解除文书", "Its order"), content["order"]),
    ]
    changes: list[ChangeLine] = []
    if found is not None:
        facts = [*freeze_facts(found), *facts]
        changes = [
            ChangeLine(bi("冻结", "Freeze"), str(bi("有效", "in force")), str(bi("解除", "lifted")))
        ]
    return Shown(act_title(proposal.kind), facts=facts, changes=changes)


def pledge(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show what is set aside, for whom, by which contract."""
    content = proposal.content
    creditor = parties.organisations([UUID(str(content["creditor"]))])
    return Shown(
        act_title(proposal.kind),
        facts=[
            (_ACCOUNT, content["giver"]),
            *((bi("质权人", "Creditor"), one.name) for one in creditor.values()),
            (bi("合同", "Contract"), content["contract"]),
        ],
        changes=[
            _available(proposal, str(content["asset"]), -int(str(content["amount"])), "giver")
        ],
    )


def release(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show which pledge is released."""
    return Shown(
        act_title(proposal.kind),
        facts=[(bi("质押编号", "Pledge"), proposal.content["pledge"])],
        changes=[
            ChangeLine(
                bi("质押", "Pledge"), str(bi("有效", "in force")), str(bi("解除", "released"))
            )
        ],
    )


def trust(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show who is trusted, and from when on if it is approved now."""
    workings: list[Working] = []
    after = str(bi("信任", "trusted"))
    if _open(proposal):
        effect = trusted_list_effect(at, book=rulebook())
        from_then = deadline(effect.at, active())
        after = str(bi(f"自 {from_then} 起信任", f"trusted from {from_then}"))
        workings.append(effect.working)
    return _trusting(proposal, str(bi("不在名单", "not listed")), after, workings)


def distrust(proposal: ProposalRecord, at: datetime) -> Shown:
    """Show who is no longer trusted: at once."""
    gone = str(bi("批准后即时移出", "taken off at once"))
    return _trusting(proposal, str(bi("信任", "trusted")), gone, [])


def freeze_facts(found: FreezeRecord) -> Facts:
    """Return what a freeze says, for its own page and for its lifting."""
    facts: Facts = [
        (_ACCOUNT, f"{found.account} {found.holder}".strip()),
        (bi("冻结范围", "Scope"), FREEZE_SCOPES[found.scope]),
    ]
    if found.amount is not None:
        title = asset_title(found.asset)
        facts.append((title, tonnes(found.amount)))
    if found.first is not None and found.last is not None:
        numbers = range_of(vintage(found.asset), found.first, found.last)
        facts.append((bi("号段", "Numbers"), numbers))
    return [
        *facts,
        (bi("决定机关", "Authority"), found.authority),
        (bi("文书编号", "Order"), found.order),
        (bi("冻结时间", "Since"), deadline(found.imposed_at, active())),
    ]


def _trusting(proposal: ProposalRecord, before: str, after: str, workings: list[Working]) -> Shown:
    numbers = [str(proposal.content[name]).upper() for name in ("account", "trusted")]
    lines = overviews.account_lines(numbers)
    return Shown(
        act_title(proposal.kind),
        facts=[
            (_ACCOUNT, name_of(lines.get(numbers[0]), numbers[0])),
            (bi("接收账户", "Receiver"), name_of(lines.get(numbers[1]), numbers[1])),
        ],
        changes=[ChangeLine(bi("信任名单", "Trusted list"), before, after)],
        workings=workings,
    )


def _line(proposal: ProposalRecord) -> AccountLine | None:
    number = str(proposal.content["account"]).strip().upper()
    return overviews.account_lines([number]).get(number)


def _named(proposal: ProposalRecord, account: AccountLine | None) -> Facts:
    return [(_ACCOUNT, name_of(account, str(proposal.content["account"]).upper()))]


def _reason(proposal: ProposalRecord) -> tuple[Bilingual, object]:
    return (bi("理由", "Reason"), proposal.content["reason"])


def _open(proposal: ProposalRecord) -> bool:
    return proposal.state in ("pending", "returned")


def _limit(amount: object) -> str:
    return tonnes_or_none(None if amount is None else int(str(amount)))


def _account_freeze(account: AccountLine | None, pending: bool, *, after: bool) -> ChangeLine:
    frozen, free = str(bi("冻结", "frozen")), str(bi("未冻结", "not frozen"))
    now = frozen if account and account.frozen_by else free
    return ChangeLine(
        bi("整个账户", "Whole account"), now if pending else "", frozen if after else free
    )


def _available(
    proposal: ProposalRecord, asset: str, change: int, field: str = "account"
) -> ChangeLine:
    title = asset_title(asset)
    name = bi(f"可用 {title.zh}", f"{title.en} available")
    if not _open(proposal):
        return balance_line(name, None, change)
    number = str(proposal.content[field]).upper()
    held = {one.asset: one.available for one in queries.balances_of_account(number)}
    return balance_line(name, held.get(asset, 0), change)
