"""Values of parameters and of workings in the reader's words: choices, switches, days, statuses.

The rulebook and the workings keep codes and ISO moments, because programs read them too. A code
that is not known here is shown as it stands: nothing of the record is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from hutan.kernel.moments import in_shanghai
from hutan.rules.series import Parameter
from hutan.web.figures import day, deadline, number, share
from hutan.web.language import Bilingual, active, bi
from hutan.web.words import LISTINGS, PLAN_LINES, REDUCTION_KINDS, UNIT_STATUSES

CHOICES: Mapping[str, Bilingual] = {
    "refused": bi("不予受理", "refused"),
    "all": bi("全部结转", "all of it"),
    "none": bi("不结转", "none of it"),
    "determined": bi("审定排放量", "determined emissions"),
    "allocated": bi("核定配额量", "the allocation"),
    "ccer": REDUCTION_KINDS["ccer"],
    "reduction": REDUCTION_KINDS["reduction"],
    "I": bi("第一类", "class I"),
    "wait": bi("等待审定", "wait for it"),
    "oldest_first": bi("年份早者先用", "oldest first"),
    "same_or_earlier": bi("本年度及以前年份", "the same year or earlier"),
    "holder": bi("持有人", "the holders"),
    "registry_agency": bi("登记机构", "the registry agency"),
    "bureau": bi("市生态环境局", "the bureau"),
    "surrender": bi("清缴", "surrender"),
    "cancel_voluntarily": bi("自愿注销", "voluntary cancellation"),
    "bureau_act": bi("主管部门事项", "acts of the bureau"),
    "next_lower": bi("取相邻较低一档", "the next lower one"),
    "noon": bi("以正午为界", "by noon"),
    "yes": bi("是", "yes"),
    "no": bi("否", "no"),
    "true": bi("是", "yes"),
    "false": bi("否", "no"),
    **LISTINGS,
    **{code: name for code, (_, name) in UNIT_STATUSES.items()},
}

NOTES: Mapping[str, str] = {
    "A unit that does not report is determined by the bureau, so each one is in the end.": (
        "未报告的单位由主管部门测算审定，因此最终每个单位都会审定。"
    ),
    "CCER and SHCERCIR1 together.": "CCER 与 SHCERCIR1 合计。",
    "Day and hour of 2024's notice.": "沿用 2024 年度通知的日期和时刻。",
    "Day and hour of 2024's notice; it is a Saturday, which the year's notice may avoid.": (
        "沿用 2024 年度通知的日期和时刻；当日为星期六，当年通知可能调整。"
    ),
    "Day and hour of the year before; the year's notice is not in our sources.": (
        "沿用上一年度的日期和时刻；尚未取得当年通知。"
    ),
    "Day of 2024's notice.": "沿用 2024 年度通知的日期。",
    "Day of 2024's notice; a Sunday.": "沿用 2024 年度通知的日期；当日为星期日。",
    "Each year's notice sets it; only that for 2024 was seen.": (
        "由每年的通知规定；目前仅取得 2024 年度通知。"
    ),
    "Five days before surrender, as in 2025.": "比照 2025 年，为清缴截止前五日。",
    "No text gives the date; the compliance auction was held that day, hour as for 2024.": (
        "没有文本给出日期；当日举行了履约竞价，时刻比照 2024 年度。"
    ),
    "No text seen; the compliance auction was held that day.": "未见文本；当日举行了履约竞价。",
    "No text; oldest first keeps the younger, longer usable allowances.": (
        "没有文本；年份早者先用，可保留有效期更长的配额。"
    ),
    "Rule of 2013 to 2015; no later text. A future vintage is refused.": (
        "2013 至 2015 年的规则，此后没有文本；未来年份的配额不予受理。"
    ),
    "The clause grants it and leaves the rule to the bureau; a press note (其他单位暂不实施结转)"
    " can be read either way. Switch per year.": (
        "条文允许结转，具体规则由主管部门规定；新闻稿“其他单位暂不实施结转”有两种读法，按年度设定。"
    ),
    "The duty is full surrender, and no text gives back what goes beyond it.": (
        "义务为足额清缴，没有文本规定退还超出部分。"
    ),
    "The plan speaks from 2026.": "方案自 2026 年度起规定。",
    "The unit itself surrenders.": "由单位自行清缴。",
    "They are for the surrender of their own year only.": "仅用于当年度清缴。",
    "Verified emissions.": "经核查的排放量。",
    "The base is not stated in what was read.": "所见文本未写明计算基数。",
    "Read for 2013 to 2015; carried to the end of the trial measures.": (
        "见于 2013 至 2015 年的文本；沿用至试行办法废止。"
    ),
    "The successor's article is not known; the rule of the 2023 text is carried on.": (
        "后续文本的条文尚未取得；沿用 2023 年文本的规则。"
    ),
    "Vintages 2013 to 2015 were valid to 2016-06-30.": (
        "2013 至 2015 年的配额有效至 2016 年 6 月 30 日。"
    ),
    "Window 1 to 30 June.": "期间为 6 月 1 日至 30 日。",
    "Day of the 2025 notice.": "为 2025 年通知的日期。",
    "Earlier vintages of 2013 to 2015 were accepted.": "2013 至 2015 年间接受以前年份的配额。",
    "Non-hydro CCER; read in a digest of the plan.": "非水电类 CCER；见于方案摘要。",
    "By two people, once, and only where the catalogue allows.": (
        "由两人办理，限一次，且仅限目录允许的业务。"
    ),
    "Either holder's person; until it executes.": "任一方持有人；执行之前。",
}
"""Notes of the rulebook in Chinese, by the note: one that was changed is not mistranslated."""

INPUTS: Mapping[str, Bilingual] = {
    "year": bi("年度", "Year"),
    "listing": bi("名录类别", "Listing"),
    "at": bi("时刻", "Moment"),
    "determined": bi("审定排放量", "Determined emissions"),
    "determined_at": bi("审定时间", "Determined at"),
    "surrender_by": bi("单独清缴期限", "Own deadline"),
    "surplus": bi("结余", "Surplus"),
    "moved_in": bi("转入全国市场的年度", "Year of moving to the national market"),
    "final": bi("年度方案", "Final plan"),
    "provisional": bi("预分配", "Provisional"),
    "held": bi("账户持有", "Held"),
    "proposed_at": bi("提出时间", "Proposed at"),
    "approved_at": bi("批准时间", "Approved at"),
    "trusted": bi("在信任名单", "On the trusted list"),
    # The public figures of a year.
    "direct": bi("直接发放部分", "Direct part"),
    "reserve": bi("储备部分", "Reserve"),
    "created": bi("已入库", "Created"),
    "unissued": bi("尚未发放", "Not issued"),
    "issued": bi("已发放", "Issued"),
    "allowances": bi("配额", "Allowances"),
    "reductions": bi("减排量", "Reductions"),
    "units determined": bi("已审定单位数", "Units determined"),
    "free": bi("免费发放", "Issued free"),
    "ordinary_auction": bi("普通竞价", "Ordinary auction"),
    "regulation_auction": bi("调控竞价", "Regulation auction"),
}

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_USE_NAME = re.compile(r"uses\[(\d+)\]")
_USE = re.compile(
    r"(?P<quantity>\d+) "
    r"(?:allowances of (?P<vintage>\d{4})|(?P<kind>ccer|reduction)(?: (?P<cls>\w+))?)"
    r", received (?P<received>[^,]+)(?:, proof (?P<proof>[^,]+))?"
    r"(?:, certified (?P<certified>[^,]+))?(?P<own>, inside own boundary)?"
)
_FIGURE = re.compile(r"-?\d{1,18}(\.\d+)?")
_TONNES = re.compile(r"(?<![\w.,-])\d{4,15}(?=\s?(吨|t\b))")
_LINE = re.compile(rf"\b(\d{{4}})/({'|'.join(PLAN_LINES)})/(\w*)/\d+")
_STATUS = re.compile(rf"(：|: )({'|'.join(UNIT_STATUSES)})\b")
_BOTH_ZH = re.compile(r"(?<=[^\x00-\x7f]) \([ -~]+?\)|(?<=short) \([ -~]+?\)")
_BOTH_EN = re.compile(r"(?<=[:;])[^:;()]*[\u3400-\u9fff][^()]*\(([ -~]+?)\)")
_ASSET = re.compile(r"\ballowance:(\d{4})\b")


def said_value(one: Parameter) -> Bilingual | str:
    """Return a parameter's value as a reader writes it: a share in per cent, a choice in words."""
    if isinstance(one.value, Decimal) and one.unit.symbol == "share":
        return share(one.value)
    return said_text(one.text)


