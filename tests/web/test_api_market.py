"""The API of registry, acts, compliance and log: stories of programs and of people."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from hutan.kernel.moments import canonical
from hutan.parties.models import Proposal
from hutan.parties.services import dismiss, propose
from hutan.registry.models import Account, Document, Transaction
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.registry.services.waiting import execute_due
from hutan.transparency.services import integrate
from hutan.web import rights
from hutan.web.api import keys
from tests.marks import clause
from tests.parties.people import NOW, organisation, registry_agency, someone
from tests.registry.test_story import TUESDAY_NOON
from tests.transparency.conftest import log_settings as log_settings
from tests.web.market import A24, Asker, Platform, in_person, program

pytestmark = pytest.mark.django_db

Most = Callable[[int], AbstractContextManager[None]]


@pytest.fixture
def platform(db: None) -> Platform:
    return Platform()


def codes(answer: Any) -> list[str]:
    """Return the codes of what was refused."""
    return [one["code"] for one in answer.json()["refused"]]


# --- reading ---


def test_a_unit_reads_its_account_its_numbers_and_its_history(platform: Platform) -> None:
    one = platform.one
    listed = platform.own.get("/accounts").json()
    assert [account["number"] for account in listed] == [one.account]
    account = platform.own.get(f"/accounts/{one.account}").json()
    assert account["status"] == "open"
    assert account["opened_at"] == canonical(NOW)
    assert account["holdings"] == [
        {"asset": A24, "balance": 1100, "reserved": 0, "available": 1100,
         "blocks": [{"first": 1, "last": 1100, "frozen": False}]},
    ]  # fmt: skip
    (issued,) = platform.own.get(f"/accounts/{one.account}/history").json()
    assert (issued["type"], issued["amount"], issued["state"]) == ("issue_free", 1100, "executed")
    assert platform.own.get(f"/transactions/{issued['id']}").json() == issued


def test_history_comes_in_pages_that_lose_nothing(platform: Platform) -> None:
    """Also where several transactions were approved at one moment."""
    for _ in range(5):
        platform.transfer(platform.one, platform.two, 1)
    whole = platform.own.get(f"/accounts/{platform.one.account}/history").json()
    assert len(whole) == 6
    paged: list[Any] = []
    while True:
        more = {"past": paged[-1]["id"]} if paged else {}
        page = platform.own.get(f"/accounts/{platform.one.account}/history", limit=2, **more).json()
        paged += page
        if len(page) < 2:
            break
    assert paged == whole


def test_the_desk_and_the_bureau_read_every_account_a_page_at_a_time(platform: Platform) -> None:
    first = platform.clerk.get("/accounts", limit=4).json()
    rest = platform.clerk.get("/accounts", after=first[-1]["number"]).json()
    kinds = [account["kind"] for account in first + rest]
    assert len(kinds) == Account.objects.count()
    assert kinds.count("unit") == 2
    total = platform.bureau.get(f"/accounts/{GOVERNMENT_ACCOUNTS['total']}")
    assert total.json()["holdings"][0]["balance"] == 0


def test_a_district_sees_its_own_units_only(platform: Platform) -> None:
    district = organisation("district_bureau", "宝山区局", district="宝山区")
    from hutan.parties.models import Organisation

    Organisation.objects.filter(id=platform.two.id).update(district="宝山区")
    officer = program(someone("district_officer", district), district)
    assert [one["number"] for one in officer.get("/accounts").json()] == [platform.two.account]
    board = officer.get("/years/2024/board").json()
    assert [line["name"] for line in board] == ["乙厂"]
    assert officer.get(f"/accounts/{platform.one.account}").status_code == 404


def test_the_path_of_a_number_names_others_by_their_kind_alone(platform: Platform) -> None:
    three = platform.city.unit("丙厂")
    platform.transfer(platform.one, platform.two, 30)
    execute_due(at=TUESDAY_NOON)
    platform.city.transfer(platform.two, three, 1130, at=TUESDAY_NOON)
    execute_due(at=TUESDAY_NOON + timedelta(days=3))
    number = "2024-00000000017"
    whole = platform.clerk.get(f"/allowances/{number}/path").json()
    assert [step["type"] for step in whole] == ["create", "issue_free", "transfer", "transfer"]
    assert [step["receiver"] for step in whole] == [
        GOVERNMENT_ACCOUNTS["total"], platform.one.account, platform.two.account, three.account,
    ]  # fmt: skip
    own = platform.own.get(f"/allowances/{number}/path").json()
    assert [(step["giver"], step["receiver"], step["receiver_kind"]) for step in own[2:]] == [
        (platform.one.account, "", "unit"), ("", "", "unit"),
    ]  # fmt: skip
    assert [step["transaction"] is None for step in own] == [True, False, False, True]
    assert platform.other.get("/allowances/2024-00000000900/path").status_code == 404
    assert platform.own.get("/allowances/2024-99999999999/path").status_code == 404


def test_a_unit_reads_where_it_stands_and_why(platform: Platform) -> None:
    answer = platform.own.get(f"/units/{platform.one.id}/years/2024").json()
    assert (answer["status"], answer["due"], answer["missing"]) == ("short", 1000, 1000)
    assert answer["deadline"] == "2025-06-30T17:00:00+08:00"
    assert answer["working"]["steps"]
    assert platform.own.get(f"/units/{platform.one.id}/years/2031").status_code == 404
    platform.market.surrender(platform.one, 1000)
    assert platform.own.get(f"/units/{platform.one.id}/years/2024").json()["status"] == "met"


def test_the_board_shows_every_unit_to_those_who_watch_over_all(platform: Platform) -> None:
    board = {line["name"]: line for line in platform.bureau.get("/years/2024/board").json()}
    assert {name: line["missing"] for name, line in board.items()} == {"甲厂": 1000, "乙厂": 2000}
    assert platform.bureau.get("/years/2031/board").status_code == 404


@clause("M9.2")
def test_everybody_reads_years_and_the_list_of_units(platform: Platform) -> None:
    anybody = Asker(Client(raise_request_exception=False))
    (year,) = anybody.get("/years").json()
    assert (year["year"], year["surrender_closes"]) == (2024, "2025-06-30T17:00:00+08:00")
    units = anybody.get("/years/2024/units").json()
    assert [(unit["name"], unit["listing"]) for unit in units] == [
        ("乙厂", "regulated"), ("甲厂", "regulated"),
    ]  # fmt: skip
    assert anybody.get("/years/2031/units").status_code == 404


def test_everybody_reads_heads_and_proofs_and_checks_receipts(platform: Platform) -> None:
    anybody = Asker(Client(raise_request_exception=False))
    assert anybody.get("/log/checkpoint").status_code == 404
    platform.market.surrender(platform.one, 1000)
    head = integrate(at=NOW)
    shown = anybody.get("/log/checkpoint").json()
    assert (shown["size"], shown["root"], shown["note"]) == (head.size, head.root.hex(), head.note)
    assert anybody.get("/log/checkpoint", size=head.size).json() == shown
    assert anybody.get("/log/checkpoint", size=head.size + 1).status_code == 409
    path = anybody.get("/log/proofs/inclusion", index=0, size=head.size).json()["proof"]
    assert all(len(one) == 64 for one in path)
    grown = anybody.get("/log/proofs/consistency", old=1, new=head.size).json()["proof"]
    assert grown
    assert anybody.get("/log/proofs/consistency", old=1, new=head.size + 1).status_code == 409
    act = Proposal.objects.get(kind="compliance.surrender").id
    receipt = platform.own.get(f"/log/receipts/{act}").json()
    checked = anybody.post("/log/receipt-check", receipt).json()
    assert (checked["act"], checked["kind"]) == (str(act), "compliance.surrender")
    receipt["entry"]["index"] += 1
    assert anybody.post("/log/receipt-check", receipt).status_code == 409
    bulk = Proposal.objects.get(kind="registry.issue_lines").id
    movement = str(Transaction.objects.filter(proposal=bulk).values_list("id", flat=True)[0])
    moved = platform.clerk.get(f"/log/receipts/{bulk}", movement=movement).json()
    assert anybody.post("/log/receipt-check", moved).json()["movement"] == movement


# --- acts ---


def test_a_program_tries_proposes_amends_and_withdraws(platform: Platform) -> None:
    own, order = platform.own, platform.order(platform.one, platform.two, 2000)
    body: dict[str, Any] = {"id": str(uuid4()), "kind": "registry.transfer", "content": order}
    tried = own.post("/acts/preview", body).json()["refused"]
    assert [one["code"] for one in tried] == ["REG-132"]
    assert codes(own.post("/acts", body)) == ["REG-132"]
    assert not Proposal.objects.filter(id=body["id"]).exists()
    body["content"] = platform.order(platform.one, platform.two, 20)
    assert own.post("/acts/preview", body).json() == {"refused": []}
    proposed = own.post("/acts", body)
    assert proposed.status_code == 200
    assert proposed.json()["state"] == "pending"
    assert own.post("/acts", body).json() == proposed.json(), "a retry answers as before"
    again = own.post("/acts", body | {"content": platform.order(platform.one, platform.two, 21)})
    assert again.status_code == 409
    assert "content.items" in again.json()["refused"][0]["facts"]["differences"]
    id, amended = body["id"], {"id": str(uuid4()), "content": platform.order(
        platform.one, platform.two, 25)}  # fmt: skip
    second = own.post(f"/acts/{id}/amendment", amended).json()
    assert (second["version"], second["state"]) == (2, "pending")
    assert own.post(f"/acts/{id}/amendment", amended).json() == second
    assert id in [one["id"] for one in own.get("/acts").json()]
    gone = own.post(f"/acts/{id}/withdrawal").json()
    assert gone["state"] == "withdrawn"
    assert own.post(f"/acts/{id}/withdrawal").json() == gone


@clause("M47")
def test_a_key_never_approves_and_its_issuer_cannot_approve_what_it_proposed(
    platform: Platform,
) -> None:
    """The second person comes himself: signed in, with a fresh code for what he was shown."""
    body = {
        "id": str(uuid4()),
        "kind": "registry.transfer",
        "content": platform.order(platform.one, platform.two, 20),
    }
    act = platform.own.post("/acts", body).json()
    keyed = program(platform.one.approver, platform.one.id)
    approval = {"id": str(uuid4()), "seen": act["content_hash"]}
    for kind in ("approval", "return"):
        answer = keyed.post(f"/acts/{act['id']}/{kind}", approval | {"reason": "不对"})
        assert (answer.status_code, codes(answer)) == (403, ["WEB-023"])
    proposer, known = in_person(platform.one.rep)
    shown = proposer.get(f"/acts/{act['id']}").json()
    mine = approval | {"step_up": shown["step_up"], "code": known.code()}
    assert codes(proposer.post(f"/acts/{act['id']}/approval", mine)) == ["PAR-034"]
    approver, known = in_person(platform.one.approver)
    shown = approver.get(f"/acts/{act['id']}").json()
    assert shown["content"] == body["content"]
    bare = approver.post(f"/acts/{act['id']}/approval", approval)
    assert bare.status_code == 409
    assert Proposal.objects.get(id=act["id"]).state == "pending"
    good = approval | {"step_up": shown["step_up"], "code": known.code()}
    done = approver.post(f"/acts/{act['id']}/approval", good)
    assert done.status_code == 200, done.content
    assert done.json()["outcome"]["state"] == "waiting"
    assert approver.post(f"/acts/{act['id']}/approval", good).json() == done.json()
    assert approver.get(f"/acts/{act['id']}").json()["step_up"] == ""


def test_what_moves_nothing_is_approved_without_a_code_but_in_person(platform: Platform) -> None:
    content = {"account": platform.one.account, "per_transfer": 500, "per_day": None}
    act = platform.own.post(
        "/acts", {"id": str(uuid4()), "kind": "registry.set_own_limits", "content": content}
    ).json()
    approver, _ = in_person(platform.one.approver)
    assert [one["id"] for one in approver.get("/acts/desk").json()] == [act["id"]]
    shown = approver.get(f"/acts/{act['id']}").json()
    assert (shown["moves_units"], shown["step_up"], shown["changes"]) == (False, "", [])
    done = approver.post(
        f"/acts/{act['id']}/approval", {"id": str(uuid4()), "seen": shown["content_hash"]}
    )
    assert done.json()["state"] == "approved"
    account = platform.own.get(f"/accounts/{platform.one.account}").json()
    assert account["limit_per_transfer"] == 500


def test_the_second_person_returns_an_act_with_his_reason(platform: Platform) -> None:
    id = uuid4()
    propose(
        id=id, kind="registry.transfer", content=platform.order(platform.one, platform.two),
        by=platform.one.rep.user, at=NOW,
    )  # fmt: skip
    approver, _ = in_person(platform.one.approver)
    body = {"id": str(uuid4()), "reason": "数量有误"}
    returned = approver.post(f"/acts/{id}/return", body).json()
    assert (returned["state"], returned["reason"]) == ("returned", "数量有误")
    assert approver.post(f"/acts/{id}/return", body).json() == returned
    amended = {"id": str(uuid4()), "content": platform.order(platform.one, platform.two, 5)}
    assert platform.own.post(f"/acts/{id}/amendment", amended).json()["state"] == "pending"


def test_a_session_writes_only_with_the_pages_token(platform: Platform) -> None:
    """A forged request that carries the cookie alone gets nowhere; reading is harmless."""
    asker, _ = in_person(platform.one.rep)
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.cookies = asker.client.cookies
    assert Asker(strict).get("/acts/desk").status_code == 200
    body = {"id": str(uuid4()), "kind": "registry.transfer",
            "content": platform.order(platform.one, platform.two)}  # fmt: skip
    assert Asker(strict).post("/acts/preview", body).status_code == 401
    assert asker.post("/acts/preview", body).status_code == 200


def test_a_session_without_the_second_factor_is_nobody(platform: Platform) -> None:
    client = Client(raise_request_exception=False)
    from hutan.parties.models import User

    client.force_login(User.objects.get(id=platform.one.rep.user))
    assert Asker(client).get("/accounts").status_code == 401


@pytest.mark.parametrize(
    "content",
    [
        {"giver": "SHUN\x00"}, {"giver": "\ud800"}, {"items": [{"amount": 1.5}]},
        {"items": [{"amount": 2**60}]}, {"\x00": 1}, {"a": [[[[[[[[[[[[[[1]]]]]]]]]]]]]]},
        {"items": [{"amount": float("inf")}]},
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_by_name(platform: Platform, content: object) -> None:
    body = {"id": str(uuid4()), "kind": "registry.transfer", "content": content}
    for path in ("/acts", "/acts/preview"):
        answer = platform.own.post(path, body)
        assert answer.status_code == 422
        assert set(codes(answer)) == {"WEB-010"}


def test_kinds_are_listed_and_an_unknown_one_is_refused(platform: Platform) -> None:
    kinds = {one["code"]: one for one in platform.own.get("/acts/kinds").json()}
    assert kinds["registry.transfer"]["proposers"] == {"account_representative": "own"}
    assert kinds["compliance.surrender"]["moves_units"] is True
    body = {"id": str(uuid4()), "kind": "registry.gift", "content": {}}
    assert platform.own.post("/acts", body).status_code == 422


# --- stopping and documents ---


def test_a_waiting_transfer_is_listed_and_stopped(platform: Platform) -> None:
    id = platform.transfer(platform.one, platform.two)
    for seer in (platform.own, platform.other, platform.clerk):
        assert [one["id"] for one in seer.get("/transactions/waiting").json()] == [str(id)]
    body = {"id": str(uuid4()), "reason": "误操作"}
    stopped = platform.other.post(f"/transactions/{id}/stop", body).json()
    assert (stopped["state"], stopped["stop_reason"]) == ("stopped", "误操作")
    assert platform.other.post(f"/transactions/{id}/stop", body).json() == stopped
    again = platform.own.post(f"/transactions/{id}/stop", body | {"reason": "另一理由"})
    assert (again.status_code, codes(again)) == (409, ["REG-240"])


@clause("M21.4")
def test_a_unit_draws_its_documents_and_anybody_checks_them(platform: Platform) -> None:
    one, own = platform.one, platform.own
    done = platform.city.act(
        "registry.cancel_voluntary",
        {
            "giver": one.account, "receiver": GOVERNMENT_ACCOUNTS["cancellation"],
            "items": [{"asset": A24, "amount": 7}], "note": "公益",
        },
        by=one.rep, approved_by=one.approver,
    )  # fmt: skip
    address = f"/accounts/{one.account}/documents"
    bodies: list[dict[str, object]] = [
        {"kind": "holding"},
        {"kind": "statement", "since": "2025-06-01", "until": "2025-06-16"},
        {"kind": "cancellation", "transaction": str(done.id)},
    ]
    drawn = [own.post(address, {"id": str(uuid4()), **body}) for body in bodies]
    assert [answer.status_code for answer in drawn] == [200, 200, 200]
    anybody = Asker(Client(raise_request_exception=False))
    for answer in drawn:
        document = answer.json()
        checked = anybody.get(f"/documents/{document['code']}").json()
        assert checked["sha256"] == document["facts_hash"]
        assert checked["stands"] is True
    assert len(own.get(address).json()) == 3
    for wrong, status in (
        ({"kind": "statement"}, 422),
        ({"kind": "statement", "since": "2025-02-30", "until": "2025-06-16"}, 422),
        ({"kind": "statement", "since": "2025-06-16", "until": "2025-06-15"}, 409),
        ({"kind": "cancellation"}, 422),
        ({"kind": "cancellation", "transaction": str(uuid4())}, 404),
        ({"kind": "gift"}, 422),
    ):
        assert own.post(address, {"id": str(uuid4()), **wrong}).status_code == status
    bureau = platform.bureau.post(address, {"id": str(uuid4()), "kind": "holding"})
    assert codes(bureau) == ["REG-283"]
    assert Document.objects.count() == 3


# --- keys and their issuers ---


def test_a_key_ends_with_its_issuers_post(platform: Platform) -> None:
    (post,) = keys.KeyViewer(keys.keys_of(platform.one.id)[0]).posts
    dismiss(post=post.id, until=NOW.date(), at=NOW)
    assert platform.own.get(f"/accounts/{platform.one.account}").status_code == 403
    assert platform.own.get("/me").status_code == 200


def test_a_key_reaches_no_further_than_its_organisation(platform: Platform) -> None:
    """Its issuer may work for two; the key speaks for one of them."""
    from hutan.parties.services import appoint

    appoint(
        id=uuid4(), person=platform.one.rep.person, organisation=platform.two.id,
        role_code="account_representative", since=NOW.date(), at=NOW,
    )  # fmt: skip
    assert platform.own.get(f"/accounts/{platform.two.account}").status_code == 404
    body = {"id": str(uuid4()), "kind": "registry.transfer",
            "content": platform.order(platform.two, platform.one)}  # fmt: skip
    assert codes(platform.own.post("/acts", body)) == ["PAR-032"]
    both, _ = in_person(platform.one.rep)
    assert both.post("/acts", body).status_code == 200
    assert len(both.get("/accounts").json()) == 2
    assert both.get("/acts").status_code == 422
    own = both.get("/acts", organisation=platform.two.id).json()
    assert body["id"] in [one["id"] for one in own]


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        (rights.SEE_ACCOUNT, "get", "/accounts"),
        (rights.SEE_ACCOUNT, "get", "/accounts/{one}"),
        (rights.SEE_ACCOUNT, "get", "/accounts/{one}/history"),
        (rights.SEE_ACCOUNT, "get", "/accounts/{one}/documents"),
        (rights.ISSUE_DOCUMENT, "post", "/accounts/{one}/documents"),
        (rights.SEE_ACCOUNT, "get", "/transactions/waiting"),
        (rights.SEE_ACCOUNT, "get", "/transactions/{waiting}"),
        (rights.STOP_TRANSFER, "post", "/transactions/{waiting}/stop"),
        (rights.SEE_ACCOUNT, "get", "/allowances/2024-1/path"),
        (rights.PROPOSE, "post", "/acts/preview"),
        (rights.PROPOSE, "post", "/acts"),
        (rights.SEE_ACT, "get", "/acts/desk"),
        (rights.SEE_ACT, "get", "/acts"),
        (rights.SEE_ACT, "get", "/acts/{act}"),
        (rights.PROPOSE, "post", "/acts/{act}/amendment"),
        (rights.PROPOSE, "post", "/acts/{act}/withdrawal"),
        (rights.SEE_UNIT_YEAR, "get", "/units/{unit}/years/2024"),
        (rights.SEE_BOARD, "get", "/years/2024/board"),
        (rights.SEE_RECEIPT, "get", "/log/receipts/{act}"),
    ],
)  # fmt: skip
def test_a_key_without_the_scope_gets_no_further(
    platform: Platform, scope: str, method: str, path: str
) -> None:
    """With every other scope, and not this one: the refusal names it."""
    from tests.web.market import SCOPES

    waits = platform.transfer(platform.one, platform.two)
    address = path.format(one=platform.one.account, waiting=waits, act=waits, unit=platform.one.id)
    lacking = program(platform.one.rep, platform.one.id, *(set(SCOPES) - {scope}))
    body: dict[str, object] = {
        "id": str(uuid4()), "kind": "holding", "reason": "x",
        "content": platform.order(platform.one, platform.two),
    }  # fmt: skip
    if address.startswith("/acts"):
        body["kind"] = "registry.transfer"
    answer = lacking.get(address) if method == "get" else lacking.post(address, body)
    assert answer.status_code == 403
    assert answer.json()["refused"][0]["facts"] == {"permission": scope}


# --- many and few ---


def test_operations_ask_few_questions_however_much_there_is(
    platform: Platform, assert_max_queries: Most
) -> None:
    """The same number of queries for thirty as for two."""
    units = [platform.city.unit(f"第{n}厂") for n in range(3)]
    platform.market.enlist(*units)
    for _ in range(10):
        platform.transfer(platform.one, platform.two, 1)
    for path in (
        "/accounts", f"/accounts/{platform.one.account}",
        f"/accounts/{platform.one.account}/history", "/transactions/waiting", "/acts/desk",
        "/years/2024/board", "/years/2024/units", f"/units/{platform.one.id}/years/2024",
        "/allowances/2024-00000000017/path", "/acts",
    ):  # fmt: skip
        for asker in (platform.clerk, platform.own):
            with assert_max_queries(13):
                assert asker.get(path).status_code in (200, 403)


def test_an_agency_without_its_delegation_sees_nothing(platform: Platform) -> None:
    """The registry agency acts only while the bureau delegates (M12.2)."""
    agency = organisation("registry_agency", "另一机构")
    clerk = program(someone("registry_clerk", agency), agency)
    assert clerk.get("/accounts").status_code == 403
    delegated = registry_agency(platform.city.bureau)
    second = program(someone("registry_clerk", delegated), delegated)
    assert len(second.get("/accounts").json()) == Account.objects.count()


def test_ids_in_addresses_must_have_their_form(platform: Platform) -> None:
    for path in ("/accounts/SHUN00\x00", "/accounts/x", "/transactions/x", "/allowances/x/path",
                 f"/units/{UUID(int=1)}/years/99"):  # fmt: skip
        assert platform.own.get(path).status_code in (404, 422)
