"""The result on one page: counts, tonnes by vintage, units by year, and what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hutan.auditor.books import Books, asset_year
from hutan.auditor.findings import Findings, Language
from hutan.auditor.texts import Misshapen, written

_HOMES = ("total", "reserve", "auction", "omnibus", "surrender", "cancellation")


@dataclass(frozen=True)
class Audit:
    """What an audit came to: counts, figures as they stand ``at`` a moment, and findings."""

    origin: str
    at: str
    size: int
    root: str
    counts: dict[str, int]
    vintages: list[dict[str, int]]
    years: list[dict[str, Any]]
    findings: Findings

    @property
    def agrees(self) -> bool:
        """Tell whether nothing at all is wrong."""
        return not len(self.findings)

    def to_record(self) -> dict[str, Any]:
        """Return the audit as plain JSON."""
        return {
            "agrees": self.agrees,
            "origin": self.origin,
            "at": self.at,
            "size": self.size,
            "root": self.root,
            "counts": self.counts,
            "vintages": self.vintages,
            "years": self.years,
            "found": len(self.findings),
            "findings": [one.to_record() for one in self.findings],
            "remarks": dict(self.findings.remarks),
        }

    def text(self, language: Language) -> str:
        """Return the audit as a page of text."""
        zh = language == "zh"
        parts = [
            f"{'存证' if zh else 'Log'} {self.origin}, {self.size} {'条' if zh else 'entries'}, "
            f"{'根' if zh else 'root'} {self.root}",
            "  ".join(f"{_word(name, language)} {count}" for name, count in self.counts.items()),
        ]
        for title, rows in (("vintage", self.vintages), ("year", self.years)):
            if rows:
                parts.append(_table(title, rows, language))
        for text, count in sorted(self.findings.remarks.items()):
            parts.append(f"{'未审' if zh else 'not audited'}: {text} ({count})")
        if self.agrees:
            parts.append("全部相符。" if zh else "Everything agrees.")
            return "\n\n".join(parts)
        first = self.findings.first
        assert first is not None, "there are findings"
        said = f"{len(self.findings)} {'处不符，首处' if zh else 'findings, the first'}: "
        lines = [said + first.sentence(language)]
        lines += [one.sentence(language) for one in self.findings][1:]
        return "\n\n".join([*parts, "\n".join(lines)])


def vintages(books: Books) -> list[dict[str, int]]:
    """Return tonnes by vintage: created, where they lie, reserved and frozen."""
    found: dict[int, Counter[str]] = {}
    for one in books.holdings.values():
        account = books.accounts.get(one.account)
        try:
            row = found.setdefault(asset_year(one.asset), Counter())
        except Misshapen:
            continue
        kind = account.kind if account is not None else "holders"
        if kind == "issuance":
            row["created"] -= one.balance
        else:
            row[kind if kind in _HOMES else "holders"] += one.balance
        row["reserved"] += one.set_aside
        row["frozen"] += one.frozen.amount
    names = ("created", "holders", *_HOMES, "reserved", "frozen")
    return [
        {"vintage": year, **{name: row[name] for name in names}}
        for year, row in sorted(found.items())
    ]


def years(books: Books, standings: dict[tuple[str, int], dict[str, str | int]]) -> list[Any]:
    """Return units and tonnes by compliance year, as they stand, and the rules that decided.

    The auditor takes the rules from the act that opened the year; a person compares them with the
    law.
    """
    rows: dict[int, Counter[str]] = {year: Counter() for year in sorted(books.years)}
    for (_, year), figures in standings.items():
        row = rows[year]
        row["units"] += 1
        row[str(figures["status"])] += 1
        for name in ("due", "counted", "missing"):
            row[name] += int(figures[name])
    names = ("units", "due", "counted", "missing", "met", "met_late", "short", "excluded")
    return [
        {
            "year": year,
            **{name: row[name] for name in names},
            "closed": books.years[year].closed,
            "deadline": written(books.years[year].closes),
            **{name: books.years[year].rule(key) for name, key in _RULES.items()},
        }
        for year, row in rows.items()
    ]


_RULES = {"cap": "compliance.offset_share_max", "carry over": "compliance.carry_over"}
"""Rules of a year that the table shows beside its figures."""

_WORDS = {
    "entries": "条目", "movements": "变动", "checkpoints": "检查点", "signatures": "签名",
    "accounts": "账户", "transactions": "业务", "claims": "声明", "vintage": "年份",
    "created": "入库", "holders": "持有人", "total": "总量", "reserve": "储备", "auction": "竞价",
    "omnibus": "交易所", "surrender": "清缴", "cancellation": "注销", "reserved": "占用",
    "frozen": "冻结", "year": "年度", "units": "单位", "due": "应清缴", "counted": "已计入",
    "missing": "缺口", "met": "已清缴", "met_late": "逾期清缴", "short": "不足",
    "excluded": "不纳管", "closed": "已结清", "deadline": "清缴截止", "cap": "抵销比例",
    "carry over": "结转",
}  # fmt: skip


def _word(name: str, language: Language) -> str:
    return _WORDS[name] if language == "zh" else name.replace("_", " ")


def _table(title: str, rows: Sequence[dict[str, Any]], language: Language) -> str:
    names = [name for name in rows[0] if name == title or any(row[name] for row in rows)]
    cells = [[_word(name, language) for name in names]]
    cells += [[_cell(row[name], language) for name in names] for row in rows]
    widths = [max(_width(row[place]) for row in cells) for place in range(len(names))]
    return "\n".join(
        "  ".join(
            " " * (width - _width(cell)) + cell for cell, width in zip(row, widths, strict=True)
        )
        for row in cells
    )


def _cell(value: object, language: Language) -> str:
    if isinstance(value, bool):
        return {True: "是", False: "否"}[value] if language == "zh" else "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) and value > 9999 else str(value)


def _width(text: str) -> int:
    """Return how many columns a text takes: a Chinese character takes two."""
    return sum(2 if character > "ᄀ" else 1 for character in text)
