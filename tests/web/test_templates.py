"""No template says anything in one language only: texts stand in ``{% bi %}``, both of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path("hutan/web/templates")
ALL = sorted(TEMPLATES.rglob("*.html"))
CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
LETTERS = re.compile(r"[A-Za-z]{2,}")
PAIR = re.compile(
    r"""\{%\s*bi\s+(?P<zh>"[^"]*"|'[^']*'|\w[\w.]*)\s+(?P<en>"[^"]*"|'[^']*'|\w[\w.]*)"""
)
SPOKEN_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "label", "content")
# Written the same in every language: names of programs, file formats, markup of addresses.
ALLOWED = {"content": {"width=device-width, initial-scale=1", "light dark"}}
CODE = re.compile(r"<code>[^<{]*</code>")
LINKED_ADDRESS = re.compile(r">/[\w./]+<")


def _without_tags(text: str) -> str:
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.S)
    text = re.sub(r"\{% bi_block %\}.*?\{% end_bi %\}", "", text, flags=re.S)
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)


def _spoken(template: str) -> list[str]:
    """Return what a template would say outside the tags."""
    plain = _without_tags(template)
    found = []
    for attribute in SPOKEN_ATTRIBUTES:
        for value in re.findall(rf'\s{attribute}="([^"]*)"', plain):
            if value not in ALLOWED.get(attribute, ()):
                found.append(value)
    plain = re.sub(r'<meta name="htmx-config".*?>', "", plain)
    plain = CODE.sub("", plain)
    plain = LINKED_ADDRESS.sub("><", plain)
    found.extend(re.split(r"<[^>]*>", plain, flags=re.S))
    return [text.strip() for text in found if CHINESE.search(text) or LETTERS.search(text)]


@pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_nothing_is_said_outside_the_tag(path: Path) -> None:
    """Text of a page and of its spoken attributes stands in both languages."""
    assert _spoken(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_each_pair_is_chinese_and_english(path: Path) -> None:
    """The first text is Chinese and the second is not."""
    template = path.read_text("utf-8")
    pairs = PAIR.findall(template)
    assert len(pairs) == len(re.findall(r"\{%\s*bi\s", template))
    for zh, en in pairs:
        if zh[0] in "'\"" and LETTERS.search(en + zh) and en not in ('"中文"',):
            assert CHINESE.search(zh) or zh == '"English"', zh
            assert not CHINESE.search(en), en
    for block in re.findall(r"\{% bi_block %\}(.*?)\{% end_bi %\}", template, flags=re.S):
        zh, english, en = block.partition("{% english %}")
        assert english
        assert CHINESE.search(zh)
        assert not CHINESE.search(en)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("<p>配额</p>", ["配额"]),
        ("<p>Allowance</p>", ["Allowance"]),
        ('<a title="Open">{% bi "开" "Open" %}</a>', ["Open"]),
        ("<a aria-label=\"{% bi '开' 'Open' %}\">·</a>", []),
        ("{% if x %}word{% endif %}", ["word"]),
        ("{% bi_block %}中{% english %}E n g{% end_bi %}", []),
    ],
)
def test_the_test_finds_what_it_looks_for(template: str, said: list[str]) -> None:
    """The heuristic itself can fail."""
    assert _spoken(template) == said


@pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_carries_script_or_style(path: Path) -> None:
    """The content policy would drop it: no inline script, style, or handler."""
    template = path.read_text("utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|hx-on", template)
    for script in re.findall(r"<script[^>]*>", template):
        assert "src=" in script
    assert "|safe" not in template
    assert "autoescape" not in template
