"""The public pages of a town with a year, a plan and a log: what they say, and what they keep."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hutan.parties.models import Organisation
from hutan.transparency import queries as log
from hutan.transparency.domain.questions import answer_consistency, answer_inclusion
from hutan.transparency.services import integrate
from hutan.web.limits import Limit
from hutan.web.public.receipts import STEPS
from tests.marks import clause
from tests.parties.people import NOW
from tests.transparency.conftest import log_settings as log_settings
from tests.web.town import YEAR, Town

pytestmark = pytest.mark.django_db

Most = Callable[[int], AbstractContextManager[None]]


@pytest.fixture
def town(db: None) -> Town:
    return Town.with_everything()


def text_of(page: Any) -> str:
    """Return what a page says between its header and its footer."""
    inside: str = page.content.decode().partition("<main")[2].partition("</main>")[0]
    return inside


# --- the list ---


@clause("M9.3")
def test_everybody_finds_units_by_name_district_and_listing(town: Town, client: Client) -> None:
    names = [unit.name for unit in (town.chemicals, town.glass, town.steel, town.paper)]
    for query, expected in (
        ("", names),
        ("q=化工", [town.chemicals.name]),
        ("district=金山区", [town.steel.name]),
        ("listing=regulated", names),
        ("listing=national", []),
        ("q=化工&district=金山区", []),
    ):
        page = text_of(client.get(f"/lists/{YEAR}?{query}"))
        assert [name for name in names if name in page] == expected, query
    assert "没有符合条件的单位" in text_of(client.get(f"/lists/{YEAR}?q=化工&district=金山区"))
    assert client.get("/lists/1999").status_code == 404


def test_the_list_comes_as_a_file_that_no_spreadsheet_runs(town: Town, client: Client) -> None:
    """The words of the API, with the mark by which spreadsheets know the encoding."""
    Organisation.objects.filter(id=town.paper.id).update(name="=HYPERLINK(1)")
    answer = client.get(f"/lists/{YEAR}.csv")
    raw = answer.content.decode()
    assert raw.startswith("\ufeff")
    rows = list(csv.DictReader(StringIO(raw[1:])))
    api = client.get(f"/api/v1/years/{YEAR}/units").json()
    assert {row["unit"] for row in rows} == {one["unit"] for one in api}
    assert {row["listing"] for row in rows} == {"regulated"}
    assert [row["name_zh"] for row in rows if row["unit"] == str(town.paper.id)] == [
        "'=HYPERLINK(1)"
    ]
    narrowed = client.get(f"/lists/{YEAR}.csv?q=化工").content.decode()
    assert len(list(csv.DictReader(StringIO(narrowed)))) == 1
    assert client.get("/lists/1999.csv").status_code == 404


def test_a_long_list_is_paged_and_keeps_what_was_asked(
    town: Town, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hutan.web.public.lists.PAGE", 3)
    first = text_of(client.get(f"/lists/{YEAR}?listing=regulated"))
    assert first.count('scope="row"') == 3
    assert "?listing=regulated&amp;page=2" in first
    assert text_of(client.get(f"/lists/{YEAR}?listing=regulated&page=2")).count('scope="row"') == 1


# --- the plan ---


@clause("M10.1", "M10.2")
def test_the_plan_is_public_and_no_units_own_line_is(town: Town, client: Client) -> None:
    page = text_of(client.get(f"/plans/{YEAR}"))
    for part in ("454,500", "免费发放", "直接发放部分", "储备部分", "生效中"):
        assert part in page, part
    for unit in (town.chemicals, town.glass, town.steel):
        assert unit.name not in page
        assert unit.account not in page
    assert not any(own in page for own in ("128,000", "86,500", "240,000"))
    assert client.get("/plans").headers["Location"] == f"/plans/{YEAR}"
    assert client.get("/plans/1999").status_code == 404


def test_before_a_plan_there_is_an_empty_page(db: None, client: Client) -> None:
    assert "分配方案尚未公布" in text_of(client.get("/plans"))


def test_an_opened_year_without_a_plan_says_so(town: Town, client: Client) -> None:
    town.open(2023)
    assert "分配方案尚未公布" in text_of(client.get("/plans/2023"))


# --- the log ---


@clause("M47")
def test_everybody_follows_an_entry_to_the_signed_root(town: Town, client: Client) -> None:
    head = log.latest_checkpoint()
    assert head is not None
    for index in (0, 1, head.size - 1):
        page = client.get(f"/log/entries/{index}")
        assert page.status_code == 200
        proof = client.get(f"/log/entries/{index}/proof.json")
        answer: Any = answer_inclusion(proof.json())
        assert answer["verified"] is True
        assert answer["root"] == head.root.hex()
        assert proof.json()["leaf_hash"][:8] in page.content.decode()
    for beyond in (head.size, 10**14, 10**30):
        assert client.get(f"/log/entries/{beyond}").status_code == 404
    assert client.get("/log/entries?index=1").headers["Location"] == "/log/entries/1"
    assert client.get("/log/entries?index=x").headers["Location"] == "/log"


def test_what_an_act_says_is_not_public(town: Town, client: Client) -> None:
    """Place and hash are; the log's own records, which speak of nobody, are shown whole."""
    head = log.latest_checkpoint()
    assert head is not None
    shown = 0
    for index in range(head.size):
        page = text_of(client.get(f"/log/entries/{index}"))
        own = "hutan-entry/1" in page
        shown += own
        if not own:
            assert "registry." not in page
            assert "compliance." not in page
            assert not re.search(r"SHUN\d{10}", page)
    assert 1 <= shown <= 3
    overview = text_of(client.get("/log"))
    assert not re.search(r"SHUN\d{10}", overview)


