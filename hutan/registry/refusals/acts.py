"""What is refused of the registry's other acts: accounts, freezes, lists, successions, plans."""

from __future__ import annotations

from hutan.kernel.refusals import Refusal


class UnitAccountExists(Refusal):
    """A unit has one unit account."""

    code = "REG-200"
    clause = "M12.1"
    field = "kind"
    zh = "“{name}”已开立配额账户 {account}。"
    en = "“{name}” already has the unit account {account}."
    cure_zh = "每个单位只开立一个配额账户，请使用现有账户。"
    cure_en = "A unit has one unit account; use the present one."


class AccountKindNotForHolder(Refusal):
    """This kind of organisation does not hold this kind of account."""

    code = "REG-201"
    clause = "M12.1"
    field = "kind"
    zh = "“{name}”（{organisation_kind}）不能开立“{kind}”账户。"
    en = "“{name}” (a {organisation_kind}) cannot hold a {kind} account."
    cure_zh = "请选择适用的账户种类。"
    cure_en = "Choose a kind of account that fits the holder."


class DocumentsMissing(Refusal):
    """Opening needs documents that are not there."""

    code = "REG-202"
    clause = "N6"
    field = "documents"
    zh = "开户材料不齐，缺少：{missing}。"
    en = "The opening documents are incomplete; missing: {missing}."
    cure_zh = "请按《上海市碳排放配额账户开设》补齐材料。"
    cure_en = "Add what the account-opening guide asks for."


class HolderCodeMissing(Refusal):
    """An account holder needs a unified social credit code."""

    code = "REG-203"
    basis = "GB 32100-2015"
    field = "holder"
    zh = "“{name}”未登记统一社会信用代码，不能开户。"
    en = "“{name}” has no unified social credit code on record; no account can be opened."
    cure_zh = "请先补登统一社会信用代码。"
    cure_en = "Register the credit code first."


class HolderBarred(Refusal):
    """A person who may not trade asks for an account."""

    code = "REG-204"
    clause = "M32.2"
    field = "holder"
    zh = "该人员属于不得参与交易的人员（{staff}），不能开户。"
    en = "This person is staff that may not trade ({staff}); no account can be opened."
    cure_zh = "岗位终止后方可申请。"
    cure_en = "Apply again once the post has ended."


class AccountUnknown(Refusal):
    """There is no such account."""

    code = "REG-205"
    clause = "M12.1"
    field = "account"
    zh = "账户 {account} 不存在。"
    en = "There is no account {account}."
    cure_zh = "请核对账户号。"
    cure_en = "Check the account number."


class NotClosable(Refusal):
    """An account with holdings, reservations, freezes, debts or duties does not close."""

    code = "REG-210"
    clause = "M22.2"
    field = "account"
    zh = "账户 {account} 不能销户：{reason}。"
    en = "Account {account} cannot close: {reason}."
    cure_zh = "请先处理上述事项。"
    cure_en = "Settle what is named first."


class StatusUnchanged(Refusal):
    """The account has that status already, or cannot take it."""

    code = "REG-211"
    clause = "M12.1"
    field = "status"
    zh = "账户 {account} 状态为“{status}”，不能改为“{wanted}”。"
    en = "Account {account} is {status} and cannot become {wanted}."
    cure_zh = "请核对账户状态。"
    cure_en = "Check the account's status."


class FreezeUnknown(Refusal):
    """There is no such freeze in force."""

    code = "REG-220"
    clause = "M12.1"
    field = "freeze"
    zh = "没有编号为 {freeze} 的有效冻结。"
    en = "There is no freeze {freeze} in force."
    cure_zh = "请从账户的冻结清单中选择。"
    cure_en = "Choose from the account's list of freezes."


class OrderMissing(Refusal):
    """A freeze, or its lifting, needs the authority and its document."""

    code = "REG-221"
    clause = "M12.1"
    field = "order"
    zh = "冻结或解除须写明决定机关和文书编号。"
    en = "A freeze or its lifting needs the authority and the number of its order."
    cure_zh = "请填写机关名称和文书编号。"
    cure_en = "Enter the authority and the order's number."


class TrustUnchanged(Refusal):
    """The account is on the trusted list already, or is not on it."""

    code = "REG-230"
    basis = "docs/rulebook.md: registry.trusted_list"
    field = "account"
    zh = "信任名单无需变更：{account} {reason}。"
    en = "The trusted list stays as it is: {account} {reason}."
    cure_zh = "请核对信任名单。"
    cure_en = "Check the trusted list."


