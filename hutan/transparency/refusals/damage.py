"""What ``log verify`` finds. M47 asks that the record cannot be rewritten: here is how it shows."""

from __future__ import annotations

from hutan.kernel.refusals import Refusal


class Damage(Refusal):
    """The first place at which the log is not as it was written."""

    code = "LOG-200"
    clause = "M47"
    zh = "存证已损坏。"
    en = "The log is damaged."
    cure_zh = "请停止签名，保全数据库与备份，用早先公布的检查点和导出查明原因。"
    cure_en = "Stop signing, keep database and backups, find the cause with earlier exports."


class EntryChanged(Damage):
    """A record does not hash to its leaf."""

    code = "LOG-201"
    zh = "第 {index} 条（行为 {act}）的记录与其散列值不符。"
    en = "Entry {index} (act {act}): the record does not hash to its leaf."


class EntryMissing(Damage):
    """A leaf's entry is gone."""

    code = "LOG-202"
    zh = "第 {index} 条的记录（内部编号 {entry}）不见了。"
    en = "Entry {index} (row {entry}) is gone."


class LeafMissing(Damage):
    """A leaf is gone: the numbering has a gap, or ends before the last signed head."""

    code = "LOG-203"
    zh = "树中缺少第 {index} 条。"
    en = "Leaf {index} is gone from the tree."


class EntryMalformed(Damage):
    """A record, or a column beside it, does not say what an entry says."""

    code = "LOG-204"
    zh = "第 {index} 条（行为 {act}）的 {what} 不合格式或与记录不符。"
    en = "Entry {index} (act {act}): {what} is not in form or differs from the record."


class MovementChanged(Damage):
    """A movement's record does not hash to its row's hash, or is of another place."""

    code = "LOG-205"
    zh = "第 {index} 条（行为 {act}）的第 {number} 笔变动被改动：{what}。"
    en = "Movement {number} of entry {index} (act {act}) was changed: {what}."


class MovementMissing(Damage):
    """A movement is gone."""

    code = "LOG-206"
    zh = "第 {index} 条（行为 {act}）的第 {number} 笔变动不见了。"
    en = "Movement {number} of entry {index} (act {act}) is gone."


class MovementSurplus(Damage):
    """An act has more movements than its record says."""

    code = "LOG-207"
    zh = "第 {index} 条（行为 {act}）多出第 {number} 笔变动。"
    en = "Movement {number} of entry {index} (act {act}) is one too many."


class MovementsChanged(Damage):
    """An act's movements do not lead to the root in its record."""

    code = "LOG-208"
    zh = "第 {index} 条（行为 {act}）的 {count} 笔变动与记录中的根不符。"
    en = "The {count} movements of entry {index} (act {act}) do not lead to the recorded root."


class NodeChanged(Damage):
    """A stored inner node does not follow from the leaves under it."""

    code = "LOG-210"
    zh = "{tree} 第 {level} 层第 {position} 个节点与其下的叶子不符。"
    en = "Node {position} at level {level} of {tree} does not follow from its leaves."


class NodeMissing(Damage):
    """A stored inner node is gone."""

    code = "LOG-211"
    zh = "{tree} 第 {level} 层第 {position} 个节点不见了。"
    en = "Node {position} at level {level} of {tree} is gone."


class NodeSurplus(Damage):
    """An inner node is stored that no leaves lead to."""

    code = "LOG-212"
    zh = "{tree} 多出第 {level} 层第 {position} 个节点。"
    en = "Node {position} at level {level} of {tree} is one too many."


class CheckpointChanged(Damage):
    """A checkpoint's row does not say what its note says, or follows another than the one before.

    A row that names the wrong predecessor shows that one between was deleted or inserted.
    """

    code = "LOG-220"
    zh = "规模为 {size} 的检查点的 {what} 不符。"
    en = "The checkpoint of size {size}: {what} is not right."


class CheckpointContradicted(Damage):
    """The leaves do not lead to the root that was signed."""

    code = "LOG-221"
    zh = "前 {size} 条的根与签名的检查点不符：第 {since} 条至第 {last} 条中有改动。"
    en = "The first {size} entries do not lead to the signed root: {since} to {last} hold a change."


class CheckpointUnsigned(Damage):
    """A checkpoint lacks a valid signature by every key in force."""

    code = "LOG-222"
    zh = "规模为 {size} 的检查点没有当时有效密钥的有效签名。"
    en = "The checkpoint of size {size} is not validly signed by the keys then in force."


class LeavesUnsigned(Damage):
    """Leaves stand behind the last signed head."""

    code = "LOG-223"
    zh = "树有 {present} 条，最后的检查点只到 {size} 条。"
    en = "The tree has {present} entries, and the last signed head ends at {size}."


class HeadContradicted(Damage):
    """A head kept elsewhere is not one of this log's past."""

    code = "LOG-224"
    zh = "别处保存的检查点（{size} 条，根 {root}）不在本存证的历史中。"
    en = "The head kept elsewhere ({size} entries, root {root}) is not in this log's history."


class KeysMalformed(Damage):
    """An entry that announces keys is not in form."""

    code = "LOG-225"
    zh = "第 {index} 条公布的签名密钥不合格式。"
    en = "Entry {index} announces signing keys that are not in form."


class EntryOutsideTree(Damage):
    """An entry is neither a leaf nor waiting: inserted, or taken out of tree or queue."""

    code = "LOG-230"
    zh = "记录（内部编号 {entry}，行为 {act}）既不在树中也不在队列中。"
    en = "The entry of row {entry} (act {act}) is neither in the tree nor in the queue."


class QueueWrong(Damage):
    """A waiting entry is a leaf already, or does not exist."""

    code = "LOG-231"
    zh = "队列中的记录（内部编号 {entry}）不存在或已在树中。"
    en = "The waiting entry of row {entry} does not exist or is in the tree already."


class PointsNowhere(Damage):
    """A row belongs to an entry or checkpoint that does not exist."""

    code = "LOG-232"
    zh = "{table} 中有一行所属的 {owner} 不存在。"
    en = "A row of {table} belongs to {owner}, which does not exist."


class BirthChanged(Damage):
    """The log's name and suite are not what its first entry says."""

    code = "LOG-233"
    zh = "存证的名称或算法套件与第 0 条不符。"
    en = "The log's name or suite is not what entry 0 says."
