"""Sample documents for the style guide and the tests. All content is invented and says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from hutan.kernel.moments import SHANGHAI
from hutan.kernel.quantities import Tonnes
from hutan.kernel.refusals import Language
from hutan.web import figures
from hutan.web.documents.codes import grouped, with_checks
from hutan.web.documents.kinds import Certificate, Statement, StatementColumn

AT = datetime(2025, 6, 16, 9, 30, 12, tzinfo=SHANGHAI)
CODE = grouped(with_checks("SAMPLE23456789".replace("L", "M")))
ADDRESS = f"https://hutan.example/verify/{CODE}"


def sample_certificate(language: Language = "zh") -> bytes:
    """Return a certificate of voluntary cancellation."""
    zh = language == "zh"
    return Certificate(
        language=language,
        title="碳排放配额自愿注销证明" if zh else "Certificate of voluntary cancellation",
        stamp="样例" if zh else "SAMPLE",
        statement=(
            "兹证明，样例单位甲（虚构）基于减少温室气体排放的公益目的，自愿注销下列碳排放配额，"
            "该配额已永久退出流通。"
            if zh
            else "This certifies that Sample unit A (invented) has voluntarily cancelled the "
            "allowances below for the public good. They are out of circulation for good."
        ),
        figure_name="注销数量" if zh else "Cancelled",
        figure=figures.quantity(Tonnes(1200), language),
        facts=[
            ("注销人" if zh else "Cancelled by", "样例单位甲（虚构）" if zh else "Sample unit A"),
            ("年份" if zh else "Vintage", "2024"),
            ("号段" if zh else "Block", "2024-0000450001 – 2024-0000451200"),
            ("用途" if zh else "Purpose", "样例：年会碳中和" if zh else "Sample: a meeting"),
            (
                "依据" if zh else "Basis",
                "《上海市碳排放管理办法》第二十一条第四款" if zh else "M21.4",
            ),
            ("办理时间" if zh else "Done at", figures.deadline(AT, language)),
        ],
        notes=["本件为样例，不具有任何效力。" if zh else "A sample without any effect."],
        code=CODE,
        address=ADDRESS,
        issued_at=AT,
    ).pdf()


def sample_statement(language: Language = "zh", rows: int = 120) -> bytes:
    """Return a statement over several pages."""
    zh = language == "zh"
    kinds = [("发放", "Issue"), ("转入", "Transfer in"), ("转出", "Transfer out")]
    balance, lines, came, went = 0, [], 0, 0
    for number in range(rows):
        kind = kinds[0] if number == 0 else kinds[1 + number % 2]
        amount = 50_000 if number == 0 else 100 + 37 * number % 900
        change = -amount if kind == kinds[2] else amount
        balance += change
        came, went = came + max(change, 0), went + max(-change, 0)
        at = AT - timedelta(days=rows - number)
        lines.append(
            [
                f"{at:%Y-%m-%d %H:%M}",
                kind[0 if zh else 1],
                "—" if number == 0 else ("样例单位乙" if zh else "Sample unit B"),
                "2024",
                figures.number(change),
                figures.number(balance),
            ]
        )
    titles = (
        ["时间", "类型", "对方", "年份", "变动（吨）", "余额（吨）"]
        if zh
        else ["Time", "Type", "Other side", "Vintage", "Change (t)", "Balance (t)"]
    )
    return Statement(
        language=language,
        title="碳排放配额账户对账单" if zh else "Statement of an allowance account",
        stamp="样例" if zh else "SAMPLE",
        facts=[
            ("账户" if zh else "Account", "SHUN0000012345"),
            ("持有人" if zh else "Holder", "样例单位甲（虚构）" if zh else "Sample unit A"),
            ("期间" if zh else "Period", "2025-02-16 – 2025-06-16"),
            ("期末余额" if zh else "Closing balance", figures.quantity(Tonnes(balance), language)),
        ],
        columns=[
            StatementColumn(title, "figure" if place > 3 else "text")
            for place, title in enumerate(titles)
        ],
        rows=lines,
        totals=[
            "合计" if zh else "Total", "", "", "",
            figures.number(came - went), figures.number(balance),
        ],
        notes=["本件为样例，不具有任何效力。" if zh else "A sample without any effect."],
        code=CODE,
        address=ADDRESS,
        issued_at=AT,
    ).pdf()  # fmt: skip


SAMPLES: dict[str, Callable[[Language], bytes]] = {
    "certificate": sample_certificate,
    "statement": sample_statement,
}
