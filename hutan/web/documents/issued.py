"""Documents of the registry: from the facts on record to the public page and to the PDF.

Both say the same, in the same order; nothing enters either that is not among the facts, the code
and the moment of issue, so the same facts give the same file for ever. Who the other side of a
transaction was is that side's business: the public page gives every line of a statement without
it, and the file itself is for those who see the account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from hutan.kernel.moments import day_of, in_shanghai
from hutan.kernel.quantities import Tonnes
from hutan.registry.domain.catalogue import catalogue
from hutan.registry.domain.numbers import allowance_number
from hutan.registry.queries import DocumentRecord, document
from hutan.registry.services.engine import GOVERNMENT_ACCOUNTS
from hutan.rules.parameters import rulebook
from hutan.web import figures
from hutan.web.conf import is_demonstration
from hutan.web.documents.kinds import Certificate, Statement, StatementColumn
from hutan.web.documents.numerals import article, capitals
from hutan.web.language import Bilingual, bi
from hutan.web.seams import IssuedDocument
from hutan.web.words import ACCOUNT_KINDS

Line = tuple[Bilingual, Bilingual]

TITLES = {
    "cancellation": bi("碳排放配额自愿注销证明", "Certificate of voluntary cancellation"),
    "holding": bi("碳排放配额持有证明", "Certificate of holding"),
    "statement": bi("碳排放配额账户对账单", "Statement of an allowance account"),
}
STANDINGS = {
    "cancellation": bi(
        "本平台已登记该注销，所列配额已永久退出流通。",
        "The cancellation is on record; the allowances are out of circulation for good.",
    ),
    "holding": bi(
        "本平台登记如下，为所载时点的持有情况；其后的变动不在其内。",
        "This is on record for the moment stated; it says nothing about what happened since.",
    ),
    "statement": bi(
        "本平台登记如下，为所载期间的变动和余额。",
        "This is on record for the period stated.",
    ),
}
_STATEMENTS = {
    "cancellation": bi(
        "兹证明，{holder}基于减少温室气体排放等公益目的，自愿注销下列碳排放配额，"
        "该配额已永久退出流通。",
        "This certifies that {holder} has voluntarily cancelled the allowances below for the "
        "public good. They are out of circulation for good.",
    ),
    "holding": bi(
        "兹证明，截至{moment}，{holder}在账户{account}中登记持有下列碳排放配额。",
        "This certifies that at {moment} {holder} held the allowances below in account {account}.",
    ),
}
_STATUS = {
    "open": bi("正常", "open"),
    "suspended": bi("暂停", "suspended"),
    "closed": bi("已销户", "closed"),
}
_NONE = bi("—", "—")
_GOVERNED = "carbon emission management"
_CLAUSES = {"cancellation": "M21.4", "holding": "M12.1", "statement": "M12.1"}
_SAMPLE = bi("演示系统出具，不具有任何效力。", "Drawn by a demonstration; without any effect.")


def issued_document(code: str) -> IssuedDocument | None:
    """Return what anybody may learn from a code, or nothing: the seam of the public page."""
    found = document(code)
    return None if found is None else public(found)


def public(record: DocumentRecord) -> IssuedDocument:
    """Return a document as the public page shows it: what was certified, and nobody else's."""
    return IssuedDocument(
        code=record.code,
        title=TITLES[record.kind],
        issued_at=record.issued_at,
        facts=[*_head(record), *_body(record)],
        sha256=record.facts_hash,
        stands=True,
        standing=STANDINGS[record.kind],
        open_to_all=file_is_public(record),
    )


def file_is_public(record: DocumentRecord) -> bool:
    """Tell whether whoever has the code may open the file: not where it names others."""
    return record.kind != "statement"


def pdf(record: DocumentRecord, address: str) -> bytes:
    """Return the document as PDF; ``address`` is where its code is checked.

    The same record and address give the same bytes. Raises ``GlyphsMissing``.
    """
    return (
        _statement(record, address) if record.kind == "statement" else _certificate(record, address)
    )


def _certificate(record: DocumentRecord, address: str) -> bytes:
    cancelled = record.kind == "cancellation"
    said = _STATEMENTS[record.kind]
    amount = Tonnes(record.facts["amount" if cancelled else "total"])
    return Certificate(
        language="zh",
        title=TITLES[record.kind].zh,
        subtitle=TITLES[record.kind].en,
        stamp=_stamp(),
        watermark=_watermark(),
        statement=said.zh.format(
            holder=_holder(record).zh,
            account=record.account,
            moment=figures.deadline(record.issued_at, "zh"),
        ),
        statement_under=said.en.format(
            holder=_holder(record).en,
            account=record.account,
            moment=figures.deadline(record.issued_at, "en"),
        ),
        figure_name="注销数量 Cancelled" if cancelled else "持有总量 Held in total",
        figure=f"{figures.quantity(amount, 'zh')}二氧化碳当量",
        figure_words=f"大写：{capitals(amount)}吨",
        facts=_both([*_head(record), *_body(record, of_the_figure=False)]),
        notes=_notes(record),
        code=record.code,
        digest=record.facts_hash,
        address=address,
        issued_at=record.issued_at,
    ).pdf()


