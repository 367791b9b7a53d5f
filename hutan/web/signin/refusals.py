"""What sign-in refuses. The sentences never tell whether a login exists."""

from __future__ import annotations

from typing import ClassVar

from hutan.kernel.refusals import Refusal

_PRACTICE = "GB/T 22239"
_HOUSE = "docs/web.md"


class WrongCredentials(Refusal):
    """Login and password do not belong together."""

    code = "WEB-100"
    basis = _PRACTICE
    field = "password"
    status: ClassVar[int] = 401
    zh = "登录名或密码不正确。"
    en = "The login or the password is not right."
    cure_zh = "请重新输入；连续输错将暂时锁定。忘记密码请联系本单位安全管理员。"
    cure_en = "Try again; repeated failures lock it. Ask your security administrator for a new one."


class Locked(Refusal):
    """Too many failures in a row; nothing is checked until the lock ends."""

    code = "WEB-101"
    basis = _PRACTICE
    field = "password"
    status: ClassVar[int] = 429
    zh = "连续输错次数过多，已锁定，请在 {minutes} 分钟后再试。"
    en = "Too many failures in a row; locked for another {minutes} minutes."
    cure_zh = "到时再试；不是您本人操作的，请立即告知安全管理员。"
    cure_en = "Try then; if this was not you, tell your security administrator at once."


class SignInExpired(Refusal):
    """The second step came too late, or was opened without the first."""

    code = "WEB-102"
    basis = _HOUSE
    status: ClassVar[int] = 401
    zh = "登录的第一步已失效。"
    en = "The first step of signing in has lapsed."
    cure_zh = "请重新输入登录名和密码。"
    cure_en = "Enter login and password again."


class WrongOldPassword(Refusal):
    """The present password, asked for before it is changed, is not right."""

    code = "WEB-103"
    basis = _PRACTICE
    field = "old_password"
    status: ClassVar[int] = 401
    zh = "现用密码不正确。"
    en = "The present password is not right."
    cure_zh = "请重新输入现用密码；连续输错将暂时锁定。"
    cure_en = "Enter the present password again; repeated failures lock it."


class WrongCode(Refusal):
    """The code of the second factor is not right now."""

    code = "WEB-110"
    basis = _PRACTICE
    field = "code"
    status: ClassVar[int] = 401
    zh = "动态验证码不正确。"
    en = "The code is not right."
    cure_zh = "请输入验证器当前显示的 6 位数字，并确认手机时间准确。"
    cure_en = "Enter the 6 digits your authenticator shows now, and check the clock of your phone."


class CodeUsed(Refusal):
    """A right code was shown before; each is taken once."""

    code = "WEB-111"
    basis = "RFC 6238 section 5.2"
    field = "code"
    status: ClassVar[int] = 401
    zh = "该动态验证码已使用过，每个验证码只能使用一次。"
    en = "This code has been used; each is taken once."
    cure_zh = "请等验证器显示下一个验证码（最多 30 秒）再输入。"
    cure_en = "Wait for the next code (at most 30 seconds) and enter that one."


class RecoveryCodeWrong(Refusal):
    """The recovery code is unknown or used."""

    code = "WEB-112"
    basis = _HOUSE
    field = "code"
    status: ClassVar[int] = 401
    zh = "恢复码不正确，或已使用过。"
    en = "The recovery code is not right, or has been used."
    cure_zh = "请换用未使用过的恢复码；已用尽的，请联系本单位安全管理员重置。"
    cure_en = "Use another one; if none is left, ask your security administrator for a reset."


class NoSecondFactor(Refusal):
    """The person has not yet set up a second factor."""

    code = "WEB-113"
    basis = _PRACTICE
    zh = "尚未绑定动态验证器。"
    en = "No authenticator is set up yet."
    cure_zh = "请先在“我的安全”中绑定验证器。"
    cure_en = "Set up an authenticator under “My security” first."


class SecondFactorThere(Refusal):
    """A second factor is set up already and was meanwhile."""

    code = "WEB-114"
    basis = _HOUSE
    zh = "该登录名已绑定动态验证器。"
    en = "This login already has an authenticator."
    cure_zh = "请用已绑定的验证器登录；需要更换的，请在“我的安全”中办理。"
    cure_en = "Sign in with it; to replace it, go to “My security”."


class PasswordTooShort(Refusal):
    """The new password is too short."""

    code = "WEB-120"
    basis = _PRACTICE
    field = "new_password"
    status: ClassVar[int] = 422
    zh = "新密码至少须有 {least} 个字符。"
    en = "A new password has at least {least} characters."
    cure_zh = "可以使用由几个词组成的长句。"
    cure_en = "A phrase of several words does well."


class PasswordTooCommon(Refusal):
    """The new password is among those that are tried first."""

    code = "WEB-121"
    basis = _PRACTICE
    field = "new_password"
    status: ClassVar[int] = 422
    zh = "新密码过于常见，容易被猜中。"
    en = "The new password is a common one and easily guessed."
    cure_zh = "请换一个不常见的密码。"
    cure_en = "Choose one that is not common."


class PasswordLikeLogin(Refusal):
    """The new password resembles the login."""

    code = "WEB-122"
    basis = _PRACTICE
    field = "new_password"
    status: ClassVar[int] = 422
    zh = "新密码与登录名过于相似。"
    en = "The new password is too much like the login."
    cure_zh = "请换一个与登录名无关的密码。"
    cure_en = "Choose one that has nothing to do with the login."


class PasswordUnchanged(Refusal):
    """The new password is the old one."""

    code = "WEB-123"
    basis = _PRACTICE
    field = "new_password"
    status: ClassVar[int] = 422
    zh = "新密码与现用密码相同。"
    en = "The new password is the present one."
    cure_zh = "请输入不同的新密码。"
    cure_en = "Enter a different one."


class PasswordsDiffer(Refusal):
    """The repetition is not the same."""

    code = "WEB-124"
    basis = _HOUSE
    field = "repeated"
    status: ClassVar[int] = 422
    zh = "两次输入的新密码不一致。"
    en = "The two new passwords are not the same."
    cure_zh = "请重新输入。"
    cure_en = "Enter them again."


class StepUpExpired(Refusal):
    """The confirmation came too long after the page was shown."""

    code = "WEB-130"
    basis = _HOUSE
    field = "code"
    status: ClassVar[int] = 409
    zh = "确认页面已失效，尚未办理。"
    en = "The confirmation page has lapsed; nothing was done."
    cure_zh = "请重新打开，核对当前内容后输入新的验证码。"
    cure_en = "Open it again, check what stands now and enter a new code."


class StepUpForOther(Refusal):
    """The confirmation was given for another content, action, person or session."""

    code = "WEB-131"
    clause = "M47"
    field = "code"
    status: ClassVar[int] = 409
    zh = "您确认的内容与当前内容不一致，尚未办理。"
    en = "What you confirmed is not what stands now; nothing was done."
    cure_zh = "请重新打开，核对当前内容后再确认。"
    cure_en = "Open it again and check the present content before confirming."


class StepUpUsed(Refusal):
    """This confirmation page has served once."""

    code = "WEB-132"
    basis = _HOUSE
    field = "code"
    status: ClassVar[int] = 409
    zh = "该确认已使用过。"
    en = "This confirmation has been used."
    cure_zh = "请查看办理结果；需要再次办理的，请重新打开页面。"
    cure_en = "See what became of it; to act again, open the page anew."
