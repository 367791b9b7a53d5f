"""Numbers, days and durations as the two languages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from hutan.kernel.moments import SHANGHAI
from hutan.kernel.quantities import Fen, Grams, Points, Quantity, Tonnes
from hutan.kernel.refusals import Language
from hutan.web import figures


def plain(text: str) -> str:
    """Return the text with ordinary spaces."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (123_456_789, "123,456,789"),
        (-1000, "−1,000"),
        (Decimal("1234.50"), "1,234.50"),
        (Decimal("0.0001"), "0.0001"),
        (10**18, "1,000,000,000,000,000,000"),
        (Tonnes(1_200), "1,200"),
    ],
)
def test_numbers(value: int | Decimal, written: str) -> None:
    """Thousands separated, a true minus, a decimal's places kept."""
    assert figures.number(value) == written


@pytest.mark.parametrize("value", [1.5, True, "1"])
def test_what_is_no_figure_is_a_mistake(value: object) -> None:
    """No float comes near a page."""
    with pytest.raises(TypeError):
        figures.number(value)  # type: ignore[arg-type]  # the mistake under test


@pytest.mark.parametrize(
    ("value", "language", "written"),
    [
        (Tonnes(98_200), "zh", "98,200 吨"),
        (Tonnes(98_200), "en", "98,200 t"),
        (Grams(970), "zh", "970 克"),
        (Points(12), "en", "12 points"),
        (Fen(123_456_789), "zh", "1,234,567.89 元"),
        (Fen(123_456_789), "en", "CNY 1,234,567.89"),
        (Fen(5), "zh", "0.05 元"),
        (Fen(-150), "en", "CNY −1.50"),
    ],
)
def test_quantities_carry_their_unit(value: Quantity, language: Language, written: str) -> None:
    """Money in yuan with two places, never through a float."""
    assert plain(figures.quantity(value, language)) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [("0.05", "5%"), ("0.995", "99.5%"), ("1", "100%"), ("0.00125", "0.125%"), ("0.10", "10%")],
)
def test_shares_are_exact(value: str, written: str) -> None:
    """A share of 5 % is 5 %, not 5.000."""
    assert figures.share(Decimal(value)) == written


def test_days_and_deadlines_are_shanghais() -> None:
    """A moment in UTC is shown on Shanghai's clock, a deadline to the second."""
    at = datetime(2025, 6, 30, 9, 0, 0, tzinfo=UTC)
    assert figures.day(at, "zh") == "2025年6月30日"
    assert figures.day(date(2025, 6, 30), "en") == "30 June 2025"
    assert figures.day(datetime(2025, 6, 30, 17, tzinfo=UTC), "en") == "1 July 2025"
    assert figures.moment(at, "en") == "30 June 2025 17:00"
    assert figures.deadline(at, "zh") == "2025年6月30日 17:00:00（上海时间）"
    assert (
        figures.deadline(at.astimezone(SHANGHAI), "en") == "30 June 2025 17:00:00 (Shanghai time)"
    )


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (14 * 86400 + 8 * 3600 + 59 * 60, "14 天 8 小时", "14 days 8 hours"),
        (86400, "1 天", "1 day"),
        (86399, "23 小时 59 分钟", "23 hours 59 minutes"),
        (3600 + 5, "1 小时", "1 hour"),
        (61, "1 分钟 1 秒", "1 minute 1 second"),
        (1.999, "1 秒", "1 second"),
        (0, "0 秒", "0 seconds"),
        (-5, "0 秒", "0 seconds"),
    ],
)
def test_a_span_never_promises_more_than_there_is(seconds: float, zh: str, en: str) -> None:
    """Rounded down, the two largest parts that stand beside each other."""
    assert plain(figures.span(timedelta(seconds=seconds), "zh")) == zh
    assert plain(figures.span(timedelta(seconds=seconds), "en")) == en