def _statement(record: DocumentRecord, address: str) -> bytes:
    rows = list(_rows(record.facts["assets"]))
    closing = sum(one["closing"] for one in record.facts["assets"])
    opening = sum(one["opening"] for one in record.facts["assets"])
    return Statement(
        language="zh",
        title=TITLES["statement"].zh,
        subtitle=TITLES["statement"].en,
        stamp=_stamp(),
        watermark=_watermark(),
        facts=_both([*_head(record), _period(record), _basis(record)]),
        columns=[
            StatementColumn("时间\nTime"),
            StatementColumn("业务\nTransaction"),
            StatementColumn("对方\nOther side"),
            StatementColumn("年份\nVintage", "figure"),
            StatementColumn("变动（吨）\nChange (t)", "figure"),
            StatementColumn("余额（吨）\nBalance (t)", "figure"),
        ],
        rows=rows,
        totals=[
            "合计 Total", "", "", "", figures.number(closing - opening), figures.number(closing),
        ],
        notes=_notes(record),
        code=record.code,
        digest=record.facts_hash,
        address=address,
        issued_at=record.issued_at,
    ).pdf()  # fmt: skip


def _head(record: DocumentRecord) -> Iterator[Line]:
    facts = record.facts
    yield bi("持有人", "Holder"), _holder(record)
    if facts["credit_code"]:
        yield bi("统一社会信用代码", "Credit code"), _same(facts["credit_code"])
    yield bi("账户", "Account"), _same(record.account)


def _body(record: DocumentRecord, *, of_the_figure: bool = True) -> Iterator[Line]:
    """Say the facts of a kind; on a certificate the one figure stands above them already."""
    if record.kind == "cancellation":
        yield from _cancelled(record.facts, of_the_figure)
    elif record.kind == "holding":
        yield from _held(record, of_the_figure)
    else:
        yield _period(record)
        for stretch in record.facts["assets"]:
            yield from _moved(stretch)
    yield _basis(record)


def _cancelled(facts: Mapping[str, Any], of_the_figure: bool) -> Iterator[Line]:
    if of_the_figure:
        yield bi("注销数量", "Cancelled"), _tonnes(facts["amount"])
    for item in facts["items"]:
        year = _vintage(item["asset"])
        numbers = _range(year, item["first"], item["last"])
        amount = _tonnes(item["amount"])
        yield (
            bi(f"{year} 年配额号段", f"Numbers, vintage {year}"),
            bi(f"{numbers}（{amount.zh}）", f"{numbers} ({amount.en})"),
        )
    yield bi("用途", "Purpose"), _same(facts["purpose"]) if facts["purpose"] else _NONE
    yield bi("注销时间", "Cancelled at"), _moment(facts["executed_at"])
    yield bi("业务编号", "Transaction"), _same(facts["transaction"])


def _held(record: DocumentRecord, of_the_figure: bool) -> Iterator[Line]:
    facts = record.facts
    yield bi("截至时点", "As at"), _written(record.issued_at)
    yield bi("账户状态", "Status of the account"), _STATUS[facts["status"]]
    if facts["frozen_by"]:
        yield bi("账户冻结", "Account frozen by"), _same(facts["frozen_by"])
    if of_the_figure:
        yield bi("持有总量", "Held in total"), _tonnes(facts["total"])
    movable = facts["status"] == "open" and not facts["frozen_by"]
    for held in facts["holdings"]:
        year = _vintage(held["asset"])
        amounts = _burdens(held, movable=movable)
        ranges = "".join(f"\n{_range(year, first, last)}" for first, last in held["blocks"])
        yield (
            bi(f"{year} 年配额及号段", f"Vintage {year} and its numbers"),
            bi(amounts.zh + ranges, amounts.en + ranges),
        )


def _burdens(held: Mapping[str, Any], *, movable: bool) -> Bilingual:
    """Say what is held, and of it what is pledged, frozen, set aside, and what is free to move."""
    other = held["reserved"] - held["pledged"] - held["frozen"]
    parts = [
        (bi("质押", "pledged"), held["pledged"]),
        (bi("冻结", "frozen"), held["frozen"]),
        (bi("占用", "set aside"), other),
        (
            bi("可用", "available") if movable else bi("随账户不能转出", "held with the account"),
            held["balance"] - held["reserved"],
        ),
    ]
    said = [
        bi(f"{name.zh} {_tonnes(amount).zh}", f"{name.en} {_tonnes(amount).en}")
        for name, amount in parts
        if amount
    ]
    total = _tonnes(held["balance"])
    return bi(
        f"{total.zh}（{'，'.join(one.zh for one in said)}）",
        f"{total.en} ({', '.join(one.en for one in said)})",
    )


