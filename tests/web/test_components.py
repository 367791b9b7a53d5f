"""What pages are made of: each component shows all of its record, safely, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from hutan.kernel.moments import SHANGHAI
from hutan.kernel.quantities import Tonnes
from hutan.web.components import (
    Cell,
    Chart,
    Column,
    FigureCard,
    Pages,
    Series,
    Table,
)
from hutan.web.forms import FormInvalid, RefusingForm, words
from hutan.web.language import bi
from hutan.web.qr import qr_file
from hutan.web.styleguide import sample
from tests.web.samples import SampleClosed, SampleFrozen

NOW = datetime(2025, 6, 16, 9, 0, tzinfo=SHANGHAI)
DEADLINE = datetime(2025, 6, 30, 17, 0, tzinfo=SHANGHAI)
PARTS_OF_A_WORKING = (
    "determined",
    "123456.4 tCO2e",
    "compliance.offset_share_max",
    "0.05",
    "沪环气候〔2024〕254号",
    "官方文本",
    "假定",
    "应清缴量",
    "due = ceiling(determined × sample.assumed)",
    "向上取整：义务须以整数配额覆盖",
)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Speak Chinese, as without a cookie."""
    with translation.override("zh-hans"):
        yield


def draw(template: str, **context: object) -> str:
    """Render a template."""
    return Template(template).render(Context(context))


def text(html: str) -> str:
    """Return what is read, without markup and with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


def test_a_figure_opens_its_working() -> None:
    """Value with unit, the mark of assumed parameters, and every line of the working."""
    html = draw("{% figure_card card %}", card=sample.content()["cards"][0])
    read = text(html)
    assert "123,457 吨" in read
    assert "含假定参数" in read
    for part in PARTS_OF_A_WORKING:
        assert part in read
    assert 'href="/clauses/N4.2"' in html
    assert 'href="/clauses/M21.1"' in html


def test_a_figure_without_a_value_says_so() -> None:
    """Never a zero that nobody published."""
    read = text(draw("{% figure_card card %}", card=FigureCard(bi("总量", "Total"), None)))
    assert read == "总量 尚未公布"
    plain = draw("{% figure_card card %}", card=FigureCard(bi("总量", "Total"), Tonnes(0)))
    assert "0 吨" in text(plain)
    assert "details" not in plain


def test_a_table_names_its_columns_in_every_cell() -> None:
    """For phones, where each row is a card; the first cell heads the row; texts are escaped."""
    table = Table(
        bi("标题", "Title"),
        [Column(bi("单位", "Unit")), Column(bi("数量", "Amount"), "figure")],
        [[Cell("<b>甲</b>"), Cell("12", "/x?a=1&b=2")], [Cell("乙"), Cell("有", tone="good")]],
        bi("空", "Empty"),
    )
    html = draw("{% table table %}", table=table)
    assert "<caption>标题</caption>" in html
    assert '<th scope="row" class="is-text" data-column="单位">' in html
    assert '<td class="is-figure" data-column="数量">' in html
    assert "&lt;b&gt;甲&lt;/b&gt;" in html
    assert 'href="/x?a=1&amp;b=2"' in html
    assert "state-good" in html


def test_an_empty_table_says_what_that_means() -> None:
    """No head without a body."""
    html = draw("{% table table %}", table=sample.content()["empty_table"])
    assert text(html) == "在途划转 没有在途划转。"
    assert "<table" not in html


def test_a_table_with_a_short_row_is_a_mistake() -> None:
    """Cells never slip into other columns."""
    table = Table(bi("一", "A"), [Column(bi("一", "A"))], [[Cell("1"), Cell("2")]], bi("空", "E"))
    with pytest.raises(ValueError, match="zip"):
        table.lines  # noqa: B018 reading it is the test


@pytest.mark.parametrize(
    ("until", "read"),
    [
        (DEADLINE, "14 天 8 小时 后截止： 2025年6月30日 17:00:00（上海时间）"),
        (NOW + timedelta(seconds=1), "1 秒 后截止： 2025年6月16日 09:00:01（上海时间）"),
        (NOW, "已截止： 2025年6月16日 09:00:00（上海时间）"),
    ],
)
def test_a_deadline_is_over_at_its_second(until: datetime, read: str) -> None:
    """At 17:00:00 it is late (17:00点前)."""
    assert text(draw("{% countdown until now %}", until=until, now=NOW)) == read


def test_an_approval_shows_all_its_second_person_must_see() -> None:
    """Before and after, who, when, the digest; code and challenge where units move."""
    html = draw(
        "{% approval_card card form %}",
        card=sample.approval(), form=sample.StepUpSample(), csrf_token="t" * 64,
    )  # fmt: skip
    read = text(html)
    shown = (
        "样例经办人（样例单位甲）",
        "2025年6月16日 09:00:00（上海时间）",
        "98,200 t",
        "86,200 t",
    )
    for part in (*shown, "批准", "退回"):
        assert part in read
    digest = sample.approval().seen
    assert f'name="seen" value="{digest}"' in html
    assert " ".join(digest[at : at + 8] for at in range(0, 64, 8)) in html
    assert 'name="step_up" value="sample"' in html
    assert html.count("csrfmiddlewaretoken") == 2


def test_the_proposer_gets_no_button() -> None:
    """He is told why instead."""
    html = draw("{% approval_card card %}", card=sample.approval(own=True))
    assert "您是提出人" in text(html)
    assert "<form" not in html


def test_a_chart_is_a_table_as_well() -> None:
    """The figures stand in the page twice: as data for the script, and to be read."""
    html = draw("{% chart chart %}", chart=sample.chart("bar"))
    assert '<script id="sample-bar-data" type="application/json">' in html
    read = text(html)
    assert "1,050,000" in read
    assert "2024 980,000 —" in read.replace("  ", " ")


def test_a_chart_without_figures_draws_nothing() -> None:
    """An empty chart is an empty state."""
    chart = Chart("c", bi("图", "Chart"), "bar", [], [Series(bi("甲", "A"), [])], bi("吨", "t"))
    html = draw("{% chart chart %}", chart=chart)
    assert "尚无数据" in html
    assert "data-chart" not in html


def test_chart_data_cannot_break_out() -> None:
    """A name with markup stays data."""
    chart = Chart(
        "c", bi("图", "Chart"), "line", ["2024"],
        [Series(bi("</script><script>alert(1)", "A"), [1])], bi("吨", "t"),
    )  # fmt: skip
    html = draw("{% chart chart %}", chart=chart)
    assert "<script>alert" not in html


@pytest.mark.parametrize(
    ("number", "count", "offered"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (7, 24, [1, None, 6, 7, 8, None, 24]),
        (24, 24, [1, None, 23, 24]),
        (2, 5, [1, 2, 3, None, 5]),
    ],
)
def test_pages_offer_the_near_ones_and_the_ends(
    number: int, count: int, offered: list[int | None]
) -> None:
    """With gaps marked."""
    assert Pages(number, count).numbers == offered


def test_pages_keep_the_question() -> None:
    """Each link carries the search."""
    html = draw("{% pagination pages %}", pages=Pages(1, 3, {"q": "甲 & 乙"}))
    assert 'href="?q=%E7%94%B2+%26+%E4%B9%99&amp;page=2"' in html
    assert 'rel="prev"' not in html
    assert draw("{% pagination pages %}", pages=Pages(1, 1)).strip() == ""


def test_a_clause_is_linked_and_another_basis_is_named() -> None:
    """What is neither is not shown."""
    assert 'href="/clauses/M21.1"' in draw('{% clause "M21.1" %}')
    assert draw('{% clause "" "GB/T 22239" %}') == '<span class="basis">GB/T 22239</span>'
    assert draw('{% clause "" %}') == ""


def test_a_status_is_more_than_a_colour() -> None:
    """A sign and a word stand in it."""
    for tone in ("good", "watch", "bad", "waiting", "neutral"):
        html = draw("{% status tone text %}", tone=tone, text=bi("词", "Word"))
        assert "<svg" in html
        assert "<span>词</span>" in html


# --- forms ---


class Sample(RefusingForm):
    """A form with two fields."""

    amount = forms.IntegerField(label=words("数量", "Amount"), min_value=1)
    note = forms.CharField(label=words("备注", "Note"), required=False)


def test_a_refusal_stands_beside_its_field() -> None:
    """With code, sentence, clause and cure; the field points to it."""
    form = Sample({"amount": "12"})
    with form.refusals():
        form.cleaned("amount")
        raise SampleFrozen(account="A", available="1", amount="12")
    assert not form.is_accepted
    assert form.status == 409
    html = draw('{% form_field form "amount" %}', form=form)
    for part in ("可用配额为 1 吨", "请减少数量", "WEB-900", "/clauses/M12.1", 'role="alert"'):
        assert part in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_amount-refused"' in html
    assert draw("{% form_refusals form %}", form=form).strip() == ""


def test_a_refusal_of_no_field_stands_above_the_form() -> None:
    """So it is never lost."""
    form = Sample({"amount": "12"})
    form.refuse(SampleClosed(when="16:00"))
    assert "WEB-901" in draw("{% form_refusals form %}", form=form)
    assert [type(one) for one in form.refused] == [SampleClosed]


def test_a_form_that_is_filled_wrongly_asks_no_service() -> None:
    """The form's own check comes first."""
    form, asked = Sample({"amount": "none"}), []
    with form.refusals():
        asked.append(form.cleaned("amount"))
    assert asked == []
    assert (form.status, form.is_accepted) == (422, False)
    assert "field-error" in draw('{% form_field form "amount" %}', form=form)
    with pytest.raises(FormInvalid):
        form.cleaned("amount")


