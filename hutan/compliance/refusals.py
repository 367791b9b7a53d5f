"""What the compliance context refuses, beside the eligibility rules of the rulebook."""

from __future__ import annotations

from hutan.kernel.refusals import Refusal


class YearNotOpen(Refusal):
    """The compliance year has not been opened, or is closed."""

    code = "CMP-101"
    clause = "M21.1"
    field = "year"
    zh = "{year} 履约年度{state}，不能办理。"
    en = "The compliance year {year} is {state}; this cannot be done."
    cure_zh = "请由市生态环境局开启该年度；已结清的年度不再变更。"
    cure_en = "Have the bureau open the year; a closed year does not change."


class AlreadyOpen(Refusal):
    """The year is open already."""

    code = "CMP-102"
    clause = "M21.1"
    field = "year"
    zh = "{year} 履约年度已开启。"
    en = "The compliance year {year} is open already."
    cure_zh = "无需重复开启。"
    cure_en = "There is nothing to do."


class AssumedNotConfirmed(Refusal):
    """Assumed parameters of a year need the confirmation of two people before it opens."""

    code = "CMP-103"
    basis = "docs/rulebook.md: assumed values"
    field = "confirmed"
    zh = "{year} 年度有 {count} 项假定参数未逐项确认：{keys}。"
    en = "{count} assumed parameters of {year} are not confirmed one by one: {keys}."
    cure_zh = "请核对各项取值；有正式文件的，先在规则库录入，再开启年度。"
    cure_en = "Check each value; enter the document's value in the rulebook where there is one."


class UnitUnknown(Refusal):
    """There is no such unit."""

    code = "CMP-104"
    clause = "M9.2"
    field = "unit"
    zh = "没有编号为 {unit} 的单位。"
    en = "There is no unit {unit}."
    cure_zh = "请核对单位编号。"
    cure_en = "Check the unit's id."


class NotRegulated(Refusal):
    """The unit has no local obligation for the year."""

    code = "CMP-105"
    clause = "M2.2"
    field = "unit"
    zh = "“{name}”{year} 年度不承担本市清缴义务（{listing}）。"
    en = "“{name}” has no local obligation for {year} ({listing})."
    cure_zh = "请核对年度纳管单位名录。"
    cure_en = "Check the year's list of regulated units."


class NotDetermined(Refusal):
    """Emissions have not been determined; nobody knows yet what is due."""

    code = "CMP-106"
    clause = "M18.1"
    field = "year"
    zh = "“{name}”{year} 年度排放量尚未审定，暂不能清缴。"
    en = "The emissions of “{name}” for {year} are not determined; it cannot surrender yet."
    cure_zh = "请待市生态环境局审定并通知后办理。"
    cure_en = "Wait for the bureau's determination and notice."


class MoreThanMissing(Refusal):
    """More would be handed in than is missing."""

    code = "CMP-107"
    clause = "M21.1"
    field = "items"
    zh = "本次提交 {given} 吨，超过尚缺的 {missing} 吨。"
    en = "{given} t are handed in, more than the {missing} t that are missing."
    cure_zh = "请减少数量；多缴的配额不退回。"
    cure_en = "Lower the amount: what is surrendered beyond the duty does not come back."


class NothingToSurrender(Refusal):
    """Neither allowances nor proofs of reductions are named."""

    code = "CMP-108"
    clause = "M21.1"
    field = "items"
    zh = "未填写任何配额或减排量。"
    en = "Neither allowances nor reductions are named."
    cure_zh = "请填写配额数量或减排量注销证明编号。"
    cure_en = "Enter allowances, or the number of a proof of cancellation."


class BulkSurrenderClosed(Refusal):
    """The rules of the year let nobody surrender for many units at once."""

    code = "CMP-109"
    clause = "M21.1"
    field = "year"
    zh = "{year} 年度不接受批量清缴：应由各单位自行提交。"
    en = "For {year} nobody surrenders for many units at once: each unit does it itself."
    cure_zh = "请各单位分别办理清缴。"
    cure_en = "Have each unit surrender for itself."


