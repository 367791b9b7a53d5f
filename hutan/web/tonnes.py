"""Amounts of allowances as lines and cells of the pages write them."""

from __future__ import annotations

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from hutan.kernel.quantities import Tonnes
from hutan.registry.domain.blocks import Block
from hutan.registry.domain.numbers import allowance_number
from hutan.web.components import ChangeLine
from hutan.web.figures import number, quantity
from hutan.web.language import Bilingual, active, bi


def tonnes(amount: int) -> str:
    """Write an amount with its unit in the reader's language."""
    return quantity(Tonnes(amount), active())


def tonnes_or_none(amount: int | None) -> str:
    """Write a limit: its amount, or that there is none."""
    return str(bi("不设", "none")) if amount is None else tonnes(amount)


def range_of(vintage: int, first: int, last: int) -> str:
    """Write a range of allowance numbers."""
    one = allowance_number(vintage, first)
    return one if first == last else f"{one} – {allowance_number(vintage, last)}"


def range_marked(vintage: int, first: int, last: int) -> SafeString:
    """Write a range of allowance numbers for a cell: no number is ever broken over two lines."""
    numbers = [allowance_number(vintage, one) for one in dict.fromkeys((first, last))]
    return format_html_join(" – ", '<span class="whole">{}</span>', ((one,) for one in numbers))


def ranges_of(vintage: int, blocks: list[Block], *, most: int = 6) -> str:
    """Write blocks one after another, and how many more there are."""
    shown = [range_of(vintage, block.first, block.last) for block in blocks[:most]]
    if len(blocks) > most:
        shown.append(f"… (+{number(len(blocks) - most)})")
    return "; ".join(shown)


def balance_line(name: Bilingual, before: int | None, change: int) -> ChangeLine:
    """Return the line of a balance that changes; ``before`` is none where the act is past."""
    sign = "+" if change >= 0 else ""
    if before is None:
        return ChangeLine(name, "", f"{sign}{tonnes(change)}")
    return ChangeLine(name, tonnes(before), tonnes(before + change))
