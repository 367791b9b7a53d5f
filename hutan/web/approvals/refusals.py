"""What the pages of approval refuse themselves, before the service is asked."""

from __future__ import annotations

from typing import ClassVar

from hutan.kernel.refusals import Refusal


class EffectChanged(Refusal):
    """What the act would do is no longer what the approver was shown."""

    code = "WEB-050"
    clause = "M47"
    status: ClassVar[int] = 409
    zh = "您打开页面之后情况有变，批准后的结果将与您所见不同，审批未生效。"
    en = "Things have changed since you opened the page; the act would now do something else."
    cure_zh = "请核对下面更新后的内容，再决定是否批准。"
    cure_en = "Check what is shown now, and decide again."
