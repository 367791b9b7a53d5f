"""What the bureau's tables of entries refuse, line by line, before the service is asked."""

from __future__ import annotations

from typing import ClassVar

from hutan.kernel.refusals import Refusal


class LineWrong(Refusal):
    """A line of a pasted or uploaded table cannot be read."""

    code = "WEB-060"
    basis = "docs/web.md"
    field = "lines"
    status: ClassVar[int] = 422
    zh = "第 {line} 行“{value}”不可用：{reason}。"
    en = "Line {line}, “{value}”, cannot be used: {reason}."
    cure_zh = "请改正该行；全部各行正确后才会提交。"
    cure_en = "Correct the line; nothing is sent until every line is right."


class TableUnreadable(Refusal):
    """A file of lines is in no encoding we know."""

    code = "WEB-061"
    basis = "docs/web.md"
    field = "file"
    status: ClassVar[int] = 422
    zh = "文件 {name} 不是 UTF-8 或 GB 18030 文本。"
    en = "The file {name} is neither UTF-8 nor GB 18030 text."
    cure_zh = "请另存为 CSV（UTF-8）后重新上传。"
    cure_en = "Save it as CSV (UTF-8) and choose it again."
