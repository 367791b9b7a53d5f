"""What is wrong: a code for each reason, the place, both values, and the act where it shows.

The codes by hundreds: 1 the log itself, 2 forms and people, 3 the registry, 4 compliance, 5 what
the platform says stands now. docs/auditor.md lists them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """Which act: its place in the log (from 0), its id, kind and moment."""

    index: int
    act: str
    kind: str
    at: datetime

    def __str__(self) -> str:
        return f"#{self.index} {self.kind} {self.act}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. ``stated`` is what the log or the claim says, ``found`` what the
    auditor has; ``leaf`` the act where it shows, or that last touched what is claimed."""

    code: str
    place: str
    stated: str
    found: str
    leaf: Leaf | None

    def to_record(self) -> dict[str, Any]:
        """Return the finding as plain JSON."""
        zh, en = REASONS[self.code]
        return {
            "code": self.code,
            "zh": zh,
            "en": en,
            "place": self.place,
            "stated": self.stated,
            "found": self.found,
            "leaf": None if self.leaf is None else self.leaf.index,
            "act": "" if self.leaf is None else self.leaf.act,
            "kind": "" if self.leaf is None else self.leaf.kind,
        }

    def sentence(self, language: Language) -> str:
        """Say it in one line, so that nothing of a record can steer a terminal."""
        reason = REASONS[self.code][0 if language == "zh" else 1]
        words = ("所述", "重算") if language == "zh" else ("stated", "found")
        values = "; ".join(
            f"{word} {value}"
            for word, value in zip(words, (self.stated, self.found), strict=True)
            if value
        )
        parts = [self.code, reason, f"[{self.place}]" if self.place else "", values]
        if self.leaf is not None:
            parts.append(f"({self.leaf})")
        line = " ".join(part for part in parts if part)
        return "".join(character if character.isprintable() else "?" for character in line)


class Findings:
    """All that is wrong, in the order of the log; beyond ``limit`` it is only counted."""

    def __init__(self, limit: int = 1000) -> None:
        self._limit = limit
        self._kept: list[Finding] = []
        self.counts: Counter[str] = Counter()
        self.remarks: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._kept)

    def __len__(self) -> int:
        return self.counts.total()

    @property
    def first(self) -> Finding | None:
        """Return the first finding of all."""
        return self._kept[0] if self._kept else None

    def add(
        self, code: str, place: str, stated: object = "", found: object = "",
        leaf: Leaf | None = None,
    ) -> None:  # fmt: skip
        """Note one thing that is wrong."""
        assert code in REASONS, code
        self.counts[code] += 1
        if len(self._kept) < self._limit:
            self._kept.append(Finding(code, place, str(stated), str(found), leaf))

    def remark(self, text: str) -> None:
        """Count something that is not wrong but that the auditor does not understand."""
        self.remarks[text] += 1


