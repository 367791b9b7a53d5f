"""Rows of the web: second factors, sessions, locks, confirmations, API keys.

Secrets are never here in the clear: a TOTP secret is sealed, session and API keys and recovery
codes are hashed.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class SecondFactor(models.Model):
    """A person's authenticator. ``last_step`` only grows: a code is taken once, in any process."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="second_factor",
    )
    sealed_secret = models.BinaryField()
    enrolled_at = models.DateTimeField()
    last_step = models.BigIntegerField()
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.user_id)


class RecoveryCode(models.Model):
    """One of the codes that replace the authenticator once; 80 random bits, kept as a hash."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class FailureCount(models.Model):
    """Failures in a row of one kind, for one login, from known or unknown devices."""

    bucket = models.CharField(primary_key=True, max_length=64)
    failures = models.IntegerField(default=0)
    locks = models.IntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(failures__gte=0) & models.Q(locks__gte=0),
                name="failure_count_positive",
            )
        ]

    def __str__(self) -> str:
        return self.bucket


class RequestCount(models.Model):
    """How often one source did one thing in one span of time."""

    bucket = models.CharField(max_length=64)
    span = models.BigIntegerField()
    count = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bucket", "span"], name="request_count_once")
        ]
        indexes: ClassVar = [models.Index(fields=["span"], name="request_count_span")]

    def __str__(self) -> str:
        return self.bucket


class SignInEvent(models.Model):
    """What happened around sign-in, in order. Append-only: the serving role cannot change it."""

    class Kind(models.TextChoices):
        """The kinds, with the words the person reads."""

        SIGNED_IN = "signed_in", "登录"
        SIGNED_OUT = "signed_out", "退出"
        WRONG_PASSWORD = "wrong_password", "密码错误"
        WRONG_CODE = "wrong_code", "验证码错误"
        CODE_REPLAYED = "code_replayed", "重复使用验证码"
        LOCKED = "locked", "锁定"
        RECOVERY_CODE_USED = "recovery_code_used", "使用恢复码"
        ENROLLED = "enrolled", "绑定验证器"
        SECOND_FACTOR_RESET = "second_factor_reset", "解除验证器"
        RECOVERY_CODES_RENEWED = "recovery_codes_renewed", "更换恢复码"
        PASSWORD_CHANGED = "password_changed", "修改密码"
        SESSION_ENDED = "session_ended", "终止会话"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_in_events"
    )
    kind = models.CharField(max_length=24, choices=Kind.choices)
    at = models.DateTimeField()
    network = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "-at"], name="sign_in_event_of_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at.isoformat()}"


class SignInSession(AbstractBaseSession):
    """A session; its primary key is the hash of the key in the cookie."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    session_key = models.CharField(primary_key=True, max_length=64)
    handle = models.UUIDField(unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    network = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "-seen_at"], name="session_of_user")]

    @classmethod
    def get_session_store_class(cls) -> type:
        """Return the store that reads these rows."""
        from hutan.web.signin.sessions import SessionStore

        return SessionStore


class StepUp(models.Model):
    """A fresh code given for exactly one content and action. Append-only.

    ``challenge`` is the id of the page on which the content was shown; it serves once.
    """

    challenge = models.UUIDField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="step_ups"
    )
    action = models.CharField(max_length=64)
    seen = models.CharField(max_length=64)
    step = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "step"], name="step_up_code_once"),
            models.CheckConstraint(
                condition=models.Q(seen__regex=r"^[0-9a-f]{64}$"), name="step_up_seen_is_a_hash"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.seen}"


class ApiKey(models.Model):
    """A key by which an organisation's programs ask. The secret is shown once and kept hashed."""

    id = models.UUIDField(primary_key=True)
    organisation = models.UUIDField()
    name = models.CharField(max_length=80)
    public_part = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("issued_at")), name="api_key_expires"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["organisation"], name="api_key_of_organisation")]

    def __str__(self) -> str:
        return self.public_part
