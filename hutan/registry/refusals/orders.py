"""What is refused of an order: the numbers REG-1xx are the order in which it is checked."""

from __future__ import annotations

from hutan.kernel.refusals import Refusal


class AccountNumberWrong(Refusal):
    """The number of an account does not have the form, or its check digits do not fit."""

    code = "REG-100"
    basis = "ISO 7064 MOD 97-10"
    field = "number"
    zh = "账户号 {number} 格式或校验码不正确。"
    en = "The account number {number} has a wrong form or wrong check digits."
    cure_zh = "请对照开户通知重新填写，例如 SHUN00000001 后两位为校验码。"
    cure_en = "Copy it from the account notice; the last two digits are check digits."


class GiverUnknown(Refusal):
    """There is no account to give from."""

    code = "REG-101"
    clause = "M12.1"
    field = "giver"
    zh = "转出账户 {account} 不存在。"
    en = "The giving account {account} does not exist."
    cure_zh = "请从本单位账户中选择。"
    cure_en = "Choose one of the accounts you hold."


class ReceiverUnknown(Refusal):
    """There is no account to receive."""

    code = "REG-102"
    clause = "M12.1"
    field = "receiver"
    zh = "接收账户 {account} 不存在。"
    en = "The receiving account {account} does not exist."
    cure_zh = "请向对方核对账户号。"
    cure_en = "Check the account number with the receiver."


class GiverKindWrong(Refusal):
    """This type of transaction does not leave this kind of account."""

    code = "REG-103"
    clause = "M12.1"
    field = "giver"
    zh = "“{type}”不能由 {account}（{kind}）转出。"
    en = "“{type}” cannot leave {account} (a {kind} account)."
    cure_zh = "请改用适用的业务类型或账户。"
    cure_en = "Use another type of transaction or another account."


class ReceiverKindWrong(Refusal):
    """This type of transaction does not reach this kind of account."""

    code = "REG-104"
    clause = "M12.1"
    field = "receiver"
    zh = "“{type}”不能转入 {account}（{kind}）。"
    en = "“{type}” cannot reach {account} (a {kind} account)."
    cure_zh = "请改用适用的业务类型或账户。"
    cure_en = "Use another type of transaction or another account."


class HoldersWrong(Refusal):
    """The two accounts are, or are not, one holder's; or they are one account."""

    code = "REG-105"
    clause = "M12.1"
    field = "receiver"
    zh = "“{type}”不能在账户 {giver} 与 {receiver} 之间进行：{reason}。"
    en = "“{type}” cannot run between {giver} and {receiver}: {reason}."
    cure_zh = "请核对双方账户。"
    cure_en = "Check both accounts."


class GiverNotOpen(Refusal):
    """The giving account is closed or suspended."""

    code = "REG-110"
    clause = "M12.1"
    field = "giver"
    zh = "转出账户 {account} 状态为“{status}”。"
    en = "The giving account {account} is {status}."
    cure_zh = "请联系登记机构恢复账户。"
    cure_en = "Ask the registry agency to restore the account."


class ReceiverNotOpen(Refusal):
    """The receiving account is closed or suspended."""

    code = "REG-111"
    clause = "M12.1"
    field = "receiver"
    zh = "接收账户 {account} 状态为“{status}”。"
    en = "The receiving account {account} is {status}."
    cure_zh = "请与对方核对账户。"
    cure_en = "Check the account with the receiver."


class GiverFrozen(Refusal):
    """The giving account is frozen as a whole."""

    code = "REG-120"
    clause = "M12.1"
    field = "giver"
    zh = "转出账户 {account} 已被冻结（{order}）。"
    en = "The giving account {account} is frozen ({order})."
    cure_zh = "请向作出冻结决定的机关申请解除。"
    cure_en = "Ask the authority that ordered it to lift the freeze."


class ReceiverFrozen(Refusal):
    """The receiving account is frozen as a whole."""

    code = "REG-121"
    clause = "M12.1"
    field = "receiver"
    zh = "接收账户 {account} 已被冻结（{order}）。"
    en = "The receiving account {account} is frozen ({order})."
    cure_zh = "请待冻结解除后再办理。"
    cure_en = "Wait until the freeze is lifted."


class AssetKindWrong(Refusal):
    """This type of transaction does not move this asset, or the asset does not exist."""

    code = "REG-130"
    clause = "M2.2"
    field = "asset"
    zh = "“{type}”不能用于 {asset}。"
    en = "“{type}” does not move {asset}."
    cure_zh = "请选择本账户持有的本市配额；国家市场的产品不在本系统交易。"
    cure_en = "Choose a local allowance; products of the national market do not move here."


class AmountWrong(Refusal):
    """The amount is not a whole positive number of tonnes, or nothing is to move."""

    code = "REG-131"
    clause = "M12.1"
    field = "amount"
    zh = "数量 {amount} 不是正整数吨。"
    en = "{amount} is not a positive whole number of tonnes."
    cure_zh = "请填写 1 吨以上的整数。"
    cure_en = "Enter a whole number of at least 1."