def test_heads_grow_out_of_each_other(town: Town, client: Client) -> None:
    old = log.latest_checkpoint()
    town.surrender(town.chemicals, 10)
    integrate(at=NOW)
    new = log.latest_checkpoint()
    assert old is not None
    assert new is not None
    address = f"/log/growth/{old.size}-{new.size}.json"
    assert address in client.get("/log").content.decode()
    answer: Any = answer_consistency(client.get(address).json())
    assert answer["verified"] is True
    note = client.get(f"/log/checkpoint?size={old.size}").content.decode()
    assert note == old.note
    for wrong in (f"{new.size}-{old.size}", f"1-{new.size}", f"0-{new.size}", f"1-{10**30}"):
        if wrong == f"1-{new.size}" and old.size == 1:
            continue
        assert client.get(f"/log/growth/{wrong}.json").status_code == 404
    assert client.get("/log/checkpoint?size=999999").status_code == 404


def test_before_the_first_head_the_log_is_empty(db: None, client: Client) -> None:
    page = text_of(client.get("/log"))
    assert "还没有检查点" in page
    assert client.get("/log/entries/0").status_code == 404
    assert client.get("/log/growth/1-1.json").status_code == 404
    assert client.get("/log/checkpoint").status_code == 404


def test_earlier_heads_and_entries_are_a_link_away(
    town: Town, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hutan.web.public.log.HEADS", 1)
    monkeypatch.setattr("hutan.web.public.log.LEAVES", 5)
    town.surrender(town.chemicals, 10)
    integrate(at=NOW)
    page = text_of(client.get("/log"))
    earlier = re.search(r'href="(\?below=\d+)"', page)
    assert earlier is not None
    assert client.get(f"/log{earlier[1]}").status_code == 200
    before = re.search(r'href="(\?before=(\d+))#entries"', page)
    assert before is not None
    older = text_of(client.get(f"/log{before[1]}"))
    assert f'/log/entries/{int(before[2]) - 1}"' in older
    assert f'/log/entries/{before[2]}"' not in older


# --- receipts ---


@pytest.fixture
def receipt(town: Town) -> dict[str, Any]:
    """A receipt of a bulk act's movement: with all steps."""
    act = log.entries_of(subject=town.glass.account)
    for one in act:
        found: Any = log.receipt(act=one.act).to_record()
        if '"movements":{' in found["entry"]["record"]:
            movement = json.loads(one.record)["movements"]
            assert movement["count"] >= 1
            key = log._rows(
                "SELECT key FROM transparency_movement m JOIN transparency_entry e"
                " ON e.id = m.entry WHERE e.act = %s ORDER BY number LIMIT 1", [one.act],
            )[0][0]  # fmt: skip
            return dict(log.receipt(act=one.act, movement=key).to_record())
    raise AssertionError("the town has no bulk act")


def steps(page: str) -> list[str]:
    """Return what came of each step."""
    return re.findall(r'<li class="check-(\w+)">', page)


def given(client: Client, receipt: object) -> Any:
    return client.post("/log/receipt", {"text": json.dumps(receipt)})


@clause("M47")
def test_a_receipt_is_checked_step_by_step(client: Client, receipt: dict[str, Any]) -> None:
    pasted = given(client, receipt)
    file = SimpleUploadedFile("receipt.json", json.dumps(receipt).encode())
    uploaded = client.post("/log/receipt", {"file": file})
    for answer in (pasted, uploaded):
        assert answer.status_code == 200
        page = text_of(answer)
        assert steps(page) == ["passed"] * len(STEPS)
        assert "凭据属实" in page
    whole = text_of(given(client, {**receipt, "movement": None}))
    assert steps(whole) == ["passed"] * (len(STEPS) - 1)


def broken(receipt: dict[str, Any], how: str) -> object:
    """Return a receipt with one fault."""
    entry, movement = dict(receipt["entry"]), dict(receipt["movement"])
    note: str = receipt["checkpoint"]
    other = entry["record"].replace('"at":"2025', '"at":"2024')
    faults: dict[str, Callable[[], object]] = {
        "field": lambda: {name: one for name, one in receipt.items() if name != "entry"},
        "note": lambda: {**receipt, "checkpoint": "x"},
        "size": lambda: {**receipt, "checkpoint": note.replace("\n", "\n1", 1)},
        "signature": lambda: {**receipt, "checkpoint": note[:-3] + "AA\n"},
        "written": lambda: {**receipt, "entry": {**entry, "record": entry["record"] + " "}},
        "content": lambda: {**receipt, "entry": {**entry, "record": other}},
        "place": lambda: {**receipt, "entry": {**entry, "index": entry["index"] + 1}},
        "path": lambda: {**receipt, "entry": {**entry, "path": entry["path"][:-1]}},
        "movement": lambda: {**receipt, "movement": {**movement, "index": movement["index"] + 1}},
        "moved": lambda: {**receipt, "movement": {**movement, "record": movement["record"] + " "}},
    }
    return faults[how]()


@pytest.mark.parametrize(
    ("how", "failed"),
    [("field", "form"), ("note", "signature"), ("size", "signature"), ("signature", "signature"),
     ("written", "record"), ("content", "path"), ("place", "path"), ("path", "path"),
     ("movement", "movement"), ("moved", "movement")],
)  # fmt: skip
def test_the_step_that_fails_is_named(
    client: Client, receipt: dict[str, Any], how: str, failed: str
) -> None:
    """What came before it held, what comes behind it was not asked."""
    answer = given(client, broken(receipt, how))
    page = text_of(answer)
    assert answer.status_code >= 400
    assert "凭据属实" not in page
    place = list(STEPS).index(failed)
    found = steps(page)
    assert found == ["passed"] * place + ["refused"] + ["unasked"] * (len(found) - place - 1)


def test_what_is_no_receipt_at_all(client: Client, db: None, monkeypatch: Any) -> None:
    for text in ("", "{", "[1]", "null", "[" * 5000):
        assert client.post("/log/receipt", {"text": text}).status_code in (409, 422)
    monkeypatch.setattr("hutan.web.public.receipts.LARGEST_RECEIPT", 10)
    file = SimpleUploadedFile("receipt.json", b"x" * 11)
    assert "LOG-150" in text_of(client.post("/log/receipt", {"file": file}))


def test_a_log_that_was_set_back_is_found(
    client: Client, receipt: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signature holds and the tree of today is another: said loudly, and never «it holds»."""
    real = log.root_at
    monkeypatch.setattr(
        "hutan.web.public.receipts.log.root_at", lambda *, size: bytes(len(real(size=size)))
    )
    answer = given(client, receipt)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "WEB-033" in page
    assert steps(page) == ["passed"] * (len(STEPS) - 1) + ["refused"]
    monkeypatch.undo()
    monkeypatch.setattr("hutan.web.public.receipts.log.tree_size", lambda: 1)
    assert "WEB-033" in text_of(given(client, receipt))


def test_checks_are_limited(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes cannot be tried in numbers, nor receipts."""
    for module in ("public.views", "public.receipts", "documents.pages"):
        monkeypatch.setattr(f"hutan.web.{module}.VERIFY", Limit("verify", 2, 3600))
    codes = [client.get("/verify/2222-2222-2222-2222").status_code for _ in range(3)]
    assert codes == [404, 404, 429]
    assert client.get("/verify/2222-2222-2222-2222.pdf").status_code == 429
    assert given(client, {}).status_code == 429


# --- the law ---


def test_the_rulebook_is_searched(client: Client, db: None) -> None:
    page = text_of(client.get("/rulebook?status=assumed"))
    assert "官方文本</span>" not in page.partition("<tbody>")[2]
    assert "假定" in page
    found = text_of(client.get("/rulebook?q=offset_share_max"))
    assert found.count('scope="row"') == 1
    assert "抵销比例上限" in found
    assert "没有符合的参数" in text_of(client.get("/rulebook?q=zzzz"))
    for wrong in ("subject=zzz", "status=zzz"):
        assert client.get(f"/rulebook?{wrong}").status_code == 404
    assert client.get("/rulebook/no.such").status_code == 404
    assert client.get("/rulebook/years/1900").status_code == 404


def test_clauses_are_listed_by_text_and_lead_to_what_rests_on_them(
    client: Client, db: None
) -> None:
    for letter, one in (("M", "M21.1"), ("P", "P19"), ("A", "A6.2"), ("N", "N4.2")):
        assert f"/clauses/{one}" in text_of(client.get(f"/clauses?text={letter}"))
    assert client.get("/clauses?text=Z").status_code == 404
    page = text_of(client.get("/clauses/M21.1"))
    assert "/rulebook/compliance.surrender_deadline" in page
    assert "第二十一条第一款" in page
    assert "清缴" in page
    beside = client.get("/clauses/M21.1", headers={"HX-Request": "true"}).content.decode()
    assert "/rulebook/" not in beside


# --- all of them ---


PUBLIC_PAGES = [
    "/", f"/lists/{YEAR}", f"/lists/{YEAR}.csv", f"/plans/{YEAR}", "/log", "/log/entries/1",
    "/log/entries/1/proof.json", "/log/receipt", "/rulebook", "/rulebook?status=assumed",
    f"/rulebook/years/{YEAR}", "/rulebook/compliance.offset_share_max", "/clauses",
    "/clauses/M21.1", "/catalogue", "/api/docs", "/verify",
]  # fmt: skip


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_a_public_page_asks_few_questions_and_names_nobody(
    town: Town, client: Client, assert_max_queries: Most, path: str
) -> None:
    """At most twenty queries; no account, no login, no credit code, no unit's own figure."""
    secrets = [
        *(unit.account for unit in (town.chemicals, town.glass, town.steel, town.paper)),
        *(str(person.user.login) for person in town.people.values()),
        *Organisation.objects.exclude(credit_code=None).values_list("credit_code", flat=True),
        # The sum of what was surrendered is one unit's here, and sums are public.
        "121,456", "128,000", "251,000", "86,500",
    ]  # fmt: skip
    with assert_max_queries(20):
        answer = client.get(path)
    assert answer.status_code == 200
    said = answer.content.decode()
    assert [one for one in secrets if one and one in said] == []
