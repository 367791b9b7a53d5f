"""The ledger against a plain model: same answers, same balances, now and at every past moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from hutan.ledger import queries
from hutan.ledger.services import Opening, expire, open_accounts, open_asset, post, post_one
from tests.ledger.model import Holder, Model, plain
from tests.ledger.random_orders import Orders

START = datetime(2025, 6, 16, 1, 0, tzinfo=UTC)


def _open_all() -> tuple[list[int], Model]:
    """Open two assets of a source and seven accounts each."""
    openings = []
    for asset, unit in (("allowance:2024", "tCO2e"), ("cny", "fen")):
        open_asset(code=asset, unit=unit)
        openings += [Opening(asset, f"A{n}", source=n == 0) for n in range(8)]
    opened = open_accounts(openings)
    holders = {one.id: Holder(one.code, one.asset, one.source) for one in opened}
    return [one.id for one in opened], Model(holders)


class Run:
    """One seeded run: operations through every door, each answer and many balances compared."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.accounts, self.model = _open_all()
        self.orders = Orders(self.random, self.accounts)
        self.at = START
        self.done = 0

    def go(self, operations: int) -> None:
        """Do at least so many operations."""
        while self.done < operations:
            self._step()
            if self.random.random() < 0.15:
                self._compare_balances()
        self._compare_balances()
        self.model.audit()

    def _step(self) -> None:
        self.at += timedelta(milliseconds=self.random.randint(0, 4000))
        # Now and then somebody is late: moments do not always come in order.
        late = timedelta(seconds=self.random.randint(0, 9)) if self.random.random() < 0.1 else None
        at = self.at - (late or timedelta())
        draw = self.random.random()
        if draw < 0.30:
            batch = [self.orders.one(at)]
            answers = [post_one(batch[0], at=at)]
        else:
            batch = self.orders.batch(self.random.choice((1, 2, 5, 40, 150)), at)
            answers = post(batch, at=at)
        expected = self.model.post(batch, at)
        for one, answer, wanted in zip(batch, answers, expected, strict=True):
            assert plain(answer) == wanted, (one, answer)
        if draw > 0.97:
            self.model.expire(at)
            expire(at=at)
        self.done += len(batch)

    def _compare_balances(self) -> None:
        span = (self.at - START).total_seconds()
        for moment in (
            self.at,
            START + timedelta(seconds=self.random.uniform(0, span)),
            self.at - timedelta(seconds=self.random.uniform(0, 30)),
        ):
            found = queries.balances_as_of(self.accounts, at=moment)
            assert [(one.balance, one.reserved) for one in found] == [
                self.model.balance(account, moment) for account in self.accounts
            ]
        now = queries.balances(self.accounts, at=self.at)
        assert [one.balance for one in now] == [
            self.model.accounts[account].balance for account in self.accounts
        ]


@pytest.mark.parametrize("seed", range(4))
def test_ledger_answers_as_the_model(committed_db: str, seed: int) -> None:
    run = Run(seed)
    run.go(25_000)
    assert queries.first_disagreement() is None


@pytest.mark.nightly
@pytest.mark.parametrize("turn", range(10))
def test_ledger_answers_as_the_model_for_long(committed_db: str, turn: int) -> None:
    seed = Random().getrandbits(32)
    print(f"turn {turn} has the seed {seed}")
    Run(seed).go(100_000)
    assert queries.first_disagreement() is None