REASONS: dict[str, tuple[str, str]] = {
    "AUD-101": ("导出文件不齐或不可读", "a file of the export is absent or cannot be read"),
    "AUD-102": ("文件与清单不符", "a file is not as the manifest says"),
    "AUD-103": ("记录不是规范形式", "a record is not in canonical form"),
    "AUD-104": ("变动与其行为的根不符", "the movements are not those under their act's root"),
    "AUD-105": ("根与检查点不符", "the root over the entries is not the checkpoint's"),
    "AUD-106": ("检查点不合格式或次序", "a checkpoint is not in form or in order"),
    "AUD-107": ("检查点签名不成立", "a checkpoint's signature is wrong or missing"),
    "AUD-108": ("签名密钥未经前任密钥交接", "the keys were not handed over by a key before them"),
    "AUD-109": ("行为编号重复", "an act's id stands twice"),
    "AUD-110": ("与留存的检查点不符", "the log does not grow out of the checkpoint kept elsewhere"),
    "AUD-111": ("最新检查点没有受信任密钥的签名", "no trusted key signed the newest checkpoint"),
    "AUD-112": ("时间倒退", "the log's time goes back"),
    "AUD-201": ("审计程序不认识的行为", "an act of a kind the auditor does not know"),
    "AUD-202": ("行为的内容不合格式", "what the act says is not of its documented form"),
    "AUD-203": ("提出人与复核人是同一人", "who proposed and who approved are one person"),
    "AUD-204": ("当事人当日没有该岗位", "who acted does not hold that post on that day"),
    "AUD-205": ("该岗位无权办理", "that post has no right to this act"),
    "AUD-206": ("双人复核缺失", "there is no second person"),
    "AUD-207": ("编号与其所由来的行为不符", "an id does not follow from the act it comes from"),
    "AUD-208": ("审计程序无法处理该行为", "the auditor could not work with what the act says"),
    "AUD-301": ("账户不存在", "there is no such account"),
    "AUD-302": ("账户号码、种类或持有人有误", "the account's number, kind or holder is wrong"),
    "AUD-303": ("转出账户种类不符", "an account of this kind cannot give"),
    "AUD-304": ("接收账户种类不符", "an account of this kind cannot receive"),
    "AUD-305": ("双方持有人不符", "the two holders do not fit"),
    "AUD-306": ("账户未处于正常状态", "the account is not open"),
    "AUD-307": ("账户已冻结", "the account is frozen"),
    "AUD-308": ("不是配额品种", "it is no allowance of a year"),
    "AUD-309": ("数量或号段有误", "an amount or a range is wrong"),
    "AUD-310": ("可用数量不足", "more leaves than is available"),
    "AUD-311": ("号段不在转出方或已冻结", "the giver does not hold these numbers free"),
    "AUD-312": ("号码已经发出过或不是下一个", "the numbers are not the next ones of their year"),
    "AUD-313": ("未按号码先后取用", "not the lowest free numbers were taken"),
    "AUD-314": ("变动与所列项目不符", "what moved is not what the items say"),
    "AUD-315": ("方案条目不存在或不适用", "there is no such plan line in force for this"),
    "AUD-316": ("超出方案条目", "more is issued than the plan line has"),
    "AUD-317": ("超出总量的该部分", "more is created than the part of the total has"),
    "AUD-318": ("不可冲正", "it cannot be reversed so"),
    "AUD-319": ("该业务不应出现在此类行为中", "this type of transaction has no place in this act"),
    "AUD-320": ("业务编号已使用", "the transaction's id has been used"),
    "AUD-321": ("执行时间不符规则", "the time of execution does not follow from the rule"),
    "AUD-322": ("待执行业务的执行有误", "a waiting transaction was executed wrongly"),
    "AUD-323": ("待执行业务的中止有误", "a waiting transaction was stopped wrongly"),
    "AUD-324": ("超出限额", "it passes a limit of the account"),
    "AUD-325": ("信任名单有误", "the trusted list is wrong"),
    "AUD-326": ("欠量或其偿还有误", "a debt or its repayment is wrong"),
    "AUD-327": ("方案有误", "the plan does not hold"),
    "AUD-328": ("方案条目已发量有误", "what counts as issued on a line is wrong"),
    "AUD-329": ("冻结或解冻有误", "a freeze or its lifting is wrong"),
    "AUD-330": ("质押或解除有误", "a pledge or its release is wrong"),
    "AUD-331": ("账户状态或限额变更有误", "a change of status or limits is wrong"),
    "AUD-332": ("账户尚不能销户", "the account could not close yet"),
    "AUD-333": ("合并分立有误", "a merger or split is wrong"),
    "AUD-334": ("号段与余额不符", "blocks and balance do not agree"),
    "AUD-401": ("规则未载于开启年度的行为", "a rule is not in the act that opened the year"),
    "AUD-402": ("履约年度未开启或已结清", "the compliance year is not open"),
    "AUD-403": ("不是名录中的单位", "no unit, or named twice"),
    "AUD-404": ("不是纳管单位或未审定", "not regulated that year, or not determined"),
    "AUD-405": ("非正常期间审定有误", "a determination out of season is wrong"),
    "AUD-406": ("清缴内容与业务不符", "the uses are not what the transactions moved"),
    "AUD-407": ("减排量证明不可用", "the proof of a reduction cannot be used"),
    "AUD-408": ("该项不计入清缴", "a use does not count, or not in full"),
    "AUD-409": ("清缴超出缺口", "more is handed in than is missing"),
    "AUD-410": ("清缴状态或数量不符", "the status or a figure of the surrender is another"),
    "AUD-411": ("年度尚不能结清", "the year could not be closed yet"),
    "AUD-412": ("结清状态不符", "a unit's standing at the close is another"),
    "AUD-413": ("结转或注销不符", "what is carried over or lapses is another"),
    "AUD-414": ("转入全国市场的结转分期有误", "an instalment of a mover is wrong"),
    "AUD-415": ("预分配不符", "a pre-allocation is another"),
    "AUD-416": ("义务承接有误", "duties passed on wrongly, or not at all"),
    "AUD-417": ("撤回的清缴有误", "a surrender was undone wrongly, or not at all"),
    "AUD-418": ("关停迁出登记有误", "a departure is wrong"),
    "AUD-419": ("履约年度的开启有误", "a year was opened wrongly"),
    "AUD-420": ("该年度不接受批量清缴", "nobody surrenders in bulk for that year"),
    "AUD-501": ("没有平台声明或声明另一状态", "there are no claims, or about another head"),
    "AUD-502": ("平台声明与重算不符", "the platform says otherwise"),
    "AUD-503": ("平台声明中缺少", "the platform does not say it"),
    "AUD-504": ("平台声明多出", "the platform says what nothing in the log gives"),
}  # fmt: skip
"""Each code's reason in Chinese and English."""
