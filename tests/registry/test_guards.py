"""What the database refuses in the registry and in compliance, whoever writes past the services."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from hutan.kernel.canonical import Json
from hutan.parties.models import Post, Proposal
from tests.compliance.test_story import Market
from tests.marks import clause
from tests.registry.city import City

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(db: None) -> Market:
    found = Market()
    found.surrender(found.one, 600)
    order: dict[str, Json] = {"authority": "法院", "order": "裁定1号", "account": found.two.account}
    block: dict[str, Json] = {
        "scope": "block", "asset": "allowance:2024", "amount": 10, "first": 1101, "last": 1110,
    }  # fmt: skip
    found.city.act(
        "registry.freeze", order | block, by=found.city.clerk, approved_by=found.city.checker
    )
    return found


def is_refused(statement: str, *parameters: str | UUID) -> bool:
    """Tell whether the database refuses a statement, at once or at the commit."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError:
        return True
    return False


PAST_THE_SERVICES = [
    # Blocks and balances must agree, whichever of them is touched.
    "UPDATE registry_block SET last = last - 1 WHERE first = 1",
    "DELETE FROM registry_block WHERE freeze_id IS NULL",
    "UPDATE registry_block SET holding_id = (SELECT max(id) FROM registry_holding)",
    "INSERT INTO registry_block (holding_id, vintage, first, last)"
    " SELECT id, 2024, 90000, 90010 FROM registry_holding LIMIT 1",
    # No number twice, none too long.
    "UPDATE registry_block SET first = first - 1 WHERE first > 1",
    "INSERT INTO registry_block (holding_id, vintage, first, last)"
    " SELECT id, 2024, 1, 1 FROM registry_holding LIMIT 1",
    "UPDATE registry_block SET last = 100000000000",
    # A frozen block stays.
    "DELETE FROM registry_block WHERE freeze_id IS NOT NULL",
    "UPDATE registry_block SET last = last + 1 WHERE freeze_id IS NOT NULL",
    # Transactions are final and rest on an approval.
    "UPDATE registry_transaction SET state = 'waiting', executed_at = NULL",
    "UPDATE registry_transaction SET amount = amount + 1",
    "DELETE FROM registry_transaction",
    # Plans: total, parts, lines.
    "UPDATE registry_plan SET total = total + 1",
    "UPDATE registry_planpart SET created = amount + 1",
    "UPDATE registry_planline SET issued = amount + 1",
    "UPDATE registry_planline SET amount = amount + 1",
    "UPDATE registry_planline SET part = 'reserve'",
    # Accounts.
    "UPDATE registry_account SET number = 'XX0000'",
    "UPDATE registry_account SET status = 'closed'",
    "UPDATE registry_account SET holder_id = NULL WHERE kind = 'unit'",
    "DELETE FROM registry_account",
    # History.
    "UPDATE registry_blockmovement SET last = last + 1",
    "DELETE FROM registry_blockmovement",
    "TRUNCATE registry_blockmovement",
    "DELETE FROM registry_attempt",
    "UPDATE registry_accountevent SET what = 'x'",
    # The ledger below.
    "UPDATE ledger_account SET balance = balance + 1",
    "DELETE FROM ledger_transfer",
    # Compliance.
    "UPDATE compliance_determination SET tonnes = 1",
    "UPDATE compliance_determination SET superseded_at = now(), tonnes = 1",
    "DELETE FROM compliance_use",
    "UPDATE compliance_use SET quantity = quantity + 1",
    "UPDATE compliance_listing SET listing = 'national'",
    "UPDATE compliance_yearopening SET surrender_closes = surrender_closes + interval '1 day'",
    "UPDATE compliance_yearopening SET closed_at = opened_at",
]


@clause("M12.1")
def test_past_the_services_the_database_refuses(market: Market) -> None:
    assert [one for one in PAST_THE_SERVICES if not is_refused(one)] == []


@clause("M21.1")
def test_a_transaction_without_an_approval_is_refused(market: Market) -> None:
    Proposal.objects.create(
        id=(pending := uuid4()),
        kind="registry.transfer",
        content={},
        content_hash="x",
        proposer_user_id=market.one.rep.user,
        proposer_person_id=market.one.rep.person,
        proposer_post=Post.objects.get(person=market.one.rep.person),
        proposed_at="2025-06-16T09:00:00+08:00",
    )
    assert is_refused(
        "INSERT INTO registry_transaction (id, type, state, giver_id, receiver_id, amount, items,"
        " proposal_id, note, proposed_at, approved_at, executed_at, stop_reason)"
        " VALUES (%s, 'transfer', 'executed', %s, %s, 1, '[]', %s, '', now(), now(), now(), '')",
        uuid4(),
        market.one.account,
        market.two.account,
        pending,
    )


def test_two_unit_accounts_of_one_unit_are_refused(db: None) -> None:
    city = City()
    unit = city.unit("甲厂")
    assert is_refused(
        "INSERT INTO registry_account (number, kind, holder_id, status, opened_by, opened_at,"
        " opened_late, documents) VALUES ('SHUN0000009999', 'unit', %s, 'open', %s, now(), false,"
        " '[]')",
        unit.id,
        uuid4(),
    )
