"""What an earlier answer says about an instruction that comes again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from hutan.kernel.canonical import Json
from hutan.kernel.moments import canonical
from hutan.kernel.refusals import Refusal
from hutan.ledger.domain.instructions import (
    Instruction,
    Kind,
    Post,
    Posted,
    Reserve,
    Transfer,
    Void,
)
from hutan.ledger.refusals import DifferentContent


@dataclass(frozen=True, slots=True)
class Remembered:
    """A refusal as it was answered, with the content for which it was."""

    content: dict[str, Json]
    refusal: Refusal


Earlier: TypeAlias = Posted | Remembered


def again(instruction: Instruction, earlier: Earlier) -> Posted | Refusal:
    """Answer ``instruction``, whose id was answered before: the same, or that it differs."""
    then = content_done(instruction, earlier) if isinstance(earlier, Posted) else earlier.content
    now = content_of(instruction)
    if now == then:
        return earlier if isinstance(earlier, Posted) else earlier.refusal
    return DifferentContent(id=str(instruction.id), differences=differences(then, now))


def differences(then: dict[str, Json], now: dict[str, Json]) -> str:
    """Name each field that differs: what it was, what it is now."""
    return ", ".join(
        f"{name}: {_shown(then.get(name))} -> {_shown(now.get(name))}"
        for name in dict.fromkeys((*then, *now))
        if then.get(name) != now.get(name)
    )


def _shown(value: Json) -> str:
    return "-" if value is None else str(value)


def content_of(instruction: Instruction) -> dict[str, Json]:
    """Return what of an instruction must not change when it is repeated, as plain JSON.

    Amounts are text, as a refused one may be of any size.
    """
    content: dict[str, Json] = {"kind": instruction.kind.name.lower()}
    if isinstance(instruction, (Transfer, Reserve)):
        content |= {"debit": instruction.debit, "credit": instruction.credit}
    else:
        content["subject"] = str(instruction.subject)
    if not isinstance(instruction, Void):
        content["amount"] = None if instruction.amount is None else str(instruction.amount)
    if isinstance(instruction, Reserve):
        content["expires_at"] = _moment(instruction.expires_at)
    content["linked"] = None if instruction.linked is None else str(instruction.linked)
    return content


def content_done(instruction: Instruction, done: Posted) -> dict[str, Json]:
    """Return the content for which ``done`` was posted, written as ``instruction`` writes it.

    A reservation posted as a whole matches both a whole posting and one that names the amount.
    """
    content: dict[str, Json] = {"kind": done.kind.name.lower()}
    if done.kind in (Kind.TRANSFER, Kind.RESERVE):
        content |= {"debit": done.debit, "credit": done.credit}
    else:
        content["subject"] = str(done.subject)
    if done.kind is Kind.RESERVE:
        content |= {"amount": str(done.held), "expires_at": _moment(done.expires_at)}
    elif done.kind in (Kind.TRANSFER, Kind.POST, Kind.REVERSE):
        whole = isinstance(instruction, Post) and instruction.amount is None
        content["amount"] = None if whole and done.moved == -done.held else str(done.moved)
    content["linked"] = None if done.linked is None else str(done.linked)
    return content


def _moment(at: Any) -> str | None:
    return None if at is None else canonical(at)
