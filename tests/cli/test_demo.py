"""The demonstration city: filled once, whole, through the services, and harmless when repeated."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

import hutan
from hutan.auditor.auditing import audit
from hutan.cli.claims import export_with_claims
from hutan.cli.demo import desk, fill
from hutan.cli.demo.city import cast, id_of
from hutan.cli.demo.logins import AUTHENTICATORS, LOGINS, KeyCabinet
from hutan.clock.domain.reading import START
from hutan.compliance import ports
from hutan.compliance.queries import assessments, closings, years
from hutan.kernel.moments import SHANGHAI
from hutan.parties import services
from hutan.parties.domain.roles import roles
from hutan.parties.models import Post, Proposal, User
from hutan.parties.queries import actor, proposal, waiting_for
from hutan.registry.models import Debt, Freeze, Pledge, TrustedAccount
from hutan.registry.queries import balances_of_account, documents_of, unit_account, waiting
from hutan.registry.services.waiting import execute_due
from hutan.rules.codes import credit_code_faults
from hutan.runtime.place import Place
from hutan.transparency.models import Entry
from hutan.transparency.queries import latest_checkpoint, receipt
from hutan.transparency.services import verify
from hutan.web.models import SecondFactor
from hutan.web.moments import real_now
from hutan.web.signin import totp
from hutan.web.signin.locks import Place as SignInPlace
from hutan.web.signin.services import check_code
from tests.conftest import _clone, _use
from tests.transparency.conftest import log_key

ON = START.date()
VERIFIER = Path(hutan.__file__).parents[1] / "tools" / "verify_receipt.py"


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A data folder with a log of its own; the simulated registers go with the test."""
    settings.LOG_ORIGIN, settings.LOG_KEY = "log.example/test", log_key().text()
    settings.LOG_HEADS = tmp_path / "heads"
    place = Place(tmp_path / "home")
    place.lay()
    yield place.home
    ports._registers.clear()


@pytest.fixture
def city(committed_db: str, home: Path) -> Path:
    """The city as a fresh start finds it."""
    said: list[str] = []
    assert fill(home=home, say=said.append) == "23 units, filled now"
    assert len(said) == 8, "each chapter is told as it begins"
    return home


def user(login: str) -> Any:
    return actor(id_of("login", login), ON)


def account_of(unit: str) -> str:
    return unit_account(cast().units[unit].body.id)


def test_the_city_as_a_visitor_finds_it(city: Path) -> None:
    """All of it in one test, since filling takes seconds."""
    _the_years_stand()
    _something_waits_on_each_desk()
    _burdens_lie_on_accounts()
    _everybody_can_sign_in(city)
    _authenticators_work(city)
    _the_log_is_sound()
    _the_auditor_agrees(city)
    _a_receipt_is_proved_offline(city)
    _a_second_start_changes_nothing(city)


def _the_years_stand() -> None:
    assert [(one.year, one.closed_at is not None) for one in years()] == [
        (2024, False), (2023, True),
    ]  # fmt: skip
    closed = [one.status for one in closings(2023)]
    assert (len(closed), closed.count("met"), closed.count("met_late")) == (19, 18, 1)
    now = {unit.unit: found for unit, found in assessments(2024, START)}
    names = {key: now[unit.body.id] for key, unit in cast().units.items()}
    assert {key for key, found in names.items() if found.status == "excluded"} == {
        "power", "water",
    }  # fmt: skip
    assert {key for key, found in names.items() if found.status == "short"} == {
        "steel", "textile", "rubber", "chips", "mall", "hotel", "data", "pharma",
    }  # fmt: skip
    assert int(names["petro"].reductions) == 38_000
    assert all(found.missing == 0 for found in names.values() if found.status == "met")
    held = {one.asset: one.balance for one in balances_of_account(account_of("metals"))}
    assert held["allowance:2025"] == 69_040, "four fifths of what it emitted, rounded down"


