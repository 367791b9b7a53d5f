"""The colours of the style sheet, light and dark, against WCAG 2.2: 4.5 for text, 3 for signs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEET = Path("hutan/web/static/web/css/frame.css").read_text("utf-8")
TEXT_ON = [
    ("text", "paper"), ("text", "surface"), ("text", "surface-2"), ("text", "bad-soft"),
    ("muted", "paper"), ("muted", "surface"), ("muted", "surface-2"), ("muted", "bad-soft"),
    ("accent", "paper"), ("accent", "surface"), ("accent", "accent-soft"), ("accent", "surface-2"),
    ("accent-strong", "paper"), ("on-accent", "accent"), ("on-accent", "accent-strong"),
    ("on-masthead", "masthead"), ("bad", "surface"), ("bad", "bad-soft"), ("watch", "surface"),
    ("text", "accent-soft"), ("seal", "surface"),
    *((tone, f"{tone}-soft") for tone in ("good", "watch", "bad", "waiting", "neutral")),
]  # fmt: skip
SIGN_ON = [
    ("line-strong", "surface"), ("line-strong", "paper"), ("seal", "paper"), ("focus", "paper"),
    ("focus", "surface"), ("chart-1", "surface"), ("chart-2", "surface"), ("chart-3", "surface"),
    ("chart-4", "surface"),
]  # fmt: skip


def colours(theme: str) -> dict[str, str]:
    """Return the named colours of one theme."""
    block = SHEET.partition(f'[data-bs-theme="{theme}"] {{')[2].partition("}")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_wcags() -> None:
    """Black on white is 21; the grey that just passes is known."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    """At least 4.5."""
    named = colours(theme)
    assert contrast(named[text], named[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("sign", "ground"), SIGN_ON)
def test_signs_and_borders_can_be_seen(theme: str, sign: str, ground: str) -> None:
    """At least 3."""
    named = colours(theme)
    assert contrast(named[sign], named[ground]) >= 3
