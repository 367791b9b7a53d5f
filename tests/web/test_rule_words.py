"""Codes, moments and assets as readers see them; what is not known stays as it was kept."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import translation

from hutan.kernel.moments import SHANGHAI
from hutan.kernel.quantities import Tonnes
from hutan.rules.eligibility import AllowanceUse, ReductionUse
from hutan.rules.parameters import rulebook
from hutan.rules.position import Position
from hutan.web.rule_words import (
    NOTES,
    said_input,
    said_note,
    said_sentence,
    said_text,
    said_value,
)

SENTENCES = [
    ("账户 SHUN1 的 allowance:2024 可用 0 吨，不足 128000 吨。",
     "账户 SHUN1 的 2024 年配额 可用 0 吨，不足 128,000 吨。", "zh-hans"),
    ("账户 SHUN1 不能销户：持有 128000 吨 (holds 128000 t)。",
     "账户 SHUN1 不能销户：持有 128,000 吨。", "zh-hans"),
    ("不能销户：2024 年度清缴义务未了结：short (the duty for 2024 is not settled)。",
     "不能销户：2024 年度清缴义务未了结：未足额清缴。", "zh-hans"),
    ("Account SHUN1 cannot close: 持有 128000 吨 (holds 128000 t).",
     "Account SHUN1 cannot close: holds 128,000 t.", "en"),
    ("条目 2024/free/SHUN0000000169/1 核定 128000 吨",
     "条目 2024 免费发放 SHUN0000000169 核定 128,000 吨", "zh-hans"),
    ("Line 2024/free/SHUN0000000169/1 allows 128000 t",
     "Line 2024 Free SHUN0000000169 allows 128,000 t", "en"),
    ("冻结 (freeze) 不变；（2025）沪01执9号。", "冻结 不变；（2025）沪01执9号。", "zh-hans"),
]  # fmt: skip


@pytest.mark.parametrize(("kept", "said", "language"), SENTENCES)
def test_a_sentence_is_said_in_one_language(kept: str, said: str, language: str) -> None:
    """Ids by names, tonnes grouped, the reader's half of a reason in both languages."""
    with translation.override(language):
        assert said_sentence(kept) == said


@pytest.mark.parametrize(
    ("kept", "unit", "said"),
    [
        ("2025-06-30T17:00:00+08:00", "", "2025年6月30日 17:00:00（上海时间）"),
        ("2026-06-25", "", "2026年6月25日"),
        ("oldest_first", "", "年份早者先用"),
        ("ccer, reduction", "",
         "国家核证自愿减排量（CCER）、本市碳普惠减排量（SHCERCIR1）"),
        ("2024", "", "2024"),
        ("6072", "tCO2e", "6,072"),
        ("121456.4000", "", "121,456.4000"),
        ("MOD 97-10", "", "MOD 97-10"),
    ],
)  # fmt: skip
def test_a_value_is_said(kept: str, unit: str, said: str) -> None:
    """A year stays a year, a figure is grouped, an unknown code stays."""
    with translation.override("zh-hans"):
        assert str(said_text(kept, unit)) == said


def test_every_assumption_of_a_year_is_said_in_chinese() -> None:
    """What the bureau confirms has its value and its note in words, for each year entered."""
    book = rulebook()
    with translation.override("zh-hans"):
        for key, series in book.series.items():
            if not key.startswith("compliance."):
                continue
            for one in series.years.values():
                if one.status == "assumed":
                    assert one.note == "" or str(said_note(one.note)) != one.note or (
                        any(ord(letter) > 0x3400 for letter in one.note)
                    ), one.note  # fmt: skip
                    assert not str(said_value(one)).isalpha() or not str(said_value(one)).isascii()
    notes = {one.note for series in book.series.values() for one in series.parameters}
    assert set(NOTES) <= notes, "a note that no parameter has any more"


@pytest.mark.parametrize(
    ("kept", "language", "said"),
    [
        ("47594 allowances of 2023, received 2025-06-09T14:00:00+08:00", "zh-hans",
         "2023 年配额 47,594 吨，清缴时刻 2025年6月9日 14:00:00（上海时间）"),
        ("5000 ccer, received 2025-06-16T09:02:43+08:00, proof CCER-2025-000201", "zh-hans",
         "国家核证自愿减排量（CCER） 5,000 吨，清缴时刻 2025年6月16日 09:02:43（上海时间），"
         "证明 CCER-2025-000201"),
        ("10 reduction I, received 2025-06-16T09:00:00+08:00, proof S-7,"
         " certified 2025-05-01T00:00:00+08:00, inside own boundary", "zh-hans",
         "本市碳普惠减排量（SHCERCIR1） 10 吨，第一类，"
         "清缴时刻 2025年6月16日 09:00:00（上海时间），证明 S-7，"
         "取得时间 2025年5月1日 00:00:00（上海时间），产生于本单位排放边界之内"),
        ("47594 allowances of 2023, received 2025-06-09T14:00:00+08:00", "en",
         "47,594 t of allowances of 2023, received 9 June 2025 14:00:00 (Shanghai time)"),
    ],
)  # fmt: skip
def test_what_was_handed_in_is_said_in_the_readers_words(
    kept: str, language: str, said: str
) -> None:
    """A working lists its uses as programs read them; a person reads them as a sentence."""
    with translation.override(language):
        assert str(said_text(kept)) == said
        assert str(said_input("uses[0]")) in {"第 1 笔清缴", "Use 1"}


def test_uses_are_written_as_they_are_read() -> None:
    """The sentence knows every form in which a position writes a use."""
    at = datetime(2025, 6, 16, 9, tzinfo=SHANGHAI)
    position = Position(
        year=2024,
        uses=(
            AllowanceUse(vintage=2024, quantity=Tonnes(7), received_at=at),
            ReductionUse(
                kind="reduction", quantity=Tonnes(7), received_at=at, proof="S-1",
                reduction_class="II", certified_at=at, inside_own_boundary=True,
            ),
            ReductionUse(
                kind="ccer", quantity=Tonnes(7), received_at=at, inside_own_boundary=False
            ),
        ),
    )  # fmt: skip
    with translation.override("zh-hans"):
        for name, kept in position.to_inputs(at).items():
            if name.startswith("uses["):
                assert "received" not in str(said_text(kept))
