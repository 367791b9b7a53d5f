"""One line on what an act is about, from its content alone: for lists of many acts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hutan.web.figures import number
from hutan.web.language import Bilingual, bi


def brief(content: Mapping[str, Any]) -> Bilingual:
    """Return the parts of an act's content by which people tell acts apart."""
    parts = list(_parts(content))
    return bi("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def _parts(content: Mapping[str, Any]) -> Iterator[Bilingual]:
    if "year" in content:
        year = content["year"]
        yield bi(f"{year} 年度", f"{year}")
    items = content.get("items") or []
    if amount := sum(int(item["amount"]) for item in items):
        yield bi(f"{number(amount)} 吨", f"{number(amount)} t")
    elif isinstance(content.get("amount"), int):
        yield bi(f"{number(content['amount'])} 吨", f"{number(content['amount'])} t")
    giver, receiver = content.get("giver"), content.get("receiver")
    if giver:
        text = f"{giver} → {receiver}" if receiver else str(giver)
        yield bi(text, text)
    for name in ("account", "predecessor", "successor"):
        if content.get(name):
            yield bi(str(content[name]), str(content[name]))
    if content.get("trusted"):
        yield bi(f"→ {content['trusted']}", f"→ {content['trusted']}")
    for name, zh, en in (
        ("entries", "{} 个单位", "{} units"),
        ("lines", "{} 条", "{} lines"),
        ("reductions", "{} 份减排量证明", "{} proofs of reductions"),
    ):
        if many := content.get(name):
            yield bi(zh.format(len(many)), en.format(len(many)))
    for name in ("order", "document"):
        if content.get(name):
            yield bi(str(content[name]), str(content[name]))
