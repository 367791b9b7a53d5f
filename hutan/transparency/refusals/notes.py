"""What is wrong with keys, notes and checkpoints, and what a witness refuses."""

from __future__ import annotations

from hutan.kernel.refusals import Refusal

_FORMAT = "docs/log-format.md"
_RFC = "RFC 9162, 2.1"
_NOTE = "C2SP signed-note, tlog-checkpoint"
_WITNESS = "C2SP tlog-witness"


class NoteMalformed(Refusal):
    """A text is not a signed note."""

    code = "LOG-130"
    basis = _NOTE
    zh = "签名文本的第 {line} 行不合格式。"
    en = "Line {line} of the signed note is not in form."
    cure_zh = "请使用未经改动的原文。"
    cure_en = "Use the original, unchanged text."


class CheckpointMalformed(Refusal):
    """A note's text is not a checkpoint."""

    code = "LOG-131"
    basis = _NOTE
    zh = "检查点的第 {line} 行不合格式。"
    en = "Line {line} of the checkpoint is not in form."
    cure_zh = "检查点为三行：存证名称、条数、根散列值。"
    cure_en = "A checkpoint has three lines: origin, size, root."


class KeyMalformed(Refusal):
    """A text is not a key, or its id is not its own."""

    code = "LOG-132"
    basis = _NOTE
    zh = "密钥文本不合格式，或其标识与内容不符。"
    en = "The text is no key, or its id does not belong to it."
    cure_zh = "请使用 hutan log key 打印的公钥全文。"
    cure_en = "Use the whole verifier key as hutan log key prints it."


class SignatureWrong(Refusal):
    """A signature by a known key does not verify."""

    code = "LOG-133"
    basis = _NOTE
    zh = "密钥 {key} 的签名不成立：文本或签名被改动。"
    en = "The signature by key {key} does not verify: text or signature was changed."
    cure_zh = "请从存证重新取得检查点；如仍不成立，请报告。"
    cure_en = "Fetch the checkpoint from the log again; report it if it still fails."


class SignatureMissing(Refusal):
    """No signature is by a known key."""

    code = "LOG-134"
    basis = _NOTE
    zh = "没有受信任密钥（{keys}）的签名。"
    en = "There is no signature by a trusted key ({keys})."
    cure_zh = "请核对公钥是否属于该存证。"
    cure_en = "Check that the key is that of the log."


class UnknownLog(Refusal):
    """A witness does not watch that log."""

    code = "LOG-140"
    basis = _WITNESS
    zh = "见证人不见证存证 {origin}。"
    en = "The witness does not watch the log {origin}."
    cure_zh = "请把该存证的公钥加入见证人的配置。"
    cure_en = "Add the log's verifier key to the witness's configuration."


class RequestMalformed(Refusal):
    """A request to a witness is not in form."""

    code = "LOG-141"
    basis = _WITNESS
    zh = "见证请求的第 {line} 行不合格式。"
    en = "Line {line} of the request to the witness is not in form."
    cure_zh = "请求为：old 行、证明各行、空行、检查点。"
    cure_en = "A request is the old line, the proof's lines, an empty line, the checkpoint."


class OldSizeStale(Refusal):
    """The proof starts at another size than the witness last signed."""

    code = "LOG-142"
    basis = _WITNESS
    zh = "见证人最后见证的是 {last} 条，请求从 {given} 条起证明。"
    en = "The witness last signed size {last}; the request proves from {given}."
    cure_zh = "请从 {last} 条起证明一致性。"
    cure_en = "Prove consistency from size {last}."


class HistoryRewritten(Refusal):
    """A head does not grow out of the one the witness last signed."""

    code = "LOG-143"
    basis = _WITNESS
    zh = "存证 {origin} 的新检查点（{size} 条）不是从见证人最后见证的检查点（{last} 条）延续而来。"
    en = "The head of {origin} at size {size} does not grow out of the one last seen at {last}."
    cure_zh = "请保存两个检查点作为证据并报告。"
    cure_en = "Keep both checkpoints as evidence and report them."


class ReceiptMalformed(Refusal):
    """A file is not a receipt."""

    code = "LOG-150"
    basis = _FORMAT
    field = "receipt"
    zh = "凭据的 {what} 不合格式。"
    en = "The receipt's {what} is not in form."
    cure_zh = "请提交下载时的原文件。"
    cure_en = "Hand in the file as it was downloaded."


class ReceiptOfOtherLog(Refusal):
    """A receipt's checkpoint is of another log than the key that signed it."""

    code = "LOG-151"
    basis = _FORMAT
    field = "receipt"
    zh = "凭据的检查点属于另一存证 {origin}。"
    en = "The receipt's checkpoint is of another log, {origin}."
    cure_zh = "请到该存证核验。"
    cure_en = "Check it with that log."


class ReceiptProvesNothing(Refusal):
    """A receipt's record, place or proof does not lead to the signed root."""

    code = "LOG-152"
    basis = _RFC
    field = "receipt"
    zh = "凭据的 {part} 与签名的根不符：记录、位置或证明被改动。"
    en = (
        "The receipt's {part} does not lead to the signed root: it, its place or proof was changed."
    )
    cure_zh = "请从存证重新取得凭据；如仍不成立，请报告。"
    cure_en = "Fetch the receipt from the log again; report it if it still fails."
