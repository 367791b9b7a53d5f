"""What recording, reading and signing refuse. M47 asks that the record cannot be rewritten."""

from __future__ import annotations

from hutan.kernel.refusals import Refusal

_FORMAT = "docs/log-format.md"
_RFC = "RFC 9162, 2.1"


class ActRecordedOtherwise(Refusal):
    """The act's id is already in the log with other content."""

    code = "LOG-001"
    clause = "M47"
    zh = "行为 {act} 已存证，内容不同之处：{differs}。存证不可改写。"
    en = "Act {act} is already in the log; what differs: {differs}. The log is not rewritten."
    cure_zh = "新的行为请使用新的编号；重试请使用原来的内容。"
    cure_en = "Give a new act an id of its own; retry with the content first given."


class ActNotInLog(Refusal):
    """No entry has that act's id."""

    code = "LOG-010"
    clause = "M47"
    zh = "存证中没有行为 {act}。"
    en = "The log has no act {act}."
    cure_zh = "请核对编号。"
    cure_en = "Check the id."


class MovementNotInAct(Refusal):
    """The act has no movement of that id."""

    code = "LOG-011"
    clause = "M47"
    zh = "行为 {act} 中没有变动 {movement}。"
    en = "Act {act} has no movement {movement}."
    cure_zh = "请核对变动编号；不填则取整个行为的凭据。"
    cure_en = "Check the movement's id, or leave it out for the receipt of the whole act."


class NotYetInTree(Refusal):
    """The entry waits for the next checkpoint."""

    code = "LOG-012"
    clause = "M47"
    zh = "行为 {act} 已记录，尚未进入签名的检查点。"
    en = "Act {act} is recorded but not yet under a signed checkpoint."
    cure_zh = "请在下一个检查点产生后再取凭据。"
    cure_en = "Ask for the receipt after the next checkpoint."


class NoCheckpoint(Refusal):
    """The log has not signed a checkpoint of that size."""

    code = "LOG-013"
    clause = "M47"
    zh = "存证没有规模为 {size} 的检查点。"
    en = "The log has no checkpoint of size {size}."
    cure_zh = "请使用已公布的检查点的规模。"
    cure_en = "Use the size of a checkpoint that was published."


class NoCheckpointYet(Refusal):
    """The log has not signed any checkpoint."""

    code = "LOG-015"
    clause = "M47"
    zh = "存证还没有检查点。"
    en = "The log has no checkpoint yet."
    cure_zh = "请先记录行为并产生检查点（hutan log checkpoint --new）。"
    cure_en = "Record an act and make a checkpoint (hutan log checkpoint --new)."


class BeyondTree(Refusal):
    """The size or index that was asked for is not within the tree."""

    code = "LOG-014"
    basis = _RFC
    zh = "{name} = {given} 超出范围：存证目前有 {size} 条。"
    en = "{name} = {given} is out of range: the log has {size} entries now."
    cure_zh = "请使用不超过目前条数的数值。"
    cure_en = "Use a value within the log's present size."


class SuiteFixed(Refusal):
    """The configuration names another suite or origin than the log was opened with."""

    code = "LOG-020"
    clause = "M47"
    zh = "存证以 {opened} 开立，配置却是 {configured}；开立后不能更换。"
    en = "The log was opened as {opened} and the configuration says {configured}; it cannot change."
    cure_zh = "请改回 HUTAN_LOG_SUITE 与 HUTAN_LOG_ORIGIN；如确需更换，须开立新的存证。"
    cure_en = "Set HUTAN_LOG_SUITE and HUTAN_LOG_ORIGIN back, or open a new log."


class KeyAbsent(Refusal):
    """There is no signing key where the configuration says."""

    code = "LOG-021"
    clause = "M47"
    zh = "没有签名密钥：{place}。"
    en = "There is no signing key: {place}."
    cure_zh = "请设置 HUTAN_LOG_KEY，或把密钥文件放在 HUTAN_LOG_KEY_FILE 所指之处。"
    cure_en = "Set HUTAN_LOG_KEY, or put the key file where HUTAN_LOG_KEY_FILE points."


class KeyExposed(Refusal):
    """Others than the owner can read the signing key's file."""

    code = "LOG-022"
    clause = "M47"
    zh = "密钥文件 {place} 的权限是 {mode}，他人可以读取。"
    en = "The key file {place} has mode {mode}: others can read it."
    cure_zh = "请执行 chmod 600；如可能已泄露，请更换密钥。"
    cure_en = "chmod it to 600; if it may have been read, hand over to a new key."


class KeyOfOtherLog(Refusal):
    """The signing key carries another name or suite than the log."""

    code = "LOG-023"
    clause = "M47"
    zh = "密钥 {key} 不属于存证 {origin}（{suite}）。"
    en = "Key {key} does not belong to the log {origin} ({suite})."
    cure_zh = "请使用以存证名称命名、算法套件一致的密钥。"
    cure_en = "Use a key named after the log and of its suite."


class KeysNotHandedOver(Refusal):
    """None of the keys that signed so far is among the configured ones."""

    code = "LOG-024"
    clause = "M47"
    zh = "配置的密钥（{configured}）与目前有效的密钥（{in_force}）没有交集，新密钥无人担保。"
    en = "The configured keys ({configured}) share none with those in force ({in_force})."
    cure_zh = "更换密钥时，请先同时配置新旧两把密钥，产生一个检查点后再撤下旧密钥。"
    cure_en = "To hand over, configure both keys, make a checkpoint, then take the old one away."


class BehindItsHead(Refusal):
    """The database is older than the last head this sequencer signed, or another history."""

    code = "LOG-025"
    clause = "M47"
    zh = "数据库中的存证与已签名公布的检查点（{size} 条，根 {root}）不一致，拒绝再签名。"
    en = "The log in the database contradicts the head it signed ({size} entries, root {root})."
    cure_zh = "请恢复包含这些条目的备份；切勿从较旧的备份继续签名。"
    cure_en = "Restore a backup that has these entries; never sign on from an older one."


class LogDamaged(Refusal):
    """The log cannot go on: its rows do not agree with each other."""

    code = "LOG-026"
    clause = "M47"
    zh = "存证数据不一致（{what}），停止签名。"
    en = "The log's rows do not agree ({what}); nothing more is signed."
    cure_zh = "请运行 hutan log verify 找出第一处损坏。"
    cure_en = "Run hutan log verify to find the first damage."


class FolderNotEmpty(Refusal):
    """The export would mix with files that are already there."""

    code = "LOG-030"
    basis = _FORMAT
    zh = "文件夹 {folder} 不是空的。"
    en = "The folder {folder} is not empty."
    cure_zh = "请导出到新的或空的文件夹。"
    cure_en = "Export to a new or empty folder."


class EntriesWait(Refusal):
    """What is written beside the log would say more than the log that is exported."""

    code = "LOG-031"
    basis = _FORMAT
    zh = "还有 {count} 条存证未进入检查点，平台声明会超出导出的存证。"
    en = "{count} entries wait for the next checkpoint: claims would say more than the log."
    cure_zh = "请先运行 hutan log checkpoint --new，再导出。"
    cure_en = "Run hutan log checkpoint --new first, then export."