def said_text(text: str, unit: str = "") -> Bilingual | str:
    """Return a value of a working: Shanghai moments, codes in words, grouped digits."""
    if _MOMENT.fullmatch(text):
        return deadline(in_shanghai(datetime.fromisoformat(text)), active())
    use = _USE.fullmatch(text)
    if use is not None:
        return _said_use(use)
    if _DAY.fullmatch(text):
        return day(date.fromisoformat(text), active())
    digits = len(text.partition(".")[0].lstrip("-"))
    if _FIGURE.fullmatch(text) and digits > (3 if unit else 4):
        # Four digits without a unit may be a year.
        return number(Decimal(text))
    parts = [CHOICES.get(part) for part in text.split(", ")]
    if all(parts):
        return bi("、".join(one.zh for one in parts if one), ", ".join(
            one.en for one in parts if one
        ))  # fmt: skip
    return text


def said_note(note: str) -> Bilingual:
    """Return a note of the rulebook; where it has no Chinese, as it was written."""
    return bi(NOTES.get(note, note), note)


def said_input(name: str) -> Bilingual | None:
    """Return what an input of a working is called, or nothing for one not known here."""
    use = _USE_NAME.fullmatch(name)
    if use is not None:
        place = int(use[1]) + 1
        return bi(f"第 {place} 笔清缴", f"Use {place}")
    return INPUTS.get(name)


