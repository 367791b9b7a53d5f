"""Documents on the pages: the file, the public check, and drawing them on one's account."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from hutan.registry.models import Document
from hutan.registry.queries import DocumentRecord, document
from hutan.registry.services.documents import (
    issue_cancellation,
    issue_holding,
    issue_statement,
)
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.registry.services.waiting import execute_due
from hutan.web.documents.issued import issued_document, pdf, public
from hutan.web.language import bi
from tests.marks import clause
from tests.parties.people import NOW
from tests.registry.test_story import TUESDAY_NOON, freeze
from tests.registry.test_story import Two as Pair
from tests.web.market import A24, Platform, in_person

pytestmark = pytest.mark.django_db

needs_poppler = pytest.mark.skipif(
    not shutil.which("pdftotext"), reason="no poppler on this machine: it reads the PDF back"
)
ADDRESS = "https://hutan.example/verify/X"


@pytest.fixture
def platform(db: None) -> Platform:
    return Platform()


def cancelled(platform: Platform) -> DocumentRecord:
    """Have the first unit cancel seven allowances, and certify it."""
    one = platform.one
    done = platform.city.act(
        "registry.cancel_voluntary",
        {
            "giver": one.account, "receiver": GOVERNMENT_ACCOUNTS["cancellation"],
            "items": [{"asset": A24, "amount": 7}], "note": "建厂二十周年",
        },
        by=one.rep, approved_by=one.approver,
    )  # fmt: skip
    return issue_cancellation(id=uuid4(), transaction=done.id, by=one.rep.user, at=NOW)


def held(platform: Platform) -> DocumentRecord:
    return issue_holding(id=uuid4(), account=platform.one.account, by=platform.one.rep.user, at=NOW)


def stated(platform: Platform) -> DocumentRecord:
    platform.market.surrender(platform.one, 1000)
    platform.transfer(platform.one, platform.two, 50)
    return issue_statement(
        id=uuid4(), account=platform.one.account, since=date(2025, 6, 1), until=NOW.date(),
        by=platform.one.rep.user, at=NOW + timedelta(minutes=1),
    )  # fmt: skip


DRAWN = {"cancellation": cancelled, "holding": held, "statement": stated}


def read(content: bytes, folder: Path) -> str:
    """Return the text of a PDF without any space in it."""
    path = folder / "document.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


@pytest.mark.parametrize("kind", DRAWN)
def test_the_same_facts_give_the_same_file_for_ever(platform: Platform, kind: str) -> None:
    """Also from the row as it is read back, and after the account has gone on."""
    drawn = DRAWN[kind](platform)
    first = pdf(drawn, ADDRESS)
    stored = document(drawn.code)
    assert stored is not None
    platform.transfer(platform.one, platform.two, 3)
    assert pdf(stored, ADDRESS) == first
    assert first.startswith(b"%PDF-1.7")


@needs_poppler
@clause("M21.4")
def test_the_certificate_of_cancellation_says_who_how_much_which_and_why(
    platform: Platform, tmp_path: Path
) -> None:
    drawn = cancelled(platform)
    text = read(pdf(drawn, ADDRESS), tmp_path)
    for part in (
        "碳排放配额自愿注销证明", "Certificateofvoluntarycancellation", "甲厂", "7吨",
        "2024-00000000001–2024-00000000007", "建厂二十周年", platform.one.account,
        "2025年6月16日09:00:00（上海时间）", drawn.code, drawn.facts_hash, "第1页，共1页",
        "演示系统出具，不具有任何效力。", "大写：柒吨", "出具日期2025年6月16日",
        "《上海市碳排放管理办法》（沪府令20号）第二十一条第四款",
    ):  # fmt: skip
        assert part in text, part


@needs_poppler
def test_the_statement_runs_line_by_line(platform: Platform, tmp_path: Path) -> None:
    text = read(pdf(stated(platform), ADDRESS), tmp_path)
    for part in (
        "期初余额Opening20240", f"免费发放{GOVERNMENT_ACCOUNTS['total']}总量账户20241,1001,100",
        f"清缴{GOVERNMENT_ACCOUNTS['surrender']}清缴账户2024−1,000100",
        "期末余额Closing其中占用setaside502024100", "合计Total100100",
    ):  # fmt: skip
        assert part in text, part


@needs_poppler
def test_a_frozen_account_is_certified_as_such(platform: Platform, tmp_path: Path) -> None:
    """What cannot move is not called available."""
    free = read(pdf(held(platform), ADDRESS), tmp_path)
    assert "1,100吨（可用1,100吨）" in free
    pair = Pair.__new__(Pair)
    pair.city = platform.city
    freeze(pair, {"scope": "account", "account": platform.one.account})
    text = read(pdf(held(platform), ADDRESS), tmp_path)
    assert "1,100吨（随账户不能转出1,100吨）" in text
    assert "上海金融法院（2025）沪74执1号" in text


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_anybody_reads_on_the_public_page_what_was_certified(
    platform: Platform, client: Client, kind: str, language: str
) -> None:
    """Every fact of the paper, in both languages, and the digest that stands on it."""
    drawn = DRAWN[kind](platform)
    client.cookies["language"] = language
    page = client.get(f"/verify/{drawn.code.lower().replace('-', ' ')}")
    assert page.status_code == 200
    text = page.content.decode()
    shown = issued_document(drawn.code)
    assert shown is not None
    for name, value in [*shown.facts, (shown.title, shown.standing)]:
        for one in (name, value):
            said = one if isinstance(one, str) else one.text(language)  # type: ignore[arg-type]  # the two languages
            assert said.split("\n")[0].replace("'", "&#x27;") in text
    assert drawn.facts_hash[:8] in text
    assert (f"/verify/{drawn.code}.pdf" in text) == (kind != "statement")
    assert client.get("/verify/ABCD-EFGH-JKMN-PQR2").status_code == 422


def test_the_file_opens_for_whoever_has_the_code(platform: Platform, client: Client) -> None:
    drawn = cancelled(platform)
    answer = client.get(f"/verify/{drawn.code}.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].endswith(f'cancellation-{drawn.code}.pdf"')
    assert answer.content == pdf(drawn, f"http://testserver/verify/{drawn.code}")
    assert client.get("/verify/2222-2222-2222-2222.pdf").status_code == 404
    assert client.get("/verify/ABCD.pdf").status_code == 422


def test_a_statement_tells_the_public_its_lines_and_never_who_the_others_are(
    platform: Platform, client: Client
) -> None:
    """Lines and digest for everybody; names of others and the file for its own people."""
    platform.transfer(platform.one, platform.two, 20)
    execute_due(at=TUESDAY_NOON)
    drawn = issue_statement(
        id=uuid4(), account=platform.one.account, since=NOW.date(), until=TUESDAY_NOON.date(),
        by=platform.one.rep.user, at=TUESDAY_NOON + timedelta(minutes=1),
    )  # fmt: skip
    assert "乙厂" in str(drawn.facts)
    page = client.get(f"/verify/{drawn.code}").content.decode()
    assert "−20 → 1,080" in page
    assert platform.two.account not in page
    assert "乙厂" not in page
    address = f"/verify/{drawn.code}.pdf"
    refused = client.get(address)
    assert refused.status_code == 403
    assert "WEB-032" in refused.content.decode()
    stranger, _ = in_person(platform.two.rep)
    assert stranger.client.get(address).status_code == 403
    own, _ = in_person(platform.one.approver)
    opened = own.client.get(address)
    assert opened.headers["Content-Type"] == "application/pdf"
    said = client.get(f"/api/v1/documents/{drawn.code}").content.decode()
    assert platform.two.account not in said
    assert drawn.facts_hash in said


def test_a_text_is_cited_only_for_days_on_which_it_was_in_force(platform: Platform) -> None:
    """What was cancelled under the trial measures does not cite the later clause (M48)."""
    drawn = cancelled(platform)
    earlier = replace(drawn, facts={**drawn.facts, "executed_at": "2025-03-31T23:59:59+08:00"})
    named = {str(name): value for name, value in public(earlier).facts}
    assert str(named["依据"]) == "《上海市碳排放管理试行办法》（沪府令10号）"
    later = replace(drawn, facts={**drawn.facts, "executed_at": "2025-04-01T00:00:00+08:00"})
    assert "第二十一条第四款" in str(dict(public(later).facts)[bi("依据", "Basis")])


def test_a_person_is_not_named(platform: Platform) -> None:
    """A personal account's documents state what it holds, not whose it is."""
    drawn = held(platform)
    personal = replace(drawn, facts={**drawn.facts, "account_kind": "personal", "holder": ""})
    assert str(public(personal).facts[0][1]) == "个人（姓名不载入凭证）"


