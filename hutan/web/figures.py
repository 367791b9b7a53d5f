"""Numbers, dates and durations as each language writes them. Integers and decimals only.

A deadline is always shown to the second and with its time zone: 17:00:00 is late where the law
says "before 17:00".
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from hutan.kernel.moments import in_shanghai
from hutan.kernel.quantities import Fen, Grams, Points, Quantity, Tonnes
from hutan.kernel.refusals import Language

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_UNITS: dict[type[Quantity], tuple[str, str]] = {
    Tonnes: ("吨", "t"),
    Grams: ("克", "g"),
    Points: ("积分", "points"),
}
_MINUS = "\N{MINUS SIGN}"
_SPACE = "\N{NO-BREAK SPACE}"


def number(value: int | Decimal) -> str:
    """Write a whole or decimal number with thousands separators; a decimal keeps its places."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise TypeError(f"{value!r} is no figure: give an int or a Decimal")
    written = f"{Decimal(int(value)) if isinstance(value, int) else value:,f}"
    return written.replace("-", _MINUS)


def quantity(value: Quantity, language: Language) -> str:
    """Write a quantity with its unit; money in yuan with two places."""
    if isinstance(value, Fen):
        yuan = number(Decimal(int(value)).scaleb(-2))
        return f"{yuan}{_SPACE}元" if language == "zh" else f"CNY{_SPACE}{yuan}"
    zh, en = _UNITS[type(value)]
    return f"{number(value)}{_SPACE}{zh if language == 'zh' else en}"


def share(value: Decimal) -> str:
    """Write a share such as ``Decimal("0.05")`` in per cent, exactly: ``5%``."""
    percent = value.scaleb(2)
    whole = percent == percent.to_integral_value()
    return f"{number(percent.quantize(Decimal(1)) if whole else percent.normalize())}%"


def day(value: date, language: Language) -> str:
    """Write a day of the Shanghai calendar in full."""
    if isinstance(value, datetime):
        value = in_shanghai(value).date()
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime, language: Language) -> str:
    """Write a moment on Shanghai's clock to the minute."""
    return f"{day(value, language)} {in_shanghai(value):%H:%M}"


def deadline(value: datetime, language: Language) -> str:
    """Write a moment on Shanghai's clock to the second and say whose clock it is."""
    written = f"{day(value, language)} {in_shanghai(value):%H:%M:%S}"
    return f"{written}（上海时间）" if language == "zh" else f"{written} (Shanghai time)"


def span(value: timedelta, language: Language) -> str:
    """Write a duration by its two largest parts, rounded down: never more time than there is."""
    seconds = max(0, int(value.total_seconds()))
    parts = [
        (seconds // 86400, "天", "day"),
        (seconds // 3600 % 24, "小时", "hour"),
        (seconds // 60 % 60, "分钟", "minute"),
        (seconds % 60, "秒", "second"),
    ]
    first = next((index for index, part in enumerate(parts) if part[0]), len(parts) - 1)
    shown = [part for part in parts[first : first + 2] if part[0]] or [parts[-1]]
    if language == "zh":
        return "".join(f"{_SPACE}{count}{_SPACE}{zh}" for count, zh, _ in shown).strip(_SPACE)
    return " ".join(f"{count}{_SPACE}{en}{'' if count == 1 else 's'}" for count, _, en in shown)


def countdown(left: timedelta, language: Language) -> str:
    """Write the time left to the second, rounded down: ``13 天 07:59:58``."""
    seconds = max(0, int(left.total_seconds()))
    days, rest = divmod(seconds, 86400)
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    if not days:
        return clock
    if language == "zh":
        return f"{days}{_SPACE}天{_SPACE}{clock}"
    return f"{days}{_SPACE}day{'' if days == 1 else 's'}{_SPACE}{clock}"
