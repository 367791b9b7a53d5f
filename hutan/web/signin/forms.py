"""The forms of sign-in."""

from __future__ import annotations

from django import forms

from hutan.web.forms import RefusingForm, words


class PasswordForm(RefusingForm):
    """The first step."""

    login = forms.CharField(
        label=words("登录名", "Login"),
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=words("密码", "Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(RefusingForm):
    """A code of the authenticator."""

    code = forms.CharField(
        label=words("动态验证码", "Code"),
        help_text=words(
            "验证器应用当前显示的 6 位数字。", "The 6 digits your authenticator shows now."
        ),
        max_length=10,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code-input"}
        ),
    )


class RecoveryForm(RefusingForm):
    """A recovery code instead."""

    code = forms.CharField(
        label=words("恢复码", "Recovery code"),
        help_text=words(
            "绑定验证器时保存的 16 位字符，每个只能使用一次。",
            "16 characters you kept when setting up; each works once.",
        ),
        max_length=24,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class ChangePasswordForm(RefusingForm):
    """The present password, and the new one twice."""

    old_password = forms.CharField(
        label=words("现用密码", "Present password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label=words("新密码", "New password"),
        help_text=words(
            "至少 12 个字符；由几个词组成的长句即可，不要求混用符号。",
            "At least 12 characters; a phrase of several words does well.",
        ),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=words("再次输入新密码", "New password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
