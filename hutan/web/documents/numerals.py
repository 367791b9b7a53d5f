"""Numbers in Chinese characters: amounts in capitals (壹 贰 叁), articles in plain ones (一 二 三).

Nothing can be added to an amount in capitals; that is why certificates carry them.
"""

from __future__ import annotations

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLAIN = "零一二三四五六七八九"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
ARTICLES = "MP"
"""Letters of the texts that are divided into articles; a notice or a plan numbers its points."""
_LARGEST = 10**16 - 1


def capitals(value: int) -> str:
    """Write a whole number from 0 to 10^16 - 1: ``2,697,594`` is 贰佰陆拾玖万柒仟伍佰玖拾肆.

    Places skipped within the number are said once as 零, also before a group that begins with a
    thousand. Source: the manner of bills, 支付结算办法（银发〔1997〕393号）附一.
    """
    if not 0 <= value <= _LARGEST:
        raise ValueError(f"{value} is not from 0 to {_LARGEST}")
    said, gap = "", False
    for group in reversed(range(len(_GROUPS))):
        four = value // 10000**group % 10000
        if four == 0:
            gap = bool(said)
            continue
        for place in reversed(range(len(_PLACES))):
            digit = four // 10**place % 10
            if digit == 0:
                gap = bool(said)
                continue
            said += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        said += _GROUPS[group]
    return said or _DIGITS[0]


def article(id: str) -> str:
    """Write where a clause stands: ``M21.4`` is 第二十一条第四款. The letter names the text."""
    number, _, paragraph = id[1:].partition(".")
    return f"第{_plain(int(number))}条" + (f"第{_plain(int(paragraph))}款" if paragraph else "")


def _plain(value: int) -> str:
    """Write a number from 1 to 99 in plain characters."""
    tens, ones = divmod(value, 10)
    before = _PLAIN[tens] if tens > 1 else ""
    return before + ("十" if tens else "") + (_PLAIN[ones] if ones else "")
