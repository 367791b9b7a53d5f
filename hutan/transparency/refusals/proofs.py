"""What is wrong with the form of a proof or of a question about one."""

from __future__ import annotations

from hutan.kernel.refusals import Refusal

_FORMAT = "docs/log-format.md"
_RFC = "RFC 9162, 2.1"


class SizeNotPositive(Refusal):
    """A tree of a proof has no leaves, or fewer than none."""

    code = "LOG-101"
    basis = _RFC
    zh = "{name} = {size}：空树（或负数）没有证明可言。"
    en = "{name} = {size}: about an empty tree (or a negative size) nothing can be proved."
    cure_zh = "请给出至少为 1 的规模。"
    cure_en = "Give a size of at least 1."


class SizeTooLarge(Refusal):
    """A tree is larger than any that is considered."""

    code = "LOG-102"
    basis = _RFC
    zh = "{name} = {size} 大于上限 {largest}。"
    en = "{name} = {size} is beyond {largest}."
    cure_zh = "请给出 64 位以内的规模。"
    cure_en = "Give a size that fits 64 bits."


class IndexNegative(Refusal):
    """A leaf's number is below 0."""

    code = "LOG-103"
    basis = _RFC
    zh = "序号 {index} 是负数。"
    en = "Index {index} is negative."
    cure_zh = "序号从 0 起。"
    cure_en = "Leaves are numbered from 0."


class IndexBeyondSize(Refusal):
    """A leaf's number is not within the tree."""

    code = "LOG-104"
    basis = _RFC
    zh = "序号 {index} 不在规模为 {size} 的树中。"
    en = "Index {index} is not within a tree of size {size}."
    cure_zh = "序号须小于规模。"
    cure_en = "The index must be below the size."


class OldBeyondNew(Refusal):
    """The old tree is larger than the new one."""

    code = "LOG-105"
    basis = _RFC
    zh = "旧规模 {old} 大于新规模 {new}。"
    en = "The old size {old} is beyond the new size {new}."
    cure_zh = "请交换新旧两树。"
    cure_en = "Exchange the two trees."


class WrongHashLength(Refusal):
    """A hash does not have the length of its function."""

    code = "LOG-106"
    basis = _RFC
    zh = "{name} 有 {given} 字节，散列值须为 {wanted} 字节。"
    en = "{name} has {given} bytes; a hash has {wanted}."
    cure_zh = "请给出完整的散列值。"
    cure_en = "Give the whole hash."


class ProofTooShort(Refusal):
    """The proof lacks hashes."""

    code = "LOG-107"
    basis = _RFC
    zh = "证明只有 {given} 个散列值，须为 {wanted} 个。"
    en = "The proof has {given} hashes; {wanted} are needed."
    cure_zh = "请给出完整的证明。"
    cure_en = "Give the whole proof."


class ProofTooLong(Refusal):
    """The proof has superfluous hashes."""

    code = "LOG-108"
    basis = _RFC
    zh = "证明有 {given} 个散列值，多于所需的 {wanted} 个。"
    en = "The proof has {given} hashes, more than the {wanted} that are needed."
    cure_zh = "请去掉多余的散列值。"
    cure_en = "Leave the superfluous hashes out."


class NotEncoded(Refusal):
    """A value is not in the encoding it should be in."""

    code = "LOG-109"
    basis = _FORMAT
    zh = "{name} 不是 {encoding} 编码：{given}。"
    en = "{name} is not {encoding}: {given}."
    cure_zh = "散列值写 64 位十六进制或 44 位 base64；数据按 encoding 所示编码。"
    cure_en = "Write a hash as 64 hexadecimal or 44 base64 digits; data as encoding says."


class FieldMissing(Refusal):
    """A question lacks a field."""

    code = "LOG-110"
    basis = _FORMAT
    zh = "缺少字段 {name}。"
    en = "Field {name} is missing."
    cure_zh = "请对照 docs/log-format.md 的示例。"
    cure_en = "Compare with the example in docs/log-format.md."


class FieldUnknown(Refusal):
    """A question has a field that means nothing."""

    code = "LOG-111"
    basis = _FORMAT
    zh = "没有名为 {name} 的字段。"
    en = "There is no field {name}."
    cure_zh = "请对照 docs/log-format.md 的示例。"
    cure_en = "Compare with the example in docs/log-format.md."


class FieldWrong(Refusal):
    """A field is of the wrong JSON type, or none of the values it may have."""

    code = "LOG-112"
    basis = _FORMAT
    zh = "字段 {name} 应为 {wanted}，得到 {given}。"
    en = "Field {name} should be {wanted} and is {given}."
    cure_zh = "请对照 docs/log-format.md 的示例。"
    cure_en = "Compare with the example in docs/log-format.md."


class FieldsExclusive(Refusal):
    """Of two fields exactly one must be there."""

    code = "LOG-113"
    basis = _FORMAT
    zh = "{one} 与 {other} 须且只须给出一个。"
    en = "Exactly one of {one} and {other} must be given."
    cure_zh = "数据用 {one}，散列值用 {other}。"
    cure_en = "Give data as {one}, hashes as {other}."