def test_what_is_accepted_is_accepted() -> None:
    """And a bug is not caught."""
    form = Sample({"amount": "12"})
    with form.refusals():
        assert form.cleaned("amount") == 12
    assert form.is_accepted
    with pytest.raises(RuntimeError), Sample({"amount": "1"}).refusals():
        raise RuntimeError


def test_labels_speak_the_readers_language() -> None:
    """One form class serves both."""
    form = Sample()
    assert "数量" in draw('{% form_field form "amount" %}', form=form)
    with translation.override("en"):
        html = draw('{% form_field form "note" %}', form=form)
    assert "Note" in html
    assert "(optional)" in html


def test_a_qr_code_is_plain_svg() -> None:
    """One path of dark modules with a quiet zone; no style, no script."""
    svg = qr_file("https://hutan.example/verify/ABCD")
    assert svg.startswith("<svg ")
    assert "style" not in svg
    side = re.search(r'viewBox="0 0 (\d+) \1"', svg)
    assert side is not None
    assert (int(side[1]) - 8 - 21) % 4 == 0
    ground, *starts = re.findall(r"M(\d+) (\d+)h(\d+)", svg)
    assert ground == ("0", "0", side[1])
    assert min(int(x) for x, _, _ in starts) == 4
    assert max(int(x) + int(length) for x, _, length in starts) == int(side[1]) - 4