def _moved(stretch: Mapping[str, Any]) -> Iterator[Line]:
    """Say line by line how a vintage came to its closing balance, without naming the other side."""
    year = _vintage(stretch["asset"])
    yield bi(f"{year} 年期初余额", f"Opening balance, {year}"), _tonnes(stretch["opening"])
    for line in stretch["lines"]:
        kind = catalogue()[line["type"]]
        at = in_shanghai(datetime.fromisoformat(line["at"]))
        yield (
            bi(f"{at:%Y-%m-%d %H:%M:%S} {kind.zh}", f"{at:%Y-%m-%d %H:%M:%S} {kind.en}"),
            _same(f"{figures.number(line['change'])} → {figures.number(line['balance'])}"),
        )
    yield bi(f"{year} 年期末余额", f"Closing balance, {year}"), _tonnes(stretch["closing"])
    if stretch["reserved"]:
        reserved = _tonnes(stretch["reserved"])
        yield bi(f"{year} 年期末占用", f"Set aside at the end, {year}"), reserved


def _rows(assets: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    for stretch in assets:
        year = str(_vintage(stretch["asset"]))
        yield ["", "期初余额 Opening", "", year, "", figures.number(stretch["opening"])]
        for line in stretch["lines"]:
            at = in_shanghai(datetime.fromisoformat(line["at"]))
            yield [
                f"{at:%Y-%m-%d %H:%M:%S}",
                catalogue()[line["type"]].zh,
                _other_side(line),
                year,
                figures.number(line["change"]),
                figures.number(line["balance"]),
            ]
        reserved = stretch["reserved"]
        note = f"其中占用 set aside {figures.number(reserved)}" if reserved else ""
        yield ["", "期末余额 Closing", note, year, "", figures.number(stretch["closing"])]


def _other_side(line: Mapping[str, Any]) -> str:
    """Name the other account: by its holder, or by what the government's account is for."""
    kind = next(
        (kind for kind, own in GOVERNMENT_ACCOUNTS.items() if own == line["counterparty"]), ""
    )
    name = line["name"] or (ACCOUNT_KINDS[kind].zh if kind else "")
    return f"{line['counterparty']} {name}".strip()


def _basis(record: DocumentRecord) -> Line:
    """Name the clause, or the text alone where the document speaks of a day before the clause."""
    done = record.facts.get("executed_at")
    on = day_of(datetime.fromisoformat(done) if done else record.issued_at)
    clause = _CLAUSES[record.kind]
    text = rulebook().documents.governing(_GOVERNED, on)
    zh, en = f"《{text.zh}》（{text.number}）", f"{text.en} ({text.number})"
    if text.letter == clause[0]:
        zh, en = zh + article(clause), f"{en}, {clause}"
    return bi("依据", "Basis"), bi(zh, en)


def _period(record: DocumentRecord) -> Line:
    facts = record.facts
    since, until = date.fromisoformat(facts["since"]), date.fromisoformat(facts["until"])
    ends = datetime.fromisoformat(facts["ends"])
    zh = f"{figures.day(since, 'zh')}至{figures.day(until, 'zh')}"
    en = f"{figures.day(since, 'en')} to {figures.day(until, 'en')}"
    if in_shanghai(ends).date() == until:
        zh += f"（截至 {in_shanghai(ends):%H:%M:%S}）"
        en += f" (up to {in_shanghai(ends):%H:%M:%S})"
    return bi("期间", "Period"), bi(zh, en)


def _both(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """Return lines for a Chinese document whose labels carry the English below."""
    return [(f"{name.zh}\n{name.en}", value.zh) for name, value in lines]


def _notes(record: DocumentRecord) -> list[str]:
    notes = [STANDINGS[record.kind].zh]
    if is_demonstration():
        notes.append(f"{_SAMPLE.zh} {_SAMPLE.en}")
    return notes


def _stamp() -> str:
    return "演示" if is_demonstration() else "登记凭证"


def _watermark() -> str:
    return "演示" if is_demonstration() else ""


def _holder(record: DocumentRecord) -> Bilingual:
    facts = record.facts
    if facts["account_kind"] == "personal":
        return bi("个人（姓名不载入凭证）", "a person (no name stands on documents)")
    if not facts["holder"]:
        return bi("市生态环境局（政府账户）", "the bureau (government account)")
    return bi(facts["holder"], facts["holder_en"] or facts["holder"])


def _vintage(asset: str) -> int:
    return int(asset.partition(":")[2])


def _range(year: int, first: int, last: int) -> str:
    return f"{allowance_number(year, first)} – {allowance_number(year, last)}"


def _tonnes(amount: int) -> Bilingual:
    return bi(figures.quantity(Tonnes(amount), "zh"), figures.quantity(Tonnes(amount), "en"))


def _moment(text: str) -> Bilingual:
    return _written(datetime.fromisoformat(text))


def _written(at: datetime) -> Bilingual:
    return bi(figures.deadline(at, "zh"), figures.deadline(at, "en"))


def _same(text: str) -> Bilingual:
    return bi(text, text)