class ProofUnknown(Refusal):
    """The register knows no such cancellation."""

    code = "CMP-110"
    clause = "N4.3"
    field = "reductions"
    zh = "{register} 中没有编号为 {number} 的注销证明。"
    en = "{register} knows no proof of cancellation {number}."
    cure_zh = "请核对证明编号。"
    cure_en = "Check the number of the proof."


class ProofForAnother(Refusal):
    """The reduction was cancelled for another unit, year or purpose."""

    code = "CMP-111"
    clause = "N4.3"
    field = "reductions"
    zh = "注销证明 {number} 不适用：{reason}。"
    en = "The proof {number} does not serve: {reason}."
    cure_zh = "请提供为本单位、本年度清缴注销的证明。"
    cure_en = "Give a proof cancelled for this unit's surrender of this year."


class ProofUsed(Refusal):
    """The proof has served before."""

    code = "CMP-112"
    clause = "N4.3"
    field = "reductions"
    zh = "注销证明 {number} 已使用过。"
    en = "The proof {number} has been used before."
    cure_zh = "每份注销证明只能使用一次。"
    cure_en = "A proof serves once; give another."


class RegisterSilent(Refusal):
    """The other register cannot be reached or is not connected."""

    code = "CMP-113"
    basis = "docs/operating.md: neighbours"
    field = "reductions"
    zh = "暂时无法连接{register}，未作任何登记。"
    en = "{register} cannot be reached; nothing was recorded."
    cure_zh = "请稍后重试；临近截止时可先以配额清缴。"
    cure_en = "Try again later; near the deadline surrender allowances first."


class RowWrong(Refusal):
    """A row of a surrender in bulk does not hold in itself."""

    code = "CMP-114"
    clause = "M21.1"
    field = "file"
    zh = "账户 {account} 的清缴行不成立：{reason}。"
    en = "The row of account {account} does not hold: {reason}."
    cure_zh = "请改正该行并重新提交文件。"
    cure_en = "Correct the row and propose the file anew."


class DeterminationOutOfOrder(Refusal):
    """A determination out of season needs a departure, and a deadline of its own."""

    code = "CMP-120"
    clause = "M22.1"
    field = "entries"
    zh = "“{name}”的非常规审定不成立：{reason}。"
    en = "The determination out of season of “{name}” does not hold: {reason}."
    cure_zh = "单位解散、注销、停产或者迁出后，方可对当年排放单独审定并限期清缴。"
    cure_en = (
        "Only a unit that closes or leaves is determined out of season, with its own deadline."
    )


class ListedTwice(Refusal):
    """A unit stands in one file or act twice."""

    code = "CMP-121"
    clause = "M9.2"
    field = "entries"
    zh = "单位 {unit} 在同一清单中出现多次。"
    en = "The unit {unit} stands in the list more than once."
    cure_zh = "请删除重复行。"
    cure_en = "Remove the repeated line."


class TooEarlyToClose(Refusal):
    """A year closes after its surrender deadline, and after every determination."""

    code = "CMP-130"
    clause = "M21.1"
    field = "year"
    zh = "{year} 年度还不能结清：{reason}。"
    en = "The year {year} cannot be closed yet: {reason}."
    cure_zh = "请在清缴截止、全部单位审定后办理。"
    cure_en = "Close it after the deadline, when every unit is determined."


class NobodyToPreAllocate(Refusal):
    """No unit has met its duty in full and not yet had its pre-allocation."""

    code = "CMP-140"
    clause = "N5"
    field = "year"
    zh = "{year} 年度没有已足额清缴且未获预分配的单位。"
    en = "No unit has fully surrendered for {year} and not yet been pre-allocated."
    cure_zh = "预分配配额在足额清缴后发放。"
    cure_en = "Pre-allocation follows full surrender."


class AlreadyDeparted(Refusal):
    """The unit's departure is on record."""

    code = "CMP-150"
    clause = "M22.1"
    field = "unit"
    zh = "“{name}”的解散、注销、停产或迁出已登记。"
    en = "The departure of “{name}” is on record already."
    cure_zh = "请继续办理当年排放审定和清缴。"
    cure_en = "Go on with the determination and surrender of the current year."