def ids_in(page: str) -> list[str]:
    """Return the ids that the page's forms carry."""
    return re.findall(r'name="id" value="([0-9a-f-]{36})"', page)


def test_a_unit_draws_documents_on_its_own_page(platform: Platform) -> None:
    cancelled(platform)
    asker, _ = in_person(platform.one.rep)
    address = f"/accounts/{platform.one.account}/documents"
    page = asker.client.get(address).content.decode()
    holding, statement, cancellation = ids_in(page)
    transaction = re.findall(r'<option value="([0-9a-f-]{36})"', page)[0]
    assert asker.client.post(address, {"kind": "holding", "id": holding}).status_code == 302
    assert asker.client.post(address, {"kind": "holding", "id": holding}).status_code == 302
    days = {"since": "2025-06-01", "until": "2025-06-16"}
    asked = asker.client.post(address, {"kind": "statement", "id": statement, **days})
    assert asked.status_code == 302
    again = {"kind": "cancellation", "id": cancellation, "transaction": transaction}
    assert asker.client.post(address, again).status_code == 302
    assert sorted(Document.objects.values_list("kind", flat=True)) == [
        "cancellation", "cancellation", "holding", "statement",
    ]  # fmt: skip
    after = asker.client.get(address).content.decode()
    assert after.count(".pdf") == 4
    assert "已出具，核验码" in after