def _said_use(use: re.Match[str]) -> Bilingual:
    """Return what was handed in, as ``Position.to_inputs`` writes it, in the reader's words."""
    amount = number(int(use["quantity"]))
    if use["vintage"]:
        kind = bi(f"{use['vintage']} 年配额", f"allowances of {use['vintage']}")
    else:
        kind = REDUCTION_KINDS[use["kind"]]
    received = deadline(in_shanghai(datetime.fromisoformat(use["received"])), active())
    zh, en = [f"{kind.zh} {amount} 吨"], [f"{amount} t of {kind.en}"]
    if use["cls"]:
        named = CHOICES.get(use["cls"], bi(use["cls"], use["cls"]))
        zh, en = [*zh, named.zh], [*en, named.en]
    zh, en = [*zh, f"清缴时刻 {received}"], [*en, f"received {received}"]
    if use["proof"]:
        zh, en = [*zh, f"证明 {use['proof']}"], [*en, f"proof {use['proof']}"]
    if use["certified"]:
        certified = deadline(in_shanghai(datetime.fromisoformat(use["certified"])), active())
        zh, en = [*zh, f"取得时间 {certified}"], [*en, f"certified {certified}"]
    if use["own"]:
        zh, en = [*zh, "产生于本单位排放边界之内"], [*en, "inside the unit's own boundary"]
    return bi("，".join(zh), ", ".join(en))


def said_sentence(text: str) -> str:
    """Return a sentence of a refusal as pages write it, in the reader's language.

    Assets, plan lines and statuses by their names, tonnes grouped; of a reason that a service
    gives in both languages, ``持有 5 吨 (holds 5 t)``, the reader's own.
    """
    zh = active() == "zh"
    one = _BOTH_ZH.sub("", text) if zh else _BOTH_EN.sub(r" \1", text)
    one = _ASSET.sub(r"\1 年配额" if zh else r"allowances of \1", one)
    one = _LINE.sub(lambda found: f"{found[1]} {PLAN_LINES[found[2]]} {found[3]}".rstrip(), one)
    one = _STATUS.sub(lambda found: f"{found[1]}{UNIT_STATUSES[found[2]][1]}", one)
    return _TONNES.sub(lambda found: number(int(found[0])), one)
