"""Public pages: what they show with nothing there, and with what the seams bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest
from django.test import Client

from hutan.kernel.moments import SHANGHAI
from hutan.kernel.quantities import Tonnes
from hutan.web.api.urls import api
from hutan.web.documents.codes import grouped, new_code, with_checks
from hutan.web.language import bi
from hutan.web.moments import platform_day, platform_now
from hutan.web.seams import (
    Checkpoint,
    ClauseText,
    IssuedDocument,
    PublicFigure,
    PublicYear,
    RegulatedUnit,
    Seams,
    YearSeries,
    fill,
    seams,
)
from hutan.web.styleguide.sample import working
from tests.marks import clause

NOW = datetime(2025, 6, 16, 9, 0, tzinfo=SHANGHAI)
CLAUSE = ClauseText(
    "M21.1", bi("上海市碳排放管理办法", "Measures"), bi("第二十一条", "Article 21"),
    "纳管单位应当……\n第二行", "Regulated units ...", "沪府令20号",
)  # fmt: skip
UNIT = RegulatedUnit("样例单位甲", bi("化工", "Chemicals"), "金山")
PLAIN_WORDS = {
    "zh": ["清缴", "配额", "碳普惠", "怎样核对"],
    "en": ["Surrender", "allowance", "carbon points", "How to check"],
}
CODE = grouped(with_checks("23456789ABCDEF"))


@pytest.fixture
def filled() -> Iterator[None]:
    """Fill every seam, as the registry, the rules and the log will."""
    before = seams()
    document = IssuedDocument(
        code=CODE, title=bi("注销证明", "Certificate"), issued_at=NOW,
        facts=[(bi("数量", "Amount"), "1,200 t")], sha256="ab" * 32, stands=True,
        standing=bi("有效", "It stands"),
    )  # fmt: skip
    fill(
        Seams(
            now=lambda: NOW,
            clause=lambda id: CLAUSE if id == "M21.1" else None,
            document=lambda code: document if code == CODE else None,
            public_year=lambda on: PublicYear(
                year=on.year - 1,
                figures=[PublicFigure(bi("配额总量", "Total"), Tonnes(1_000_000), working())],
                deadline=datetime(2025, 6, 30, 17, 0, tzinfo=SHANGHAI),
                years=[2023, 2024],
                series=[YearSeries(bi("发放", "Issued"), [990_000, None])],
            ),
            checkpoint=lambda: Checkpoint("hutan.example", 12_345, "cd" * 32, NOW),
            regulated_units=lambda on: [
                RegulatedUnit("样例单位甲", bi("化工", "Chemicals"), "金山")
            ],
        )
    )
    yield
    fill(before)


def test_without_figures_nothing_is_invented(db: None, client: Client) -> None:
    """Empty states that say what will stand there."""
    page = client.get("/").content.decode()
    for sentence in ("本年度数字尚未公布", "还没有检查点", "名录尚未公布"):
        assert sentence in page
    assert "echarts" not in page


def test_with_figures_they_are_shown(db: None, client: Client, filled: None) -> None:
    """Figures with workings, chart, countdown, checkpoint, list of units."""
    page = client.get("/").content.decode()
    for part in ("2024 年度", "1,000,000", "配额总量", "计算过程", "14", "12,345", "样例单位甲",
                 "echarts.min.js", "990,000"):  # fmt: skip
        assert part in page
    client.cookies["language"] = "en"
    assert "Compliance year 2024" in client.get("/").content.decode()


@clause("M7")
def test_the_market_is_explained_in_plain_words(db: None, client: Client) -> None:
    """Who has a duty, how a year runs, what a person can do, how to check; with the clauses."""
    for language, words in PLAIN_WORDS.items():
        client.cookies["language"] = language
        page = client.get("/how-it-works").content.decode()
        for word in words:
            assert word in page
        assert page.count('class="clause"') > 20
    assert client.get("/api").status_code == 200


def test_a_document_is_checked(db: None, client: Client, filled: None) -> None:
    """By form and by the address of its QR code; whatever way it is typed."""
    for path in (
        f"/verify?code={CODE.lower()}",
        f"/verify/{CODE}",
        f"/verify?code={CODE[:4]} {CODE[5:]}",
    ):
        page = client.get(path)
        text = page.content.decode()
        assert page.status_code == 200
        for part in ("注销证明", "1,200 t", CODE, "abababab abababab", "有效"):
            assert part in text


def test_an_unknown_document_says_so(db: None, client: Client, filled: None) -> None:
    """A right code that nobody issued; a wrong code that nobody can have issued."""
    unknown = client.get(f"/verify/{new_code()}")
    assert unknown.status_code == 404
    assert "WEB-031" in unknown.content.decode()
    wrong = client.get("/verify/ABCD-EFGH-JKMN-PQR2")
    assert wrong.status_code == 422
    assert "WEB-030" in wrong.content.decode()


def test_a_clause_is_a_page_and_a_fragment(db: None, client: Client, filled: None) -> None:
    """Beside the page it was opened from, only the text; by itself, a whole page."""
    whole = client.get("/clauses/M21.1")
    beside = client.get("/clauses/M21.1", headers={"HX-Request": "true"})
    for page in (whole, beside):
        text = page.content.decode()
        assert "第二十一条" in text
        assert "沪府令20号" in text
        assert "Regulated units" in text
        assert "HX-Request" in page.headers["Vary"]
    assert "<html" in whole.content.decode()
    assert "<html" not in beside.content.decode()


def test_a_clause_that_is_not_there_says_so(db: None, client: Client) -> None:
    """A form that no clause has is no page at all."""
    assert "尚未收录" in client.get("/clauses/M99").content.decode()
    assert client.get("/clauses/X1").status_code == 404


def test_the_platforms_clock_is_the_seams(filled: None) -> None:
    """The demonstration city moves it."""
    assert platform_now() == NOW
    assert platform_day() == date(2025, 6, 16)
    fill(replace(seams(), now=lambda: datetime(2025, 6, 30, 23, 30, tzinfo=SHANGHAI)))
    assert platform_day() == date(2025, 6, 30)


def test_the_reference_of_the_api_lists_its_operations(db: None, client: Client) -> None:
    """From the description itself, in the reader's language."""
    page = client.get("/api/docs").content.decode()
    for part in ("/api/v1/health", "立即吊销密钥", "Authorization: Bearer $HUTAN_KEY"):
        assert part in page
    operations = [one for path in api.get_openapi_schema()["paths"].values() for one in path]
    assert page.count('class="operation"') == len(operations)
