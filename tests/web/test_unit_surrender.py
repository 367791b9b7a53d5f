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


def proposed(client: Client, address: str, amount: int, *proofs: tuple[str, str]) -> str:
    """Fill in the form and propose; return where the act is."""
    hidden = re.search(r'name="id" value="([^"]+)"', client.get(address).content.decode())
    assert hidden is not None
    given = {"id": hidden.group(1), f"amount_{YEAR}": str(amount)}
    for row, (kind, number) in enumerate(proofs):
        given |= {f"proof_kind_{row}": kind, f"proof_{row}": number}
    answer = client.post(address, given)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


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


def test_the_second_person_sees_what_each_proof_is_worth_and_what_stays_missing(
    town: Town, vouched: None, client: Client
) -> None:
    """121,457 t are due, 1,000 t and 25 t are handed in."""
    register = ports.register_for("ccer")
    assert isinstance(register, SimulatedRegister)
    own = organisation(town.chemicals.id).credit_code
    at = datetime(2025, 6, 10, 10, 0, tzinfo=SHANGHAI)
    register.enter(Cancellation("CCER-9", 25, own, YEAR, "surrender", "", at, ""))
    sign_in(client, town.people["account_representative"])
    address = f"/units/{town.chemicals.id}/years/{YEAR}/surrender"
    act = proposed(client, address, 1000, ("ccer", "CCER-9"))
    sign_in(client, town.people["account_approver"])
    page = re.sub(r"<[^>]+>|\s+", " ", client.get(act).content.decode()).replace("\xa0", " ")
    assert "120,432 吨" in page
    assert re.search(r"25 吨\s+CCER-9", page), page


def test_what_already_waits_is_said_and_not_suggested_again(town: Town, client: Client) -> None:
    """121,457 t are due, 128,000 t held; 100,000 t wait for the second person."""
    sign_in(client, town.people["account_representative"])
    address = f"/units/{town.chemicals.id}/years/{YEAR}/surrender"
    assert f'name="amount_{YEAR}" value="121457"' in client.get(address).content.decode()
    act = proposed(client, address, 100_000)
    page = client.get(address).content.decode()
    assert f'name="amount_{YEAR}" value="21457"' in page
    assert "100,000 吨" in page.replace("\xa0", " ")
    assert f'href="{act}"' in page
    again = client.get(f"{address}?amend={act.rpartition('/')[2]}").content.decode()
    assert f'name="amount_{YEAR}" value="100000"' in again
    assert f'href="{act}"' not in again
