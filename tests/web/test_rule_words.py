"""Codes, moments and assets as readers see them; what is not known stays as it was kept."""

from __future__ import annotations

import pytest
from django.utils import translation

from hutan.rules.parameters import rulebook
from hutan.web.rule_words import NOTES, said_note, said_sentence, said_text, said_value

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