def _something_waits_on_each_desk() -> None:
    desks = {
        login: {one.kind for one in waiting_for(user(login))}
        for login in ("steel.approver", "textile.approver", "investor.approver",
                      "registry.approver", "bureau.approver", "bureau.officer", "metals.approver")
    }  # fmt: skip
    assert desks == {
        "steel.approver": {"compliance.surrender"},
        "textile.approver": {"registry.trust"},
        "investor.approver": {"registry.transfer"},
        "registry.approver": {"registry.open_account", "registry.freeze", "registry.release"},
        "bureau.approver": {"registry.plan", "compliance.determine", "registry.freeze"},
        "bureau.officer": set(),
        "metals.approver": set(),
    }
    assert Proposal.objects.filter(state="returned").count() == 1
    (transfer,) = waiting()
    assert transfer.execute_at == datetime(2025, 6, 17, 12, 0, tzinfo=SHANGHAI)
    assert (transfer.giver, transfer.receiver) == (account_of("cars"), account_of("textile"))


def _burdens_lie_on_accounts() -> None:
    assert Freeze.objects.values_list("account", "scope").get() == (
        account_of("rubber"), "account",
    )  # fmt: skip
    assert Pledge.objects.values_list("account", "amount").get() == (account_of("chips"), 50_000)
    debt = Debt.objects.get()
    assert (debt.account_id, debt.amount - debt.repaid) == (account_of("airline"), 23_985)
    assert TrustedAccount.objects.count() == 2
    assert [one.kind for one in documents_of(account_of("metals"))] == ["cancellation"]


def _everybody_can_sign_in(home: Path) -> None:
    cabinet = KeyCabinet(Place(home))
    printed = (home / LOGINS).read_text("utf-8")
    open_ones = [human for human in cast().people if human.password]
    assert {human.role for human in open_ones} == set(roles())
    for human in open_ones:
        keys = cabinet.of(human.login)
        assert f"{human.login} " in printed
        assert keys.password in printed
        login = User.objects.get(login=human.login)
        assert login.check_password(keys.password)
        assert Post.objects.filter(person=login.person_id, role=human.role).count() == 1
    assert SecondFactor.objects.count() == len(open_ones)
    closed = User.objects.get(login="metals.rep")
    assert not closed.has_usable_password()
    for name in (LOGINS, AUTHENTICATORS):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
    secret = (home / AUTHENTICATORS).read_text("utf-8").splitlines()[0]
    assert secret.startswith("otpauth://totp/Hutan%20demo%3Abureau.officer?secret=")


def _the_log_is_sound() -> None:
    head = latest_checkpoint()
    verdict = verify()
    assert verdict.damage is None
    assert head is not None
    assert (verdict.walked.size, verdict.walked.root) == (head.size, head.root)
    assert not Entry.objects.filter(at__gt=START).exists(), "nothing lies after the clock's start"


def _the_auditor_agrees(home: Path) -> None:
    """From the exported log alone he comes to every balance, block, obligation and status."""
    export_with_claims(home / "export", at=START)
    found = audit(home / "export")
    assert found.agrees, found.text("en")


def _a_receipt_is_proved_offline(home: Path) -> None:
    """The small verifier proves each surrender of the city with nothing but Python and the key."""
    acts = list(Entry.objects.filter(kind="compliance.surrender").values_list("act", flat=True))
    key = str(log_key().verifier)
    file = home / "receipt.json"
    for act_id in acts[:3]:
        file.write_text(json.dumps(receipt(act=act_id).to_record()), "utf-8")
        command = [sys.executable, "-I", "-S", str(VERIFIER), str(file), "--key", key]
        told = subprocess.run(command, capture_output=True, text=True, check=True)
        assert f"Act {act_id} (compliance.surrender" in told.stdout
    file.write_text(file.read_text("utf-8").replace("counted", "Counted"), "utf-8")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def _a_second_start_changes_nothing(home: Path) -> None:
    before = state()
    (home / LOGINS).unlink()
    assert fill(home=home, say=lambda text: None) == "23 units, filled before"
    assert (home / LOGINS).exists()
    assert state() == before


