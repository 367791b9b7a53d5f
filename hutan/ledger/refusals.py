"""What the ledger refuses, in the order in which it is checked.

A posting is checked from LED-001 to LED-017 and answered with the first that holds. Every refusal
from LED-002 on is remembered under the transfer's id and answered again, whatever has changed
since. LED-020 to LED-022 concern opening.
"""

from __future__ import annotations

from typing import Final

from hutan.kernel.refusals import Refusal

_BASIS = "docs/decisions/0201-ledger.md"


class DifferentContent(Refusal):
    """The id was answered before, for a transfer with other content. Never remembered."""

    code = "LED-001"
    basis = _BASIS
    zh = "转移编号 {id} 已经用于另一项内容不同的指令：{differences}。"
    en = "The transfer id {id} was used before with other content: {differences}."
    cure_zh = "重试时请原样提交；新的转移请使用新的编号。"
    cure_en = "Repeat a transfer unchanged, or use a new id for a new one."


class GroupDecided(Refusal):
    """Other members of the group were answered before, without this one."""

    code = "LED-002"
    basis = _BASIS
    zh = "关联组 {linked} 此前已经处理，不能再加入新的转移。"
    en = "The group {linked} was decided before; no transfer can join it now."
    cure_zh = "请原样重试整个关联组，或使用新的关联组。"
    cure_en = "Repeat the whole group unchanged, or make a new group."


class AmountOutOfRange(Refusal):
    """An amount is a whole number from 1 to 2^53 - 1."""

    code = "LED-003"
    basis = _BASIS
    field = "amount"
    zh = "数量 {amount} 不可用：必须是 1 到 {largest} 之间的整数。"
    en = "The amount {amount} cannot be used: it must be a whole number from 1 to {largest}."
    cure_zh = "请填写大于零的整数数量。"
    cure_en = "Enter a whole amount above zero."


class ExpiryNotAhead(Refusal):
    """A reservation must expire after the moment at which it is made."""

    code = "LED-004"
    basis = _BASIS
    field = "expires_at"
    zh = "预留的到期时间 {expires_at} 不晚于预留时间 {at}。"
    en = "The reservation would expire at {expires_at}, not after it is made at {at}."
    cure_zh = "请填写更晚的到期时间。"
    cure_en = "Give a later expiry."


class UnknownReservation(Refusal):
    """No reservation has that id."""

    code = "LED-005"
    basis = _BASIS
    zh = "没有编号为 {reservation} 的预留。"
    en = "There is no reservation {reservation}."
    cure_zh = "请核对预留编号。"
    cure_en = "Check the id of the reservation."


class NothingToReverse(Refusal):
    """No transfer that moved anything has that id."""

    code = "LED-006"
    basis = _BASIS
    zh = "没有编号为 {transfer} 且已实际划转的记录，无法冲正。"
    en = "Nothing was moved under the id {transfer}, so nothing can be reversed."
    cure_zh = "请核对要冲正的转移编号。"
    cure_en = "Check the id of the transfer to reverse."


class UnknownAccount(Refusal):
    """An account does not exist; the debit account is looked at first."""

    code = "LED-007"
    basis = _BASIS
    zh = "没有账户 {account}。"
    en = "There is no account {account}."
    cure_zh = "请先开立账户，或核对账户编号。"
    cure_en = "Open the account first, or check its number."


class SameAccount(Refusal):
    """A transfer goes from one account to another."""

    code = "LED-008"
    basis = _BASIS
    zh = "转出和转入是同一账户 {account}。"
    en = "The giving and the receiving account are both {account}."
    cure_zh = "请选择另一个转入账户。"
    cure_en = "Choose another receiving account."


class DifferentAssets(Refusal):
    """Both accounts hold the same asset."""

    code = "LED-009"
    basis = _BASIS
    zh = "账户 {debit} 持有 {debit_asset}，账户 {credit} 持有 {credit_asset}，不能互相划转。"
    en = "{debit} holds {debit_asset} and {credit} holds {credit_asset}: no transfer between them."
    cure_zh = "请选择同一资产的账户。"
    cure_en = "Choose two accounts of one asset."


class ReservationPosted(Refusal):
    """The reservation was carried out before."""

    code = "LED-010"
    basis = _BASIS
    zh = "预留 {reservation} 已经执行，不能再次执行或撤销。"
    en = "The reservation {reservation} has been posted; it cannot be posted or voided again."
    cure_zh = "如需更正，请冲正已执行的转移。"
    cure_en = "To correct it, reverse what was posted."


