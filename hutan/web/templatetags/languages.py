"""``{% bi "中文" "English" %}`` and the block form: both texts stand side by side in a template."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from hutan.web.language import active
from hutan.web.rule_words import said_sentence

register = template.Library()


@register.simple_tag
def bi(zh: str, en: str, **facts: object) -> SafeString:
    """Say one of two texts; ``{name}`` in both is filled from the keyword of that name.

    Facts are escaped, and so is a text that comes from a variable.
    """
    text = conditional_escape(zh if active() == "zh" else en)
    return format_html(text, **facts) if facts else text


class BilingualNode(Node):
    """Renders one of two parts of a template."""

    def __init__(self, zh: NodeList, en: NodeList) -> None:
        self.zh, self.en = zh, en

    def render(self, context: Context) -> SafeString:
        """Render the part of the present language only."""
        return (self.zh if active() == "zh" else self.en).render(context)


@register.tag
def bi_block(parser: Parser, token: Token) -> BilingualNode:
    """``{% bi_block %}中文{% english %}English{% end_bi %}``."""
    zh = parser.parse(("english",))
    parser.delete_first_token()
    en = parser.parse(("end_bi",))
    parser.delete_first_token()
    return BilingualNode(zh, en)


@register.filter
def said(value: Any) -> str:
    """Return a refusal's sentence in the present language."""
    return said_sentence(str(value.sentence(active())))


@register.filter
def cured(value: Any) -> str:
    """Return what to do about a refusal in the present language."""
    return said_sentence(str(value.cure(active())))


@register.filter
def worded(value: object) -> str:
    """Return a text in which ids of assets and plan lines stand by their names."""
    return said_sentence(str(value))


@register.filter
def public_basis(basis: str) -> str:
    """Return a basis as readers see it: a house rule's place in our documentation is not shown."""
    return "" if basis.startswith("docs/") else basis


@register.filter
def spoken(record: Any, name: str = "") -> str:
    """Return ``record.zh`` or ``record.en``; with a name, ``record.<name>_zh`` or ``_en``."""
    stem = f"{name}_" if name else ""
    return str(getattr(record, f"{stem}{active()}"))
