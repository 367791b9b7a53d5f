"""Refusals of the tests alone: one with a clause and a field, one of a form as a whole."""

from __future__ import annotations

from typing import ClassVar

from hutan.kernel.refusals import Refusal


class SampleFrozen(Refusal):
    """A sample of a refusal with a clause."""

    code = "WEB-900"
    clause = "M12.1"
    field = "amount"
    zh = "账户 {account} 可用配额为 {available} 吨，不足 {amount} 吨。"
    en = "Account {account} has {available} t available, less than {amount} t."
    cure_zh = "请减少数量，或等待在途转入完成后再提出。"
    cure_en = "Lower the amount, or wait until incoming transfers have arrived."


class SampleClosed(Refusal):
    """A sample of a refusal of a form as a whole."""

    code = "WEB-901"
    basis = "docs/web.md"
    status: ClassVar[int] = 409
    zh = "演示：{when} 之后不再受理。"
    en = "Sample: nothing is taken after {when}."
    cure_zh = "请在下一个开放时段提出。"
    cure_en = "Propose it in the next window."
