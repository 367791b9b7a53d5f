"""Sample content for the style guide. The units, people and figures are invented and say so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms

from hutan.kernel.canonical import digest
from hutan.kernel.moments import SHANGHAI
from hutan.kernel.quantities import Fen, Tonnes
from hutan.kernel.working import ParameterUse, Step, Working
from hutan.registry.refusals import GiverFrozen, NotAvailable
from hutan.web.components import (
    ApprovalCard,
    Cell,
    ChangeLine,
    Chart,
    Column,
    Crumb,
    FigureCard,
    Happening,
    Pages,
    Series,
    Stage,
    Table,
)
from hutan.web.figures import quantity
from hutan.web.forms import RefusingForm, words
from hutan.web.language import bi

NOW = datetime(2025, 6, 16, 9, 0, tzinfo=SHANGHAI)
DEADLINE = datetime(2025, 6, 30, 17, 0, tzinfo=SHANGHAI)


class SampleForm(RefusingForm):
    """A form with each kind of field."""

    account = forms.CharField(label=words("转入账户", "To account"), max_length=14)
    amount = forms.IntegerField(
        label=words("数量（吨）", "Amount (t)"),
        help_text=words("整数；每份配额对应一吨。", "A whole number; one allowance is one tonne."),
        min_value=1,
    )
    vintage = forms.ChoiceField(
        label=words("年份", "Vintage"), choices=[("2024", "2024"), ("2025", "2025")]
    )
    note = forms.CharField(
        label=words("备注", "Note"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    certain = forms.BooleanField(label=words("我已核对账户名称", "I have checked the name"))


class StepUpSample(RefusingForm):
    """The code field of an approval."""

    code = forms.CharField(
        label=words("新的动态验证码", "Fresh code"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "code-input"}),
    )


def content() -> dict[str, Any]:
    """Return the context of the style guide."""
    refused = SampleForm({"account": "SHUN0000012345", "amount": "12000", "vintage": "2024"})
    refused.is_valid()
    refused.refuse(
        NotAvailable(
            account="SHUN0000012345", asset="allowance:2024", available="8,421",
            amount="12,000", balance="20,421", reserved="12,000",
        ),
        GiverFrozen(account="SHUN0000012345", order="样例"),
    )  # fmt: skip
    return {
        "crumbs": [
            Crumb(bi("首页", "Home"), "/"),
            Crumb(bi("登记", "Registry"), "/styleguide"),
            Crumb("样例单位甲"),
        ],
        "cards": [
            FigureCard(bi("应清缴量", "To surrender"), Tonnes(123_457), working(), tone="watch"),
            FigureCard(bi("可用配额", "Available allowances"), Tonnes(98_200)),
            FigureCard(bi("结算款", "Settlement"), Fen(1_234_567_89)),
            FigureCard(bi("确定排放量", "Determined emissions"), None),
        ],
        "working": working(),
        "statuses": [
            ("good", bi("已足额清缴", "Met")),
            ("watch", bi("尚有缺口", "Short")),
            ("bad", bi("逾期", "Overdue")),
            ("waiting", bi("待复核", "Waiting for approval")),
            ("neutral", bi("不适用", "Not applicable")),
        ],
        "table": table(),
        "empty_table": Table(
            bi("在途划转", "Transfers under way"), table().columns, [],
            bi("没有在途划转。", "No transfer is under way."),
        ),
        "timeline": [
            Happening(NOW, bi("提出划转", "Transfer proposed"), "样例经办人", "neutral"),
            Happening(NOW + timedelta(hours=1), bi("批准", "Approved"), "样例复核人", "good"),
            Happening(NOW + timedelta(days=1), bi("等待执行", "Waiting"), tone="waiting"),
        ],
        "stages": [
            Stage(bi("报告", "Report"), "done"),
            Stage(bi("核查", "Verify"), "done"),
            Stage(bi("清缴", "Surrender"), "current"),
            Stage(bi("结转", "Carry over"), "ahead"),
        ],
        "until": DEADLINE,
        "now": NOW,
        "past": NOW - timedelta(seconds=1),
        "approval": approval(),
        "approval_form": StepUpSample(),
        "approval_own": approval(own=True),
        "form": SampleForm(),
        "refused_form": refused,
        "chart": chart("bar"),
        "line_chart": chart("line"),
        "pages": Pages(7, 24, {"q": "样例"}),
    }  # fmt: skip


def working() -> Working:
    """Return the working of a sample figure."""
    return Working(
        title_zh="样例：2024 年度应清缴量",
        title_en="Sample: to surrender for 2024",
        inputs={"determined": "123456.4 tCO2e"},
        parameters=(
            ParameterUse(
                "compliance.offset_share_max", "2024", "0.05", "share",
                "N4.2", "沪环气候〔2024〕254号", "official",
            ),
            ParameterUse("sample.assumed", "2024", "1.00", "factor", "", "样例", "assumed"),
        ),
        steps=(
            Step("due", "应清缴量", "To surrender", "ceiling(determined × sample.assumed)",
                 "123457", "t", "M21.1", "ceiling"),
            Step("offset_max", "抵销上限", "Offset cap",
                 "floor(determined × compliance.offset_share_max)", "6172", "t", "N4.2",
                 "floor"),
        ),
        result="due",
    )  # fmt: skip


def table() -> Table:
    """Return a table with each kind of cell."""
    return Table(
        bi("持有情况", "Holdings"),
        [
            Column(bi("年份", "Vintage")),
            Column(bi("号段", "Block")),
            Column(bi("数量（吨）", "Amount (t)"), "figure"),
            Column(bi("状态", "Status")),
        ],
        [
            [Cell("2023"), Cell("0000000001–0000012000", "/styleguide"), Cell("12,000"),
             Cell(bi("可用", "Available"), tone="good")],
            [Cell("2024"), Cell("0000450001–0000536200", "/styleguide"), Cell("86,200"),
             Cell(bi("已质押", "Pledged"), tone="waiting")],
        ],
        bi("没有持有配额。", "No allowances are held."),
    )  # fmt: skip


def approval(*, own: bool = False) -> ApprovalCard:
    """Return an act for its second person."""
    changes = [
        ChangeLine(
            bi("样例单位甲 可用", "Sample unit A, available"),
            _t(98_200),
            _t(86_200),
        ),
        ChangeLine(
            bi("样例单位乙 可用", "Sample unit B, available"),
            _t(1_000),
            _t(13_000),
        ),
        ChangeLine(bi("执行时间", "Takes effect"), "", "2025-06-17 12:00:00"),
    ]
    return ApprovalCard(
        title=bi("划转 12,000 吨 2024 年配额", "Transfer of 12,000 allowances of 2024"),
        proposer="样例经办人（样例单位甲）",
        proposed_at=NOW,
        changes=changes,
        seen=digest([[line.before, line.after] for line in changes]),
        clause="M12.1",
        approve_address="/styleguide",
        return_address="/styleguide",
        challenge="sample",
        may_decide=not own,
        reason_not=bi("您是提出人，须由另一人批准。", "You proposed it; another person approves."),
    )


def _t(tonnes: int) -> str:
    return quantity(Tonnes(tonnes), "en")


def chart(kind: Any) -> Chart:
    """Return a chart of invented figures."""
    return Chart(
        id=f"sample-{kind}",
        title=bi("样例：发放与清缴", "Sample: issued and surrendered"),
        kind=kind,
        categories=["2020", "2021", "2022", "2023", "2024"],
        series=[
            Series(bi("发放", "Issued"), [1_050_000, 1_090_000, 1_000_000, 1_050_000, 980_000]),
            Series(bi("清缴", "Surrendered"), [1_010_000, 1_060_000, 990_000, 1_020_000, None]),
        ],
        unit=bi("吨二氧化碳当量", "tCO2e"),
    )
