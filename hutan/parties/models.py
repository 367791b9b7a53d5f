"""Rows of the parties context. Personal data is sealed; a person is found by a keyed digest."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q


class Organisation(models.Model):
    """A body that holds accounts or in which posts are held."""

    class Kind(models.TextChoices):
        """What kind of body it is; roles name the kinds in which they exist."""

        BUREAU = "bureau", "市生态环境局"
        DISTRICT_BUREAU = "district_bureau", "区生态环境局"
        AREA_COMMITTEE = "area_committee", "管委会"
        DEPARTMENT = "department", "协同部门"
        REGISTRY_AGENCY = "registry_agency", "登记机构"
        EXCHANGE = "exchange", "交易机构"
        REDUCTION_CENTRE = "reduction_centre", "减污降碳中心"
        SERVICE_AGENCY = "service_agency", "技术服务机构"
        UNIT = "unit", "排放单位"
        INVESTOR = "investor", "其他交易主体"
        BANK = "bank", "金融机构"
        COURT = "court", "司法机关"
        APPLICANT = "applicant", "减排申请主体"
        PROVIDER = "provider", "权益提供主体"

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    credit_code = models.CharField(max_length=18, unique=True, null=True)  # noqa: DJ001 NULL: departments of the city share none
    district = models.CharField(max_length=32, blank=True)
    duty = models.CharField(max_length=32, blank=True)
    registered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(credit_code__isnull=True)
                | Q(credit_code__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
                name="organisation_credit_code_form",
            ),
            models.CheckConstraint(
                condition=Q(kind="department") ^ Q(duty=""), name="organisation_duty"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """A human being, once, however many logins and posts. Name and number are sealed."""

    id = models.UUIDField(primary_key=True)
    identity_digest = models.BinaryField(unique=True, max_length=32)
    sealed = models.BinaryField()
    registered_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class UserManager(BaseUserManager["User"]):
    """Finds users by login."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user of that login, as the authentication back end asks for it."""
        return self.get(login=username)


class User(AbstractBaseUser):
    """A login. Rights come from the posts of its person, never from the login itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    login = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="users")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    def __str__(self) -> str:
        return self.login


class Post(models.Model):
    """A person's post in an organisation from a day until a day (exclusive), or open."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=32)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="post_period"
            ),
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=Q(until__isnull=True),
                name="post_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}@{self.organisation_id}"


class Delegation(models.Model):
    """A task that the bureau hands to an agency (M12.2), from a day until a day (exclusive)."""

    id = models.UUIDField(primary_key=True)
    scope = models.CharField(max_length=32)
    delegator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="delegations")
    document = models.CharField(max_length=200)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="delegation_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope}: {self.delegate_id}"


class Proposal(models.Model):
    """An act that waits for, or has had, its second person. Its id is the caller's."""

    class State(models.TextChoices):
        """Where it stands; approved and withdrawn are final."""

        PENDING = "pending", "待审批"
        APPROVED = "approved", "已批准"
        RETURNED = "returned", "已退回"
        WITHDRAWN = "withdrawn", "已撤回"

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=64)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="proposals"
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    version = models.IntegerField(default=1)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    proposer_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposer_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposer_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decider_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decider_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decider_post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_hash = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    outcome = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="proposal_second_person",
                condition=~Q(state="approved")
                | (
                    Q(decider_person__isnull=False)
                    & ~Q(decider_person=F("proposer_person"))
                    & Q(decided_hash=F("content_hash"))
                    & Q(decided_at__gte=F("proposed_at"))
                ),
            ),
            models.CheckConstraint(
                name="proposal_state",
                condition=Q(state__in=["pending", "approved", "returned", "withdrawn"]),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "kind", "proposed_at"], name="proposal_queue"),
            models.Index(fields=["organisation", "proposed_at"], name="proposal_of_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class ProposalVersion(models.Model):
    """Each content a proposal has had. Append-only."""

    id = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="versions")
    version = models.IntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "version"], name="proposal_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} v{self.version}"


class Decision(models.Model):
    """Each step of a proposal after its making: approved, returned, withdrawn. Append-only."""

    id = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="decisions")
    version = models.IntegerField()
    step = models.CharField(max_length=12)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.step}"


class Attachment(models.Model):
    """A file that belongs to an act, named by the hash of its content. Sealed; append-only."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sealed = models.BinaryField()
    attached_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    attached_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="attachment_named_by_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        return self.name
