"""Decide a batch exactly in order: each instruction sees the effect of those before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from hutan.kernel.refusals import Refusal
from hutan.ledger import refusals
from hutan.ledger.domain.answers import again, content_of, differences
from hutan.ledger.domain.decisions import (
    Book,
    Facts,
    Outcome,
    Reason,
    Refused,
    decide_one,
    undo,
)
from hutan.ledger.domain.instructions import Instruction


def decide(
    instructions: Sequence[Instruction], book: Book, *, at: datetime, first: int
) -> Iterator[Outcome]:
    """Yield one outcome an instruction, in order; number ``n`` gets sequence ``first + n``.

    A ``Refusal``, and an outcome of another sequence, is an earlier answer given again.
    """
    fresh, answered = book.fresh, book.answered
    position, end = 0, len(instructions)
    while position < end:
        instruction = instructions[position]
        if instruction.linked is not None:
            members = _group(instructions, position)
            yield from _decide_group(members, book, at, first + position)
            position += len(members)
            continue
        key = instruction.id.int
        if key in fresh or key in answered:
            yield _repeat(instruction, book)
        else:
            outcome = decide_one(instruction, book, at, first + position)
            fresh[key] = outcome
            yield outcome
        position += 1


def _repeat(instruction: Instruction, book: Book) -> Outcome:
    """Answer an id that was answered before, in this batch or earlier."""
    earlier = book.fresh.get(instruction.id.int)
    if isinstance(earlier, Refused):
        return _same(instruction, earlier.instruction) or earlier
    return again(instruction, earlier or book.answered[instruction.id.int])


def _same(instruction: Instruction, earlier: Instruction) -> Refusal | None:
    then, now = content_of(earlier), content_of(instruction)
    if then == now:
        return None
    return refusals.DifferentContent(id=str(instruction.id), differences=differences(then, now))


def _group(instructions: Sequence[Instruction], start: int) -> Sequence[Instruction]:
    linked, end = instructions[start].linked, start + 1
    while end < len(instructions) and instructions[end].linked == linked:
        end += 1
    return instructions[start:end]


def _decide_group(
    members: Sequence[Instruction], book: Book, at: datetime, first: int
) -> list[Outcome]:
    """Decide neighbours with one ``linked`` id: all of them or none.

    Members that were answered before keep their answers. Where some were and others were not, the
    others come too late to join.
    """
    outcomes, twins = _known_members(members, book)
    cause = next((members[n] for n, known in outcomes.items() if _is_different(known)), None)
    reason: Reason = refusals.DifferentContent
    late, done = bool(outcomes), []
    for n, member in enumerate(members):
        if n in outcomes or n in twins or cause is not None:
            continue
        if late:
            facts: Facts = {"linked": str(member.linked)}
            outcomes[n] = Refused(member, first + n, refusals.GroupDecided, facts)
            continue
        outcome = decide_one(member, book, at, first + n)
        # Later members may post, void or reverse what earlier ones did.
        book.fresh[member.id.int] = outcomes[n] = outcome
        if isinstance(outcome, Refused):
            cause, reason = member, outcome.reason
        else:
            done.append((n, outcome))
    if cause is not None:
        for n, row in reversed(done):
            undo(row, book)
            del outcomes[n]
        facts = {"cause": str(cause.id), "reason": reason.code}
        for n, member in enumerate(members):
            if n not in twins:
                refused = Refused(member, first + n, refusals.LinkedRefused, dict(facts))
                outcomes.setdefault(n, refused)
    for n, member in enumerate(members):
        final = outcomes.setdefault(n, outcomes[twins.get(n, n)])
        if not isinstance(final, Refusal) and final.sequence == first + n:
            book.fresh[member.id.int] = final
    return [outcomes[n] for n in range(len(members))]


def _known_members(
    members: Sequence[Instruction], book: Book
) -> tuple[dict[int, Outcome], dict[int, int]]:
    """Return the members answered before, and those that repeat an earlier member unchanged."""
    outcomes: dict[int, Outcome] = {}
    twins: dict[int, int] = {}
    places: dict[int, int] = {}
    for n, member in enumerate(members):
        key = member.id.int
        if key in book.fresh or key in book.answered:
            outcomes[n] = _repeat(member, book)
        elif key not in places:
            places[key] = n
        elif different := _same(member, members[places[key]]):
            outcomes[n] = different
        else:
            twins[n] = places[key]
    return outcomes, twins


def _is_different(outcome: Outcome) -> bool:
    return isinstance(outcome, refusals.DifferentContent)
