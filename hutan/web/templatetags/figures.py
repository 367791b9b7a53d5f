"""Filters that write figures, days and moments in the reader's language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django import template

from hutan.kernel.quantities import Quantity
from hutan.web import figures
from hutan.web.language import active

register = template.Library()


@register.filter
def number(value: int | Decimal) -> str:
    """Write ``1234567`` as ``1,234,567``."""
    return figures.number(value)


@register.filter
def quantity(value: Quantity) -> str:
    """Write a quantity with its unit: ``1,234 吨``, ``CNY 12.00``."""
    return figures.quantity(value, active())


@register.filter
def share(value: Decimal) -> str:
    """Write ``Decimal("0.05")`` as ``5%``."""
    return figures.share(value)


@register.filter
def day(value: date) -> str:
    """Write a day in full."""
    return figures.day(value, active())


@register.filter
def moment(value: datetime) -> str:
    """Write a moment to the minute."""
    return figures.moment(value, active())


@register.filter
def deadline(value: datetime) -> str:
    """Write a moment to the second, with the clock it is on."""
    return figures.deadline(value, active())


@register.filter
def span(value: timedelta) -> str:
    """Write a duration."""
    return figures.span(value, active())


@register.filter
def grouped_hash(value: str) -> str:
    """Write a hash in groups of eight, so that two people can compare it aloud."""
    return " ".join(value[start : start + 8] for start in range(0, len(value), 8))


@register.filter
def time_left(until: datetime, now: datetime) -> str:
    """Write the time left to the second: ``13 天 07:59:58``."""
    return figures.countdown(until - now, active())