class NotWaiting(Refusal):
    """The transaction does not wait any more: it cannot be stopped."""

    code = "REG-240"
    clause = "M12.1"
    field = "transaction"
    zh = "业务 {transaction} 状态为“{state}”，不能中止。"
    en = "Transaction {transaction} is {state} and cannot be stopped."
    cure_zh = "已执行的业务只能按规定冲正。"
    cure_en = "What has executed can only be reversed where that is allowed."


class MayNotStop(Refusal):
    """Only the holders, the registry agency and the bureau stop a waiting transfer."""

    code = "REG-241"
    clause = "M12.1"
    field = "transaction"
    zh = "您无权中止业务 {transaction}。"
    en = "You may not stop transaction {transaction}."
    cure_zh = "请联系转出方、接收方或登记机构。"
    cure_en = "Ask either holder or the registry agency."


class SharesWrong(Refusal):
    """The shares of a split do not add up to the whole."""

    code = "REG-250"
    clause = "M14.2"
    field = "shares"
    zh = "{asset} 的分拆份额合计 {given} 吨，持有 {held} 吨，须相等。"
    en = "The shares of {asset} add up to {given} t, the holding is {held} t; they must be equal."
    cure_zh = "请按排放设施归属调整份额，使合计等于持有量。"
    cure_en = "Adjust the shares by the ownership of facilities until they make up the whole."


class SuccessionBlocked(Refusal):
    """A merger or split cannot go on while something stands on the account."""

    code = "REG-251"
    clause = "M14.1"
    field = "predecessor"
    zh = "账户 {account} 不能办理承接：{reason}。"
    en = "Account {account} cannot be taken over: {reason}."
    cure_zh = "请先处理上述事项。"
    cure_en = "Settle what is named first."


class PlanWrong(Refusal):
    """The parts of a plan do not make up its total, or its lines pass a part."""

    code = "REG-260"
    clause = "M10.2"
    field = "total"
    zh = "{year} 年度方案不成立：{reason}。"
    en = "The plan for {year} does not hold: {reason}."
    cure_zh = "总量＝直接发放＋储备；免费与普通竞价之和不超过直接发放；调控竞价不超过储备。"
    cure_en = (
        "Total = direct part + reserve; free and ordinary auctions within the direct part,"
        " regulation auctions within the reserve."
    )


class PledgeUnknown(Refusal):
    """There is no such pledge in force."""

    code = "REG-270"
    clause = "M35.3"
    field = "pledge"
    zh = "没有编号为 {pledge} 的有效质押。"
    en = "There is no pledge {pledge} in force."
    cure_zh = "请核对质押编号。"
    cure_en = "Check the pledge's number."


class DocumentUnknown(Refusal):
    """No document carries this code."""

    code = "REG-280"
    clause = "M21.4"
    field = "code"
    zh = "没有验证码为 {document} 的凭证。"
    en = "No document carries the code {document}."
    cure_zh = "请核对凭证上的验证码；如确认无误，该凭证可能系伪造。"
    cure_en = "Check the code; if it is as printed, the document may be forged."


class NotACancellation(Refusal):
    """A certificate of cancellation is asked for something that is no voluntary cancellation."""

    code = "REG-281"
    clause = "M21.4"
    field = "transaction"
    zh = "业务 {transaction} 不是已执行的自愿注销，不能出具注销证明。"
    en = "Transaction {transaction} is no executed voluntary cancellation."
    cure_zh = "请从账户业务记录中选择已执行的“自愿注销”。"
    cure_en = "Choose an executed voluntary cancellation from the account's history."


class PeriodWrong(Refusal):
    """The period of a statement ends before it begins, or in the future."""

    code = "REG-282"
    basis = "docs/documents.md"
    field = "until"
    zh = "对账期间 {since} 至 {until} 不成立：{reason}。"
    en = "There is no statement for {since} to {until}: {reason}."
    cure_zh = "请填写不晚于今天的起止日期，起始日不晚于截止日。"
    cure_en = "Give a first and a last day in this order, none after today."


class MayNotIssue(Refusal):
    """Only the holder's people and the registry agency draw documents of an account."""

    code = "REG-283"
    clause = "M12.1"
    field = "account"
    zh = "您现任的岗位不能出具账户 {account} 的凭证。"
    en = "None of your posts lets you draw documents of account {account}."
    cure_zh = "请由账户持有人的账户人员或登记机构办理。"
    cure_en = "Ask the holder's account staff, or the registry agency."
