"""The surrender form: what is refused stands beside the field it speaks of, with its clause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.test import Client

from hutan.compliance import ports
from hutan.compliance.ports import Cancellation, connect_register
from hutan.integrations.simulated_register import SimulatedRegister
from hutan.kernel.moments import SHANGHAI
from hutan.parties.queries import organisation
from tests.marks import clause
from tests.web.people import sign_in
from tests.web.town import YEAR, Town


@pytest.fixture
def town(db: None) -> Town:
    return Town()


@pytest.fixture
def vouched(town: Town) -> Iterator[None]:
    """Let the registers vouch for one reduction inside the unit's boundary and one of class II."""
    own = organisation(town.chemicals.id).credit_code
    at = datetime(2025, 6, 10, 10, 0, tzinfo=SHANGHAI)
    registers = {"ccer": SimulatedRegister(), "reduction": SimulatedRegister()}
    registers["ccer"].enter(Cancellation("CCER-1", 10, own, YEAR, "surrender", own, at, ""))
    registers["reduction"].enter(Cancellation("SH-2", 10, own, YEAR, "surrender", "", at, "II"))
    for kind, register in registers.items():
        connect_register(kind, register)
    yield
    ports._registers.clear()


def fault_beside(page: str, field: str) -> str:
    """Return what the page says under one field, without its markup."""
    found = re.search(rf'id="id_{field}-refused"(.*?)<(?:input|select) ', page, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found.group(1)) if found else ""


@clause("M21.2")
def test_a_refused_proof_is_named_where_it_was_entered(
    town: Town, vouched: None, client: Client
) -> None:
    sign_in(client, town.people["account_representative"])
    address = f"/units/{town.chemicals.id}/years/{YEAR}/surrender"
    form = client.get(address).content.decode()
    hidden = re.search(r'name="id" value="([^"]+)"', form)
    assert hidden is not None
    given = {
        "id": hidden.group(1),
        f"amount_{YEAR}": "100",
        "proof_kind_0": "ccer",
        "proof_0": "CCER-1",
        "proof_kind_1": "reduction",
        "proof_1": "SH-2",
        "preview": "1",
    }
    answer = client.post(address, given)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "RUL-145" in fault_beside(page, "proof_0")
    assert "RUL-144" in fault_beside(page, "proof_1")
    assert "RUL" not in fault_beside(page, "proof_2")