class ReservationVoided(Refusal):
    """The reservation was released before."""

    code = "LED-011"
    basis = _BASIS
    zh = "预留 {reservation} 已经撤销，不能再次执行或撤销。"
    en = "The reservation {reservation} has been voided; it cannot be posted or voided again."
    cure_zh = "请重新预留。"
    cure_en = "Reserve again."


class ReservationExpired(Refusal):
    """The reservation has lapsed."""

    code = "LED-012"
    basis = _BASIS
    zh = "预留 {reservation} 已经到期失效，不能执行或撤销。"
    en = "The reservation {reservation} has expired; it cannot be posted or voided."
    cure_zh = "请重新预留。"
    cure_en = "Reserve again."


class MoreThanReserved(Refusal):
    """At most what was reserved can be posted."""

    code = "LED-013"
    basis = _BASIS
    field = "amount"
    zh = "预留 {reservation} 只有 {reserved}，不能执行 {amount}。"
    en = "The reservation {reservation} holds {reserved}; {amount} cannot be posted."
    cure_zh = "请减少执行数量，或另作一笔转移。"
    cure_en = "Post less, or make another transfer for the rest."


class MoreThanLeft(Refusal):
    """All reversals of one transfer together move at most what it moved."""

    code = "LED-014"
    basis = _BASIS
    field = "amount"
    zh = "转移 {transfer} 还可冲正 {left}，不能冲正 {amount}。"
    en = "Of the transfer {transfer}, {left} can still be reversed; {amount} cannot."
    cure_zh = "请减少冲正数量。"
    cure_en = "Reverse less."


class NotEnough(Refusal):
    """Only a named source may give more than it has available."""

    code = "LED-015"
    basis = _BASIS
    field = "amount"
    zh = "账户 {account} 的 {asset} 可用 {available}，不足 {amount}。"
    en = "Account {account} has {available} of {asset} available, less than {amount}."
    cure_zh = "请减少数量，或先补足可用余额。"
    cure_en = "Lower the amount, or bring in more first."


class BalanceTooLarge(Refusal):
    """No balance and no sum of reservations passes 2^53 - 1."""

    code = "LED-016"
    basis = _BASIS
    field = "amount"
    zh = "账户 {account} 的 {asset} 将超过可记录的最大值 {largest}。"
    en = "Account {account} would pass the largest balance of {asset}, {largest}."
    cure_zh = "请分散到多个账户。"
    cure_en = "Spread it over several accounts."


class LinkedRefused(Refusal):
    """A transfer of the same group was refused, so none of the group was done."""

    code = "LED-017"
    basis = _BASIS
    zh = "同组的转移 {cause} 被拒绝（{reason}），整组均未执行。"
    en = "The linked transfer {cause} was refused ({reason}), so none of the group was done."
    cure_zh = "请先解决该转移被拒绝的原因，再以新的编号提交整组。"
    cure_en = "Cure what {cause} was refused for, then submit the group with new ids."


class UnknownAsset(Refusal):
    """An account is opened for an asset that exists."""

    code = "LED-020"
    basis = _BASIS
    zh = "没有资产 {asset}。"
    en = "There is no asset {asset}."
    cure_zh = "请先登记资产。"
    cure_en = "Open the asset first."


class AssetDiffers(Refusal):
    """The asset was opened before with another unit."""

    code = "LED-021"
    basis = _BASIS
    zh = "资产 {asset} 的单位已登记为 {unit}，不能改为 {wanted}。"
    en = "The asset {asset} is counted in {unit}; it cannot be counted in {wanted}."
    cure_zh = "请使用已登记的单位，或登记新的资产。"
    cure_en = "Use the unit on record, or open another asset."


class AccountDiffers(Refusal):
    """The account was opened before with other properties."""

    code = "LED-022"
    basis = _BASIS
    zh = "{asset} 的账户 {account} 此前已按不同属性开立：{differences}。"
    en = "The {asset} account {account} was opened before otherwise: {differences}."
    cure_zh = "账户属性不能更改，请使用新的账户代码。"
    cure_en = "An account's properties never change; use a new code."


POSTING: Final[tuple[type[Refusal], ...]] = (
    DifferentContent,
    GroupDecided,
    AmountOutOfRange,
    ExpiryNotAhead,
    UnknownReservation,
    NothingToReverse,
    UnknownAccount,
    SameAccount,
    DifferentAssets,
    ReservationPosted,
    ReservationVoided,
    ReservationExpired,
    MoreThanReserved,
    MoreThanLeft,
    NotEnough,
    BalanceTooLarge,
    LinkedRefused,
)
"""The refusals of a posting, in the order in which they are checked."""

BY_CODE: Final = {refusal.code: refusal for refusal in POSTING}