class NotAvailable(Refusal):
    """The account holds less than that free of reservations, freezes and pledges."""

    code = "REG-132"
    clause = "M12.1"
    field = "amount"
    zh = (
        "账户 {account} 的 {asset} 可用 {available} 吨，不足 {amount} 吨"
        "（持有 {balance}，占用 {reserved}）。"
    )
    en = (
        "Account {account} has {available} t of {asset} available, less than {amount}"
        " (holds {balance}, reserved {reserved})."
    )
    cure_zh = "请减少数量，或先解除占用、补充持有量。"
    cure_en = "Lower the amount, or free or acquire allowances first."


class BlockNotHeld(Refusal):
    """Named numbers are not, or not all, free in the account."""

    code = "REG-133"
    clause = "M12.1"
    field = "block"
    zh = "号段 {first}–{last} 不全在账户 {account} 中，或已被冻结。"
    en = "The numbers {first} to {last} are not all in account {account}, or are frozen in part."
    cure_zh = "请在持有号段中选择，或不指定号段。"
    cure_en = "Choose among the blocks held, or name no block."


class OverCeiling(Refusal):
    """The transfer is above the ceiling for receivers that are not on the trusted list."""

    code = "REG-140"
    basis = "docs/rulebook.md: registry.transfer_ceiling"
    field = "amount"
    zh = "向非信任账户单笔划转 {amount} 吨，超过上限 {ceiling} 吨。"
    en = "{amount} t to a receiver off the trusted list is above the ceiling of {ceiling} t."
    cure_zh = "请先将接收账户列入信任名单，或分次办理。"
    cure_en = "Put the receiver on the trusted list first, or divide the transfer."


class OverOwnLimit(Refusal):
    """The transfer is above a limit set for this account."""

    code = "REG-141"
    basis = "limit set by the holder or the bureau"
    field = "amount"
    zh = "单笔 {amount} 吨超过账户 {account} 的限额 {limit} 吨。"
    en = "{amount} t is above the limit of {limit} t per transfer of account {account}."
    cure_zh = "请减少数量，或申请调整限额。"
    cure_en = "Lower the amount, or apply for another limit."


class OverDayLimit(Refusal):
    """The day's transfers together would be above the account's limit."""

    code = "REG-142"
    basis = "limit set by the holder or the bureau"
    field = "amount"
    zh = "账户 {account} 今日已划出 {moved} 吨，再划 {amount} 吨将超过日限额 {limit} 吨。"
    en = (
        "Account {account} has moved {moved} t today; {amount} t more would pass"
        " its daily limit of {limit} t."
    )
    cure_zh = "请明日再办理，或申请调整限额。"
    cure_en = "Continue tomorrow, or apply for another limit."


class LineUnknown(Refusal):
    """The transaction names no plan line, or one that is not approved or not of its kind."""

    code = "REG-150"
    clause = "M13"
    field = "plan_line"
    zh = "“{type}”须依据已批准的分配方案条目，{line} 不适用。"
    en = "“{type}” needs an approved line of the allocation plan; {line} does not serve."
    cure_zh = "请选择该年度、该单位的已批准条目。"
    cure_en = "Choose an approved line for this year and this unit."


class BeyondLine(Refusal):
    """The issue would pass its plan line. The attempt is kept."""

    code = "REG-151"
    clause = "M13"
    field = "amount"
    zh = "条目 {line} 核定 {amount} 吨，已发放 {issued} 吨，再发放 {wanted} 吨将超出方案。"
    en = "Line {line} allows {amount} t and {issued} t are issued; {wanted} t more would pass it."
    cure_zh = "不得违反方案发放或者调剂；如需调整，须由市生态环境局批准方案新版本。"
    cure_en = "Nothing may be issued past the plan; a change needs a new approved version of it."


class BeyondPart(Refusal):
    """Lines or creation would pass the direct or the reserve part of the total."""

    code = "REG-152"
    clause = "M10.2"
    field = "amount"
    zh = "{year} 年度“{part}”部分为 {amount} 吨，已用 {used} 吨，再加 {wanted} 吨将超出。"
    en = "The {part} part of {year} is {amount} t and {used} t are used; {wanted} t more pass it."
    cure_zh = "总量等于直接发放与储备之和，两部分均不得超出。"
    cure_en = "The total is the direct part plus the reserve; neither may be passed."


class NotReversible(Refusal):
    """The transaction cannot be reversed: by its type, its age, its state, or a second time."""

    code = "REG-160"
    basis = "docs/rulebook.md: registry.reversal_days"
    field = "reverses"
    zh = "业务 {transaction} 不能冲正：{reason}。"
    en = "Transaction {transaction} cannot be reversed: {reason}."
    cure_zh = "请以新的业务更正，或提请市生态环境局处理。"
    cure_en = "Correct it by a new transaction, or bring it before the bureau."


class TypeUnknown(Refusal):
    """The catalogue has no such type of transaction."""

    code = "REG-164"
    clause = "M12.1"
    field = "type"
    zh = "业务目录中没有“{type}”。"
    en = "The catalogue has no type of transaction “{type}”."
    cure_zh = "请从业务目录中选择。"
    cure_en = "Choose a type from the catalogue."


class OnlyByService(Refusal):
    """This type of transaction is started by the platform's own acts alone."""

    code = "REG-165"
    clause = "M12.1"
    field = "type"
    zh = "“{type}”不能单独提出。"
    en = "“{type}” cannot be proposed on its own."
    cure_zh = "请从相应业务（清缴、合并、分立、年度结清等）办理。"
    cure_en = "Use the act it belongs to (surrender, merger, split, year close)."
