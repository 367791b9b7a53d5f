"""What the parties context refuses, in the order in which it is checked."""

from __future__ import annotations

from hutan.kernel.refusals import Refusal


class CreditCodeWrong(Refusal):
    """The unified social credit code does not check."""

    code = "PAR-010"
    basis = "GB 32100-2015"
    field = "credit_code"
    zh = "统一社会信用代码 {credit_code} 校验不通过。"
    en = "The unified social credit code {credit_code} does not check."
    cure_zh = "请对照营业执照重新填写 18 位代码。"
    cure_en = "Copy the 18 characters from the business licence again."


class OrganisationKnown(Refusal):
    """An organisation with this credit code exists."""

    code = "PAR-011"
    basis = "GB 32100-2015"
    field = "credit_code"
    zh = "统一社会信用代码 {credit_code} 已登记为“{name}”。"
    en = "The credit code {credit_code} is already registered as “{name}”."
    cure_zh = "请使用已登记的单位；如有误，请联系登记机构更正。"
    cure_en = "Use the registered organisation; if it is wrong, ask the registry agency to mend it."


class UnknownOrganisation(Refusal):
    """There is no such organisation."""

    code = "PAR-012"
    clause = "M47"
    zh = "没有编号为 {organisation} 的单位。"
    en = "There is no organisation {organisation}."
    cure_zh = "请先登记该单位。"
    cure_en = "Register the organisation first."


class NotADepartment(Refusal):
    """A joint decision names a co-signer that is no department."""

    code = "PAR-014"
    clause = "M3.2"
    field = "co_signed"
    zh = "{organisation} 不是协同部门，不能会签。"
    en = "{organisation} is not a department and cannot co-sign."
    cure_zh = "请选择已登记的部门。"
    cure_en = "Choose a department that is registered."


class DutyUnknown(Refusal):
    """A department is registered without its duty, or another body with one."""

    code = "PAR-015"
    clause = "M3.2"
    field = "duty"
    zh = "类型为 {kind} 的单位不能登记职责“{duty}”。"
    en = "A body of kind {kind} cannot be registered with the duty “{duty}”."
    cure_zh = "部门须选择一项职责，其他单位不填。"
    cure_en = "A department needs one of the duties; other bodies have none."


class UnknownUser(Refusal):
    """There is no such user, or the login is closed."""

    code = "PAR-013"
    clause = "M47"
    zh = "没有可用的登录用户 {user}。"
    en = "There is no active login {user}."
    cure_zh = "请联系安全管理员开通或恢复登录。"
    cure_en = "Ask the security administrator to open or restore the login."


class UnknownRole(Refusal):
    """There is no such role."""

    code = "PAR-020"
    clause = "M47"
    zh = "没有名为 {role} 的岗位。"
    en = "There is no role called {role}."
    cure_zh = "请从岗位清单中选择。"
    cure_en = "Choose one from the list of roles."


class RoleNotHere(Refusal):
    """A kind of organisation does not have this post."""

    code = "PAR-021"
    clause = "M47"
    zh = "类型为 {organisation_kind} 的单位不设岗位 {role}。"
    en = "An organisation of kind {organisation_kind} has no post {role}."
    cure_zh = "请为该单位选择适用的岗位。"
    cure_en = "Choose a post that exists in this kind of organisation."


class PostsExcludeEachOther(Refusal):
    """One person would hold two posts that must be apart."""

    code = "PAR-022"
    clause = "M47"
    zh = "同一人不能同时担任 {role} 与 {other}。"
    en = "One person cannot be both {role} and {other}."
    cure_zh = "请另行指定人员，或先免去现有岗位。"
    cure_en = "Appoint another person, or end the present post first."


class BarredFromTrading(Refusal):
    """Supervising, registry, exchange and agency staff do not trade."""

    code = "PAR-023"
    clause = "M32.2"
    zh = "该人员属于不得参与交易的人员（{staff}），不能担任 {role}。"
    en = "This person is staff that may not trade ({staff}) and cannot become {role}."
    cure_zh = "请指定不在禁止之列的人员；原岗位终止后方可申请。"
    cure_en = "Appoint a person who is not barred; the other post must have ended first."


class NotDelegated(Refusal):
    """The post needs a delegation by the bureau that is not in force."""

    code = "PAR-024"
    clause = "M12.2"
    zh = "该机构在 {on} 没有有效的“{scope}”委托。"
    en = "This organisation holds no delegation “{scope}” in force on {on}."
    cure_zh = "由市生态环境局作出委托后再办理。"
    cure_en = "Have the bureau delegate the task first."


class ActIdTaken(Refusal):
    """A caller's id was used before, for something else."""

    code = "PAR-030"
    clause = "M47"
    zh = "编号 {act} 已用于另一内容，不同之处：{differences}。"
    en = "The id {act} was already used with other content; different: {differences}."
    cure_zh = "新的事项请使用新的编号；重试请原样提交。"
    cure_en = "Use a fresh id for a new act; repeat a retry unchanged."


class UnknownAct(Refusal):
    """There is no such proposal."""

    code = "PAR-031"
    clause = "M47"
    zh = "没有编号为 {act} 的待办事项。"
    en = "There is no proposal {act}."
    cure_zh = "请从待办清单打开。"
    cure_en = "Open it from the list of approvals."


class MayNotPropose(Refusal):
    """None of the person's posts may propose this act here."""

    code = "PAR-032"
    clause = "M47"
    zh = "您现任岗位不能提出“{kind}”。"
    en = "None of your posts may propose “{kind}”."
    cure_zh = "请由有权岗位的人员提出：{roles}。"
    cure_en = "Have it proposed by one of: {roles}."


