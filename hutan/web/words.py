"""The field's words for what the contexts name by codes, in both languages (docs/glossary.md)."""

from __future__ import annotations

from collections.abc import Mapping

from hutan.parties.acts import act_kind
from hutan.parties.domain.roles import roles
from hutan.registry.domain.catalogue import catalogue
from hutan.registry.domain.facts import vintage
from hutan.web.components import Cell, Tone
from hutan.web.language import Bilingual, bi

ACCOUNT_KINDS: Mapping[str, Bilingual] = {
    "unit": bi("配额账户", "Unit account"),
    "trading": bi("交易账户", "Trading account"),
    "personal": bi("个人账户", "Personal account"),
    "issuance": bi("发放源账户", "Issuance source"),
    "total": bi("总量账户", "Total account"),
    "reserve": bi("储备账户", "Reserve account"),
    "auction": bi("竞价账户", "Auction account"),
    "surrender": bi("清缴账户", "Surrender account"),
    "cancellation": bi("注销账户", "Cancellation account"),
    "omnibus": bi("交易所总账户", "Exchange omnibus account"),
    "outside": bi("外部市场账户", "Outside market account"),
}

ACCOUNT_STATUSES: Mapping[str, tuple[Tone, Bilingual]] = {
    "open": ("good", bi("正常", "Open")),
    "suspended": ("watch", bi("暂停", "Suspended")),
    "closed": ("neutral", bi("已销户", "Closed")),
}

UNIT_STATUSES: Mapping[str, tuple[Tone, Bilingual]] = {
    "excluded": ("neutral", bi("不承担本市清缴义务", "No local obligation")),
    "not_yet_obliged": ("waiting", bi("尚未审定", "Not determined yet")),
    "emissions_missing": ("bad", bi("逾期未审定", "Emissions missing")),
    "short": ("watch", bi("未足额清缴", "Short")),
    "met": ("good", bi("已足额清缴", "Met")),
    "met_late": ("watch", bi("逾期后足额清缴", "Met late")),
}

LISTINGS: Mapping[str, Bilingual] = {
    "regulated": bi("纳管单位", "Regulated"),
    "national": bi("全国碳市场单位", "National market"),
    "reporting_only": bi("仅报告单位", "Reporting only"),
    "not_listed": bi("不在名录", "Not listed"),
}

TRANSACTION_STATES: Mapping[str, tuple[Tone, Bilingual]] = {
    "waiting": ("waiting", bi("等待执行", "Waiting")),
    "executed": ("good", bi("已执行", "Executed")),
    "stopped": ("bad", bi("已中止", "Stopped")),
}

PROPOSAL_STATES: Mapping[str, tuple[Tone, Bilingual]] = {
    "pending": ("waiting", bi("待复核", "Waiting for approval")),
    "approved": ("good", bi("已批准", "Approved")),
    "returned": ("watch", bi("已退回", "Sent back")),
    "withdrawn": ("neutral", bi("已撤回", "Withdrawn")),
}

PROPOSAL_STEPS: Mapping[str, tuple[Tone, Bilingual]] = {
    "proposed": ("neutral", bi("提出", "Proposed")),
    "amended": ("neutral", bi("修改为第 {version} 版", "Amended: version {version}")),
    "approved": ("good", bi("批准", "Approved")),
    "returned": ("watch", bi("退回", "Sent back")),
    "withdrawn": ("neutral", bi("撤回", "Withdrawn")),
}

FREEZE_SCOPES: Mapping[str, Bilingual] = {
    "account": bi("整个账户", "Whole account"),
    "amount": bi("一定数量", "An amount"),
    "block": bi("指定号段", "A block"),
}

PLAN_PARTS: Mapping[str, Bilingual] = {
    "direct": bi("直接发放", "Direct part"),
    "reserve": bi("储备", "Reserve part"),
    "outside": bi("外部市场", "Outside market"),
}

PLAN_LINES: Mapping[str, Bilingual] = {
    "free": bi("免费发放", "Free"),
    "provisional": bi("预分配", "Provisional"),
    "ordinary_auction": bi("普通竞价", "Ordinary auction"),
    "regulation_auction": bi("调控竞价", "Regulation auction"),
    "outside": bi("外部市场", "Outside market"),
}

DEPARTURES: Mapping[str, Bilingual] = {
    "dissolved": bi("解散", "Dissolved"),
    "deregistered": bi("注销登记", "Deregistered"),
    "stopped": bi("停止生产经营", "Stopped production"),
    "moved_out": bi("迁出本市", "Moved out of the city"),
}

REDUCTION_KINDS: Mapping[str, Bilingual] = {
    "ccer": bi("国家核证自愿减排量（CCER）", "CCER"),
    "reduction": bi("本市碳普惠减排量（SHCERCIR1）", "Shanghai reduction (SHCERCIR1)"),
    "allowance": bi("配额", "Allowance"),
}

BURDENS: Mapping[str, Bilingual] = {
    "pledge": bi("质押", "Pledge"),
    "debt": bi("应收回欠额", "To be taken back"),
}

DOCUMENTS: Mapping[str, Bilingual] = {
    "application": bi("开户申请表", "Application form"),
    "business_licence": bi("营业执照", "Business licence"),
    "representative_identity": bi("账户代表身份证明", "Representative's identity document"),
}

ACCOUNT_CHANGES: Mapping[str, Bilingual] = {
    "status": bi("状态变更", "Status changed"),
    "limits": bi("限额变更", "Limits changed"),
}


def act_title(kind: str) -> Bilingual:
    """Return the name of a kind of act."""
    act = act_kind(kind)
    return bi(act.zh, act.en)


def transaction_title(type: str) -> Bilingual:
    """Return the name of a type of transaction of the catalogue."""
    found = catalogue()[type]
    return bi(found.zh, found.en)


def role_title(role: str) -> Bilingual:
    """Return the name of a post."""
    found = roles()[role]
    return bi(found.zh, found.en)


def asset_title(asset: str) -> Bilingual:
    """Return the name of an asset: ``allowance:2024`` is an allowance of 2024."""
    year = vintage(asset)
    return bi(f"{year} 年配额", f"Allowances of {year}") if year else bi(asset, asset)


def badge(words: Mapping[str, tuple[Tone, Bilingual]], code: str) -> Cell:
    """Return a status as a cell of a table."""
    tone, text = words[code]
    return Cell(text, tone=tone)
