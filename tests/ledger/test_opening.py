"""Assets and accounts: opened in bulk, harmless to repeat, never changed."""

from __future__ import annotations

import pytest
from django.db import transaction
from psycopg import errors

from hutan.kernel.refusals import Refusals
from hutan.ledger import refusals
from hutan.ledger.services import Account, Opening, open_accounts, open_asset
from tests.ledger.world import stand


@pytest.fixture
def allowances(db: None) -> None:
    open_asset(code="allowance:2024", unit="tCO2e")


def test_an_asset_is_opened_once(allowances: None) -> None:
    again = open_asset(code="allowance:2024", unit="tCO2e")
    assert open_asset(code="allowance:2024", unit="tCO2e") == again
    with pytest.raises(refusals.AssetDiffers) as refused:
        open_asset(code="allowance:2024", unit="gCO2e")
    assert refused.value.facts["unit"] == "tCO2e"


@pytest.mark.parametrize("code", ["", "Allowance", "allowance:", "allowance 2024", "碳"])
def test_the_code_of_an_asset_has_a_form(db: None, code: str) -> None:
    with pytest.raises(errors.CheckViolation), transaction.atomic():
        open_asset(code=code, unit="tCO2e")


@pytest.mark.parametrize("code", ["reduction:I:SHCER-2025_01", "points", "cny", "ccer"])
def test_codes_in_use_have_that_form(db: None, code: str) -> None:
    assert open_asset(code=code, unit="t").code == code


def test_accounts_are_opened_in_bulk_and_returned_in_order(allowances: None) -> None:
    wanted = [Opening("allowance:2024", f"U{n}", serialised=n % 2 == 0) for n in range(2000)]
    opened = open_accounts(wanted)
    assert [(one.code, one.serialised) for one in opened] == [
        (one.code, one.serialised) for one in wanted
    ]
    assert len({one.id for one in opened}) == 2000
    more = [*wanted[:5], Opening("allowance:2024", "NEW"), *wanted[:5]]
    assert open_accounts(more)[:5] == opened[:5] == open_accounts(more)[6:]
    assert stand(opened[0].id) == [(0, 0)]
    assert open_accounts([]) == []


def test_an_account_never_changes_its_properties(allowances: None) -> None:
    first = open_accounts([Opening("allowance:2024", "U"), Opening("allowance:2024", "V")])
    assert first[0] == Account(first[0].id, "allowance:2024", "U", False, False)
    with pytest.raises(Refusals) as refused:
        open_accounts(
            [
                Opening("allowance:2024", "U", source=True, serialised=True),
                Opening("allowance:2024", "V", source=True),
            ]
        )
    assert [one.facts["differences"] for one in refused.value] == [
        "source: false -> true, serialised: false -> true",
        "source: false -> true",
    ]


def test_an_account_needs_its_asset(allowances: None) -> None:
    with pytest.raises(refusals.UnknownAsset):
        open_accounts([Opening("allowance:2024", "U"), Opening("allowance:2030", "U")])
    assert open_accounts([Opening("allowance:2024", "U")])