class MayNotApprove(Refusal):
    """None of the person's posts may approve this act here."""

    code = "PAR-033"
    clause = "M47"
    zh = "您现任岗位不能审批“{kind}”。"
    en = "None of your posts may approve “{kind}”."
    cure_zh = "请由有权岗位的人员审批：{roles}。"
    cure_en = "Have it approved by one of: {roles}."


class OwnProposal(Refusal):
    """The proposer, under whatever login, tries to decide on his own proposal."""

    code = "PAR-034"
    clause = "M47"
    zh = "提出人本人不能审批（包括使用另一登录名）。"
    en = "The person who proposed cannot approve, under this or any other login."
    cure_zh = "请由另一名有权人员审批。"
    cure_en = "Have another authorised person approve."


class NotPending(Refusal):
    """The proposal has been decided, returned or withdrawn."""

    code = "PAR-035"
    clause = "M47"
    zh = "该事项当前状态为“{state}”，不能再作此操作。"
    en = "The proposal is “{state}”; this can no longer be done."
    cure_zh = "请刷新后查看最新状态。"
    cure_en = "Reload to see how it stands."


class OtherVersionSeen(Refusal):
    """The approver saw another version than the one that stands."""

    code = "PAR-036"
    clause = "M47"
    zh = "您看到的版本已不是当前版本（第 {version} 版），审批未生效。"
    en = "What you saw is not the version that stands (version {version}); nothing was approved."
    cure_zh = "请重新打开，核对当前内容后再审批。"
    cure_en = "Open it again and check the present content before approving."


class OnlyTheProposer(Refusal):
    """Only the one who proposed may amend or withdraw."""

    code = "PAR-037"
    clause = "M47"
    zh = "只有提出人可以修改或撤回。"
    en = "Only the person who proposed may amend or withdraw."
    cure_zh = "审批人可以退回并说明理由。"
    cure_en = "An approver can send it back with a reason."


class ReasonMissing(Refusal):
    """A proposal is sent back without a reason."""

    code = "PAR-038"
    clause = "M47"
    field = "reason"
    zh = "退回须说明理由。"
    en = "Sending back needs a reason."
    cure_zh = "请写明需要修改的内容。"
    cure_en = "Say what has to change."


class ConcernsAnother(Refusal):
    """An amended proposal would be about another organisation."""

    code = "PAR-039"
    clause = "M47"
    zh = "修改后的内容涉及另一单位，不能作为同一事项的新版本。"
    en = "The amended content concerns another organisation; it cannot be a version of this act."
    cure_zh = "请撤回后另行提出。"
    cure_en = "Withdraw this one and propose anew."


class FileEmpty(Refusal):
    """A file without content is attached."""

    code = "PAR-040"
    clause = "M16.2"
    field = "file"
    zh = "文件 {name} 没有内容。"
    en = "The file {name} is empty."
    cure_zh = "请重新选择文件。"
    cure_en = "Choose the file again."


class FileTooLarge(Refusal):
    """A file is larger than an attachment may be."""

    code = "PAR-041"
    basis = "docs/operating.md: attachments"
    field = "file"
    zh = "文件 {name} 大小 {size} 字节，超过上限 {limit} 字节。"
    en = "The file {name} has {size} bytes, more than the limit of {limit}."
    cure_zh = "请压缩或拆分后重新上传。"
    cure_en = "Compress or divide it and attach it again."


class FileTypeWrong(Refusal):
    """The content of a file is not of a kind that may be attached, whatever its name says."""

    code = "PAR-042"
    basis = "docs/operating.md: attachments"
    field = "file"
    zh = "文件 {name} 的内容不是可接受的类型（PDF、PNG、JPEG、JSON 文本）。"
    en = "The content of {name} is of no accepted kind (PDF, PNG, JPEG, JSON text)."
    cure_zh = "请上传上述类型的文件；仅修改扩展名无效。"
    cure_en = "Attach a file of one of these kinds; renaming it does not help."


class FileUnknown(Refusal):
    """No attachment has this hash."""

    code = "PAR-043"
    clause = "M16.2"
    field = "file"
    zh = "没有哈希为 {sha256} 的附件。"
    en = "There is no attachment with the hash {sha256}."
    cure_zh = "请先上传文件。"
    cure_en = "Attach the file first."


class BulkFileDiffers(Refusal):
    """An act states other figures than the file of rows that it names."""

    code = "PAR-044"
    clause = "M47"
    field = "file"
    zh = "批量文件 {sha256} 与所填不符：{what} 应为 {found}，填写为 {stated}。"
    en = "The file {sha256} differs from what is stated: {what} is {found}, not {stated}."
    cure_zh = "请按文件实际内容填写行数与合计，或者附上正确的文件。"
    cure_en = "State the rows and totals that the file has, or attach the right file."


class BulkFileUnreadable(Refusal):
    """An attached file is not one of rows: a JSON object a line."""

    code = "PAR-045"
    clause = "M47"
    field = "file"
    zh = "批量文件 {sha256} 第 {line} 行不可读：{reason}。"
    en = "Line {line} of the file {sha256} cannot be read: {reason}."
    cure_zh = "每行写一个 JSON 对象，数字不带小数点。"
    cure_en = "Write one JSON object a line, and numbers without a decimal point."


class RowsTwice(Refusal):
    """An act brings its rows itself and names a file of rows as well."""

    code = "PAR-046"
    clause = "M47"
    field = "file"
    zh = "{field} 与批量文件不能同时填写。"
    en = "Rows stand either in {field} or in a file, not in both."
    cure_zh = "请只保留其中之一。"
    cure_en = "Leave one of them out."
