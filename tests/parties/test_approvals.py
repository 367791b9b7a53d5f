"""Approval by a second person, and every way around it that was thought of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from hutan.kernel.canonical import Json, Record
from hutan.kernel.reading import FieldWrong
from hutan.kernel.refusals import Refusal
from hutan.parties import acts
from hutan.parties.acts import ActKind, ApprovedAct, Attempt
from hutan.parties.queries import ProposalRecord, actor, may_see, waiting_for
from hutan.parties.refusals import (
    ActIdTaken,
    ConcernsAnother,
    MayNotApprove,
    MayNotPropose,
    NotPending,
    OnlyTheProposer,
    OtherVersionSeen,
    OwnProposal,
    ReasonMissing,
    UnknownAct,
    UnknownUser,
)
from hutan.parties.services import amend, appoint, approve, dismiss, propose, send_back, withdraw
from tests.marks import clause
from tests.parties.people import NOW, Someone, login, organisation, registry_agency, someone
from tests.refused import refuses

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)


class TooMuch(Refusal):
    """A refusal of the sample act."""

    code = "TST-001"
    basis = "test"
    zh = "数量 {amount} 过大。"
    en = "{amount} is too much."
    cure_zh = "请减少。"
    cure_en = "Ask for less."


def check(id: UUID, content: Mapping[str, Json], at: object) -> list[Refusal]:
    amount = content["amount"]
    assert isinstance(amount, int)
    return [TooMuch(amount=amount)] if amount > 100 else []


attempts: list[Attempt] = []


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[ApprovedAct]:
    """Declare a sample act; return the list of what was carried out."""
    carried: list[ApprovedAct] = []

    def execute(act: ApprovedAct) -> Record:
        if act.content["amount"] == 66:
            raise TooMuch(amount=66)
        carried.append(act)
        return {"moved": act.content["amount"]}

    attempts.clear()
    kind = ActKind(
        code="test.move",
        zh="划转",
        en="move",
        clause="M12.1",
        proposers={"account_representative": "own", "registry_clerk": "any"},
        approvers={"account_approver": "own", "registry_clerk": "any"},
        concerns=lambda content: UUID(str(content["unit"])),
        check=check,
        execute=execute,
        refused=attempts.append,
    )
    monkeypatch.setitem(acts._acts, "test.move", kind)
    return carried


class Cast:
    def __init__(self) -> None:
        self.bureau = organisation("bureau", "市生态环境局")
        self.unit = organisation("unit", "甲厂", district="宝山区")
        self.other = organisation("unit", "乙厂", district="金山区")
        self.rep = someone("account_representative", self.unit)
        self.approver = someone("account_approver", self.unit)
        self.stranger = someone("account_approver", self.other)


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


def put(
    cast: Cast, *, id: UUID | None = None, amount: int = 5, by: Someone | None = None
) -> ProposalRecord:
    return propose(
        id=id or uuid4(),
        kind="test.move",
        content={"amount": amount, "unit": str(cast.unit)},
        by=(by or cast.rep).user,
        at=NOW,
    )


def test_two_people_carry_an_act(cast: Cast, done: list[ApprovedAct]) -> None:
    waiting = put(cast)
    assert [row.id for row in waiting_for(actor(cast.approver.user, NOW.date()))] == [waiting.id]
    approved = approve(id=waiting.id, by=cast.approver.user, seen=waiting.content_hash, at=LATER)
    assert (approved.state, approved.outcome) == ("approved", {"moved": 5})
    (act,) = done
    assert act.proposer_person == cast.rep.person
    assert act.approver_person == cast.approver.person
    assert act.people()["approver"] == {
        "person": str(cast.approver.person),
        "role": "account_approver",
        "organisation": str(cast.unit),
    }


@clause("M47")
def test_nobody_approves_his_own_proposal(cast: Cast, done: list[ApprovedAct]) -> None:
    appoint(
        id=uuid4(), person=cast.rep.person, organisation=cast.unit,
        role_code="account_approver", since=NOW.date(), at=NOW,
    )  # fmt: skip
    waiting = put(cast)
    with pytest.raises(OwnProposal):
        approve(id=waiting.id, by=cast.rep.user, seen=waiting.content_hash, at=LATER)
    assert waiting_for(actor(cast.rep.user, NOW.date())) == []
    second_login = login(cast.rep.person)
    with pytest.raises(OwnProposal):
        approve(id=waiting.id, by=second_login.user, seen=waiting.content_hash, at=LATER)
    assert done == []


def test_the_version_seen_must_stand(cast: Cast, done: list[ApprovedAct]) -> None:
    first = put(cast)
    second = amend(
        id=first.id, content={"amount": 50, "unit": str(cast.unit)}, by=cast.rep.user, at=NOW
    )
    with pytest.raises(OtherVersionSeen):
        approve(id=first.id, by=cast.approver.user, seen=first.content_hash, at=LATER)
    approve(id=first.id, by=cast.approver.user, seen=second.content_hash, at=LATER)
    assert [act.content["amount"] for act in done] == [50]


def test_an_amendment_stays_with_the_same_organisation(cast: Cast, done: list[ApprovedAct]) -> None:
    waiting = put(cast)
    content: dict[str, Json] = {"amount": 5, "unit": str(cast.other)}
    with pytest.raises(ConcernsAnother):
        amend(id=waiting.id, content=content, by=cast.rep.user, at=NOW)


def test_who_no_longer_holds_the_post_does_not_amend(cast: Cast, done: list[ApprovedAct]) -> None:
    waiting = put(cast)
    (post,) = actor(cast.rep.user, NOW.date()).posts
    dismiss(post=post.id, until=LATER.date(), at=NOW)
    with pytest.raises(MayNotPropose):
        amend(
            id=waiting.id, content={"amount": 7, "unit": str(cast.unit)}, by=cast.rep.user, at=LATER
        )
    assert withdraw(id=waiting.id, by=cast.rep.user, at=LATER).state == "withdrawn"


def test_a_refused_attempt_is_told_to_the_act(cast: Cast, done: list[ApprovedAct]) -> None:
    with pytest.raises(TooMuch):
        put(cast, amount=101)
    (attempt,) = attempts
    assert (attempt.kind, attempt.by, attempt.refusals) == (
        "test.move", cast.rep.user, (TooMuch(amount=101),),
    )  # fmt: skip


UNWRITABLE: list[tuple[dict[str, Json], str]] = [
    ({"note": "a\x00b"}, "note"),
    ({"note": "\ud800"}, "note"),
    ({"a\x00": 1}, "a\\x00"),
    ({"\udfff": 1}, "\\udfff"),
    ({"lines": [{"text": "fine"}, {"text": ["\x00"]}]}, "lines[1].text[0]"),
]


@pytest.mark.parametrize(("more", "field"), UNWRITABLE)
def test_what_no_database_can_keep_is_refused(
    more: dict[str, Json], field: str, cast: Cast, done: list[ApprovedAct]
) -> None:
    content: dict[str, Json] = {"amount": 5, "unit": str(cast.unit), **more}
    with refuses(FieldWrong) as refused:
        propose(id=uuid4(), kind="test.move", content=content, by=cast.rep.user, at=NOW)
    assert [one.facts["name"] for one in refused] == [field]
    assert field in refused[0].sentence()
    assert not attempts
    waiting = put(cast)
    with refuses(FieldWrong):
        amend(id=waiting.id, content=content, by=cast.rep.user, at=NOW)
    with refuses(FieldWrong):
        send_back(id=waiting.id, by=cast.approver.user, reason="a\x00", at=NOW)


def test_a_post_elsewhere_gives_no_right_here(cast: Cast, done: list[ApprovedAct]) -> None:
    with pytest.raises(MayNotPropose):
        put(cast, by=cast.approver)
    waiting = put(cast)
    with pytest.raises(MayNotApprove):
        approve(id=waiting.id, by=cast.stranger.user, seen=waiting.content_hash, at=LATER)
    with pytest.raises(MayNotApprove):
        send_back(id=waiting.id, by=cast.stranger.user, reason="x", at=LATER)


@clause("M12.2")
def test_a_clerk_acts_only_under_a_delegation(cast: Cast, done: list[ApprovedAct]) -> None:
    idle = someone("registry_clerk", organisation("registry_agency", "未受委托的机构"))
    with pytest.raises(MayNotPropose):
        put(cast, by=idle)
    agency = registry_agency(cast.bureau)
    one, two = someone("registry_clerk", agency), someone("registry_clerk", agency)
    waiting = put(cast, by=one)
    approve(id=waiting.id, by=two.user, seen=waiting.content_hash, at=LATER)
    assert len(done) == 1


def test_what_the_act_refuses_is_refused_at_both_steps(cast: Cast, done: list[ApprovedAct]) -> None:
    with pytest.raises(TooMuch):
        put(cast, amount=101)
    waiting = put(cast, amount=66)
    with pytest.raises(TooMuch), transaction.atomic():
        approve(id=waiting.id, by=cast.approver.user, seen=waiting.content_hash, at=LATER)
    after = send_back(id=waiting.id, by=cast.approver.user, reason="数量不对", at=LATER)
    assert (after.state, after.reason) == ("returned", "数量不对")


def test_retries_answer_as_before(cast: Cast, done: list[ApprovedAct]) -> None:
    id = uuid4()
    assert put(cast, id=id) == put(cast, id=id)
    with pytest.raises(ActIdTaken) as refused:
        put(cast, id=id, amount=6)
    assert refused.value.facts["differences"] == "content.amount"
    seen = put(cast, id=id).content_hash
    first = approve(id=id, by=cast.approver.user, seen=seen, at=LATER)
    assert approve(id=id, by=cast.approver.user, seen=seen, at=LATER) == first
    assert len(done) == 1
    third = someone("account_approver", cast.unit)
    with pytest.raises(NotPending):
        approve(id=id, by=third.user, seen=seen, at=LATER)


def test_sending_back_amending_withdrawing(cast: Cast, done: list[ApprovedAct]) -> None:
    waiting = put(cast)
    with pytest.raises(ReasonMissing):
        send_back(id=waiting.id, by=cast.approver.user, reason=" ", at=LATER)
    send_back(id=waiting.id, by=cast.approver.user, reason="改", at=LATER)
    with pytest.raises(NotPending):
        approve(id=waiting.id, by=cast.approver.user, seen=waiting.content_hash, at=LATER)
    with pytest.raises(OnlyTheProposer):
        amend(
            id=waiting.id,
            content={"amount": 7, "unit": str(cast.unit)},
            by=cast.approver.user,
            at=LATER,
        )
    again = amend(
        id=waiting.id, content={"amount": 7, "unit": str(cast.unit)}, by=cast.rep.user, at=LATER
    )
    assert (again.state, again.version) == ("pending", 2)
    with pytest.raises(OnlyTheProposer):
        withdraw(id=waiting.id, by=cast.approver.user, at=LATER)
    assert withdraw(id=waiting.id, by=cast.rep.user, at=LATER).state == "withdrawn"
    with pytest.raises(NotPending):
        amend(
            id=waiting.id, content={"amount": 8, "unit": str(cast.unit)}, by=cast.rep.user, at=LATER
        )
    with pytest.raises(NotPending):
        withdraw(id=waiting.id, by=cast.rep.user, at=LATER)
    with pytest.raises(UnknownAct):
        withdraw(id=uuid4(), by=cast.rep.user, at=LATER)
    with pytest.raises(UnknownUser):
        put(cast, by=Someone(person=uuid4(), user=uuid4()))


@pytest.mark.parametrize(
    "past_the_service",
    [
        "UPDATE parties_proposal SET state = 'approved', decided_hash = content_hash,"
        " decided_at = proposed_at, decider_person_id = proposer_person_id",
        "UPDATE parties_proposal SET state = 'approved'",
        "UPDATE parties_proposal SET content_hash = 'other'",
        "UPDATE parties_proposal SET kind = 'other'",
        "UPDATE parties_proposal SET state = 'invented'",
        "DELETE FROM parties_proposal",
        "UPDATE parties_proposalversion SET version = 2",
        "DELETE FROM parties_proposalversion",
        "TRUNCATE parties_decision",
    ],
)
@clause("M47")
def test_the_database_refuses_what_the_code_forgot(
    cast: Cast, done: list[ApprovedAct], past_the_service: str
) -> None:
    put(cast)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(past_the_service)


def test_a_decided_proposal_stays_decided(cast: Cast, done: list[ApprovedAct]) -> None:
    waiting = put(cast)
    approve(id=waiting.id, by=cast.approver.user, seen=waiting.content_hash, at=LATER)
    for change in ("state = 'pending'", "reason = 'x'", "outcome = '{}'"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE parties_proposal SET {change}")


@clause("M3.1", "N7")
def test_a_district_officer_sees_only_the_units_of_the_district(cast: Cast) -> None:
    district = organisation("district_bureau", "宝山区生态环境局", district="宝山区")
    officer = actor(someone("district_officer", district).user, NOW.date())
    assert may_see(officer, cast.unit)
    assert not may_see(officer, cast.other)
    municipal = actor(someone("bureau_officer", cast.bureau).user, NOW.date())
    assert may_see(municipal, cast.unit)
    assert may_see(municipal, cast.other)
    own = actor(cast.rep.user, NOW.date())
    assert may_see(own, cast.unit)
    assert not may_see(own, cast.other)
    nobody = actor(someone("expert", organisation("reduction_centre", "中心")).user, NOW.date())
    assert not may_see(nobody, cast.unit)
