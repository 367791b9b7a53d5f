"""What pages and API refuse themselves, before any context is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from hutan.kernel.canonical import Json
from hutan.kernel.refusals import Language, Refusal, Refusals

_HOUSE = "docs/web.md"


PERMITTED: Mapping[str, tuple[str, str]] = {
    "acts.propose": ("提出这类事项", "to propose such an act"),
    "acts.decide": ("复核事项", "to decide acts"),
    "approvals.use": ("工作台和复核", "a desk and approvals"),
    "bureau.use": ("市局年度工作", "the bureau's work on a year"),
    "compliance.see_board": ("查看年度看板", "to see the year board"),
    "compliance.see_unit_year": ("查看单位年度情况", "to see a unit's year"),
    "registry.see_account": ("查看账户", "to see the account"),
    "registry.see_desk": ("查看登记业务台", "to see the registry desk"),
    "registry.see_plans": ("查看分配方案", "to see the plans"),
    "unit.use": ("单位页面", "the pages of a unit"),
}
"""What permissions are called; pages and API say the same."""


class NotAllowed(Refusal):
    """None of the viewer's posts, or the key's scopes, gives this permission."""

    code = "WEB-001"
    clause = "M47"
    status: ClassVar[int] = 403
    zh = "您现任的岗位不能使用这一功能（{permission}）。"
    en = "None of your posts gives you this ({permission})."
    cure_zh = "请由有权岗位的人员办理，或请本单位安全管理员核对您的岗位。"
    cure_en = "Ask a colleague who holds the post, or have your security administrator check yours."

    def sentence(self, language: Language = "zh") -> str:
        """Say what is not permitted in words; a permission without words by its name."""
        named = PERMITTED.get(str(self.facts["permission"]))
        if named is None:
            return super().sentence(language)
        written = named[0] if language == "zh" else named[1]
        return (self.zh if language == "zh" else self.en).format(permission=written)


class NotFound(Refusal):
    """There is nothing at this address, or nothing this viewer may see."""

    code = "WEB-002"
    basis = _HOUSE
    status: ClassVar[int] = 404
    zh = "没有找到“{what}”。"
    en = "“{what}” was not found."
    cure_zh = "请核对编号，或从清单中打开。"
    cure_en = "Check the number, or open it from its list."


class TooManyRequests(Refusal):
    """A limit of requests in a span of time has been used up."""

    code = "WEB-003"
    basis = _HOUSE
    status: ClassVar[int] = 429
    zh = "请求过于频繁，请在 {seconds} 秒后再试。"
    en = "Too many requests; try again in {seconds} seconds."
    cure_zh = "稍候再试；批量取数请使用开放数据或接口密钥。"
    cure_en = "Wait and try again; for bulk data use the open data files or an API key."


class InvalidField(Refusal):
    """A field of a request does not have the form it must have."""

    code = "WEB-010"
    basis = _HOUSE
    status: ClassVar[int] = 422
    zh = "字段 {name} 不符合要求：{reason}。"
    en = "Field {name} does not have the required form: {reason}."
    cure_zh = "请对照接口说明改正后重新提交。"
    cure_en = "Correct it by the API description and send it again."

    def to_record(self) -> dict[str, Json]:
        """Return the record with the field it speaks of."""
        return {**super().to_record(), "field": self.facts["name"]}


class KeyNotAccepted(Refusal):
    """The API key is missing, unknown, revoked or expired; which of them is not told."""

    code = "WEB-020"
    basis = _HOUSE
    status: ClassVar[int] = 401
    zh = "接口密钥缺失、无效、已吊销或已过期。"
    en = "The API key is missing, unknown, revoked or expired."
    cure_zh = "请在请求头 Authorization 中提供“Bearer <密钥>”；必要时由本单位重新签发。"
    cure_en = (
        "Send “Authorization: Bearer <key>”; have your organisation issue a new one if needed."
    )


class UnknownScope(Refusal):
    """A key is asked for a permission that does not exist."""

    code = "WEB-021"
    basis = _HOUSE
    field = "scopes"
    status: ClassVar[int] = 422
    zh = "没有名为 {scope} 的权限。"
    en = "There is no permission called {scope}."
    cure_zh = "请从接口说明列出的权限中选择。"
    cure_en = "Choose from the permissions listed in the API description."


class KeyIdTaken(Refusal):
    """The id of a key was used before, for another key."""

    code = "WEB-022"
    basis = _HOUSE
    status: ClassVar[int] = 409
    zh = "编号 {id} 已用于另一把密钥，或该密钥已签发，不能再次显示。"
    en = "The id {id} is already that of a key; a key is shown once and never again."
    cure_zh = "请使用新的编号签发，并吊销没有收到的那一把。"
    cure_en = "Issue one under a fresh id, and revoke the one you did not receive."


class PersonNeeded(Refusal):
    """A key tries to decide what a person has to decide with his own eyes."""

    code = "WEB-023"
    clause = "M47"
    status: ClassVar[int] = 403
    zh = "接口密钥不能复核或退回业务：须由第二人本人登录，看过内容后办理。"
    en = "A key neither approves nor returns an act: the second person signs in and looks."
    cure_zh = "请由有复核岗位的人员登录平台办理；密钥可以查询、提交和撤回。"
    cure_en = "Have a colleague with the right sign in; a key can read, propose and withdraw."


class WrongCodeForm(Refusal):
    """A verification code does not have the form of one, or a letter is misread."""

    code = "WEB-030"
    basis = _HOUSE
    field = "code"
    status: ClassVar[int] = 422
    zh = "“{given}”不是完整、正确的核验码：校验字符不符。"
    en = "“{given}” is not a complete, correct verification code: its check characters do not fit."
    cure_zh = "请对照文件重新输入 16 位核验码；码中不含字母 I、L、O 和数字 0、1。"
    cure_en = (
        "Copy the 16 characters again; letters I, L, O and digits 0, 1 do not occur in a code."
    )


class NoSuchDocument(Refusal):
    """No document of this platform carries this code."""

    code = "WEB-031"
    basis = _HOUSE
    field = "code"
    status: ClassVar[int] = 404
    zh = "本平台没有签发过核验码为 {given} 的文件。"
    en = "This platform has issued no document with the code {given}."
    cure_zh = "请核对文件来源；如怀疑文件系伪造，请联系登记机构。"
    cure_en = "Check where it came from; if you suspect a forgery, tell the registry agency."


class FileNotPublic(Refusal):
    """A statement names others and what they did; its file is not for everybody with the code."""

    code = "WEB-032"
    basis = _HOUSE
    field = "code"
    status: ClassVar[int] = 403
    zh = "对账单列有对方的账户和名称，原件不公开；核验页逐行显示变动和余额。"
    en = "A statement names the other sides, so its file is not public; its lines are."
    cure_zh = "请在核验页逐行对照；账户的相关人员可以登录后打开原件。"
    cure_en = (
        "Compare sums and digest with the paper; people of the account sign in to open the file."
    )


class HeadNotOurs(Refusal):
    """A checkpoint that our own key signed is not one of the log as it stands now."""

    code = "WEB-033"
    clause = "M47"
    zh = "凭据的签名有效，但平台现存的存证与该检查点（{size} 条）不一致。这是严重问题。"
    en = "The signature holds, but the log as it stands disagrees with that checkpoint of {size}."
    cure_zh = "请保存凭据原件，并立即告知市生态环境局和审计人员：存证可能被回退或改写。"
    cure_en = (
        "Keep the receipt and tell the bureau and the auditor: the log may have been rewritten."
    )


class GlyphsMissing(Refusal):
    """A document cannot be set because no font on the platform has a character in it."""

    code = "WEB-040"
    basis = _HOUSE
    zh = "文件中的字符 {characters} 没有可用的字形，无法生成 PDF。"
    en = "No font here has the characters {characters}; the PDF cannot be made."
    cure_zh = "请系统管理员在字体目录（HUTAN_FONTS）中加入含该字符的字体。"
    cure_en = "Have the system administrator add a font with them to the font folder (HUTAN_FONTS)."


def status_of(refused: Refusal | Refusals) -> int:
    """Return the HTTP status of what is refused: its own, or 409 for a rule of the platform."""
    first = next(iter(refused)) if isinstance(refused, Refusals) else refused
    return int(getattr(first, "status", 409))
