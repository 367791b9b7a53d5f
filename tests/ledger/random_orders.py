"""Random instructions that meet each other: few accounts, small amounts, many repetitions."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from hutan.ledger.services import Instruction, Post, Reserve, Reverse, Transfer, Void


class Orders:
    """Makes batches and remembers what it made, so that later ones refer to it."""

    def __init__(self, random: Random, accounts: list[int]) -> None:
        self.random = random
        self.accounts = accounts
        self.made: list[Instruction] = []

    def new_id(self) -> UUID:
        """Return an id from the seeded source, so that a run can be repeated."""
        return UUID(int=self.random.getrandbits(128))

    def batch(self, size: int, at: datetime) -> list[Instruction]:
        """Return about ``size`` instructions; some are linked, some repeat earlier ones."""
        batch: list[Instruction] = []
        while len(batch) < size:
            draw = self.random.random()
            if draw < 0.10:
                batch += self._group(at)
            elif draw < 0.17 and self.made:
                batch += self._repetition()
            else:
                batch.append(self._one(at))
        self.made += batch
        del self.made[:-400]
        return batch

    def one(self, at: datetime) -> Instruction:
        """Return a single instruction that carries no link, new or repeated."""
        if self.random.random() < 0.15 and self.made:
            found = self._changed(self.random.choice(self.made))
        else:
            found = self._one(at)
        found = dataclasses.replace(found, linked=None)
        self.made.append(found)
        return found

    def _group(self, at: datetime) -> list[Instruction]:
        linked = self.new_id()
        members = [
            dataclasses.replace(self._one(at), linked=linked)
            for _ in range(self.random.randint(2, 4))
        ]
        if self.random.random() < 0.1:
            members.append(self._changed(self.random.choice(members)))
        return members

    def _repetition(self) -> list[Instruction]:
        one = self.random.choice(self.made)
        if one.linked is None:
            return [self._changed(one)]
        group = [other for other in self.made if other.linked == one.linked]
        if self.random.random() < 0.3:
            group = group[: self.random.randint(1, len(group))]
        if self.random.random() < 0.3:
            late = Transfer(self.new_id(), *self._pair(), self._amount(), linked=one.linked)
            group.insert(self.random.randrange(len(group) + 1), late)
        if self.random.random() < 0.3:
            place = self.random.randrange(len(group))
            group[place] = self._changed(group[place])
        return group

    def _changed(self, one: Instruction) -> Instruction:
        """Return ``one`` again: mostly as it was, sometimes with another content."""
        draw = self.random.random()
        if draw < 0.6:
            return one
        if draw < 0.7:
            return Transfer(one.id, *self._pair(), self._amount(), one.linked)
        if draw < 0.8 or isinstance(one, Void):
            return Void(one.id, self._subject(), one.linked)
        return dataclasses.replace(one, amount=self._amount())

    def _one(self, at: datetime) -> Instruction:
        draw = self.random.random()
        if draw < 0.50:
            return Transfer(self.new_id(), *self._pair(), self._amount())
        if draw < 0.72:
            return Reserve(self.new_id(), *self._pair(), self._amount(), self._expiry(at))
        if draw < 0.84:
            amount = None if self.random.random() < 0.5 else self._amount()
            return Post(self.new_id(), self._subject(Reserve), amount)
        if draw < 0.90:
            return Void(self.new_id(), self._subject(Reserve))
        return Reverse(self.new_id(), self._subject(Transfer, Post, Reverse), self._amount())

    def _pair(self) -> tuple[int, int]:
        draw = self.random.random()
        if draw < 0.01:
            return self.random.choice(self.accounts), 10**12
        if draw < 0.03:
            return self.random.choice(self.accounts), self.random.choice(self.accounts)
        # Accounts of one asset stand together: every second pair of halves is of one.
        half = len(self.accounts) // 2
        start = self.random.choice((0, half))
        first, second = self.random.sample(self.accounts[start : start + half], 2)
        return first, second

    def _amount(self) -> int:
        draw = self.random.random()
        if draw < 0.01:
            return self.random.choice((0, -1, 2**53, 2**70))
        if draw < 0.012:
            return 2**53 - 1
        return self.random.randint(1, 40)

    def _expiry(self, at: datetime) -> datetime | None:
        if self.random.random() < 0.4:
            return None
        return at + timedelta(seconds=self.random.randint(-1, 30))

    def _subject(self, *kinds: type[Instruction]) -> UUID:
        recent = [one for one in self.made[-60:] if isinstance(one, kinds or (Reserve,))]
        if not recent or self.random.random() < 0.03:
            return self.new_id()
        return self.random.choice(recent).id