def test_a_fill_that_is_cut_off_goes_on_and_ends_the_same(
    committed_db: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off after 1, 2, 4 ... approvals; what is there is never done twice."""
    fill(home=home, say=lambda text: None)
    whole = state()
    database = committed_db.rpartition("/")[2]
    _clone(database)
    _use(database)
    assert proposal(desk.act("waits/plan")) is None
    for cuts in (1, 4, 16, 32):
        with monkeypatch.context() as cut:
            cut.setattr(services, "approve", cut_after(cuts, services.approve))
            with pytest.raises(KeyboardInterrupt):
                fill(home=home, say=lambda text: None)
    assert fill(home=home, say=lambda text: None) == "23 units, filled now"
    assert state() == whole


def cut_after(calls: int, service: Callable[..., Any]) -> Callable[..., Any]:
    """Return the service, cut off before it is called the last time."""
    left = [calls]

    def called(**given: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return service(**given)

    return called


_STATE = (
    "SELECT id::text, name, credit_code FROM parties_organisation",
    "SELECT id::text, login FROM parties_user",
    "SELECT id::text, kind, state, content_hash FROM parties_proposal",
    "SELECT number, holder_id::text, status, opened_at FROM registry_account",
    "SELECT h.account_id, h.asset, a.balance, a.reserved FROM registry_holding h"
    " JOIN ledger_account a ON a.id = h.id WHERE a.balance <> 0",
    "SELECT h.account_id, h.asset, b.first, b.last FROM registry_block b"
    " JOIN registry_holding h ON h.id = b.holding_id",
    "SELECT id::text, type, state, amount, items::text FROM registry_transaction",
    "SELECT unit_id::text, year, vintage, quantity, received_at FROM compliance_use",
    "SELECT act::text, kind, at FROM transparency_entry WHERE kind::text NOT LIKE 'log.%%'",
)


def state() -> dict[str, list[Any]]:
    """Return everything of the city that does not come from chance."""
    found = {}
    with connection.cursor() as cursor:
        for query in _STATE:
            cursor.execute(query, [])
            found[query] = sorted(cursor.fetchall(), key=repr)
    return found


def test_the_city_goes_on_from_where_it_stands(city: Path) -> None:
    """The clock moves to Tuesday noon, the waiting transfer executes, the unit surrenders it."""
    noon = datetime(2025, 6, 17, 12, 0, tzinfo=SHANGHAI)
    assert execute_due(at=noon) == 1
    people = ("textile.rep", "textile.approver")
    content: desk.Content = {
        "year": 2024,
        "account": account_of("textile"),
        "items": [{"asset": "allowance:2024", "amount": 13_000}],
        "reductions": [{"kind": "ccer", "proof": "CCER-2025-000231"}],
    }
    done = desk.decide("test/surrender", "compliance.surrender", content, people, noon)
    assert done.outcome is not None
    assert (done.outcome["status"], done.outcome["missing"]) == ("met", 0)


def _authenticators_work(home: Path) -> None:
    secret = KeyCabinet(Place(home)).of("textile.approver").authenticator
    at = real_now()
    code, place = totp.code_of(secret, totp.step_at(at)), SignInPlace()
    assert check_code(user=desk.user("textile.approver"), code=code, place=place, at=at).step


def test_every_credit_code_checks_and_is_its_own() -> None:
    codes = [body.credit_code for body in cast().bodies.values() if body.credit_code]
    assert len(set(codes)) == len(codes) == 28
    assert [code for code in codes if credit_code_faults(code)] == []


def test_no_two_installations_share_a_password(tmp_path: Path) -> None:
    keys = []
    for name in ("one", "two"):
        place = Place(tmp_path / name)
        place.lay()
        keys.append(KeyCabinet(place).of("bureau.officer"))
        assert KeyCabinet(place).of("bureau.officer") == keys[-1]
    assert keys[0].password != keys[1].password
    assert keys[0].authenticator != keys[1].authenticator
