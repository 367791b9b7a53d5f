"""Persons, posts and organisations: who may hold what, and who is the same person."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from hutan.kernel.refusals import Refusals
from hutan.parties.domain.roles import appointment_refusals, role, roles
from hutan.parties.models import Organisation, Person
from hutan.parties.queries import (
    actor,
    may_see,
    organisation,
    organisation_by_credit_code,
    organisations,
)
from hutan.parties.refusals import (
    ActIdTaken,
    BarredFromTrading,
    CreditCodeWrong,
    DutyUnknown,
    OrganisationKnown,
    PostsExcludeEachOther,
    RoleNotHere,
    UnknownOrganisation,
    UnknownRole,
)
from hutan.parties.services import (
    appoint,
    dismiss,
    register_organisation,
    register_person,
)
from tests.marks import clause
from tests.parties.people import NOW, login, someone
from tests.parties.people import organisation as found_organisation

TODAY = NOW.date()
RIGHT_CODE = "91310000132200821H"


def test_roles_speak_only_of_kinds_of_organisation_and_roles_that_exist() -> None:
    for one in roles().values():
        assert one.organisations <= set(Organisation.Kind.values)
        assert one.excludes <= roles().keys()
        assert not (one.trades and one.barred)


@clause("M32.2")
@pytest.mark.parametrize("barred", sorted(code for code, one in roles().items() if one.barred))
@pytest.mark.parametrize("trader", sorted(code for code, one in roles().items() if one.trades))
def test_barred_staff_and_traders_exclude_each_other_both_ways(barred: str, trader: str) -> None:
    for wanted, held in ((role(trader), role(barred)), (role(barred), role(trader))):
        found = appointment_refusals(
            wanted, organisation_kind=next(iter(wanted.organisations)), held=[held]
        )
        assert BarredFromTrading in [type(one) for one in found]


def test_two_traders_are_one_person_if_need_be() -> None:
    assert (
        appointment_refusals(
            role("account_approver"),
            organisation_kind="unit",
            held=[role("account_representative")],
        )
        == []
    )


@pytest.mark.django_db
def test_appointing_names_all_that_stands_against_it() -> None:
    agency = found_organisation("registry_agency", "登记机构")
    unit = found_organisation("unit", "甲厂")
    person = register_person(id=uuid4(), name="某人", identity_number="1", at=NOW)

    def take(code: str, where: object) -> None:
        appoint(
            id=uuid4(), person=person, organisation=where,  # type: ignore[arg-type]  # ids of the cast
            role_code=code, since=TODAY, at=NOW,
        )  # fmt: skip

    take("auditor", agency)
    with pytest.raises(Refusals) as refused:
        take("account_representative", agency)
    assert [type(one) for one in refused.value] == [RoleNotHere, BarredFromTrading]
    with pytest.raises(PostsExcludeEachOther):
        take("security_administrator", agency)
    with pytest.raises(UnknownRole):
        take("king", unit)
    with pytest.raises(UnknownOrganisation):
        take("auditor", uuid4())


@pytest.mark.django_db
def test_a_post_counts_from_its_first_day_to_before_its_last() -> None:
    unit = found_organisation("unit", "甲厂")
    person = register_person(id=uuid4(), name="某人", identity_number="1", at=NOW)
    user = login(person).user
    post = uuid4()
    for _ in range(2):
        appoint(
            id=post, person=person, organisation=unit,
            role_code="unit_reporter", since=TODAY, at=NOW,
        )  # fmt: skip
    assert actor(user, TODAY - timedelta(days=1)).posts == ()
    assert [held.role for held in actor(user, TODAY).posts] == ["unit_reporter"]
    for _ in range(2):
        dismiss(post=post, until=TODAY + timedelta(days=2), at=NOW)
    assert len(actor(user, TODAY + timedelta(days=1)).posts) == 1
    assert actor(user, TODAY + timedelta(days=2)).posts == ()


@pytest.mark.django_db
def test_one_identity_number_is_one_person_and_is_not_readable() -> None:
    one = register_person(id=uuid4(), name="张三", identity_number="31010119900101001x", at=NOW)
    same = register_person(id=uuid4(), name="张三", identity_number=" 31010119900101001X", at=NOW)
    assert one == same
    row = Person.objects.get()
    for secret in ("张三".encode(), b"31010119900101001"):
        assert secret not in bytes(row.sealed) + bytes(row.identity_digest)


@pytest.mark.django_db
def test_an_organisation_is_registered_once_under_its_code() -> None:
    id = uuid4()
    for _ in range(2):
        register_organisation(id=id, kind="unit", name="甲厂", credit_code=RIGHT_CODE, at=NOW)
    assert organisation_by_credit_code(RIGHT_CODE) == organisation(id)
    assert organisation_by_credit_code("x") is None
    assert organisations([id, uuid4()]) == {id: organisation(id)}
    with pytest.raises(UnknownOrganisation):
        organisation(uuid4())
    with pytest.raises(ActIdTaken) as taken:
        register_organisation(id=id, kind="unit", name="乙厂", credit_code=RIGHT_CODE, at=NOW)
    assert taken.value.facts["differences"] == "name"
    with pytest.raises(OrganisationKnown):
        register_organisation(id=uuid4(), kind="unit", name="乙", credit_code=RIGHT_CODE, at=NOW)
    wrong = RIGHT_CODE[:-1] + "X"
    with pytest.raises(CreditCodeWrong):
        register_organisation(id=uuid4(), kind="unit", name="丙", credit_code=wrong, at=NOW)


@clause("M3.2")
@pytest.mark.django_db
def test_a_department_reads_what_its_duty_needs_and_nothing_else() -> None:
    unit = found_organisation("unit", "甲厂")
    for duty, reads, not_these in (
        ("finance", "auction_revenue", "determinations"),
        ("statistics", "determinations", "holdings"),
    ):
        department = found_organisation("department", duty, duty=duty)
        reader = actor(someone("department_reader", department).user, TODAY)
        assert may_see(reader, unit, reads)
        assert not may_see(reader, unit, not_these)
        assert not may_see(reader, unit)
    for kind, duty in (("department", ""), ("department", "magic"), ("unit", "finance")):
        with pytest.raises(DutyUnknown):
            found_organisation(kind, "某部门", duty=duty)
