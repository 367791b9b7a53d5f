"""Certificates and statements: what they say is what the register did, and stays so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from hutan.kernel.canonical import Json, canonical_bytes
from hutan.kernel.moments import canonical, day_of
from hutan.kernel.verification import checks
from hutan.parties.refusals import ActIdTaken
from hutan.registry import refusals as no
from hutan.registry.models import Document
from hutan.registry.queries import DocumentRecord, document, documents_of, holdings
from hutan.registry.services.documents import (
    facts_hash,
    issue_cancellation,
    issue_holding,
    issue_statement,
)
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.registry.services.waiting import execute_due
from hutan.transparency.queries import entry
from tests.marks import clause
from tests.parties.people import NOW, organisation, someone
from tests.refused import refuses
from tests.registry.city import City, Unit
from tests.registry.test_story import A24, TUESDAY_NOON, Two, freeze

pytestmark = pytest.mark.django_db

TODAY = day_of(NOW)


@pytest.fixture
def two(db: None) -> Two:
    return Two(City())


def cancel(two: Two, unit: Unit, amount: int, purpose: str = "年会碳中和") -> UUID:
    return two.city.act(
        "registry.cancel_voluntary",
        {
            "giver": unit.account,
            "receiver": GOVERNMENT_ACCOUNTS["cancellation"],
            "items": [{"asset": A24, "amount": amount}],
            "note": purpose,
        },
        by=unit.rep,
        approved_by=unit.approver,
    ).id


def statement_of(
    two: Two, account: str, *, since: date = TODAY, until: date = TODAY, **more: Any
) -> DocumentRecord:
    given: dict[str, Any] = {
        "id": uuid4(), "by": two.city.clerk.user, "at": NOW + timedelta(hours=1), **more,
    }  # fmt: skip
    return issue_statement(account=account, since=since, until=until, **given)


def drawn(statement: DocumentRecord) -> list[tuple[str, str, int, int]]:
    """Return a statement as rows: type, other side, change, balance."""
    return [
        (line["type"], line["counterparty"], line["change"], line["balance"])
        for stretch in statement.facts["assets"]
        for line in stretch["lines"]
    ]


@clause("M21.4")
def test_who_cancels_voluntarily_gets_a_certificate_with_the_numbers(two: Two) -> None:
    done = cancel(two, two.one, 12)
    found = issue_cancellation(id=uuid4(), transaction=done, by=two.one.rep.user, at=NOW)
    assert found.kind == "cancellation"
    assert found.account == two.one.account
    facts = dict(found.facts)
    assert facts.pop("credit_code")
    assert facts == {
        "request": {
            "kind": "cancellation", "account": two.one.account, "transaction": str(done),
        },
        "account": two.one.account,
        "account_kind": "unit",
        "status": "open",
        "holder": "甲厂",
        "holder_en": "",
        "transaction": str(done),
        "amount": 12,
        "items": [{"asset": A24, "amount": 12, "first": 1, "last": 12}],
        "purpose": "年会碳中和",
        "executed_at": canonical(NOW),
    }  # fmt: skip
    assert checks(found.code.replace("-", ""))
    assert document(found.code) == found
    assert documents_of(two.one.account) == [found]


def test_only_an_executed_voluntary_cancellation_is_certified(two: Two) -> None:
    transfer = two.city.transfer(two.one, two.two, 5).id
    for wrong in (transfer, uuid4()):
        with refuses(no.NotACancellation):
            issue_cancellation(id=uuid4(), transaction=wrong, by=two.one.rep.user, at=NOW)


@clause("M12.1")
def test_a_certificate_of_holding_tells_what_is_pledged_frozen_and_waiting(two: Two) -> None:
    bank = organisation("bank", "甲银行")
    one = two.one.account
    two.city.act(
        "registry.pledge",
        {"giver": one, "asset": A24, "amount": 30, "creditor": str(bank), "contract": "合同"},
        by=two.one.rep,
        approved_by=two.one.approver,
    )
    freeze(two, {"scope": "block", "account": one, "asset": A24, "amount": 10,
                 "first": 11, "last": 20})  # fmt: skip
    two.city.transfer(two.one, two.two, 25)
    found = issue_holding(id=uuid4(), account=one, by=two.one.approver.user, at=NOW)
    assert found.facts["total"] == 100
    assert found.facts["frozen_by"] == ""
    assert found.facts["holdings"] == [
        {
            "asset": A24, "balance": 100, "reserved": 65, "pledged": 30, "frozen": 10,
            "blocks": [[1, 10], [11, 20], [21, 100]],
        }
    ]  # fmt: skip
    freeze(two, {"scope": "account", "account": one})
    frozen = issue_holding(id=uuid4(), account=one, by=two.city.checker.user, at=NOW)
    assert frozen.facts["frozen_by"] == "上海金融法院 （2025）沪74执1号"
    assert document(found.code) == found, "what was certified earlier still reads as it did"


def test_an_empty_account_holds_nothing_and_that_is_certified(two: Two) -> None:
    three = two.city.unit("丙厂")
    found = issue_holding(id=uuid4(), account=three.account, by=three.rep.user, at=NOW)
    assert (found.facts["total"], found.facts["holdings"]) == (0, [])
    assert statement_of(two, three.account).facts["assets"] == []


def test_a_statement_runs_from_the_opening_to_the_closing_balance(two: Two) -> None:
    two.city.transfer(two.one, two.two, 30)
    execute_due(at=TUESDAY_NOON)
    cancel(two, two.two, 5)
    tuesday, total = day_of(TUESDAY_NOON), GOVERNMENT_ACCOUNTS["total"]
    late = TUESDAY_NOON + timedelta(hours=1)
    whole = statement_of(two, two.two.account, until=tuesday, at=late)
    assert drawn(whole) == [
        ("issue_free", total, 50, 50),
        ("transfer", two.one.account, 30, 80),
        ("cancel_voluntary", GOVERNMENT_ACCOUNTS["cancellation"], -5, 75),
    ]
    (stretch,) = whole.facts["assets"]
    assert (stretch["opening"], stretch["closing"], stretch["reserved"]) == (0, 75, 0)
    assert [line["name"] for line in stretch["lines"]] == ["", "甲厂", ""]
    second = statement_of(two, two.two.account, since=tuesday, until=tuesday, at=late)
    assert (second.facts["assets"][0]["opening"], second.facts["assets"][0]["closing"]) == (45, 75)
    assert drawn(second) == [("transfer", two.one.account, 30, 75)]
    assert second.facts["ends"] == canonical(late)
    assert whole.facts["since"] == TODAY.isoformat()


def test_a_statement_keeps_vintages_apart_and_ends_with_its_last_day(two: Two) -> None:
    two.city.plan(2025, {two.one.account: 7})
    two.city.issue(2025)
    later = statement_of(two, two.one.account, at=NOW + timedelta(days=3))
    assert [(one["asset"], one["closing"]) for one in later.facts["assets"]] == [
        (A24, 100), ("allowance:2025", 7),
    ]  # fmt: skip
    assert later.facts["ends"] == "2025-06-17T00:00:00+08:00"


def test_what_waits_is_reserved_on_a_statement_but_moves_nothing(two: Two) -> None:
    two.city.transfer(two.one, two.two, 30)
    (stretch,) = statement_of(two, two.one.account).facts["assets"]
    assert (stretch["closing"], stretch["reserved"], len(stretch["lines"])) == (100, 30, 1)


def test_a_transfer_of_several_blocks_is_stated_in_full(two: Two) -> None:
    """Each item of one transaction is a line, and each names the transaction."""
    done = two.city.act(
        "registry.cancel_voluntary",
        {
            "giver": two.one.account,
            "receiver": GOVERNMENT_ACCOUNTS["cancellation"],
            "items": [
                {"asset": A24, "amount": 2, "first": 50, "last": 51},
                {"asset": A24, "amount": 3},
            ],
        },
        by=two.one.rep,
        approved_by=two.one.approver,
    )
    (stretch,) = statement_of(two, two.one.account).facts["assets"]
    assert [(line["transaction"], line["change"]) for line in stretch["lines"][1:]] == [
        (str(done.id), -2), (str(done.id), -3),
    ]  # fmt: skip
    certificate = issue_cancellation(id=uuid4(), transaction=done.id, by=two.one.rep.user, at=NOW)
    assert [(one["first"], one["last"]) for one in certificate.facts["items"]] == [
        (50, 51), (1, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(("since", "until"), [(1, 0), (0, 1)])
def test_a_period_that_ends_too_early_or_too_late_is_refused(
    two: Two, since: int, until: int
) -> None:
    days = {"since": TODAY + timedelta(days=since), "until": TODAY + timedelta(days=until)}
    with refuses(no.PeriodWrong):
        statement_of(two, two.one.account, **days)


@clause("M12.1")
def test_strangers_draw_no_documents(two: Two) -> None:
    strangers = [
        two.two.rep,
        two.city.officer,
        someone("district_officer", organisation("district_bureau", "区局")),
        someone("bank_officer", organisation("bank", "乙银行")),
    ]
    for stranger in strangers:
        with refuses(no.MayNotIssue):
            issue_holding(id=uuid4(), account=two.one.account, by=stranger.user, at=NOW)
    with refuses(no.AccountUnknown):
        issue_holding(id=uuid4(), account="SHUN9999999999", by=two.city.clerk.user, at=NOW)
    total = GOVERNMENT_ACCOUNTS["total"]
    issue_holding(id=uuid4(), account=total, by=two.city.clerk.user, at=NOW)
    with refuses(no.MayNotIssue):
        issue_holding(id=uuid4(), account=total, by=two.one.rep.user, at=NOW)


def test_a_retry_gives_the_same_document_and_another_request_is_refused(two: Two) -> None:
    id, one = uuid4(), two.one.account
    first = issue_holding(id=id, account=one, by=two.one.rep.user, at=NOW)
    two.city.transfer(two.one, two.two, 30)
    later = NOW + timedelta(days=1)
    assert issue_holding(id=id, account=one, by=two.one.rep.user, at=later) == first
    assert Document.objects.count() == 1
    with refuses(ActIdTaken) as found:
        statement_of(two, one, id=id)
    assert found[0].facts["differences"] == "kind, since, until"


@clause("M47")
def test_the_log_holds_what_was_certified_by_its_hash_alone(two: Two) -> None:
    id = uuid4()
    found = issue_holding(id=id, account=two.one.account, by=two.one.rep.user, at=NOW)
    leaf = entry(act=id)
    assert leaf.kind == "registry.document"
    assert leaf.body["facts_hash"] == found.facts_hash
    assert found.facts_hash == facts_hash(found.code, found.issued_at, found.facts)
    assert leaf.body["issuer"]["person"] == str(two.one.rep.person)
    assert found.code not in leaf.record, "the code opens the facts: it is nowhere in the log"
    changed: dict[str, Json] = {**found.facts, "total": 101}
    assert facts_hash(found.code, found.issued_at, changed) != found.facts_hash


def test_the_database_lets_nobody_rewrite_a_document(two: Two) -> None:
    issue_holding(id=uuid4(), account=two.one.account, by=two.one.rep.user, at=NOW)
    for change in (
        "UPDATE registry_document SET facts = '{}'",
        "DELETE FROM registry_document",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_facts_survive_the_database_to_the_byte(two: Two) -> None:
    """What is read back has the hash that was issued, whatever JSON column it went through."""
    cancel(two, two.one, 3, "含“引号”与🜁的用途 0")
    found = statement_of(two, two.one.account)
    stored = document(found.code)
    assert stored is not None
    plain: Mapping[str, Json] = stored.facts
    assert canonical_bytes(plain) == canonical_bytes(found.facts)
    assert facts_hash(stored.code, stored.issued_at, plain) == stored.facts_hash
    assert holdings(two.one.account)[0].balance == 97
