"""Why a history cannot be replayed here."""

from __future__ import annotations

from hutan.kernel.refusals import Refusal

_DOCUMENT = "docs/history.md"


class NoHistoryFile(Refusal):
    """The file cannot be read as a table of installation-years."""

    code = "HIS-001"
    basis = _DOCUMENT
    zh = "{name} 不是可回放的历史数据：{reason}。"
    en = "{name} is no history that can be replayed: {reason}."
    cure_zh = "请提供列名为 {columns} 的 CSV 文件。"
    cure_en = "Give a CSV file with the columns {columns}."


class HoldsSomethingElse(Refusal):
    """The database holds something else than this history."""

    code = "HIS-002"
    basis = _DOCUMENT
    zh = "该数据库已有其他数据（{found}），历史回放不会写入其中。"
    en = "This database holds other data already ({found}); a replay does not write into it."
    cure_zh = "请用 --data 另选数据目录，或者换一个空的数据库。"
    cure_en = "Choose another data folder with --data, or an empty database."


class NotInProduction(Refusal):
    """A replay makes up people who approve; it has no place where acts count for real."""

    code = "HIS-003"
    basis = _DOCUMENT
    zh = "生产环境不进行历史回放：其中的经办人和复核人都是虚构的。"
    en = "Nothing is replayed in production: the people who propose and approve are made up."
    cure_zh = "请在演示环境中运行。"
    cure_en = "Run it in a demonstration."


class AlreadyReplaying(Refusal):
    """Another process replays into the same database."""

    code = "HIS-004"
    basis = _DOCUMENT
    zh = "另一个进程正在向该数据库回放历史。"
    en = "Another process is replaying into this database."
    cure_zh = "请等待其结束。"
    cure_en = "Wait until it has ended."


class StepEndedOtherwise(Refusal):
    """Somebody withdrew or returned an act of the replay."""

    code = "HIS-005"
    basis = _DOCUMENT
    zh = "{year} 年“{step}”一步的事项已被处理为 {state}，回放无法继续。"
    en = "The act of the step {step} of {year} is {state}; the replay cannot go on."
    cure_zh = "请在新的数据目录中重新回放。"
    cure_en = "Replay into a new data folder."


class NotReplayed(Refusal):
    """There is no finished replay of this file by these rules to compare."""

    code = "HIS-006"
    basis = _DOCUMENT
    zh = "该数据库中没有 {name} 的完整回放。"
    en = "This database holds no finished replay of {name}."
    cure_zh = "请先运行 history replay；文件或者规则变化后须重新回放。"
    cure_en = "Run history replay first; another file, or other rules, make another replay."