def test_what_is_refused_stands_on_the_page(platform: Platform) -> None:
    """Beside the field it names; nothing is drawn."""
    asker, _ = in_person(platform.one.rep)
    address = f"/accounts/{platform.one.account}/documents"
    late = {"kind": "statement", "id": str(uuid4()), "since": "2025-06-01", "until": "2025-06-17"}
    page = asker.client.post(address, late)
    assert page.status_code == 409
    assert "REG-282" in page.content.decode()
    empty = asker.client.post(address, {"kind": "statement", "id": str(uuid4())})
    assert empty.status_code == 422
    strange = {"kind": "cancellation", "id": str(uuid4()), "transaction": str(uuid4())}
    assert asker.client.post(address, strange).status_code == 404
    assert asker.client.post(address, {"kind": "gift"}).status_code == 200
    assert Document.objects.count() == 0


def test_others_neither_see_nor_draw(platform: Platform) -> None:
    stranger, _ = in_person(platform.two.rep)
    address = f"/accounts/{platform.one.account}/documents"
    assert stranger.client.get(address).status_code == 404
    body = {"kind": "holding", "id": str(uuid4())}
    assert stranger.client.post(address, body).status_code == 404
    officer, _ = in_person(platform.city.officer)
    page = officer.client.get(address)
    assert page.status_code == 200
    assert (
        "<form method"
        not in page.content.decode().partition("</header>")[2].partition("<footer")[0]
    ), "the bureau reads, and draws nothing"
    assert officer.client.post(address, body).status_code == 409
    assert Document.objects.count() == 0
