"""A plain ledger in memory, written for reading: it judges the fast one.

It shares only the records of instructions with the ledger. Its state is a list of entries; every
balance is a sum over them, and a linked group that fails is taken back step by step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from hutan.kernel.moments import SHANGHAI
from hutan.kernel.refusals import Refusal
from hutan.ledger.services import (
    Instruction,
    Post,
    Posted,
    Reserve,
    Reverse,
    Transfer,
    Void,
)

LIMIT = 9_007_199_254_740_991

Plain = tuple[str, tuple[tuple[str, Any], ...]]
"""An answer as a word (``posted`` or a refusal's code) and its sorted facts."""


@dataclass
class Holder:
    """An account of the model, with running sums that :meth:`Model.audit` checks."""

    code: str
    asset: str
    source: bool
    balance: int = 0
    reserved: int = 0
    entries: list[tuple[datetime, int, int]] = field(default_factory=list)


@dataclass
class Held:
    """A reservation of the model: ``ended`` says how, once it has."""

    debit: int
    credit: int
    amount: int
    expires_at: datetime | None
    ended: str = ""


class No(Exception):
    """The model refuses."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.answer: Plain = (code, tuple(sorted(facts.items())))


class Model:
    """The whole ledger: accounts, reservations, what moved, and every answer given."""

    def __init__(self, accounts: dict[int, Holder]) -> None:
        self.accounts = accounts
        self.reservations: dict[UUID, Held] = {}
        self.moves: dict[UUID, tuple[int, int, int]] = {}
        self.reversed: dict[UUID, int] = {}
        self.answers: dict[UUID, tuple[Instruction, Plain]] = {}
        self.undo: list[Callable[[], object]] = []

    def post(self, batch: list[Instruction], at: datetime) -> list[Plain]:
        """Answer a batch in order."""
        self.undo.clear()
        self._lapse(self._touched(batch), at)
        answers: list[Plain] = []
        while len(answers) < len(batch):
            start = len(answers)
            end = start + 1
            group = batch[start].linked
            while group is not None and end < len(batch) and batch[end].linked == group:
                end += 1
            members = batch[start:end]
            answers += [self._single(members[0], at)] if group is None else self._group(members, at)
        return answers

    def balance(self, account: int, at: datetime) -> tuple[int, int]:
        """Return balance and reserved as of a moment, by adding up all entries."""
        entries = [entry for entry in self.accounts[account].entries if entry[0] <= at]
        due = sum(
            held.amount
            for held in self.reservations.values()
            if held.debit == account
            and not held.ended
            and held.expires_at is not None
            and held.expires_at <= at
        )
        return sum(entry[1] for entry in entries), sum(entry[2] for entry in entries) - due

    def audit(self) -> None:
        """Check what must hold at any time: conservation, and nothing below zero."""
        sums: dict[str, int] = {}
        for holder in self.accounts.values():
            sums[holder.asset] = sums.get(holder.asset, 0) + holder.balance
            assert holder.balance == sum(entry[1] for entry in holder.entries)
            assert holder.reserved == sum(entry[2] for entry in holder.entries) >= 0
            assert holder.source or holder.balance >= holder.reserved
        assert set(sums.values()) <= {0}

    def expire(self, at: datetime) -> None:
        """Release everything that is due."""
        self._lapse(set(self.accounts), at)

    def _touched(self, batch: list[Instruction]) -> set[int]:
        touched: set[int] = set()
        for one in batch:
            if isinstance(one, (Transfer, Reserve)):
                touched |= {one.debit, one.credit}
            elif one.subject in self.reservations:
                held = self.reservations[one.subject]
                touched |= {held.debit, held.credit}
            elif one.subject in self.moves:
                touched |= set(self.moves[one.subject][:2])
        return touched

    def _lapse(self, touched: set[int], at: datetime) -> None:
        for held in self.reservations.values():
            due = held.expires_at is not None and held.expires_at <= at
            if due and not held.ended and held.debit in touched and held.expires_at:
                held.ended = "LED-012"
                self._enter(held.debit, held.expires_at, 0, -held.amount)

    def _single(self, one: Instruction, at: datetime) -> Plain:
        if one.id in self.answers:
            return self._again(one, *self.answers[one.id])
        try:
            answer = self._do(one, at)
        except No as no:
            answer = no.answer
        self.answers[one.id] = (one, answer)
        return answer

    def _again(self, one: Instruction, then: Instruction, answer: Plain) -> Plain:
        if _content(one, answer) == _content(then, answer):
            return answer
        return ("LED-001", ())

    def _group(self, members: list[Instruction], at: datetime) -> list[Plain]:
        known_before = set(self.answers) & {one.id for one in members}
        self.undo.clear()
        seen: dict[UUID, Instruction] = {}
        answers: dict[int, Plain] = {}
        for n, one in enumerate(members):
            if one.id in self.answers:
                answers[n] = self._again(one, *self.answers[one.id])
            elif one.id in seen and _content(one) != _content(seen[one.id]):
                answers[n] = ("LED-001", ())
            seen.setdefault(one.id, one)
        fresh = [n for n in range(len(members)) if n not in answers]
        wrong = [n for n in answers if answers[n][0] == "LED-001"]
        known = [n for n, one in enumerate(members) if one.id in known_before]
        cause: tuple[UUID, str] | None = (members[wrong[0]].id, "LED-001") if wrong else None
        if cause is None and known and fresh:
            linked = str(members[0].linked)
            for n in fresh:
                answers[n] = ("LED-002", (("linked", linked),))
                self.answers[members[n].id] = (members[n], answers[n])
            return [answers[n] for n in range(len(members))]
        for n in fresh if cause is None else ():
            answers[n] = self._single(members[n], at)
            if answers[n][0] != "posted":
                cause = (members[n].id, answers[n][0])
                for take_back in reversed(self.undo):
                    take_back()
                for other in members[:n]:
                    if other.id not in known_before:
                        self.answers.pop(other.id, None)
                break
        if cause is not None:
            told = ("LED-017", (("cause", str(cause[0])), ("reason", cause[1])))
            for n in fresh:
                one = members[n]
                if one.id not in self.answers:
                    self.answers[one.id] = (one, told)
                answers[n] = self.answers[one.id][1]
        return [answers[n] for n in range(len(members))]

    def _do(self, one: Instruction, at: datetime) -> Plain:
        amount = None if isinstance(one, Void) else one.amount
        if amount is not None and (amount < 1 or amount > LIMIT):
            raise No("LED-003", amount=str(amount), largest=LIMIT)
        if isinstance(one, Reserve) and one.expires_at is not None and one.expires_at <= at:
            raise No("LED-004", expires_at=_written(one.expires_at), at=_written(at))
        if isinstance(one, Transfer):
            return self._move(one, at, one.debit, one.credit, one.amount, 0)
        if isinstance(one, Reserve):
            return self._reserve(one, at)
        if isinstance(one, Reverse):
            return self._reverse(one, at)
        return self._end(one, at)

    def _reserve(self, one: Reserve, at: datetime) -> Plain:
        answer = self._move(one, at, one.debit, one.credit, 0, one.amount)
        self.reservations[one.id] = Held(one.debit, one.credit, one.amount, one.expires_at)
        self.undo.append(lambda: self.reservations.pop(one.id))
        return answer

    def _end(self, one: Post | Void, at: datetime) -> Plain:
        held = self.reservations.get(one.subject)
        if held is None:
            raise No("LED-005", reservation=str(one.subject))
        if held.ended or (held.expires_at is not None and held.expires_at <= at):
            raise No(held.ended or "LED-012", reservation=str(one.subject))
        self.undo.append(lambda: setattr(held, "ended", ""))
        if isinstance(one, Void):
            answer = self._move(one, at, held.debit, held.credit, 0, -held.amount)
            held.ended = "LED-011"
            return answer
        amount = held.amount if one.amount is None else one.amount
        if amount > held.amount:
            raise No("LED-013", reservation=str(one.subject), reserved=held.amount, amount=amount)
        answer = self._move(one, at, held.debit, held.credit, amount, -held.amount)
        held.ended = "LED-010"
        return answer

    def _reverse(self, one: Reverse, at: datetime) -> Plain:
        if one.subject not in self.moves:
            raise No("LED-006", transfer=str(one.subject))
        debit, credit, moved = self.moves[one.subject]
        left = moved - self.reversed.get(one.subject, 0)
        if one.amount > left:
            raise No("LED-014", transfer=str(one.subject), left=left, amount=one.amount)
        answer = self._move(one, at, credit, debit, one.amount, 0)
        self.reversed[one.subject] = moved - left + one.amount
        self.undo.append(lambda: self.reversed.__setitem__(one.subject, moved - left))
        return answer

    def _move(
        self, one: Instruction, at: datetime, debit: int, credit: int, moved: int, held: int
    ) -> Plain:
        for account in (debit, credit):
            if account not in self.accounts:
                raise No("LED-007", account=str(account))
        giver, taker = self.accounts[debit], self.accounts[credit]
        if debit == credit:
            raise No("LED-008", account=giver.code, asset=giver.asset)
        if giver.asset != taker.asset:
            raise No(
                "LED-009", debit=giver.code, debit_asset=giver.asset, credit=taker.code,
                credit_asset=taker.asset,
            )  # fmt: skip
        available = giver.balance - giver.reserved
        if not giver.source and available < moved + held:
            raise No(
                "LED-015", account=giver.code, asset=giver.asset, available=available,
                amount=moved + held,
            )  # fmt: skip
        too_large = {"asset": giver.asset, "largest": LIMIT}
        if giver.balance - moved < -LIMIT or giver.reserved + held > LIMIT:
            raise No("LED-016", account=giver.code, **too_large)
        if taker.balance + moved > LIMIT:
            raise No("LED-016", account=taker.code, **too_large)
        self._enter(debit, at, -moved, held)
        if moved:
            self._enter(credit, at, moved, 0)
            self.moves[one.id] = (debit, credit, moved)
            self.undo.append(lambda: self.moves.pop(one.id))
        return _posted(one, debit, credit, moved, held, at)

    def _enter(self, account: int, at: datetime, moved: int, held: int) -> None:
        holder = self.accounts[account]
        holder.balance += moved
        holder.reserved += held
        holder.entries.append((at, moved, held))
        self.undo.append(lambda: self._leave(holder))

    def _leave(self, holder: Holder) -> None:
        _, moved, held = holder.entries.pop()
        holder.balance -= moved
        holder.reserved -= held


def plain(answer: Posted | Refusal) -> Plain:
    """Write an answer of the ledger as the model writes its own."""
    if isinstance(answer, Refusal):
        facts = {} if answer.code == "LED-001" else answer.facts
        return (answer.code, tuple(sorted(facts.items())))
    return (
        "posted",
        (
            ("id", answer.id), ("kind", answer.kind.name), ("debit", answer.debit),
            ("credit", answer.credit), ("moved", answer.moved), ("held", answer.held),
            ("at", answer.at), ("subject", answer.subject), ("expires_at", answer.expires_at),
            ("linked", answer.linked),
        ),
    )  # fmt: skip


def _posted(
    one: Instruction, debit: int, credit: int, moved: int, held: int, at: datetime
) -> Plain:
    subject = one.subject if isinstance(one, (Post, Void, Reverse)) else None
    expires_at = one.expires_at if isinstance(one, Reserve) else None
    return (
        "posted",
        (
            ("id", one.id), ("kind", type(one).__name__.upper()), ("debit", debit),
            ("credit", credit), ("moved", moved), ("held", held), ("at", at),
            ("subject", subject), ("expires_at", expires_at), ("linked", one.linked),
        ),
    )  # fmt: skip


def _content(one: Instruction, answer: Plain | None = None) -> tuple[object, ...]:
    """Return what must be the same in a repetition; a whole posting is one of its whole amount."""
    fields: dict[str, object] = {name: getattr(one, name) for name in one.__slots__ if name != "id"}
    if isinstance(one, Post) and answer is not None and answer[0] == "posted":
        facts = dict(answer[1])
        if one.amount is None:
            fields["amount"] = -facts["held"]
    return (type(one).__name__, *fields.items())


def _written(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat()
